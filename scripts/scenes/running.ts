import type { Circumstances, Moment } from './circumstances.ts'
import type { Call, Step } from './done.ts'
import type { Machine } from './machine.ts'
import type { Process } from './process.ts'

/** A call while it runs. */
export interface Running {
  machine: Machine
  process: Process
  around: Circumstances
  call: Call
  hasFloor: boolean
  /** Another has the floor, and it waits at most. */
  isRefused: boolean
  /** It passed the floor by. */
  talksOver: boolean
  /** What is written as the call ends, in releases that write nothing before. */
  atEnd: (() => void)[]
}

/** A part of a call: yields how long it takes. */
export type Part<Result> = Generator<number, Result>

/** The person stopped the call, or its process died. */
export class Interrupted extends Error {
  readonly by: 'person' | 'death'

  constructor(by: Interrupted['by']) {
    super(by)
    this.by = by
  }
}

/** Lets time pass in a step, in which the person may stop the call or the process may die. */
export function* spend({ machine, around }: Running, step: Moment, length: number): Part<void> {
  const isStopped = around.stopped === step
  if (!isStopped && around.dies !== step) {
    yield length
    return
  }
  yield Math.max(1, length * machine.random.next())
  throw new Interrupted(isStopped ? 'person' : 'death')
}

/** Notes that the call failed. @returns what it then ends as. */
export function fail({ call, atEnd }: Running, step: Step): false {
  call.failedStep = step
  atEnd.length = 0
  return false
}
