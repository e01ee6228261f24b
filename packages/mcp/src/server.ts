import { McpServer, type Transport } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { type Host, maybeSendInBackground, noteEnvironmentNo, recognizeCaller } from 'voicemode-telemetry'
import { onceClientIsKnown } from './client.ts'
import { reportProgress } from './progress.ts'
import { registerResources } from './resources.ts'
import { registerTools } from './tools.ts'

export const NAME = 'voicemode-telemetry-mcp'
/** The version in package.json. A test compares them. */
export const VERSION = '0.1.0'

/** How long a question stays open. After that nothing is recorded. */
const QUESTION_OPEN_MS = 10 * 60 * 1000

const INSTRUCTIONS =
  'Usage counts of VoiceMode, under a random id. They are off until the person says yes. You may ask the person, but you cannot answer for them: only their own yes counts. Before you mention it, read voicemode://telemetry/opt-in-prompt.'

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

/** Serves one client. When it has named itself, its name is remembered and a background send is started if one is due. */
export function serve(host: Host, transport: Transport): void {
  noteEnvironmentNo(host)
  serveStdio(() => createServer(host), { transport })
  reportProgress(transport)
  onceClientIsKnown(transport, (name) => void maybeSendInBackground(host, recognizeCaller(host, name)))
}
