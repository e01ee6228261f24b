import { MICROS_PER_SECOND } from './clock.ts'
import { noError, tellError, tellFailedUtterance } from './errors.ts'
import { moment } from './machine.ts'
import { logEvent, logExchange, seconds } from './process.ts'
import { Float } from './python.ts'
import { fail, type Part, type Running, spend } from './running.ts'
import { sayAgain } from './speak.ts'

/** The furthest that an event-log line may lie from the exchange that it tells about. */
const TELLS_WITHIN = 2 * MICROS_PER_SECOND
/** How long VoiceMode waits when it is asked to, with what it says before and after. */
const WAITS = 63 * MICROS_PER_SECOND
const SILENCE_DETECTION = { enabled: true, vad_aggressiveness: 3, silence_threshold_ms: 1000 }

/** Records what the person says and has it transcribed. @returns whether the call ends as one that went well. */
export function* listen(run: Running): Part<boolean> {
  const { machine, process, around, call } = run
  const { release } = process
  const log = (eventType: string, data?: object) => logEvent(machine, process, eventType, data)
  log('RECORDING_START')
  yield* spend(run, 'record', around.records)
  if (around.microphone === 'raises') return fail(run, 'record')
  const samples = around.microphone === 'works' ? 24000 : 0
  log('RECORDING_END', { duration: seconds(around.records), samples })
  if (samples === 0) {
    tellError(run, 'RECORDING_ERROR')
    return fail(run, 'record')
  }
  if (around.toldToStop === 'record') return true
  yield moment(machine)

  const isAsked = around.answer !== 'silence' || release.transcribesSilence
  let spent = 0
  if (isAsked) {
    log('STT_START')
    yield* spend(run, 'transcribe', around.transcribes)
    yield* askAgain(run)
    spent = around.transcribes
    if (!around.listener && !release.mistakesFailureForSilence) {
      tellError(run, 'STT_ERROR')
      tellFailedUtterance(run, 'stt')
      return fail(run, 'transcribe')
    }
  }
  const isHeard = around.answer === 'words' && around.listener !== undefined
  log(isHeard ? 'STT_COMPLETE' : 'STT_NO_SPEECH', {
    text: isHeard ? 'yes please' : undefined,
    metrics: isAsked && release.saysWhoTranscribed ? metricsOf(run) : undefined,
  })
  call.sounded += 1
  yield around.lag
  noteAnswer(run, { isHeard, isAsked, spent })
  yield moment(machine)
  return true
}

/** The person says "repeat" or "wait" first: only the answer after that is written down. */
function* askAgain(run: Running): Part<void> {
  const { around } = run
  if (around.asksFirst === 'repeat' && !around.isVoiceOff) yield* sayAgain(run)
  if (around.asksFirst === 'wait') yield* spend(run, 'pause', WAITS)
  if (around.asksFirst) yield* spend(run, 'record', around.records)
}

interface Heard {
  isHeard: boolean
  isAsked: boolean
  spent: number
}

/** Writes down what was heard. */
export function noteAnswer(run: Running, { isHeard, isAsked, spent }: Heard): void {
  const { machine, process, around } = run
  const { release } = process
  const transport = release.schema > 1 ? around.transport : undefined
  const exchange = {
    type: 'stt',
    text: isHeard ? 'yes please' : '[no speech detected]',
    metadata: {
      model: 'whisper-1',
      ...namesOf(run),
      audio_format: 'mp3',
      transport,
      timing: 'record 4.0s, stt 0.5s',
      error: noError(run),
      ...(release.schema > 1 && { silence_detection: SILENCE_DETECTION }),
      ...(release.namesServers && { transcription_time: seconds(spent) }),
    },
    provider: isAsked || !release.namesServers ? told(run, 'listener') : undefined,
    providerByName: isAsked || !release.namesServers ? told(run, 'listenerByName') : undefined,
    transport,
  } as const
  const write = () => logExchange(machine, process, exchange)
  if (!release.writesAtEnd) write()
  else if (isHeard) run.atEnd.push(write)
  else run.atEnd.length = 0
}

function namesOf({ process, around }: Running): Record<string, string | undefined> {
  const { configuredListener: configured } = around
  const { release } = process
  if (!release.namesServers) return { provider: 'openai' }
  return {
    provider: (release.transcribesSilence && configured.url) || configured.listenerName,
    provider_url: configured.url,
    provider_type: configured.type,
  }
}

/** Who transcribed, as far as the logs tell: the line names the server that is configured, the event log says which kind answered. */
function told({ process, around }: Running, by: 'listener' | 'listenerByName'): string | undefined {
  const { release } = process
  if (!release.namesServers) return 'openai'
  const { configuredListener: configured } = around
  const isAddressItsName = release.transcribesSilence && configured.url !== undefined
  const named = by === 'listenerByName' && isAddressItsName ? 'other' : configured[by]
  const isTold =
    release.saysWhoTranscribed &&
    process.hasEventLog &&
    around.transport === 'local' &&
    around.listener !== undefined &&
    around.lag <= TELLS_WITHIN
  if (!isTold) return named
  if (named === 'openai') return around.listener?.isLocal ? 'other' : named
  const isLocal = named === 'whisper-local' || named === 'mlx-audio'
  return isLocal && !around.listener?.isLocal ? 'remote' : named
}

function metricsOf({ around }: Running): object | undefined {
  if (!around.listener) return undefined
  const sound = { format: 'wav', sample_rate_hz: 24000, bitrate_kbps: 384 }
  return {
    file_size_bytes: 32044,
    request_time_ms: new Float(420),
    is_local: around.listener.isLocal,
    ...sound,
  }
}
