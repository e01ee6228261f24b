import type { Environment, InstallMethod, McpHost, OsType } from '@voicemode-telemetry/protocol'

/** An environment as it is found on the machine; the logs tell the rest. */
export type DetectedEnvironment = Omit<Environment, 'exec_source' | 'version'> & {
  /** VoiceMode's version, for a day whose logs name none. */
  installedVersion: string | undefined
}

const OS_TYPES: Record<string, OsType> = { linux: 'Linux', darwin: 'Darwin', win32: 'Windows' }

/** @param platform as Node names it. */
export function osTypeOf(platform: string): OsType {
  return OS_TYPES[platform] ?? 'other'
}

/** Where VoiceMode's command was found, links followed. */
export interface Executable {
  path: string
  /** Whether a folder above it is a source checkout: it has both a `.git` and a `pyproject.toml`. */
  inCheckout: boolean
}

/** How VoiceMode was installed, told from where its command lies; it is never started. */
export function installMethodOf(executable: Executable | undefined): InstallMethod {
  if (!executable) return 'unknown'
  if (executable.inCheckout) return 'dev'
  const path = executable.path.replaceAll('\\', '/').toLowerCase()
  // `uv tool install` links into its tools folder, `uvx` runs out of its cache.
  return /\/uv\/(tools|cache|archive-v\d+)\/|\/\.cache\/uv\//.test(path) ? 'uv' : 'pip'
}

type Env = Record<string, string | undefined>

// What each assistant or editor sets in the environment of the programs it starts; the first that applies wins, the
// assistant before the editor whose terminal it may run in.
const HOSTS: readonly [McpHost, (env: Env) => boolean][] = [
  ['claude-code', (env) => Boolean(env.CLAUDECODE ?? env.CLAUDE_CODE_ENTRYPOINT)],
  ['codex', (env) => Boolean(env.CODEX_SANDBOX ?? env.CODEX_THREAD_ID ?? env.CODEX_CI)],
  ['gemini-cli', (env) => Boolean(env.GEMINI_CLI)],
  ['opencode', (env) => Boolean(env.OPENCODE)],
  ['goose', (env) => Boolean(env.GOOSE_TERMINAL)],
  ['cline', (env) => Boolean(env.CLINE_ACTIVE)],
  ['cursor', (env) => Boolean(env.CURSOR_TRACE_ID ?? env.CURSOR_AGENT)],
  ['windsurf', (env) => Boolean(env.WINDSURF_CASCADE_TERMINAL_KIND)],
  ['zed', (env) => Boolean(env.ZED_TERM)],
  ['vscode', (env) => env.TERM_PROGRAM === 'vscode'],
]

/** The assistant or editor around us, told from the environment; `unknown` where nothing tells. */
export function mcpHostOf(env: Env): McpHost {
  return HOSTS.find(([, applies]) => applies(env))?.[0] ?? 'unknown'
}
