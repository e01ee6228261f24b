import type { FailedStep } from '@voicemode-telemetry/protocol'
import type { Call } from './call.ts'

/** What the conversation log says about a call. */
export interface Hearing {
  /** Whether the day has any exchange. */
  hasExchanges: boolean
  /** Whether something was spoken between two instants, in microseconds since 1970, both included. */
  wasSpoken(from: number, to: number): boolean
}

/** Whether a call counts. A call that the person stopped, or that had to give way to another call, does not. */
export function isOperation({ isCancelled, isBlocked }: Call): boolean {
  return !isCancelled && !isBlocked
}

/**
 * The step at which a call failed. Undefined if it succeeded.
 *
 * Two claims of a call's last line are not believed. In VoiceMode 6.1 to 8.12 a call that only speaks ends as failed, even if
 * it was heard. A survey that nobody heard ends as succeeded.
 */
export function failedStepOf(call: Call, hearing: Hearing): FailedStep | undefined {
  const wasHeard = hearing.wasSpoken(call.floorAt ?? call.begunAt, call.endedAt)
  if (call.success) return spokeInVain(call) && !wasHeard ? 'speak' : undefined
  if (call.onlySpeaks && (hearing.hasExchanges ? wasHeard : !brokeOff(call))) return undefined
  return furthestStep(call)
}

function spokeInVain({ steps }: Call): boolean {
  return (
    steps.includes('TTS_START') &&
    !['TTS_FIRST_AUDIO', 'TTS_PLAYBACK_END', 'RECORDING_START'].some((step) => steps.includes(step))
  )
}

function brokeOff(call: Call): boolean {
  return isUnfinished(call, 'TTS_START', ['TTS_PLAYBACK_END'])
}

/** The last step that the call started and did not finish. */
function furthestStep(call: Call): FailedStep {
  const heard = ['STT_COMPLETE', 'STT_NO_SPEECH']
  if (isUnfinished(call, 'STT_START', heard)) return 'transcribe'
  if (isUnfinished(call, 'RECORDING_START', ['STT_START', ...heard])) return 'record'
  if (isUnfinished(call, 'TTS_START', heard)) return 'speak'
  return 'other'
}

/** Whether a step was started and none of the given lines came after its last start. */
function isUnfinished({ steps }: Call, begun: string, after: readonly string[]): boolean {
  const from = steps.indexOf(begun)
  return from >= 0 && !after.some((step) => steps.indexOf(step) > from)
}
