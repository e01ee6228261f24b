import type { SttProvider, Transport, TtsProvider } from '@voicemode-telemetry/protocol'
import { TRANSPORTS } from '@voicemode-telemetry/protocol'

type Provider = 'openai' | 'kokoro' | 'whisper-local'

const NAMES: Record<string, Provider> = {
  openai: 'openai',
  kokoro: 'kokoro',
  whisper: 'whisper-local',
  'whisper-local': 'whisper-local',
}
const PORTS: Record<string, Provider> = { 8880: 'kokoro', 2022: 'whisper-local' }

/** Who spoke, read from the URL where there is one, else from the name; undefined where neither is given. */
export function ttsProvider(url: unknown, name: unknown): TtsProvider | undefined {
  const provider = providerOf(url, name)
  return provider === 'whisper-local' ? 'other' : provider
}

/** Who listened; see {@link ttsProvider}. */
export function sttProvider(url: unknown, name: unknown): SttProvider | undefined {
  const provider = providerOf(url, name)
  return provider === 'kokoro' ? 'other' : provider
}

/** The transport of that name; `other` for a name outside the vocabulary, undefined where there is none. */
export function transportOf(name: unknown): Transport | undefined {
  if (!isNamed(name)) return undefined
  return (TRANSPORTS as readonly string[]).includes(name) ? (name as Transport) : 'other'
}

function providerOf(url: unknown, name: unknown): Provider | 'other' | undefined {
  if (isNamed(url)) return providerAt(url)
  if (!isNamed(name)) return undefined
  const lower = name.toLowerCase()
  return Object.hasOwn(NAMES, lower) ? NAMES[lower] : 'other'
}

/** A local server speaks OpenAI's protocol and may be logged under that name, so its port decides. */
function providerAt(url: string): Provider | 'other' {
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `http://${url}`
  if (!URL.canParse(address)) return 'other'
  const { hostname, port } = new URL(address)
  if (hostname === 'api.openai.com') return 'openai'
  return Object.hasOwn(PORTS, port) ? (PORTS[port] ?? 'other') : 'other'
}

function isNamed(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
