import { FAILURES, type FailureKind } from '../failure.ts'
import { EVENT_OUTCOMES, type EventOutcome } from '../ingest/addEvents.ts'

/** What the store tells when it is asked for metrics; undefined where it takes no events. */
type StoreReading = { daysToAggregate: number } | undefined

/** Counts since this process started, of no one in particular. */
export interface Metrics {
  /** @param kind the problem's type, for what is refused. */
  countEvent(outcome: EventOutcome, kind?: string): void
  countStoreFailure(kind: FailureKind): void
  /** Everything in Prometheus' text format, version 0.0.4. */
  write(of: { version: string; store: StoreReading; logLinesLost: number }): string
}

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

const PREFIX = 'voicemode_telemetry'

export function createMetrics(): Metrics {
  const events = new Map<string, number>(EVENT_OUTCOMES.map((outcome) => [labels({ outcome }), 0]))
  const storeFailures = new Map(Object.keys(FAILURES).map((kind) => [labels({ kind }), 0]))

  return {
    countEvent(outcome, kind) {
      const key = labels(kind === undefined ? { outcome } : { outcome, kind })
      events.set(key, (events.get(key) ?? 0) + 1)
    },
    countStoreFailure(kind) {
      const key = labels({ kind })
      storeFailures.set(key, (storeFailures.get(key) ?? 0) + 1)
    },
    write({ version, store, logLinesLost }) {
      return [
        ...metric('events_total', 'counter', 'Requests with an event, by what became of them.', [...events]),
        ...metric('store_failures_total', 'counter', 'Database operations that failed, by kind of failure.', [
          ...storeFailures,
        ]),
        ...metric('store_up', 'gauge', 'Whether the store can take events: 1 or 0.', [['', store ? 1 : 0]]),
        ...(store
          ? metric('days_to_aggregate', 'gauge', 'Days with events that are not in the counts yet.', [
              ['', store.daysToAggregate],
            ])
          : []),
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
