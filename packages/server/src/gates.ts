import {
  addDays,
  dayAt,
  dayOf,
  MAX_EVENT_BYTES,
  MS_PER_DAY,
  type Problem,
  parseEvent,
  type TelemetryEvent,
} from '@voicemode-telemetry/protocol'
import type { AddressLimiter } from './addressLimiter.ts'
import type { Refusal } from './problem.ts'

/** What the gates go by. */
export interface GateRules {
  /** Milliseconds since 1970. */
  now: () => number
  addresses: AddressLimiter
  /** How many days after its day an event is kept. */
  retentionDays: number
}

/** A request on its way through the gates; each gate leaves here what the next ones need. */
interface Arrival {
  request: Request
  address: string
  bytes: Uint8Array
  value: unknown
  event: TelemetryEvent | undefined
}

type Verdict = 'passes' | 'withheld' | Refusal
type Gate = (arrival: Arrival, rules: GateRules) => Verdict | Promise<Verdict>

/** Why an event may not be taken, in the order in which it is asked. The limit of an installation is the store's. */
const GATES: readonly Gate[] = [
  senderDoesNotObject,
  addressIsWithinLimit,
  saysItIsJson,
  isNotEncoded,
  fitsLimits,
  parsesAsJson,
  parsesAsEvent,
  dayIsPlausible,
]

/** `withheld`: the sender asked not to be tracked; nothing was read of the body. */
export type Admission =
  | { outcome: 'admitted'; event: TelemetryEvent }
  | { outcome: 'withheld' }
  | { outcome: 'refused'; refusal: Refusal }

/** Leads a request through {@link GATES}. Never rejects, whatever was sent. */
export async function admit(request: Request, address: string, rules: GateRules): Promise<Admission> {
  const arrival: Arrival = { request, address, bytes: new Uint8Array(), value: undefined, event: undefined }
  for (const gate of GATES) {
    const verdict = await gate(arrival, rules)
    if (verdict === 'withheld') return { outcome: 'withheld' }
    if (verdict !== 'passes') return { outcome: 'refused', refusal: verdict }
  }
  if (!arrival.event) throw new TypeError('no gate has parsed the event')
  return { outcome: 'admitted', event: arrival.event }
}

/** The refusal of an event whose day is outside what is taken and kept. */
export function dayRefusal(retentionDays: number): Refusal {
  const expected = `a time at most a day ahead of the server's clock, of a day at most ${retentionDays} days ago`
  return notAnEvent([{ field: 'timestamp', expected }])
}

function senderDoesNotObject({ request }: Arrival): Verdict {
  const objects = request.headers.get('dnt') === '1' || request.headers.get('sec-gpc') === '1'
  return objects ? 'withheld' : 'passes'
}

async function addressIsWithinLimit({ address }: Arrival, { addresses }: GateRules): Promise<Verdict> {
  const verdict = await addresses.take(address)
  if (verdict.outcome === 'within') return 'passes'
  return { kind: 'too-many-from-address', retryAfterSeconds: verdict.retryAfterSeconds }
}

function saysItIsJson({ request }: Arrival): Verdict {
  const [mediaType = ''] = (request.headers.get('content-type') ?? '').split(';')
  if (mediaType.trim().toLowerCase() === 'application/json') return 'passes'
  return { kind: 'not-json', problems: [{ field: 'content-type', expected: 'application/json' }] }
}

function isNotEncoded({ request }: Arrival): Verdict {
  const encoding = request.headers.get('content-encoding') ?? 'identity'
  if (encoding.toLowerCase() === 'identity') return 'passes'
  return { kind: 'not-json', problems: [{ field: 'content-encoding', expected: 'none' }] }
}

async function fitsLimits(arrival: Arrival): Promise<Verdict> {
  const tooLarge: Refusal = {
    kind: 'too-large',
    problems: [{ field: '', expected: `at most ${MAX_EVENT_BYTES} bytes` }],
  }
  if (Number(arrival.request.headers.get('content-length')) > MAX_EVENT_BYTES) return tooLarge
  try {
    const bytes = await readBytes(arrival.request, MAX_EVENT_BYTES)
    if (!bytes) return tooLarge
    arrival.bytes = bytes
    return 'passes'
  } catch {
    // The sender went away in the middle.
    return malformedJson()
  }
}

/** The body; undefined, and reading stopped, where it is longer. */
async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array | undefined> {
  if (request.headers.has('content-length')) {
    // HTTP holds a body to its declared length, which is within the limit here.
    const bytes = new Uint8Array(await request.arrayBuffer())
    return bytes.length <= maxBytes ? bytes : undefined
  }
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of request.body ?? []) {
    length += chunk.length
    if (length > maxBytes) return undefined
    chunks.push(chunk)
  }
  return new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer())
}

function parsesAsJson(arrival: Arrival): Verdict {
  try {
    arrival.value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(arrival.bytes))
    return 'passes'
  } catch {
    return malformedJson()
  }
}

async function parsesAsEvent(arrival: Arrival): Promise<Verdict> {
  const parsed = await parseEvent(arrival.value)
  if (!parsed.ok) return notAnEvent(parsed.problems)
  arrival.event = parsed.event
  return 'passes'
}

function dayIsPlausible({ event }: Arrival, { now, retentionDays }: GateRules): Verdict {
  const timestamp = event?.timestamp ?? ''
  const isAhead = Date.parse(timestamp) > now() + MS_PER_DAY
  const isTooOld = dayOf(timestamp) < addDays(dayAt(now()), -retentionDays)
  return isAhead || isTooOld ? dayRefusal(retentionDays) : 'passes'
}

function malformedJson(): Refusal {
  return { kind: 'malformed-json', problems: [{ field: '', expected: 'a JSON object in UTF-8' }] }
}

function notAnEvent(problems: Problem[]): Refusal {
  return { kind: 'not-an-event', problems }
}
