import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { isAbsolute, parse } from 'node:path'
import tls from 'node:tls'
import { fileURLToPath } from 'node:url'
import ciInfo from 'ci-info'
import type { Env, Host } from './host.ts'
import { directoriesOf } from './settings/directories.ts'

export interface HostOptions {
  /** Default: the process's environment. */
  env?: Env
  /** Default: the user's home directory. */
  homeDirectory?: string
  /** Default: the process's working directory. */
  workingDirectory?: string
  /** Default: the root of the file system. */
  systemRoot?: string
  /** Default: the present. */
  now?: () => number
  /** Default: what `ci-info` finds in the process's environment. */
  isCI?: boolean
}

/** The host of this process. No other module of the library uses `process`. */
export function createHost(options: HostOptions = {}): Host {
  const env = options.env ?? process.env
  const home = options.homeDirectory ?? ownHome()
  const workingDirectory = options.workingDirectory ?? process.cwd()
  return {
    env,
    platform: process.platform,
    workingDirectory,
    systemRoot: options.systemRoot ?? parse(process.execPath).root,
    isCI: options.isCI ?? ciInfo.isCI,
    now: options.now ?? Date.now,
    randomBytes: (length) => new Uint8Array(randomBytes(length)),
    fetch: (url, init) => fetchThroughProxy(env, url, init),
    startDetached: (args) => startDetached(env, args),
    openInBrowser: (url) => openInBrowser(env, url),
    endAfter: (ms) => void setTimeout(() => process.exit(0), ms).unref(),
    directories: directoriesOf(env, home, workingDirectory),
  }
}

// Beside this file in the sources, and one folder above it in a built package.
const COMMAND_FILES = ['./main.ts', './main.js', '../main.js']

function startDetached(env: Env, args: string[]): boolean {
  const command = COMMAND_FILES.map((path) => fileURLToPath(new URL(path, import.meta.url))).find(existsSync)
  if (!command) return false
  // NODE_OPTIONS is meant for the host program: it may load other code.
  const { NODE_OPTIONS: _, ...clean } = env
  const child = spawn(process.execPath, [command, ...args], {
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
    env: clean as NodeJS.ProcessEnv,
  })
  child.on('error', () => {})
  child.unref()
  return child.pid !== undefined
}

const OPENERS: Partial<Record<NodeJS.Platform, [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
}

async function openInBrowser(env: Env, url: string): Promise<boolean> {
  const [opener, ...args] = OPENERS[process.platform] ?? ['xdg-open']
  if (opener === 'xdg-open' && !env.DISPLAY && !env.WAYLAND_DISPLAY) return false
  const child = spawn(opener, [...args, url], {
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
  return isAbsolute(homedir()) ? homedir() : userInfo().homedir
}

async function fetchThroughProxy(env: Env, url: string, init: RequestInit): Promise<Response> {
  if (url.startsWith('https:')) trustSystemCertificates()
  const httpsProxy = env.HTTPS_PROXY ?? env.https_proxy
  if (!httpsProxy || url.startsWith('http:')) return fetch(url, init)
  // Loaded only if there is a proxy: without it the command starts faster.
  const undici = await import('undici')
  const noProxy = env.NO_PROXY ?? env.no_proxy ?? ''
  const dispatcher = new undici.EnvHttpProxyAgent({ httpsProxy, noProxy })
  const response = await undici.fetch(url, { ...(init as object), dispatcher })
  return response as unknown as Response
}

/** Trusts what the operating system trusts as well, as a company's proxy needs. An older Node can't, and trusts its own list. */
function trustSystemCertificates(): void {
  if (!('setDefaultCACertificates' in tls)) return
  const certificates = [...tls.getCACertificates('default'), ...tls.getCACertificates('system')]
  tls.setDefaultCACertificates([...new Set(certificates)])
}
