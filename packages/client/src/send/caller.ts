import { readDecision } from '../consent/record.ts'
import type { Host } from '../host.ts'
import { assistantIn, mcpHostNamed } from '../settings/mcpHost.ts'
import { type Caller, readState, updateState } from '../settings/state.ts'

/**
 * Who VoiceMode is used from, as far as this process can tell.
 *
 * @param clientName how an MCP client names itself, if there is one. A name that no assistant has counts as none.
 */
export function recognizeCaller(host: Pick<Host, 'env'>, clientName = ''): Caller {
  const named = mcpHostNamed(clientName)
  const mcpHost = named === 'other' ? (assistantIn(host.env) ?? named) : (named ?? assistantIn(host.env))
  return mcpHost ? { mcpHost } : {}
}

/**
 * Remembers who VoiceMode is used from: previews and sends that can't tell for themselves say so from then on. Does nothing
 * without a yes, or where nothing is known. @throws the file system's error where it can't be written.
 */
export function noteCaller(host: Host, caller: Caller): void {
  const isNews = caller.mcpHost !== undefined && caller.mcpHost !== readState(host).caller?.mcpHost
  if (isNews && readDecision(host).state === 'granted') updateState(host, { caller })
}
