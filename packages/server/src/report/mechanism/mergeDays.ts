import type { TelemetryEvent } from '@voicemode-telemetry/protocol'

/**
 * Makes of several days' events one sequence in which those of an installation stand next to each other.
 *
 * @param days each in ascending order of `telemetry_id`, as `Store.eventsOf` gives them. One event of each is held at a time.
 * @returns all events in ascending order of `telemetry_id`, of equal ones those of the first day first. Lets go of every day
 *   when it is left early or one of them fails.
 */
export async function* mergeDays(
  days: readonly AsyncIterable<TelemetryEvent>[],
): AsyncGenerator<TelemetryEvent, void> {
  const readers = days.map((day) => day[Symbol.asyncIterator]())
  try {
    const heads = await Promise.all(readers.map((reader) => reader.next()))
    for (;;) {
      let first: { at: number; event: TelemetryEvent } | undefined
      for (const [at, head] of heads.entries()) {
        if (head.done) continue
        if (!first || head.value.telemetry_id < first.event.telemetry_id) first = { at, event: head.value }
      }
      if (!first) return
      yield first.event
      const reader = readers[first.at]
      if (reader) heads[first.at] = await reader.next()
    }
  } finally {
    await Promise.allSettled(readers.map((reader) => reader.return?.()))
  }
}
