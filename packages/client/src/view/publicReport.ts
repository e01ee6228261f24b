import { type Day, isDay } from '@voicemode-telemetry/protocol'
import { readEndpoint } from '../consent/record.ts'
import type { Host } from '../host.ts'
import { printable } from '../queue/queue.ts'
import { readAnswer } from '../send/deliver.ts'

const TIMEOUT_MS = 15_000
/** How much of an answer is read, in characters. */
const MAX_ANSWER = 512 * 1024
const MAX_ROWS = 100
const WEEK = /^\d{4}-W\d{2}$/

/** What the page shows of a week's public report. */
interface PublicReport {
  week: string
  from: Day
  to: Day
  /** Half the width of the total's error bar, in installations. */
  plus_minus: number
  total: number
  tables: {
    field: string
    label: string
    rows: { value: string; n: number; plus_minus: number }[]
    folded: string[]
  }[]
  notes: string[]
}

/** The newest report, or why there is none, as a sentence for a person. */
export type ReportAnswer = { outcome: 'found'; report: PublicReport } | { outcome: 'failed'; why: string }

/**
 * Gets the list of public reports from the endpoint, then the newest report: two requests without any id. It may be called only when a
 * person clicks for it. It throws nothing.
 */
export async function fetchPublicReport(host: Host): Promise<ReportAnswer> {
  const endpoint = readEndpoint(host)
  if (!endpoint.ok) return { outcome: 'failed', why: `${endpoint.expected}.` }
  const reports = `${endpoint.base}/v1/reports`
  try {
    const list = await ask(host, reports)
    const week = newestWeek(list)
    if (week === undefined) return { outcome: 'failed', why: 'The server has published no report yet.' }
    return { outcome: 'found', report: readReport(await ask(host, `${reports}/${week}`)) }
  } catch (error) {
    return {
      outcome: 'failed',
      why: error instanceof NoReport ? error.message : 'The server could not be reached.',
    }
  }
}

class NoReport extends Error {
  override name = 'NoReport'
}

async function ask(host: Host, url: string): Promise<unknown> {
  const response = await host.fetch(url, {
    headers: { accept: 'application/json', 'user-agent': 'voicemode-telemetry' },
    redirect: 'manual',
    credentials: 'omit',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  if (response.status === 404) throw new NoReport('The server publishes no reports.')
  if (response.status !== 200) throw new NoReport(`The server did not send its report (${response.status}).`)
  try {
    return JSON.parse(await readAnswer(response, MAX_ANSWER))
  } catch {
    throw noReport()
  }
}

function newestWeek(list: unknown): string | undefined {
  return listIn(list, 'reports')
    .filter((entry) => textIn(entry, 'state') === 'published')
    .map((entry) => textIn(entry, 'week'))
    .filter((week) => WEEK.test(week))
    .sort()
    .at(-1)
}

/** Takes from an answer what the page shows. @throws if the answer is not a report. */
function readReport(answer: unknown): PublicReport {
  const week = textIn(answer, 'week')
  if (!WEEK.test(week)) throw noReport()
  return {
    week,
    from: dayIn(answer, 'from'),
    to: dayIn(answer, 'to'),
    plus_minus: numberIn(answer, 'plus_minus'),
    total: numberIn(answer, 'total'),
    tables: listIn(answer, 'tables').map((table) => ({
      field: textIn(table, 'field'),
      label: textIn(table, 'label'),
      rows: listIn(table, 'rows').map((row) => ({
        value: textIn(row, 'value'),
        n: numberIn(row, 'n'),
        plus_minus: numberIn(row, 'plus_minus'),
      })),
      folded: listIn(table, 'folded').map((word) => printable(word)),
    })),
    notes: listIn(answer, 'notes').map((note) => printable(note, 1_000)),
  }
}

function noReport(): NoReport {
  return new NoReport('Something other than a telemetry server answered.')
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
}

function textIn(value: unknown, key: string): string {
  return printable(memberOf(value, key))
}

function dayIn(value: unknown, key: string): Day {
  const found = textIn(value, key)
  if (!isDay(found)) throw noReport()
  return found
}

function numberIn(value: unknown, key: string): number {
  const found = memberOf(value, key)
  if (typeof found !== 'number' || !Number.isFinite(found)) throw noReport()
  return found
}

function listIn(value: unknown, key: string): unknown[] {
  const found = memberOf(value, key)
  if (!Array.isArray(found)) throw noReport()
  return found.slice(0, MAX_ROWS)
}
