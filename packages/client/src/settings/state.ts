import { join } from 'node:path'
import type { McpHost } from '@voicemode-telemetry/protocol'
import { readText, writeWhole } from '../files/files.ts'
import type { Host } from '../host.ts'

/** What a sender remembers for the next one. Times are in milliseconds since 1970. */
export interface SenderState {
  /** No request before this: the server's `Retry-After`. */
  notBefore?: number
  /** When a send in the background last began. */
  lastBackgroundAt?: number
  /** Who VoiceMode was last used from, as far as anybody could tell. */
  caller?: Caller
  /** The variable by which some environment said no while a yes was on record, and when that was seen. */
  environmentNo?: { variable: string; at: number } | undefined
}

/** Who uses VoiceMode; empty where that is not known. */
export interface Caller {
  mcpHost?: McpHost
}

/** @returns nothing remembered where there is no state, or none that can be read. */
export function readState(host: Host): SenderState {
  try {
    const state: unknown = JSON.parse(readText(statePath(host)) ?? '{}')
    return typeof state === 'object' && state !== null ? state : {}
  } catch {
    return {}
  }
}

/** Changes some of what is remembered. @throws where it can't be written. */
export function updateState(host: Host, change: SenderState): void {
  writeWhole(
    statePath(host),
    Buffer.from(`${JSON.stringify({ ...readState(host), ...change }, null, 2)}\n`, 'utf8'),
  )
}

function statePath(host: Host): string {
  return join(host.directories.ownBase, 'telemetry_state.json')
}
