import type { McpHost } from 'voicemode-telemetry'

/** How assistants name themselves when they connect, lower-cased; the first that fits wins. */
const NAMES: readonly [RegExp, McpHost][] = [
  [/^claude[ -]?code\b/, 'claude-code'],
  [/^claude([ -](ai|desktop))?\b/, 'claude-desktop'],
  [/^cursor\b/, 'cursor'],
  [/^cline\b/, 'cline'],
  [/^windsurf\b/, 'windsurf'],
  [/^(visual studio code|vs ?code)\b/, 'vscode'],
  [/^zed\b/, 'zed'],
  [/^codex\b/, 'codex'],
  [/^gemini[ -]cli\b/, 'gemini-cli'],
  [/^opencode\b/, 'opencode'],
  [/^goose\b/, 'goose'],
]

/** The word for an assistant by the name that it gives of itself; any other name becomes `other` here. */
export function mcpHostOf(clientName: string): McpHost {
  const name = clientName.trim().toLowerCase()
  return NAMES.find(([pattern]) => pattern.test(name))?.[1] ?? 'other'
}
