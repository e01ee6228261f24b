import { readDecision } from '../consent/record.ts'
import type { Host } from '../host.ts'
import { type Caller, readState, updateState } from '../settings/state.ts'

/**
 * Remembers how VoiceMode is run, from somebody who knows: previews and sends tell it from then on. Does nothing without a
 * yes. @throws the file system's error where it can't be written.
 */
export function noteCaller(host: Host, caller: Caller): void {
  const known = readState(host).caller
  const told = { ...known, ...caller }
  const isKnown = known?.execSource === told.execSource && known?.mcpHost === told.mcpHost
  if (readDecision(host).state === 'granted' && !isKnown) updateState(host, { caller: told })
}
