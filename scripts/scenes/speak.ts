import type { Circumstances } from './circumstances.ts'
import { MICROS_PER_SECOND } from './clock.ts'
import { noError, tellError, tellFailedUtterance } from './errors.ts'
import { moment } from './machine.ts'
import { logEvent, logExchange, seconds } from './process.ts'
import { Float } from './python.ts'
import { fail, type Part, type Running, spend } from './running.ts'
import type { Server } from './servers.ts'

type Attempt = Circumstances['speech'][number]

/** Speaks the text of a call. @returns false where nobody could hear it. */
export function* speak(run: Running): Part<boolean> {
  const { around, machine } = run
  if (around.isVoiceOff) {
    noteSpeech(run, undefined)
    yield moment(machine)
    return true
  }
  if (around.speaksInParts && around.speech[0]) {
    const firstPart = { ...around.speech[0], fate: 'spoken' } as const
    yield* startSpeech(run, firstPart)
    yield* sound(run, firstPart)
    yield moment(machine)
  }
  for (const attempt of around.speech) {
    yield* startSpeech(run, attempt)
    if (!(yield* sound(run, attempt))) {
      tellError(run, 'TTS_ERROR')
      yield moment(machine)
      continue
    }
    if (around.firstUtteranceAt && around.firstUtteranceAt > machine.stage.now) {
      yield around.firstUtteranceAt - machine.stage.now
    } else yield moment(machine)
    noteSpeech(run, attempt.server)
    yield moment(machine)
    return true
  }
  tellFailedUtterance(run, 'tts')
  return false
}

function* startSpeech(run: Running, { server }: Attempt): Part<void> {
  const { machine, process, around } = run
  logEvent(machine, process, 'TTS_START', { message: around.text, voice: server.voice, model: 'tts-1' })
  yield moment(machine)
}

/** What comes between the start of an attempt and its end, heard or not. */
function* sound(run: Running, { fate }: Attempt): Part<boolean> {
  const { machine, process, around, call } = run
  const isStream = around.format === 'pcm'
  const log = (eventType: string, data?: object) => logEvent(machine, process, eventType, data)
  if (!isStream) {
    if (fate === 'refused') return false
    yield* spend(run, 'speak', around.speaks)
    return fate === 'spoken' || fate === 'played otherwise'
  }
  if (fate === 'not played' || fate === 'played otherwise') {
    yield* spend(run, 'speak', around.speaks)
    log('TTS_FIRST_AUDIO')
    call.sounded += 1
    yield moment(machine)
    log('TTS_PLAYBACK_START')
    yield fate === 'not played' ? moment(machine) : around.speaks
    return fate === 'played otherwise'
  }
  log('TTS_PLAYBACK_START')
  if (fate === 'refused') {
    yield moment(machine)
    return false
  }
  yield* spend(run, 'speak', around.speaks / 2)
  log('TTS_FIRST_AUDIO')
  call.sounded += 1
  yield* spend(run, 'speak', around.speaks / 2)
  if (fate === 'broken off') return false
  log('TTS_PLAYBACK_END', playbackMetrics(run))
  return true
}

function playbackMetrics({ process, around }: Running): object {
  if (!process.release.hasFloor) return {}
  if (around.toldToStop === 'speak') return { metrics: { control_stopped: true, chunks: 1 } }
  const sound = { bytes_received: 960, chunks: 2, format: 'pcm', sample_rate_hz: 24000 }
  return { metrics: { ttfa_ms: 0.2, total_time_ms: 0.3, ...sound } }
}

/** Says the text once more. No line of the conversation log tells of it. */
export function* sayAgain(run: Running): Part<void> {
  for (const attempt of run.around.speech) {
    yield* startSpeech(run, attempt)
    if (yield* sound(run, attempt)) return
  }
}

/** Writes down what was spoken. @param server undefined where nobody did, for the voice is off. */
export function noteSpeech(run: Running, server: Server | undefined): void {
  const { machine, process, around } = run
  const { release } = process
  const named = release.namesServers
    ? {
        model: server && 'tts-1',
        voice: server?.voice ?? 'none',
        provider: server?.speakerName ?? 'no-op',
        provider_url: server?.url,
        is_fallback: false,
      }
    : { provider: 'openai' }
  const transport = around.transport === 'livekit' ? 'livekit' : localTransport(run)
  const exchange = {
    type: 'tts',
    text: around.text,
    metadata: {
      ...named,
      audio_format: around.format === 'pcm' ? undefined : around.format,
      timing: 'ttfa 0.4s, gen 1.2s, play 3.9s',
      transport,
      error: noError(run),
      ...(release.namesServers && {
        time_to_first_audio: new Float(server ? 0.41 : 0),
        generation_time: new Float(server ? 1.2 : 0),
        playback_time: seconds(around.speaks),
      }),
    },
    provider: release.namesServers ? server?.speaker : 'openai',
    providerByName: release.namesServers ? server?.speakerByName : 'openai',
    transport: transport && (around.transport === 'livekit' ? 'livekit' : 'local'),
  } as const
  const write = () => logExchange(machine, process, exchange)
  if (release.writesAtEnd) run.atEnd.push(write)
  else write()
}

function localTransport({ process, around }: Running): string | undefined {
  if (around.waitsForResponse) return process.release.schema > 1 ? 'local' : undefined
  return process.release.transportOfSpokenOnly
}

/** Speaks several turns, or asks the questions of a survey. */
export function* speakParts(run: Running): Part<boolean> {
  const { machine, process, around, call } = run
  if (around.isVoiceOff) return true
  for (let part = 0; part < around.parts; part++) {
    let isHeard = false
    for (const attempt of around.speech) {
      yield* startSpeech(run, attempt)
      if (attempt.fate === 'refused') continue
      yield* spend(run, 'speak', around.speaks)
      logEvent(machine, process, 'TTS_FIRST_AUDIO')
      call.sounded += 1
      yield moment(machine)
      isHeard = attempt.fate === 'spoken'
      break
    }
    if (isHeard) continue
    // A survey that is heard in part, or whose sound has no way out, ends as one that went well.
    if (around.kind === 'survey' && call.sounded > 0) return true
    if (around.kind === 'survey' && part < around.parts - 1) continue
    fail(run, 'speak')
    if (call.sounded > 0 || part === around.parts - 1) return around.kind === 'survey'
  }
  if (around.kind === 'survey') yield* hearAnswers(run)
  return true
}

/** The answers to a survey leave no line in the event log, whatever comes of them. */
function* hearAnswers(run: Running): Part<void> {
  const { machine, process, around } = run
  for (let part = 0; part < around.parts; part++) {
    yield* spend(run, 'record', around.records)
    if (around.microphone !== 'works') return
    yield* spend(run, 'transcribe', around.transcribes)
    const listener = around.answer === 'words' ? around.listener : undefined
    if (around.answer === 'words' && !listener) return
    const name = listener ? listener.type : 'unknown'
    const provider = name === 'unknown' ? undefined : listener?.listener
    logExchange(machine, process, {
      type: 'stt',
      text: around.answer === 'words' ? 'yes please' : '[no speech detected]',
      metadata: { provider: name, transport: 'survey', timing: 'record 4.0s, stt 0.5s' },
      provider,
      providerByName: provider,
      transport: 'local',
    })
    yield MICROS_PER_SECOND / 1000
  }
}
