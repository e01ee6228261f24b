import { type McpServer, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server'
import { type Host, readStatus } from 'voicemode-telemetry'
import { composeOptInPrompt, describeError } from './words.ts'

const STATUS_URI = 'voicemode://telemetry/status'
const OPT_IN_PROMPT_URI = 'voicemode://telemetry/opt-in-prompt'

export function registerResources(server: McpServer, host: Host): void {
  server.registerResource(
    'telemetry-status',
    STATUS_URI,
    {
      title: 'Telemetry status',
      description:
        'Whether VoiceMode telemetry is on, which setting decides that, and what was sent, as JSON.',
      mimeType: 'application/json',
    },
    () => read(STATUS_URI, 'application/json', () => JSON.stringify(readStatus(host), null, 2)),
  )
  server.registerResource(
    'telemetry-opt-in-prompt',
    OPT_IN_PROMPT_URI,
    {
      title: 'Telemetry opt-in prompt',
      description:
        'What to tell the person about VoiceMode telemetry, and how they can say yes. Only they can.',
      mimeType: 'text/plain',
    },
    () => read(OPT_IN_PROMPT_URI, 'text/plain', () => composeOptInPrompt(readStatus(host))),
  )
}

function read(uri: string, mimeType: string, text: () => string) {
  try {
    return { contents: [{ uri, mimeType, text: text() }] }
  } catch (error) {
    throw new ProtocolError(ProtocolErrorCode.InternalError, describeError(error))
  }
}
