import type { Circumstances } from './circumstances.ts'
import { MICROS_PER_MINUTE, MICROS_PER_SECOND, type Micros } from './clock.ts'
import { converse } from './converse.ts'
import { isCalm } from './floor.ts'
import type { Machine } from './machine.ts'
import { callOf, type Habits } from './people.ts'
import { type Process, type Setup, startProcess } from './process.ts'
import type { Actor } from './stage.ts'

/** A while in which a person talks with an assistant. */
export interface Visit {
  at: Micros
  calls: number
  /** As long as it is the same, so is the process, if it lives. */
  setup: Setup
  habits: Habits
  /** Longest usual pause between two calls. */
  pause: Micros
}

const SILENCE = 5 * MICROS_PER_MINUTE

/** Plays all that one assistant does. */
export function* assistant(machine: Machine, visits: readonly Visit[]): Actor {
  let process: Process | undefined
  let setup: Setup | undefined
  for (const visit of visits) {
    if (visit.at > machine.stage.now) yield visit.at - machine.stage.now
    if (setup !== visit.setup || machine.random.chance(0.2)) process = undefined
    setup = visit.setup
    for (let n = 0; n < visit.calls; n++) {
      if (!process?.isAlive) process = startProcess(machine, setup)
      const around = callOf(machine.random, setup.release, visit.habits)
      yield* pause(machine, process, visit, around, n === 0)
      yield* waitPolitely(machine, process, around)
      const first = { isOver: false, around }
      besides(machine, process, visit, first)
      yield* converse(machine, process, around)
      first.isOver = true
    }
  }
}

function* pause(
  machine: Machine,
  process: Process,
  { pause, habits }: Visit,
  around: Circumstances,
  isFirst: boolean,
): Generator<number, void> {
  const { random, stage } = machine
  if (isFirst) return
  const exactly =
    process.lastUtterance + SILENCE + random.pick([-MICROS_PER_SECOND, -1, 0, 0, 1, MICROS_PER_MINUTE])
  const starts = exactly - around.speaks - MICROS_PER_SECOND
  if (random.chance(habits.variety / 12) && starts > stage.now) {
    yield starts - stage.now
    around.firstUtteranceAt = exactly
    return
  }
  yield random.whole(MICROS_PER_SECOND, pause)
  const wholeSecond = Math.ceil((stage.now + around.speaks) / MICROS_PER_SECOND + 1) * MICROS_PER_SECOND
  if (random.chance(habits.variety / 20)) around.firstUtteranceAt = wholeSecond
}

/** Where nothing keeps assistants apart, their person does. */
function* waitPolitely(machine: Machine, process: Process, around: Circumstances): Generator<number, void> {
  const hasFloor = process.hasFloor && process.release.hasFloor
  const mayBegin = () => {
    if (!hasFloor) return machine.running === 0
    const { talker, running } = machine
    return !talker || (talker !== process && running === 1 && process.hasEventLog && isCalm(around))
  }
  while (!mayBegin()) yield MICROS_PER_SECOND
}

/**
 * Now and then an assistant calls a second time before the first call has ended. Then neither gives up to wait: its end would
 * bear the other's session, and nothing would tell them apart.
 */
function besides(
  machine: Machine,
  process: Process,
  { habits }: Visit,
  first: { isOver: boolean; around: Circumstances },
): void {
  const { random, stage } = machine
  if (!process.hasFloor || !process.release.hasFloor || !random.chance(habits.variety / 15)) return
  const second = callOf(random, process.release, { ...habits, trouble: 0 })
  for (const around of [first.around, second]) around.floorPatience = Number.POSITIVE_INFINITY
  const later = stage.now + random.whole(MICROS_PER_SECOND, 9 * MICROS_PER_SECOND)
  stage.enter(secondCall(), later)

  function* secondCall(): Actor {
    yield* waitPolitely(machine, process, second)
    if (!first.isOver) yield* converse(machine, process, second)
  }
}
