import type { PublicReport, ViewData } from '../../api/viewData.ts'

/** What came of asking the viewer; `why` is for a person. */
export type Loaded<Value> = { outcome: 'loaded'; value: Value } | { outcome: 'failed'; why: string }

type Fetch = typeof globalThis.fetch

/** Has this machine's viewer read the logs. */
export async function loadView(fetch: Fetch): Promise<Loaded<ViewData>> {
  const answer = await ask<ViewData>(fetch, 'data.json')
  return answer === undefined ? GONE : { outcome: 'loaded', value: answer }
}

/** Has this machine's viewer ask the endpoint for its newest public report. */
export async function loadReport(fetch: Fetch): Promise<Loaded<PublicReport>> {
  type Answer = { outcome: 'found'; report: PublicReport } | { outcome: 'failed'; why: string }
  const answer = await ask<Answer>(fetch, 'report.json')
  if (answer === undefined) return GONE
  return answer.outcome === 'found' ? { outcome: 'loaded', value: answer.report } : answer
}

const GONE = {
  outcome: 'failed',
  why: 'The viewer no longer answers, or this address was opened in another browser before. voicemode-telemetry view gives a new address.',
} as const

async function ask<Answer>(fetch: Fetch, path: string): Promise<Answer | undefined> {
  try {
    const answer = await fetch(path)
    return answer.ok ? ((await answer.json()) as Answer) : undefined
  } catch {
    return undefined
  }
}
