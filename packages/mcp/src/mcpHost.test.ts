import { expect, test } from 'vitest'
import { mcpHostOf } from './mcpHost.ts'

test.each([
  ['claude-code', 'claude-code'],
  ['claude-ai', 'claude-desktop'],
  ['Claude Desktop', 'claude-desktop'],
  ['cursor', 'cursor'],
  ['cursor-vscode', 'cursor'],
  ['Cline', 'cline'],
  ['windsurf-client', 'windsurf'],
  ['Visual Studio Code', 'vscode'],
  ['Visual Studio Code - Insiders', 'vscode'],
  ['Zed', 'zed'],
  ['codex-mcp-client', 'codex'],
  ['gemini-cli-mcp-client', 'gemini-cli'],
  ['opencode', 'opencode'],
  ['goose-desktop', 'goose'],
  ['client', 'other'],
  ['my-claude-code', 'other'],
  ['/home/ann/secret', 'other'],
  ['', 'other'],
])('the assistant %j becomes the word %s', (name, word) => {
  expect(mcpHostOf(name)).toBe(word)
})
