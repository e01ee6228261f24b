import { expect, test } from 'vitest'
import { osTypeOf } from '../settings/environment.ts'
import { errorTypeOf } from './errorType.ts'
import { answeringProvider, sttProvider, transportOf, ttsProvider } from './provider.ts'

test.each([
  ['https://api.openai.com/v1', undefined, 'openai'],
  ['http://127.0.0.1:8880/v1', 'openai', 'kokoro'],
  ['https://api.cartesia.ai', 'cartesia', 'cartesia'],
  ['http://[::1]:8880/v1', undefined, 'kokoro'],
  ['localhost:8880/v1', undefined, 'kokoro'],
  ['http://10.1.2.3:2022/v1', 'whisper', 'other'],
  ['http://127.0.0.1:8890/v1', 'openai', 'mlx-audio'],
  ['https://api.openai.com.evil.example/v1', 'openai', 'other'],
  ['http://:::', 'kokoro', 'other'],
  [undefined, 'OpenAI', 'openai'],
  [null, 'Kokoro', 'kokoro'],
  ['', 'kokoro', 'kokoro'],
  [undefined, 'whisper', 'other'],
  [undefined, 'MLX-Audio', 'mlx-audio'],
  [undefined, 'cartesia', 'cartesia'],
  [undefined, 'openai-whisper', 'openai'],
  [undefined, 'no-op', undefined],
  [undefined, 'None', undefined],
  ['', 'unknown', undefined],
  [undefined, 'elevenlabs', 'other'],
  [undefined, 'constructor', 'other'],
  [undefined, undefined, undefined],
  [7, null, undefined],
])('the voice at %j, named %j, is %j', (url, name, provider) => {
  expect(ttsProvider(url, name)).toBe(provider)
})

test.each([
  ['http://127.0.0.1:2022/v1', 'openai', 'whisper-local'],
  ['http://127.0.0.1:8880/v1', 'openai', 'other'],
  [undefined, 'WHISPER-local', 'whisper-local'],
  [undefined, 'whisper', 'whisper-local'],
  [undefined, 'kokoro', 'other'],
  [undefined, 'cartesia', 'other'],
  [undefined, 'openai-whisper', 'openai'],
  ['http://127.0.0.1:8890/v1', 'whisper', 'mlx-audio'],
])('the ear at %j, named %j, is %j', (url, name, provider) => {
  expect(sttProvider(url, name)).toBe(provider)
})

test.each([
  ['whisper-local', false, 'remote'],
  ['mlx-audio', false, 'remote'],
  ['whisper-local', true, 'whisper-local'],
  ['openai', true, 'other'],
  ['openai', false, 'openai'],
  ['other', false, 'other'],
  ['whisper-local', undefined, 'whisper-local'],
] as const)(
  'where the line names %s and a local server answered: %j, it was %s',
  (named, isLocal, provider) => {
    expect(answeringProvider(named, isLocal)).toBe(provider)
  },
)

test.each([
  ['local', 'local'],
  ['livekit', 'livekit'],
  ['speak-only', 'local'],
  ['survey', 'local'],
  ['auto', 'local'],
  ['carrier pigeon', 'other'],
  [null, undefined],
  [undefined, undefined],
])('the transport %j is %j', (name, transport) => {
  expect(transportOf(name)).toBe(transport)
})

test.each([
  [['openai.APIError: Connection error.'], 'APIError'],
  [['Got ValueError after ConnectionError'], 'ValueError'],
  [['requests.exceptions.ConnectionError: HTTPConnectionPool'], 'ConnectionError'],
  [['MyValueError or APIErrors or API_Error'], 'other'],
  [['the other side hung up with TimeoutError'], 'TimeoutError'],
  [['nothing', 'OSError'], 'OSError'],
  [['RuntimeError', 'OSError'], 'RuntimeError'],
  [[undefined, { type: 'OSError' }, 7], 'other'],
  [[], 'other'],
])('the error in %j is %s', (texts, kind) => {
  expect(errorTypeOf(texts)).toBe(kind)
})

test('a system that is not known is other', () => {
  expect(['linux', 'darwin', 'win32', 'freebsd'].map(osTypeOf)).toEqual([
    'Linux',
    'Darwin',
    'Windows',
    'other',
  ])
})
