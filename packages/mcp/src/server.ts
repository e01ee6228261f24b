import { McpServer, type Transport } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { type Host, maybeSendInBackground, noteEnvironmentNo, recognizeCaller } from 'voicemode-telemetry'
import { onceClientIsKnown } from './client.ts'
import { registerResources } from './resources.ts'
import { registerTools } from './tools.ts'

export const NAME = 'voicemode-telemetry-mcp'
/** As package.json says it; a test compares them. */
export const VERSION = '0.1.0'

/** A question that stays open for so long is taken back, and nothing is recorded. */
const QUESTION_OPEN_MS = 10 * 60 * 1000

const INSTRUCTIONS =
  'Anonymous usage counts of VoiceMode, off until the person says yes. You may carry the question, never the answer: a yes counts only where the person gives it. Before you bring it up, read voicemode://telemetry/opt-in-prompt.'

/** The server of one connection, with its tools and resources. */
export function createServer(host: Host, questionOpenMs = QUESTION_OPEN_MS): McpServer {
  const server = new McpServer(
    { name: NAME, title: 'VoiceMode telemetry', version: VERSION },
    { instructions: INSTRUCTIONS, inputRequired: { roundTimeoutMs: questionOpenMs } },
  )
  registerResources(server, host)
  registerTools(server, host)
  return server
}

/** Serves one client; once it has named itself, that is remembered, and what is due is sent in the background. */
export function serve(host: Host, transport: Transport): void {
  noteEnvironmentNo(host)
  serveStdio(() => createServer(host), { transport })
  onceClientIsKnown(transport, (name) => void maybeSendInBackground(host, recognizeCaller(host, name)))
}
