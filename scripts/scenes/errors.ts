import { logEvent, logExchange } from './process.ts'
import type { Random } from './random.ts'
import type { Running } from './running.ts'

const KINDS = [
  'FileNotFoundError',
  'PermissionError',
  'ConnectionError',
  'TimeoutError',
  'HTTPError',
  'APIError',
  'AuthenticationError',
  'RateLimitError',
  'ValueError',
  'TypeError',
  'RuntimeError',
  'OSError',
] as const

/** Something that went wrong: its kind by the words of an event, and how a release would write it down. */
interface Told {
  kind: string
  data: { error_type?: string | null; error: string; message?: string }
}

function errorOf(random: Random): Told {
  const kind = random.pick(KINDS)
  const another = random.pick(KINDS)
  const told: readonly Told[] = [
    { kind, data: { error: `${kind}: no answer` } },
    { kind, data: { error: `openai.${kind}: quota used up` } },
    { kind, data: { error: `Got ${kind} after ${another}.` } },
    { kind, data: { error: `(requests.exceptions.${kind})` } },
    { kind, data: { error_type: kind, error: `${another}: of another kind` } },
    { kind, data: { error_type: 'Odd', error: `failed: ${kind}` } },
    { kind, data: { error_type: null, error: 'failed', message: `${kind} in the end` } },
    { kind: 'other', data: { error: `My${kind} and ${another}s` } },
    { kind: 'other', data: { error: `${kind}.py is missing` } },
    { kind: 'other', data: { error: kind.toLowerCase() } },
    { kind: 'other', data: { error: 'gave up' } },
  ]
  return random.pick(told)
}

/** Writes down in the event log what went wrong, in a release that does. */
export function tellError({ machine, process }: Running, eventType: string): void {
  if (!process.release.logsErrors || !process.hasEventLog) return
  const { kind, data } = errorOf(machine.random)
  logEvent(machine, process, eventType, data)
  machine.done.failures.push({ at: machine.stage.now, kind, toldBy: 'event log' })
}

/** As {@link tellError} in the conversation log, where there is no event log: as an utterance that nobody made. */
export function tellFailedUtterance({ machine, process, around }: Running, type: 'tts' | 'stt'): void {
  if (!process.release.logsErrors || process.hasEventLog) return
  const { kind, data } = errorOf(machine.random)
  logExchange(machine, process, {
    type,
    text: type === 'tts' ? around.text : '',
    metadata: { transport: 'local', ...data },
    provider: undefined,
    providerByName: undefined,
    transport: 'local',
    hasFailed: true,
  })
  machine.done.failures.push({ at: machine.stage.now, kind, toldBy: 'conversation log' })
}

/** How a release that names errors says that there was none. */
export function noError({ machine, process }: Running): string | null | undefined {
  return process.release.logsErrors ? machine.random.pick([undefined, null, '']) : undefined
}
