import type { Command, Run } from '@voicemode-telemetry/command-line'
import { isIsoWeek, readJsonAs } from '@voicemode-telemetry/protocol'
import { type ProblemReport, problemReportSchema } from '@voicemode-telemetry/protocol/wire/problem'
import {
  type ReportList,
  type ReportOrder,
  reportListSchema,
} from '@voicemode-telemetry/protocol/wire/reports'
import { whyItFailed } from '../../failure.ts'
import { hostWithoutPort, isLoopback } from '../../http/loopback.ts'
import { parseSettings } from '../settings.ts'
import {
  done,
  EXIT_CODES,
  failed,
  findServer,
  RESULT_AS_JSON,
  type Result,
  telling,
  URL_OPTION,
  type World,
} from './command.ts'

const BODIES: Record<string, ReportOrder> = {
  hold: { held: true },
  release: { held: false },
  make: { make: true },
}
const DONE: Record<string, string> = {
  hold: 'The report is held back; copies of it may be read for another minute',
  release: 'The report is published',
  make: 'The report is made and published',
}
/** Making one reads all events of a week. */
const TIMEOUT_MS = 120_000

export const report: Command<World> = {
  summary: 'list, hold back, release or make weekly reports',
  about: `Works on a server's weekly reports, wherever that server runs. It sends the token in TELEMETRY_ADMIN_TOKEN.

  list: lists every report, newest week first. This is also what happens without a word.

  hold WEEK: hides a report from the public. Decide by what the report itself says and by nothing else: a report that is missing \
because of what the server received would reveal something about that.

  release WEEK: publishes that report again, unchanged.

  make WEEK: makes the report of a week before the server was set up, once, if all its events are still there. Later reports are made \
automatically.`,
  words: { usage: '[list | hold WEEK | release WEEK | make WEEK]', least: 0, most: 2 },
  options: URL_OPTION,
  json: RESULT_AS_JSON,
  exitCodes: EXIT_CODES,
  examples: [
    'voicemode-telemetry-server report --url https://telemetry.example',
    'voicemode-telemetry-server report hold 2026-W47 --url https://telemetry.example',
  ],
  findMisuse: findOrderMisuse,
  run: telling(runOrder),
}

/** What is to be done, with which week, where; a `body` only where something is to be changed. */
function orderOf({ words, values, host: { env } }: Run<World>) {
  const [order = 'list', week] = words
  return {
    order,
    week,
    body: Object.hasOwn(BODIES, order) ? BODIES[order] : undefined,
    url: findServer(values.url, serverSettings(env)),
    token: env.TELEMETRY_ADMIN_TOKEN,
  }
}

function findOrderMisuse(run: Run<World>): string[] {
  const { order, week, body, url, token } = orderOf(run)
  const isKnown = body ? isIsoWeek(week ?? '') : order === 'list' && week === undefined
  const isOverheard = body && token && url && !isPrivate(new URL(url))
  return [
    ...(isKnown ? [] : ['say list, or one of hold, release and make with a WEEK, as 2026-W47']),
    ...(url === undefined ? ['where the server is reached is not known: give --url'] : []),
    ...(isOverheard ? ['the token would be read by everyone on the way: give a URL with https'] : []),
  ]
}

function isPrivate({ protocol, host }: URL): boolean {
  return protocol === 'https:' || isLoopback(hostWithoutPort(host))
}

async function runOrder(run: Run<World>): Promise<Result> {
  const { order, week, body, url, token } = orderOf(run)
  try {
    const answer = await run.host.fetch(`${url}/v1/reports${week === undefined ? '' : `/${week}`}`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body && {
        method: 'POST',
        body: JSON.stringify(body),
        headers: {
          'content-type': 'application/json',
          ...(token && { authorization: `Bearer ${token}` }),
        },
      }),
    })
    const told = await answer.text()
    if (answer.status !== 200) {
      return failed(refusalOf(answer.status, readJsonAs(problemReportSchema, told)))
    }
    if (body) return done(DONE[order] ?? '')
    const list = readJsonAs(reportListSchema, told)
    if (!list) return failed(refusalOf(answer.status, undefined))
    return { outcome: 'told', lines: linesOf(list), data: list, exitCode: 0 }
  } catch (error) {
    const cause = error instanceof Error && error.cause ? error.cause : error
    return failed(`The server cannot be reached (${whyItFailed(cause)}): is it running, and is --url right?`)
  }
}

function serverSettings(env: Record<string, string | undefined>) {
  const parsed = parseSettings({}, env)
  return parsed.outcome === 'serve' ? parsed.settings : undefined
}

function refusalOf(status: number, problem: ProblemReport | undefined): string {
  if (!problem) return `Something else answers there (${status}): check --url and the proxy`
  if (status === 401) return 'That is not the token: set TELEMETRY_ADMIN_TOKEN to the one of the server'
  if (status === 404) return 'There is no report of that week'
  return [problem.title, ...(problem.problems ?? []).map(({ expected }) => `it must be ${expected}`)].join(
    ': ',
  )
}

function linesOf({ reports, next }: ReportList): string[] {
  const lines = reports.map(
    ({ week, state, made_on, deletions_since }) =>
      `${week}  ${state.padEnd(9)}  made on ${made_on}, deletions since: ${deletions_since}`,
  )
  return [
    ...lines,
    next ? `${next.week}  comes on ${next.on}` : 'None comes: events are kept for too short a time',
  ]
}
