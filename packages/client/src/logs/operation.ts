import type { FailedStep } from '@voicemode-telemetry/protocol'
import type { Call } from './call.ts'

/** What the judgement of a call rests on besides its lines: the conversation log. */
export interface Hearing {
  /** Whether the day has any exchange. */
  hasExchanges: boolean
  /** Whether something was spoken between two instants, in microseconds since 1970, both included. */
  wasSpoken(from: number, to: number): boolean
}

/** Whether a call counts: one that the person stopped, or that another kept from speaking, says nothing of VoiceMode. */
export function isOperation({ isCancelled, isBlocked }: Call): boolean {
  return !isCancelled && !isBlocked
}

/**
 * The step at which a call failed; undefined where it went well.
 *
 * Its last line is believed but for two: a call that only has to speak ends as failed in VoiceMode 6.1 to 8.12 also where
 * it was heard, and a survey that nobody heard ends as gone well.
 */
export function failedStepOf(call: Call, hearing: Hearing): FailedStep | undefined {
  const wasHeard = hearing.wasSpoken(call.floorAt ?? call.begunAt, call.endedAt)
  if (call.success) return spokeInVain(call) && !wasHeard ? 'speak' : undefined
  if (call.onlySpeaks && (hearing.hasExchanges ? wasHeard : !brokeOff(call))) return undefined
  return furthestStep(call)
}

function spokeInVain({ steps }: Call): boolean {
  return (
    steps.has('TTS_START') &&
    !['TTS_FIRST_AUDIO', 'TTS_PLAYBACK_END', 'RECORDING_START'].some((step) => steps.has(step))
  )
}

function brokeOff(call: Call): boolean {
  return isUnfinished(call, 'TTS_START', ['TTS_PLAYBACK_END'])
}

/** The furthest step that was begun and not got past. */
function furthestStep(call: Call): FailedStep {
  const heard = ['STT_COMPLETE', 'STT_NO_SPEECH']
  if (isUnfinished(call, 'STT_START', heard)) return 'transcribe'
  if (isUnfinished(call, 'RECORDING_START', ['STT_START', ...heard])) return 'record'
  if (isUnfinished(call, 'TTS_START', heard)) return 'speak'
  return 'other'
}

/** Whether a step was begun and none of some lines came after; where it was begun again, the last time counts. */
function isUnfinished({ steps }: Call, begun: string, after: readonly string[]): boolean {
  const from = steps.get(begun)
  return from !== undefined && !after.some((step) => (steps.get(step) ?? 0) > from)
}
