import {
  MS_PER_DAY,
  type Problem,
  parseEventAtOnce,
  type TelemetryEvent,
} from '@voicemode-telemetry/protocol'
import type { Host } from '../host.ts'
import {
  type Body,
  fitsLimits,
  isNotEncoded,
  NO_BYTES,
  parsesAsJson,
  type RequestView,
  saysItIsJson,
} from '../http/body.ts'
import type { Refusal } from '../http/problem.ts'
import type { IpAddressLimiter, LimitVerdict } from '../limits/ipAddressLimiter.ts'
import { sha256 } from '../sha256.ts'

/** How much later than necessary those who are over the limit of their IP address are told to come back, at most. */
const MAX_SPREAD_SECONDS = 600

/** What the gates go by. */
export interface GateRules {
  /** Milliseconds since 1970. */
  now: () => number
  ipAddresses: IpAddressLimiter
  host: Pick<Host, 'randomBytes'>
  /** How many days after its day an event is kept. */
  retentionDays: number
}

/** A request on its way through the gates; each gate leaves here what the next ones need. */
interface Arrival extends Body {
  ipAddress: string
  event: TelemetryEvent | undefined
}

type Verdict = 'passes' | 'withheld' | Refusal
type Gate = (arrival: Arrival, rules: GateRules) => Verdict | Promise<Verdict>

/** Why an event may not be taken, in the order in which it is asked. The limit of an installation is the store's. */
const GATES: readonly Gate[] = [
  senderDoesNotObject,
  ipAddressIsWithinLimit,
  saysItIsJson,
  isNotEncoded,
  fitsLimits,
  parsesAsJson,
  parsesAsEvent,
  dayIsPlausible,
]

/**
 * Leads a request through {@link GATES}. Rejects only where IP addresses cannot be counted now, whatever was sent.
 *
 * @returns `withheld` where the sender asked not to be tracked; then nothing was read of the body.
 */
export async function admit(
  request: RequestView,
  ipAddress: string,
  rules: GateRules,
): Promise<TelemetryEvent | 'withheld' | Refusal> {
  const arrival: Arrival = { request, ipAddress, bytes: NO_BYTES, value: undefined, event: undefined }
  for (const gate of GATES) {
    const asked = gate(arrival, rules)
    const verdict = asked instanceof Promise ? await asked : asked
    if (verdict !== 'passes') return verdict
  }
  if (!arrival.event) throw new TypeError('no gate has parsed the event')
  return arrival.event
}

/** The refusal of an event whose day is no longer kept. It may be taken later, where this clock is wrong. */
export function pastRetention({ now, retentionDays }: Pick<GateRules, 'now' | 'retentionDays'>): Refusal {
  const expected = `a time of a day at most ${retentionDays} days ago, by the server's clock`
  return { kind: 'past-retention', decidedAt: now(), problems: [{ field: 'timestamp', expected }] }
}

function senderDoesNotObject({ request }: Arrival): Verdict {
  // A header that was sent twice arrives as one with a comma.
  const objects = ['dnt', 'sec-gpc'].some((name) =>
    request
      .header(name)
      ?.split(',')
      .some((value) => value.trim() === '1'),
  )
  return objects ? 'withheld' : 'passes'
}

function ipAddressIsWithinLimit(
  { ipAddress }: Arrival,
  { ipAddresses, host }: GateRules,
): Verdict | Promise<Verdict> {
  const limit = ipAddresses.take(ipAddress)
  return 'outcome' in limit ? spread(limit, host) : limit.then((counted) => spread(counted, host))
}

function spread(limit: LimitVerdict, host: GateRules['host']): Verdict {
  if (limit.outcome === 'within') return 'passes'
  // The hour of the limit ends for all of an office at once. They must not all come back then.
  const [byte = 0] = host.randomBytes(1)
  const spreadSeconds = Math.floor((byte / 256) * MAX_SPREAD_SECONDS)
  return { kind: 'too-many-from-address', retryAfterSeconds: limit.retryAfterSeconds + spreadSeconds }
}

function parsesAsEvent(arrival: Arrival): Verdict {
  const parsed = parseEventAtOnce(arrival.value, deriveEventIdAtOnce)
  if (!parsed.ok) {
    const { problems, mayBeNewer } = parsed
    // A newer client waits until the server has been updated, too.
    return mayBeNewer ? { kind: 'unknown-fields', problems } : notAnEvent(problems)
  }
  arrival.event = parsed.event
  return 'passes'
}

/** As the protocol's `deriveEventId`, by the platform's hash, which is loaded here anyway. */
function deriveEventIdAtOnce(telemetryId: string, timestamp: string): string {
  return sha256(`${telemetryId}:${timestamp}`).slice(0, 16)
}

function dayIsPlausible({ event }: Arrival, rules: GateRules): Verdict {
  const { now, retentionDays } = rules
  const time = Date.parse(event?.timestamp ?? '')
  if (time > now() + MS_PER_DAY) {
    const expected = "a time at most a day ahead of the server's clock"
    return { kind: 'ahead-of-clock', decidedAt: now(), problems: [{ field: 'timestamp', expected }] }
  }
  const daysAgo = Math.floor(now() / MS_PER_DAY) - Math.floor(time / MS_PER_DAY)
  return daysAgo > retentionDays ? pastRetention(rules) : 'passes'
}

function notAnEvent(problems: Problem[]): Refusal {
  return { kind: 'not-an-event', problems }
}
