import type { Day } from '@voicemode-telemetry/protocol'
import type { DailyCounts } from './charts.ts'

/** What came of asking the server for numbers. */
export type Loaded =
  | { outcome: 'loaded'; daily: DailyCounts }
  | { outcome: 'signin' }
  | { outcome: 'failed'; reason: string }

/** Asks the page's own server for the counts of each day, both ends included. Whatever goes wrong is returned. */
export async function loadDaily(
  fetch: typeof globalThis.fetch,
  { from, to }: { from: Day; to: Day },
  signal: AbortSignal,
): Promise<Loaded> {
  try {
    const answer = await fetch(`/v1/charts/daily?from=${from}&to=${to}`, { signal })
    if (answer.status === 401) return { outcome: 'signin' }
    if (!answer.ok) return { outcome: 'failed', reason: `The server answered ${answer.status}.` }
    return { outcome: 'loaded', daily: (await answer.json()) as DailyCounts }
  } catch {
    return { outcome: 'failed', reason: 'The server did not answer, or its answer was cut short.' }
  }
}
