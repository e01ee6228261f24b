import type { Micros, Zone } from './clock.ts'
import type { Done } from './done.ts'
import type { Process } from './process.ts'
import type { Random } from './random.ts'
import type { Stage } from './stage.ts'

/** A call's place among those that wait for the floor. */
export interface Place {
  process: Process
}

/** A person's machine: the clock, the logs, and who has the floor on it. */
export interface Machine {
  stage: Stage
  zone: Zone
  random: Random
  /** Paths below VoiceMode's base directory, and their lines. */
  files: Map<string, string[]>
  done: Done
  /** Whose turn it is to speak, from 8.0 on. */
  floor: { holder: Process; isCalm: boolean } | undefined
  /** Who waits for it, the longest first. */
  queue: Place[]
  /** Whose call passed the floor by: until it ends, only one more may begin, and that with care. */
  talker: Process | undefined
  /** Calls that run. Where there is no floor, assistants of one person wait for each other out of politeness. */
  running: number
  nextPid: number
}

export function append(machine: Machine, path: string, line: string): void {
  const lines = machine.files.get(path)
  if (lines) lines.push(line)
  else machine.files.set(path, [line])
}

export function lastLine(machine: Machine, path: string): string | undefined {
  return machine.files.get(path)?.at(-1)
}

export function dayBefore(date: string): string {
  return new Date(Date.parse(date) - 86_400_000).toISOString().slice(0, 10)
}

/** A step between two lines. */
export function moment(machine: Machine): Micros {
  return machine.random.whole(30, 900)
}
