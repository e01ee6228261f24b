import type { Circumstances, Moment } from './circumstances.ts'
import { MICROS_PER_SECOND } from './clock.ts'
import type { Call, Step } from './done.ts'
import { leaveFloor, takeFloor } from './floor.ts'
import { listen, noteAnswer } from './listen.ts'
import { type Machine, moment } from './machine.ts'
import { logEvent, type Process } from './process.ts'
import { Float } from './python.ts'
import { fail, Interrupted, type Part, type Running, spend } from './running.ts'
import { noteSpeech, speak, speakParts } from './speak.ts'
import type { Actor } from './stage.ts'

/** Where a call stands that is stopped, as far as its lines tell. */
const STEPS: Record<Moment, Step> = {
  floor: 'other',
  speak: 'speak',
  pause: 'speak',
  record: 'record',
  transcribe: 'transcribe',
}

/** Plays one use of VoiceMode's tool: writes its lines, and down what was done. */
export function* converse(machine: Machine, process: Process, around: Circumstances): Actor {
  const run = begin(machine, process, around)
  machine.running += 1
  try {
    yield* whileAlive(process, play(run))
  } finally {
    machine.running -= 1
    if (run.talksOver) machine.talker = undefined
  }
}

/** With its process each of its calls ends. */
function* whileAlive(process: Process, part: Part<void>): Part<void> {
  for (const length of part) {
    yield length
    if (!process.isAlive) return
  }
}

function* play(run: Running): Part<void> {
  let success = false
  try {
    success = yield* go(run)
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    if (error.by === 'death') {
      run.process.isAlive = false
      return
    }
    yield moment(run.machine)
    stop(run)
  }
  yield* end(run, success)
}

function begin(machine: Machine, process: Process, around: Circumstances): Running {
  const { now } = machine.stage
  const call: Call = { began: now, outcome: 'ended', sounded: 0 }
  return { machine, process, around, call, hasFloor: false, talksOver: false, isRefused: false, atEnd: [] }
}

function* go(run: Running): Part<boolean> {
  const { machine, process, around, call } = run
  if (around.waitsForResponse) {
    process.sessionId = `conv_${Math.floor(machine.stage.now / 1000)}`
    logEvent(machine, process, 'SESSION_START')
    yield moment(machine)
    if (process.lastEnded !== undefined) {
      const since = (machine.stage.now - process.lastEnded) / MICROS_PER_SECOND
      logEvent(machine, process, 'TIME_SINCE_LAST_SESSION', { seconds: new Float(since) })
      yield moment(machine)
    }
  }
  call.began = machine.stage.now
  if (process.hasEventLog) machine.done.calls.push(call)
  logEvent(machine, process, 'TOOL_REQUEST_START', {
    tool_name: 'converse',
    has_params: true,
    wait_for_response: around.waitsForResponse,
  })
  yield moment(machine)
  if (!(yield* takeFloor(run))) {
    call.outcome = 'blocked'
    return false
  }
  yield moment(machine)
  while (process.isSounding) yield MICROS_PER_SECOND / 20
  process.isSounding = true
  try {
    if (around.breaksUnexpectedly) return fail(run, 'other')
    if (around.kind !== 'talk') return yield* speakParts(run)
    return yield* around.transport === 'livekit' && around.waitsForResponse ? talkInRoom(run) : talk(run)
  } finally {
    process.isSounding = false
  }
}

function* talk(run: Running): Part<boolean> {
  const { machine, process, around } = run
  const { release } = process
  if (!(yield* speak(run))) return fail(run, 'speak')
  if (around.toldToStop === 'speak') return true
  if (!around.waitsForResponse) return release.spokenOnlyEndsAs
  yield* spend(run, 'pause', MICROS_PER_SECOND / 2 + moment(machine))
  return yield* listen(run)
}

/** A call that LiveKit carries leaves no line between its start and its end. */
function* talkInRoom(run: Running): Part<boolean> {
  const { around } = run
  const speaking = around.speech.find(({ fate }) => fate === 'spoken')
  if (!speaking || around.microphone !== 'works' || !around.listener || around.answer !== 'words') {
    yield around.speaks
    return fail(run, 'other')
  }
  yield* spend(run, 'speak', around.speaks)
  noteSpeech(run, speaking.server)
  yield* spend(run, 'record', around.records + around.transcribes)
  noteAnswer(run, { isHeard: true, isAsked: true, spent: around.transcribes })
  return true
}

/** Before 8.6 nothing tells a call that was stopped from one that failed where it stood. */
function stop(run: Running): void {
  const { machine, process, around, call } = run
  if (process.release.saysCancelled) {
    logEvent(machine, process, 'TOOL_CANCELLED', { tool_name: 'converse', reason: 'client_cancel' })
    call.outcome = 'cancelled'
    return
  }
  if (run.isRefused) {
    call.outcome = 'blocked'
    return
  }
  const hasSteps = around.transport === 'local' || !around.waitsForResponse
  const step = STEPS[around.stopped ?? 'floor']
  fail(run, hasSteps && !(around.isVoiceOff && step === 'speak') ? step : 'other')
}

function* end(run: Running, success: boolean): Part<void> {
  const { machine, process, around, call } = run
  yield moment(machine)
  if (process.sessionId && around.waitsForResponse && success && endsSession(run)) {
    logEvent(machine, process, 'SESSION_END')
    process.sessionId = null
    yield moment(machine)
  }
  for (const write of run.atEnd) {
    write()
    yield moment(machine)
  }
  if (run.hasFloor) {
    leaveFloor(run)
    yield machine.random.whole(20, 80)
  }
  logEvent(machine, process, 'TOOL_REQUEST_END', { tool_name: 'converse', success })
  call.ended = machine.stage.now
  if (around.waitsForResponse) process.lastEnded = machine.stage.now
}

/** Turns, surveys, LiveKit and what was told to stop leave their session behind. */
function endsSession({ around }: Running): boolean {
  return around.kind === 'talk' && around.transport === 'local' && around.toldToStop === undefined
}
