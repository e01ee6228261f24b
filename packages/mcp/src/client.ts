import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type ClientCapabilities,
  type Implementation,
  isJSONRPCRequest,
  type McpServer,
  type ServerContext,
  type Transport,
} from '@modelcontextprotocol/server'
import { type Host, noteCaller, recognizeCaller } from 'voicemode-telemetry'

/** Remembers which assistant VoiceMode is used from, if there is a yes. It throws nothing, since that must not disturb the assistant. */
export function noteClient(host: Host, name: string | undefined): void {
  try {
    noteCaller(host, recognizeCaller(host, name))
  } catch {}
}

/**
 * Calls `run` once, when the client has named itself: in the handshake, or, since protocol 2026-07-28, in any request.
 *
 * @param transport must already be in use.
 */
export function onceClientIsKnown(transport: Transport, run: (name: string) => void): void {
  const deliver = transport.onmessage
  transport.onmessage = (message, extra) => {
    deliver?.(message, extra)
    const name = isJSONRPCRequest(message) ? nameIn(message.params) : undefined
    if (name === undefined) return
    transport.onmessage = deliver
    run(name)
  }
}

/** The client of a request. */
export interface ClientAbout {
  name: string | undefined
  /** Whether it can show the person a form. */
  showsForms: boolean
  /** Whether it can open a page for the person. */
  opensPages: boolean
  /** Whether it speaks a protocol from before 2026-07-28. Then it waits to be told that a page is done. */
  waitsForPages: boolean
}

/** Reads who sent a request. Since protocol 2026-07-28 each request says so, before that only the handshake. */
export function clientOf({ server }: McpServer, { mcpReq }: ServerContext): ClientAbout {
  const told = (mcpReq.envelope ?? {}) as Envelope
  const isOlder = told[CLIENT_CAPABILITIES_META_KEY] === undefined
  const { elicitation } = told[CLIENT_CAPABILITIES_META_KEY] ?? server.getClientCapabilities() ?? {}
  return {
    name: (told[CLIENT_INFO_META_KEY] ?? server.getClientVersion())?.name,
    // In older versions of the protocol, the capability has no modes and means forms.
    showsForms:
      elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined),
    opensPages: elicitation?.url !== undefined,
    waitsForPages: isOlder,
  }
}

interface Envelope {
  [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities
  [CLIENT_INFO_META_KEY]?: Implementation
}

function nameIn(params: unknown): string | undefined {
  const { clientInfo, _meta } = (params ?? {}) as { clientInfo?: Implementation; _meta?: Envelope }
  const name: unknown = (clientInfo ?? _meta?.[CLIENT_INFO_META_KEY])?.name
  return typeof name === 'string' ? name : undefined
}
