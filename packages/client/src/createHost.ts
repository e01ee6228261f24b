import { existsSync } from 'node:fs'
import os from 'node:os'
import { isAbsolute, parse } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Env, Host, Sighting } from './host.ts'
import { isCI } from './settings/ci.ts'
import { directoriesOf, NO_HOME } from './settings/directories.ts'

export interface HostOptions {
  /** Default: the process's environment. */
  env?: Env
  /** Default: the user's home directory. Without one telemetry is off. */
  homeDirectory?: string
  /** Default: the process's working directory, or the root of the file system if that is gone. */
  workingDirectory?: string
  /** Default: the root of the file system. */
  systemRoot?: string
  /** Default: the operating system's. */
  hostName?: string
  /** Default: the present. */
  now?: () => number
  /** Default: what `ci-info` finds in the process's environment. */
  isCI?: boolean
}

/** The host of this process. No other module of the library uses `process`. */
export function createHost(options: HostOptions = {}): Host {
  const env = options.env ?? process.env
  const home = options.homeDirectory ?? ownHome()
  const systemRoot = options.systemRoot ?? parse(process.execPath).root
  const workingDirectory = options.workingDirectory ?? ownWorkingDirectory() ?? systemRoot
  return {
    env,
    platform: process.platform,
    workingDirectory,
    systemRoot,
    hostName: options.hostName ?? os.hostname(),
    isCI: options.isCI ?? isCI(process.env),
    userId: process.geteuid?.(),
    now: options.now ?? Date.now,
    elapsedMs: () => performance.now(),
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    request: async (url, options) => (await import('./network/request.ts')).request(env, url, options),
    startDetached: (args) => startDetached(env, args),
    runWatched: (program, args = []) => runWatched(env, program, args),
    openInBrowser: (url) => openInBrowser(env, url),
    endAfter: (ms) => void setTimeout(() => process.exit(0), ms).unref(),
    directories: directoriesOf(env, home, workingDirectory),
  }
}

/** Beside this file or in `watched` in the sources, and beside this file or one folder above it in a built package. */
function ownFile(name: string): string | undefined {
  return [`./${name}.ts`, `./watched/${name}.ts`, `./${name}.js`, `../${name}.js`]
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find(existsSync)
}

/** Loaded only where a process is started: a program that embeds the library pays for every module at its start. */
function childProcesses() {
  return process.getBuiltinModule('node:child_process')
}

function startDetached(env: Env, args: string[]): boolean {
  const command = ownFile('main')
  if (!command) return false
  const child = childProcesses().spawn(process.execPath, [command, ...args], {
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
    env: withoutNodeOptions(env),
  })
  child.on('error', () => {})
  child.unref()
  return child.pid !== undefined
}

/** They are meant for the host program, and may load other code. */
function withoutNodeOptions({ NODE_OPTIONS: _, ...clean }: Env): NodeJS.ProcessEnv {
  return clean as NodeJS.ProcessEnv
}

async function runWatched(env: Env, program: string, args: string[]): Promise<Sighting | null> {
  const [watch, file] = [ownFile('watch'), ownFile(program)]
  if (!watch || !file) return null
  const child = childProcesses().spawn(
    process.execPath,
    ['--import', pathToFileURL(watch).href, file, ...args],
    {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      windowsHide: true,
      env: withoutNodeOptions(env),
    },
  )
  let line = ''
  child.stdio[3]?.on('data', (chunk) => {
    line += chunk
  })
  return new Promise((resolve) => {
    child.on('error', () => resolve(null))
    // Nothing else writes there, and what ends early writes nothing.
    child.on('close', () => resolve(line === '' ? null : JSON.parse(line)))
  })
}

const OPENERS: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'open',
  win32: 'rundll32 url.dll,FileProtocolHandler',
}

async function openInBrowser(env: Env, url: string): Promise<boolean> {
  const opener = OPENERS[process.platform]
  if (opener) return startOpener(env, opener, url)
  // As other programs read it: commands to try in turn, with `%s` for the URL or the URL at the end. An editor on another machine sets
  // it where there is no screen.
  for (const command of (env.BROWSER ?? '').split(':')) {
    if (command.trim() !== '' && (await startOpener(env, command, url))) return true
  }
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY) && startOpener(env, 'xdg-open', url)
}

async function startOpener(env: Env, opener: string, url: string): Promise<boolean> {
  const [command = '', ...words] = opener.trim().split(/\s+/)
  const args = words.some((word) => word.includes('%s'))
    ? words.map((word) => word.replaceAll('%s', () => url))
    : [...words, url]
  const child = childProcesses().spawn(command, args, {
    detached: true,
    stdio: 'ignore',
    env: env as NodeJS.ProcessEnv,
  })
  child.unref()
  return new Promise((resolve) => {
    child.once('spawn', () => resolve(true))
    child.once('error', () => resolve(false))
  })
}

/** An empty or relative HOME would make the working directory the home directory, so it is ignored. */
function ownHome(): string {
  const asked = unlessItFails(() => os.homedir()) ?? ''
  const home = isAbsolute(asked) ? asked : (unlessItFails(() => os.userInfo().homedir) ?? '')
  return isAbsolute(home) ? home : NO_HOME
}

/** Undefined if somebody has removed it: then there is no project either. */
function ownWorkingDirectory(): string | undefined {
  return unlessItFails(process.cwd)
}

/** A system call may fail: in a folder that is gone, or for a user that the machine does not know. */
function unlessItFails<Found>(ask: () => Found): Found | undefined {
  try {
    return ask()
  } catch {
    return undefined
  }
}
