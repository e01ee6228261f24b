import { join } from 'node:path'
import type { McpHost } from '@voicemode-telemetry/protocol'
import { readText, writeWhole } from '../files/files.ts'
import type { Host } from '../host.ts'

/** What a process remembers for later ones. Times are in milliseconds since 1970. */
export interface SenderState {
  /** When the next request may be made at the earliest, by the server's `Retry-After`. */
  notBefore?: number
  /** Why the last event that was tried still waits, and what a person can do; nothing once one was sent. */
  lastFailure?: { at: number; why: string; remedy?: string } | undefined
  /** When the last background send began. */
  lastBackgroundAt?: number
  /** Which assistant VoiceMode was last used from, if that was known. */
  caller?: Caller
  /** The variable that said no in some process's environment while there was a yes, and when that was noticed. */
  environmentNo?: { variable: string; at: number } | undefined
}

/** Which assistant VoiceMode is used from; empty if that is not known. */
export interface Caller {
  mcpHost?: McpHost
}

/** Empty if nothing is remembered, or if the file can't be read. */
export function readState(host: Host): SenderState {
  try {
    const state: unknown = JSON.parse(readText(statePath(host)) ?? '{}')
    return typeof state === 'object' && state !== null ? state : {}
  } catch {
    return {}
  }
}

/** Changes a part of what is remembered. @throws the file system's error if it can't be written. */
export function updateState(host: Host, change: SenderState): void {
  writeWhole(
    statePath(host),
    Buffer.from(`${JSON.stringify({ ...readState(host), ...change }, null, 2)}\n`, 'utf8'),
  )
}

function statePath(host: Host): string {
  return join(host.directories.ownBase, 'telemetry_state.json')
}
