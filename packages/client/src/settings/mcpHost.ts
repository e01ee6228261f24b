import type { McpHost } from '@voicemode-telemetry/protocol'

/** The names that assistants give themselves over MCP, in lower case. The first that matches wins. */
const NAMES: readonly [RegExp, McpHost][] = [
  [/^claude[ -]?code\b/, 'claude-code'],
  [/^claude([ -](ai|desktop))?(?![\w-])/, 'claude-desktop'],
  [/^cursor\b/, 'cursor'],
  [/^(@cline\/|cline\b)/, 'cline'],
  [/^windsurf\b/, 'windsurf'],
  [/^(visual studio code|vs ?code)\b/, 'vscode'],
  [/^zed\b/, 'zed'],
  [/^codex\b/, 'codex'],
  [/^gemini[ -]cli\b/, 'gemini-cli'],
  [/^opencode\b/, 'opencode'],
  [/^goose\b/, 'goose'],
  [/^(github[ -])?copilot[ -]cli\b/, 'copilot-cli'],
  [/^qwen\b/, 'qwen-code'],
  [/^kilo\b/, 'kilo-code'],
  [/^continue\b/, 'continue'],
]

/** Names of health checks, inspectors and bridges, and default names of libraries. */
const NO_ASSISTANT =
  /\btest\b|\binspector\b|^mcporter\b|^(unknown|health-?check|probe)$|^mcp[ -](remote|proxy)\b|^((my|example|sample|demo)[ -])?(mcp)?[ -]?(client)?$/

/**
 * The vocabulary's word for the name that an assistant gives itself over MCP.
 *
 * @returns `other` for an assistant that is not in the vocabulary; undefined if the name is not an assistant's.
 */
export function mcpHostNamed(clientName: string): McpHost | undefined {
  const name = clientName.trim().toLowerCase()
  const named = NAMES.find(([pattern]) => pattern.test(name))?.[1]
  return named ?? (NO_ASSISTANT.test(name) ? undefined : 'other')
}

type Env = Record<string, string | undefined>

/** Variables that assistants set for the programs they start. A fork sets those of its origin too, so it comes first. */
const MARKS: readonly [McpHost, ...string[]][] = [
  ['claude-code', 'CLAUDECODE', 'CLAUDE_CODE_ENTRYPOINT'],
  ['codex', 'CODEX_SANDBOX', 'CODEX_THREAD_ID', 'CODEX_CI'],
  ['copilot-cli', 'COPILOT_AGENT_SESSION_ID', 'COPILOT_CLI'],
  ['qwen-code', 'QWEN_CODE_CLI', 'QWEN_CODE'],
  ['gemini-cli', 'GEMINI_CLI'],
  ['kilo-code', 'KILO'],
  ['opencode', 'OPENCODE'],
  ['goose', 'GOOSE_TERMINAL'],
  ['cline', 'CLINE_ACTIVE', 'CLINE_CONNECTOR_CLI_LAUNCH'],
  ['cursor', 'CURSOR_AGENT'],
  ['windsurf', 'WINDSURF_CASCADE_TERMINAL_KIND'],
]

/** The assistant that started this program, as the environment shows; undefined if it does not. */
export function assistantIn(env: Env): McpHost | undefined {
  return MARKS.find(([, ...variables]) => variables.some((variable) => env[variable]))?.[0]
}

/** The editor in whose terminal this program runs. A weak sign: another assistant may run in that terminal. */
export function editorIn(env: Env): McpHost | undefined {
  if (env.CURSOR_TRACE_ID) return 'cursor'
  if (env.ZED_TERM) return 'zed'
  return env.TERM_PROGRAM === 'vscode' ? 'vscode' : undefined
}
