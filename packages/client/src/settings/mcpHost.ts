import type { McpHost } from '@voicemode-telemetry/protocol'

/** How assistants name themselves over MCP, lower-cased; the first that fits wins. */
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

/** Health checks, inspectors, bridges, and what libraries call themselves where nobody chose a name. */
const NO_ASSISTANT =
  /\btest\b|\binspector\b|^mcporter\b|^mcp[ -](remote|proxy)\b|^((my|example|sample|demo)[ -])?(mcp)?[ -]?(client)?$/

/**
 * The word for an assistant by the name that it gives of itself over MCP.
 *
 * @returns `other` for an assistant outside the vocabulary; undefined for a name that is no assistant's.
 */
export function mcpHostNamed(clientName: string): McpHost | undefined {
  const name = clientName.trim().toLowerCase()
  const named = NAMES.find(([pattern]) => pattern.test(name))?.[1]
  return named ?? (NO_ASSISTANT.test(name) ? undefined : 'other')
}

type Env = Record<string, string | undefined>

/** What assistants leave in the environment of what they start; a fork, which leaves its origin's too, before its origin. */
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

/** The assistant that started this program; undefined where the environment does not tell. */
export function assistantIn(env: Env): McpHost | undefined {
  return MARKS.find(([, ...variables]) => variables.some((variable) => env[variable]))?.[0]
}

/** The editor in whose terminal this program runs, which says little: another assistant may run in that terminal. */
export function editorIn(env: Env): McpHost | undefined {
  if (env.CURSOR_TRACE_ID) return 'cursor'
  if (env.ZED_TERM) return 'zed'
  return env.TERM_PROGRAM === 'vscode' ? 'vscode' : undefined
}
