import type { SttProvider, Transport, TtsProvider } from '@voicemode-telemetry/protocol'
import { STT_PROVIDERS, TRANSPORTS, TTS_PROVIDERS } from '@voicemode-telemetry/protocol'
import { remember } from './remember.ts'

type Provider = TtsProvider | SttProvider

const NAMES = new Map<string, Provider>([
  ['openai', 'openai'],
  ['openai-whisper', 'openai'],
  ['kokoro', 'kokoro'],
  ['whisper', 'whisper-local'],
  ['whisper-local', 'whisper-local'],
  ['mlx-audio', 'mlx-audio'],
  ['cartesia', 'cartesia'],
])
const HOSTS = new Map<string, Provider>([
  ['api.openai.com', 'openai'],
  ['api.cartesia.ai', 'cartesia'],
])
const PORTS = new Map<string, Provider>([
  ['8880', 'kokoro'],
  ['2022', 'whisper-local'],
  ['8890', 'mlx-audio'],
])
/** Names under which VoiceMode logs that it knows no provider. */
const NOBODY = ['unknown', 'no-op', 'none']

/** The providers that run on the user's own machine. */
const LOCAL: readonly (SttProvider | undefined)[] = ['whisper-local', 'mlx-audio']

/** Other names for the local transport: what was only spoken, and surveys. */
const LOCAL_TRANSPORTS = ['survey', 'speak-only', 'auto']

/** Who spoke, read from the URL where there is one, else from the name; undefined where that names nobody. */
export function ttsProvider(url: unknown, name: unknown): TtsProvider | undefined {
  return wordOf(TTS_PROVIDERS, providerOf(url, name))
}

/** Who listened, as the line names them; see {@link ttsProvider}. */
export function sttProvider(url: unknown, name: unknown): SttProvider | undefined {
  return wordOf(STT_PROVIDERS, providerOf(url, name))
}

/**
 * Who answered where a line names one provider and the event log says whether a local server answered.
 *
 * @param isLocal undefined where the event log does not say; then the line is believed.
 */
export function answeringProvider(
  named: SttProvider | undefined,
  isLocal: boolean | undefined,
): SttProvider | undefined {
  if (isLocal === false && LOCAL.includes(named)) return 'remote'
  if (isLocal === true && named === 'openai') return 'other'
  return named
}

/** The transport of that name; `other` for a name outside the vocabulary, undefined where there is none. */
export function transportOf(name: unknown): Transport | undefined {
  if (!isNamed(name)) return undefined
  return LOCAL_TRANSPORTS.includes(name) ? 'local' : wordOf(TRANSPORTS, name)
}

/** A provider outside the vocabulary of its kind, as kokoro among those that listen, is `other`. */
function wordOf<Word extends string>(
  words: readonly Word[],
  name: string | undefined,
): Word | 'other' | undefined {
  return name === undefined ? undefined : (words.find((word) => word === name) ?? 'other')
}

function providerOf(url: unknown, name: unknown): Provider | undefined {
  if (isNamed(url)) return providerAt(url)
  const lower = isNamed(name) ? name.toLowerCase() : 'none'
  return NOBODY.includes(lower) ? undefined : (NAMES.get(lower) ?? 'other')
}

/** A local server speaks OpenAI's protocol and may be logged under that name, so its port decides. */
const providerAt = remember((url: string): Provider => {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `http://${url}`
  if (!URL.canParse(whole)) return 'other'
  const { hostname, port } = new URL(whole)
  return HOSTS.get(hostname) ?? PORTS.get(port) ?? 'other'
})

function isNamed(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
