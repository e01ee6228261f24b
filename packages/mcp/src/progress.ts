import {
  isJSONRPCNotification,
  isJSONRPCRequest,
  type JSONRPCMessage,
  type RequestId,
  type Transport,
} from '@modelcontextprotocol/server'

/** An assistant that wants signs of progress gives up after 60 s without any. */
const SIGN_EVERY_MS = 15_000

/** Does something again and again. @returns what ends it. */
export type Repeat = (run: () => void) => () => void

const everySign: Repeat = (run) => {
  const timer = setInterval(run, SIGN_EVERY_MS).unref()
  return () => clearInterval(timer)
}

/**
 * Sends signs of progress for each call that asks for them, until the call is answered or cancelled. A call takes as long as a person
 * takes to answer the question that it shows.
 *
 * @param transport must already be in use.
 */
export function reportProgress(transport: Transport, repeat = everySign): void {
  const ends = new Map<RequestId, () => void>()
  const end = (id: RequestId) => {
    ends.get(id)?.()
    ends.delete(id)
  }
  const send = transport.send.bind(transport)
  const begin = (id: RequestId, progressToken: unknown) => {
    let progress = 0
    const sign = () => {
      progress += 1
      const params = { progressToken, progress }
      send({ jsonrpc: '2.0', method: 'notifications/progress', params }).catch(() => {})
    }
    ends.set(id, repeat(sign))
  }
  transport.send = (message, options) => {
    if ('id' in message && !('method' in message) && message.id !== undefined) end(message.id)
    return send(message, options)
  }
  const deliver = transport.onmessage
  transport.onmessage = (message, extra) => {
    const token = progressTokenOf(message)
    if (token !== undefined && isJSONRPCRequest(message)) begin(message.id, token)
    const cancelled = cancelledBy(message)
    if (cancelled !== undefined) end(cancelled)
    deliver?.(message, extra)
  }
}

function progressTokenOf(message: JSONRPCMessage): unknown {
  const isCall = isJSONRPCRequest(message) && message.method === 'tools/call'
  return isCall ? message.params?._meta?.progressToken : undefined
}

function cancelledBy(message: JSONRPCMessage): RequestId | undefined {
  const isCancel = isJSONRPCNotification(message) && message.method === 'notifications/cancelled'
  return isCancel ? (message.params?.requestId as RequestId | undefined) : undefined
}
