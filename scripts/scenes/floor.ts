import type { Circumstances } from './circumstances.ts'
import { MICROS_PER_SECOND } from './clock.ts'
import { moment, type Place } from './machine.ts'
import { logEvent, type Process } from './process.ts'
import { Float } from './python.ts'
import { type Part, type Running, spend } from './running.ts'

const LOOKS_EVERY = MICROS_PER_SECOND / 2

/** Takes the floor, passes it by, or waits for it. @returns false where another has it and nothing will be said. */
export function* takeFloor(run: Running): Part<boolean> {
  const { machine, process, around } = run
  if (!process.hasFloor || !process.release.hasFloor) {
    yield* spend(run, 'floor', moment(machine))
    return true
  }
  const { pid } = process
  if (around.floor === 'talk over' && mayTalkOver(run)) {
    run.talksOver = true
    machine.talker = process
    logEvent(machine, process, 'CONCH_SKIPPED', {
      pid,
      agent: 'converse',
      holder_pid: machine.floor?.holder.pid ?? null,
      holder_agent: machine.floor ? 'converse' : null,
    })
    return true
  }
  if (!take(run)) {
    run.isRefused = true
    const holder = { holder_agent: 'converse' }
    logEvent(machine, process, 'CONCH_BLOCKED', {
      pid,
      holder_pid: machine.floor?.holder.pid ?? null,
      ...holder,
      wait_for_conch: around.floor !== 'give up',
      ...(process.release.saysCancelled && { conch_mode: around.floor === 'callback' ? 'callback' : 'wait' }),
    })
    if (around.floor === 'give up') return false
    yield moment(machine)
    const position = 1
    if (around.floor === 'callback') {
      logEvent(machine, process, 'CONCH_CALLBACK_REGISTERED', {
        pid,
        session_id: `converse-${pid}`,
        position,
        ...holder,
      })
      return false
    }
    const timeout = new Float(around.floorPatience / MICROS_PER_SECOND)
    logEvent(machine, process, 'CONCH_WAIT_START', { pid, ...holder, timeout, position })
    const isGranted = yield* waitForFloor(run)
    if (!isGranted) return false
    yield moment(machine)
  }
  logEvent(machine, process, 'CONCH_ACQUIRE', { pid, agent: 'converse' })
  yield* spend(run, 'floor', moment(machine))
  return true
}

function* waitForFloor(run: Running): Part<boolean> {
  const { machine, process, around } = run
  const place = { process }
  let waited = 0
  machine.queue.push(place)
  try {
    while (!take(run, place) && waited < around.floorPatience) {
      yield* spend(run, 'floor', LOOKS_EVERY)
      waited += LOOKS_EVERY
    }
  } finally {
    machine.queue.splice(machine.queue.indexOf(place), 1)
  }
  logEvent(machine, process, 'CONCH_WAIT_END', {
    pid: process.pid,
    waited_seconds: new Float(waited / MICROS_PER_SECOND),
    result: run.hasFloor ? 'acquired' : 'timeout',
  })
  return run.hasFloor
}

/** Nobody takes the floor before those that wait for it longer. */
function take(run: Running, place?: Place): boolean {
  const { machine, process } = run
  const holder = machine.floor?.holder
  const isNext = machine.queue.length === 0 || machine.queue[0] === place
  if (holder?.isAlive || !isNext) return false
  if (holder) clearDeadHolder(run, holder)
  machine.floor = { holder: process, isCalm: isCalm(run.around) }
  run.hasFloor = true
  run.isRefused = false
  return true
}

/**
 * Two that talk at once write into each other's lines. What comes of them can be told where both go well, each with its own
 * answer right before what it heard, where no third one calls meanwhile, and where they share no process, whose session
 * changes under them.
 */
function mayTalkOver({ machine, process, around }: Running): boolean {
  if (!isCalm(around) || machine.running > 2 || !process.hasEventLog) return false
  const { holder, isCalm: isHolderCalm = false } = machine.floor ?? {}
  return machine.running === 1 || (isHolderCalm && holder !== process && holder?.hasEventLog === true)
}

/** Whether a call goes well in a way that its lines tell, whatever stands between them. */
export function isCalm(around: Circumstances): boolean {
  const { kind, speech, microphone, listener, stopped, dies, breaksUnexpectedly, lag } = around
  const isHeard = speech.some(({ fate }) => fate === 'spoken' || fate === 'played otherwise')
  const isWhole = !stopped && !dies && !breaksUnexpectedly && kind !== 'survey'
  return isHeard && microphone === 'works' && listener !== undefined && isWhole && lag < MICROS_PER_SECOND
}

function clearDeadHolder({ machine, process }: Running, holder: Process): void {
  if (!process.release.saysCancelled) return
  logEvent(machine, process, 'CONCH_DEAD_HOLDER_CLEARED', { stale_pid: holder.pid, stale_agent: 'converse' })
}

export function leaveFloor({ machine, process, around }: Running): void {
  logEvent(machine, process, 'CONCH_RELEASE', {
    pid: process.pid,
    held_seconds: new Float(machine.random.whole(1000, 900_000) / MICROS_PER_SECOND),
    ...(process.release.saysCancelled && { hold_active: around.holdsFloor }),
  })
  machine.floor = undefined
}
