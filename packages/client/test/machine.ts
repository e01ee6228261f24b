import { mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Home } from './logs.ts'

/** Where the packages of an environment lie, below it. */
export const SITE = 'lib/python3.12/site-packages'

/** A home with what uv and pip leave when they install VoiceMode, as far as anybody reads it. Paths are below the home. */
export class Machine extends Home {
  at(path: string): string {
    return join(this.path, path)
  }

  /** VoiceMode's package in a Python's folder. @param origin where it came from, unless from an index. */
  package(
    prefix: string,
    installer: string,
    { version = '8.12.0', in: folder = SITE, origin = {} } = {},
  ): void {
    const metadata = `${prefix}/${folder}/voice_mode-${version}.dist-info`
    this.write(`${metadata}/METADATA`, `Metadata-Version: 2.4\nName: voice-mode\nVersion: ${version}\n`)
    this.write(`${metadata}/INSTALLER`, installer)
    this.write(`${metadata}/RECORD`, `voice_mode-${version}.dist-info/RECORD,,\n`)
    if ('url' in origin) this.write(`${metadata}/direct_url.json`, JSON.stringify(origin))
  }

  uvEnvironment(prefix: string, origin = {}): void {
    this.write(`${prefix}/pyvenv.cfg`, 'home = /usr/bin\nimplementation = CPython\nuv = 0.9.7\n')
    this.package(prefix, 'uv', { origin })
    this.script(`${prefix}/bin/voicemode`, `#!${this.at(prefix)}/bin/python`)
  }

  pipEnvironment(prefix: string): void {
    this.write(`${prefix}/pyvenv.cfg`, 'home = /usr/bin\ninclude-system-site-packages = false\n')
    this.package(prefix, 'pip\n')
    this.script(`${prefix}/bin/voicemode`, `#!${this.at(prefix)}/bin/python3`)
  }

  script(path: string, firstLines: string): void {
    this.write(path, `${firstLines}\n# -*- coding: utf-8 -*-\nfrom voice_mode.cli import voice_mode\n`)
  }

  link(from: string, to: string): void {
    mkdirSync(dirname(this.at(from)), { recursive: true })
    symlinkSync(this.at(to), this.at(from))
  }

  checkout(path: string): void {
    this.write(`${path}/pyproject.toml`, '[project]\nname = "voice-mode"\n')
    this.write(`${path}/.claude-plugin/plugin.json`, '{ "name": "voicemode" }')
    mkdirSync(this.at(`${path}/.git`), { recursive: true })
  }

  editable(path: string): object {
    return { url: pathToFileURL(this.at(path)).href, dir_info: { editable: true } }
  }
}
