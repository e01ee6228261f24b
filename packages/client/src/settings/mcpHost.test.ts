import { describe, expect, test } from 'vitest'
import { Home } from '../../test/logs.ts'
import { grantConsent } from '../consent/grant.ts'
import { noteCaller, recognizeCaller } from '../send/caller.ts'
import { detectEnvironment } from './detectEnvironment.ts'
import { assistantIn, mcpHostNamed } from './mcpHost.ts'
import { readState } from './state.ts'

test.each([
  ['claude-code', 'claude-code'],
  ['claude-ai', 'claude-desktop'],
  ['claude-ai (via mcp-remote 0.1.37)', 'claude-desktop'],
  ['Claude Desktop', 'claude-desktop'],
  ['cursor', 'cursor'],
  ['cursor-vscode', 'cursor'],
  ['Cline', 'cline'],
  ['@cline/core', 'cline'],
  ['windsurf-client', 'windsurf'],
  ['Visual Studio Code', 'vscode'],
  ['Visual Studio Code - Insiders', 'vscode'],
  ['Zed', 'zed'],
  ['codex-mcp-client', 'codex'],
  ['gemini-cli-mcp-client', 'gemini-cli'],
  ['opencode', 'opencode'],
  ['goose-desktop', 'goose'],
  ['copilot-cli', 'copilot-cli'],
  ['qwen-cli-mcp-client-voicemode-telemetry', 'qwen-code'],
  ['kilo', 'kilo-code'],
  ['Kilo Code', 'kilo-code'],
  ['continue-cli-client', 'continue'],
  ['factory-cli', 'other'],
  ['nanocoder-mcp-client', 'other'],
  ['claude-of-my-own', 'other'],
  ['my-claude-code', 'other'],
  ['/home/ann/secret', 'other'],
])('the assistant %j becomes the word %s', (name, word) => {
  expect(mcpHostNamed(name)).toBe(word)
})

test.each([
  'mcp-test-client',
  'inspector-cli',
  'inspector-client',
  'mcp-inspector',
  'mcporter',
  'mcp-remote',
  'mcp',
  'client',
  'example-client',
  ' ',
  '',
])('the name %j is no assistant’s', (name) => {
  expect(mcpHostNamed(name)).toBeUndefined()
})

test('an assistant is told from what it sets, and a fork from what its origin sets too', () => {
  expect(assistantIn({ CLAUDECODE: '1', TERM_PROGRAM: 'vscode' })).toBe('claude-code')
  expect(assistantIn({ OPENCODE: '1', KILO: '1' })).toBe('kilo-code')
  expect(assistantIn({ OPENCODE: '1' })).toBe('opencode')
  expect(assistantIn({ COPILOT_AGENT_SESSION_ID: 'a' })).toBe('copilot-cli')
  expect(assistantIn({ QWEN_CODE_CLI: '1' })).toBe('qwen-code')
  expect(assistantIn({ GEMINI_CLI: '1' })).toBe('gemini-cli')
  expect(assistantIn({ CLINE_CONNECTOR_CLI_LAUNCH: '{}' })).toBe('cline')
  expect(assistantIn({ CLAUDECODE: '', TERM_PROGRAM: 'vscode' })).toBeUndefined()
})

describe('who VoiceMode is used from', () => {
  /** What events say after somebody was remembered, a client connected and a command ran. */
  async function toldAfter({ remembered = '', clientName = '', env = {} }): Promise<[string, string]> {
    using home = new Home()
    await grantConsent(home.host(), 'command')
    noteCaller(home.host(), recognizeCaller({ env: {} }, remembered))
    noteCaller(home.host({ env }), recognizeCaller({ env }, clientName))
    const background = detectEnvironment(home.host({ env }), readState(home.host()).caller)
    return [background.mcp_host, detectEnvironment(home.host()).mcp_host]
  }

  test.each([
    ['nothing is known', {}, 'unknown'],
    [
      'a name over MCP stands above the environment',
      { clientName: 'cursor', env: { CLAUDECODE: '1' } },
      'cursor',
    ],
    ['and above what was remembered', { clientName: 'cursor', remembered: 'zed' }, 'cursor'],
    [
      'the environment stands above what was remembered',
      { env: { KILO: '1' }, remembered: 'zed' },
      'kilo-code',
    ],
    [
      'and above a name outside the vocabulary',
      { env: { KILO: '1' }, clientName: 'factory-cli' },
      'kilo-code',
    ],
    [
      'an assistant outside the vocabulary is other',
      { clientName: 'factory-cli', remembered: 'zed' },
      'other',
    ],
    [
      'a health check changes nothing',
      { clientName: 'mcp-test-client', remembered: 'gemini-cli' },
      'gemini-cli',
    ],
    ['an inspector makes nobody other', { clientName: 'inspector-cli' }, 'unknown'],
  ])('%s', async (_, how, host) => {
    expect(await toldAfter(how)).toEqual([host, host])
  })

  test('an editor’s terminal says it only where nothing else is known', () => {
    using home = new Home()
    const told = (env: Record<string, string>) => detectEnvironment(home.host({ env })).mcp_host
    expect(told({ TERM_PROGRAM: 'vscode' })).toBe('vscode')
    expect(told({ TERM_PROGRAM: 'vscode', CURSOR_TRACE_ID: 'x' })).toBe('cursor')
    expect(told({ ZED_TERM: 'true' })).toBe('zed')
    home.write('.voicemode/telemetry_state.json', '{"caller":{"mcpHost":"goose"}}')
    expect(told({ TERM_PROGRAM: 'vscode' })).toBe('goose')
  })
})
