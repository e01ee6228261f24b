import { readDecision } from '../consent/record.ts'
import type { Host } from '../host.ts'
import { assistantIn, mcpHostNamed } from '../settings/mcpHost.ts'
import { type Caller, readState, updateState } from '../settings/state.ts'

/**
 * Which assistant VoiceMode is used from, as far as this process knows.
 *
 * @param clientName the name that an MCP client gives itself. A name that is not an assistant's is ignored.
 */
export function recognizeCaller(host: Pick<Host, 'env'>, clientName = ''): Caller {
  const named = mcpHostNamed(clientName)
  const mcpHost = named === 'other' ? (assistantIn(host.env) ?? named) : (named ?? assistantIn(host.env))
  return mcpHost ? { mcpHost } : {}
}

/**
 * Remembers which assistant VoiceMode is used from, for previews and sends that can't find out themselves. Does nothing without a
 * yes, or if the assistant is not known. @throws the file system's error.
 */
export function noteCaller(host: Host, caller: Caller): void {
  const isNews = caller.mcpHost !== undefined && caller.mcpHost !== readState(host).caller?.mcpHost
  if (isNews && readDecision(host).state === 'granted') updateState(host, { caller })
}
