import { readJsonAs } from '@voicemode-telemetry/protocol'
import {
  listedWeeksSchema,
  type ReportAnswer,
  shownReportSchema,
} from '@voicemode-telemetry/protocol/wire/viewer'
import { readEndpoint } from '../consent/record.ts'
import type { Host } from '../host.ts'
import { printable } from '../queue/printable.ts'
import { describeStranger, readAnswer, refusalFrom } from '../send/serverAnswer.ts'

const TIMEOUT_MS = 15_000
/** How much of an answer is read, in characters. */
const MAX_ANSWER = 512 * 1024
/** The longest texts are notes. */
const SHOWN = { characters: 1_000, items: 100 }

/**
 * Gets the list of public reports from the endpoint, then the newest report: two requests without any id. It may be called only when a
 * person clicks for it. It throws nothing.
 */
export async function fetchPublicReport(host: Host): Promise<ReportAnswer> {
  const endpoint = readEndpoint(host)
  if (!endpoint.ok) return { outcome: 'failed', why: `${endpoint.expected}.` }
  const reports = `${endpoint.base}/v1/reports`
  try {
    const list = await ask(host, listedWeeksSchema, reports)
    const published = list.reports.flatMap((entry) => (entry?.state === 'published' ? [entry.week] : []))
    const week = published.sort().at(-1)
    if (week === undefined) return { outcome: 'failed', why: 'The server has published no report yet.' }
    return { outcome: 'found', report: await ask(host, shownReportSchema, `${reports}/${week}`) }
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

async function ask<Schema extends typeof listedWeeksSchema | typeof shownReportSchema>(
  host: Host,
  schema: Schema,
  url: string,
) {
  const response = await host.request(url, {
    headers: { accept: 'application/json', 'user-agent': 'voicemode-telemetry' },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  const { status } = response
  const text = await readAnswer(response, MAX_ANSWER)
  if (refusalFrom(response, text))
    throw new NoReport(
      status === 404 ? 'The server publishes no reports.' : `The server did not send its report (${status}).`,
    )
  const answer = status === 200 ? readJsonAs(schema, text) : undefined
  if (answer === undefined) throw new NoReport(`No report came: ${describeStranger(response)}.`)
  return printable(answer, SHOWN)
}
