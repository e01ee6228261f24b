import { existsSync } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { INSTALL_METHODS, type InstallMethod } from '@voicemode-telemetry/protocol'
import { namesIn, readText, realPath } from '../files/files.ts'
import { sanitizeVersionString } from '../privacy.ts'
import { newestFirst, type PrefixHost, pluginsFolder, pythonPrefixes } from './pythonPrefixes.ts'

/** VoiceMode as it is installed. */
export interface Installation {
  method: InstallMethod
  /** `MAJOR.MINOR.PATCH`; undefined if its metadata names no such version. */
  version: string | undefined
}

const METADATA = /^voice_mode-(.+)\.dist-info$/

/**
 * Finds VoiceMode by the metadata that its installer left. It starts nothing.
 *
 * @returns the first installation along {@link pythonPrefixes}; undefined if there is none.
 */
export function findInstallation(host: PrefixHost): Installation | undefined {
  for (const prefix of pythonPrefixes(host)) {
    const metadata = packageFolders(prefix).flatMap(metadataIn)[0]
    if (metadata) return readInstallation(host, prefix, metadata)
  }
  return undefined
}

/** The folders of a Python's packages. */
function packageFolders(prefix: string): string[] {
  const libraries = namesIn(join(prefix, 'lib')).filter((name) => /^(python|pypy)/.test(name))
  return [
    ...newestFirst(libraries).flatMap((library) => [
      join(prefix, 'lib', library, 'site-packages'),
      // Debian's name for it, outside of virtual environments.
      join(prefix, 'lib', library, 'dist-packages'),
    ]),
    // On Windows: for all users, then for one user.
    join(prefix, 'Lib', 'site-packages'),
    join(prefix, 'site-packages'),
  ]
}

/** The folders of VoiceMode's metadata. A half-deleted one, left by an update, does not count. */
function metadataIn(packages: string): string[] {
  return newestFirst(namesIn(packages).filter((name) => METADATA.test(name)))
    .map((name) => join(packages, name))
    .filter((folder) => existsSync(join(folder, 'METADATA')))
}

function readInstallation(host: PrefixHost, prefix: string, metadata: string): Installation {
  const [, version = ''] = METADATA.exec(basename(metadata)) ?? []
  const [release] = sanitizeVersionString(version).split('-')
  return {
    method: isDevelopment(host, prefix, metadata) ? 'dev' : installerOf(metadata),
    version: release === 'unknown' ? undefined : release,
  }
}

function installerOf(metadata: string): InstallMethod {
  const installer = readText(join(metadata, 'INSTALLER'))?.trim()
  return INSTALL_METHODS.find((method) => method === installer) ?? 'unknown'
}

/** `direct_url.json`: where a package came from, if not from an index. It came from a folder, a repository or an archive. */
interface Origin {
  url?: string
  dir_info?: object
  vcs_info?: object
}

/** Whether a person installed it from source. A plugin does not count: `uv run` installs it from its own folder. */
function isDevelopment(host: PrefixHost, prefix: string, metadata: string): boolean {
  try {
    const origin = JSON.parse(readText(join(metadata, 'direct_url.json')) ?? '{}') as Origin
    if (origin.vcs_info) return true
    return Boolean(origin.dir_info) && !isPlugin(host, prefix, realPath(fileURLToPath(origin.url ?? '')))
  } catch {
    return false
  }
}

/** Whether a source folder is an assistant's copy of a plugin. */
function isPlugin(host: PrefixHost, prefix: string, source: string): boolean {
  const known = [pluginsFolder(host), host.env.CLAUDE_PLUGIN_ROOT ?? ''].filter((folder) => folder !== '')
  if (known.some((folder) => `${source}${sep}`.startsWith(`${realPath(folder)}${sep}`))) return true
  // Elsewhere: a copy runs in its own folder and, unlike a checkout, has no git history.
  const runsInPlace = dirname(realPath(prefix)) === source
  return runsInPlace && existsSync(join(source, '.claude-plugin')) && !existsSync(join(source, '.git'))
}
