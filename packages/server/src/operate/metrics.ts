import { LATE_PROMISES, type Late } from '@voicemode-telemetry/protocol/wire/health'
import type { ProblemKind } from '@voicemode-telemetry/protocol/wire/problemKinds'
import { FAILURES, type FailureKind, JOB_STEPS, type JobStep } from '../failure.ts'
import { type Host, MS_PER_HOUR } from '../host.ts'
import { EVENT_OUTCOMES, type EventOutcome } from '../ingest/addEvents.ts'
import { UNBELIEVED_PROXIES, type UnbelievedProxy } from '../limits/proxyWatch.ts'
import type { UnreadableEvents } from '../store/store.ts'

/** What the store tells when it is asked for metrics; undefined where it takes no events. */
export type StoreReading =
  | {
      daysToAggregate: number
      isClockBelieved: boolean
      deletionWaits: boolean
      late: Late[]
      unreadable: UnreadableEvents[]
    }
  | undefined

/** Counts since this process started, of no one in particular. */
export interface Metrics {
  /** @param kind the problem's type, for what is refused. */
  countEvent(outcome: EventOutcome, kind?: string): void
  countStoreFailure(kind: FailureKind): void
  countJobFailure(step: JobStep): void
  /** Counts a request in the name of others from a proxy that is not believed. */
  countUnbelievedProxy(from: UnbelievedProxy): void
  /** Everything in Prometheus' text format, version 0.0.4. */
  write(of: { version: string; store: StoreReading; logLinesLost: number }): string
}

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

const PREFIX = 'voicemode_telemetry'

/** @param now milliseconds since 1970. */
export function createMetrics(now: Host['now']): Metrics {
  /** By outcome and kind, with a blank between them. */
  const events = new Map<string, number>(EVENT_OUTCOMES.map((outcome) => [outcome, 0]))
  const proxies = new Map<string, number>(UNBELIEVED_PROXIES.map((from) => [labels({ from }), 0]))
  const suspicion = createClockSuspicion(now)
  const storeFailures = new Map(Object.keys(FAILURES).map((kind) => [labels({ kind }), 0]))
  const jobFailures = new Map(JOB_STEPS.map((step) => [labels({ step }), 0]))

  return {
    countEvent(outcome, kind) {
      const key = kind === undefined ? outcome : `${outcome} ${kind}`
      events.set(key, (events.get(key) ?? 0) + 1)
      suspicion.note(outcome, kind)
    },
    countStoreFailure(kind) {
      const key = labels({ kind })
      storeFailures.set(key, (storeFailures.get(key) ?? 0) + 1)
    },
    countJobFailure(step) {
      const key = labels({ step })
      jobFailures.set(key, (jobFailures.get(key) ?? 0) + 1)
    },
    countUnbelievedProxy(from) {
      const key = labels({ from })
      proxies.set(key, (proxies.get(key) ?? 0) + 1)
    },
    write({ version, store, logLinesLost }) {
      return [
        ...metric('events_total', 'counter', 'Requests with an event, by what became of them.', [
          ...[...events].map(([key, n]): [string, number] => {
            const [outcome = '', kind] = key.split(' ')
            return [labels({ outcome, ...(kind && { kind }) }), n]
          }),
        ]),
        ...metric('store_failures_total', 'counter', 'Database operations that failed, by kind of failure.', [
          ...storeFailures,
        ]),
        ...metric('daily_job_failures_total', 'counter', 'What failed in the daily job, by its step.', [
          ...jobFailures,
        ]),
        ...metric('store_up', 'gauge', 'Whether the store can take events: 1 or 0.', [['', store ? 1 : 0]]),
        ...(store ? storeMetrics(store) : []),
        ...metric('clock_suspected', 'gauge', 'Whether most clients disagree with this clock: 1 or 0.', [
          ['', suspicion.isSuspected() ? 1 : 0],
        ]),
        ...metric(
          'untrusted_proxy_requests_total',
          'counter',
          'Requests from a proxy that --trusted-proxy does not name, by where it is, and from a trusted one that names no client in X-Forwarded-For.',
          [...proxies],
        ),
        ...metric('log_lines_lost_total', 'counter', 'Lines of the log that nobody took.', [
          ['', logLinesLost],
        ]),
        ...metric('build_info', 'gauge', 'Always 1; the label tells which version runs.', [
          [labels({ version }), 1],
        ]),
        '',
      ].join('\n')
    },
  }
}

function storeMetrics(reading: NonNullable<StoreReading>): string[] {
  const { daysToAggregate, isClockBelieved, deletionWaits, late, unreadable } = reading
  const daysLate = (promise: Late['promise']) => late.find((each) => each.promise === promise)?.days ?? 0
  return [
    ...metric('aggregation_backlog', 'gauge', 'Days with events that are not in the counts yet.', [
      ['', daysToAggregate],
    ]),
    ...metric(
      'clock_believed',
      'gauge',
      'Whether the clock is believed, so that old events are deleted: 1 or 0.',
      [['', isClockBelieved ? 1 : 0]],
    ),
    ...metric(
      'deletion_waiting',
      'gauge',
      'Whether deleted rows or their tables are still on the disk because something else uses them: 1 or 0.',
      [['', deletionWaits ? 1 : 0]],
    ),
    ...metric(
      'late_seconds',
      'gauge',
      'By how much something is behind its date: whole days, in seconds.',
      LATE_PROMISES.map((promise) => [labels({ promise }), daysLate(promise) * SECONDS_PER_DAY]),
    ),
    ...metric(
      'unreadable_events',
      'gauge',
      'Stored events that could not be read and are in no count, by their day.',
      unreadable.map(({ day, n }) => [labels({ day }), n]),
    ),
  ]
}

/** Prometheus wants times in seconds. */
const SECONDS_PER_DAY = 86_400
/** So many events that are refused for their time in an hour make a server suspect its own clock, if they are most. */
const SUSPICIOUS_REFUSALS = 5
const FOR_THEIR_TIME: readonly (string | undefined)[] = [
  'ahead-of-clock',
  'past-retention',
] satisfies ProblemKind[]
const IN_TIME: readonly EventOutcome[] = ['stored', 'duplicate', 'conflicting']

/** Compares, hour by hour, how many events are refused for their time with how many are not. */
function createClockSuspicion(now: Host['now']) {
  let hour = { startedAt: 0, refused: 0, inTime: 0 }
  const isOver = () => Math.abs(now() - hour.startedAt) >= MS_PER_HOUR
  return {
    note(outcome: EventOutcome, kind: string | undefined) {
      if (isOver()) hour = { startedAt: now(), refused: 0, inTime: 0 }
      if (FOR_THEIR_TIME.includes(kind) || outcome === 'forgotten') hour.refused++
      else if (IN_TIME.includes(outcome)) hour.inTime++
    },
    isSuspected: () => !isOver() && hour.refused >= SUSPICIOUS_REFUSALS && hour.refused > hour.inTime,
  }
}

function metric(
  name: string,
  type: 'counter' | 'gauge',
  help: string,
  samples: [string, number][],
): string[] {
  const full = `${PREFIX}_${name}`
  return [
    `# HELP ${full} ${help}`,
    `# TYPE ${full} ${type}`,
    ...samples.map(([of, n]) => `${full}${of} ${n}`),
  ]
}

/** Values are words and versions of our own, which need no escaping. */
function labels(pairs: Record<string, string>): string {
  const written = Object.entries(pairs).map(([name, value]) => `${name}="${value}"`)
  return `{${written.join(',')}}`
}
