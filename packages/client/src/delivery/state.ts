import { join } from 'node:path'
import { readText, writeWhole } from '../files.ts'
import type { Host } from '../host.ts'

/** What a sender remembers for the next one. Times are in milliseconds since 1970. */
export interface SenderState {
  /** No request before this: the server's `Retry-After`. */
  notBefore?: number
}

/** @returns nothing remembered where there is no state, or none that can be read. */
export function readState(host: Host): SenderState {
  try {
    return JSON.parse(readText(statePath(host)) ?? '{}') as SenderState
  } catch {
    return {}
  }
}

export function writeState(host: Host, state: SenderState): void {
  writeWhole(statePath(host), Buffer.from(`${JSON.stringify(state)}\n`, 'utf8'))
}

function statePath(host: Host): string {
  return join(host.directories.base, 'telemetry_state.json')
}
