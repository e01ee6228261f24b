import { existsSync, statSync } from 'node:fs'
import { type Command, EXIT, type Run } from '@voicemode-telemetry/command-line'
import { dayAt, readJsonAs } from '@voicemode-telemetry/protocol'
import { healthSchema } from '@voicemode-telemetry/protocol/wire/health'
import { policySchema } from '@voicemode-telemetry/protocol/wire/policy'
import { problemReportSchema } from '@voicemode-telemetry/protocol/wire/problem'
import { FAILURES, whyItFailed } from '../../failure.ts'
import { hostWithoutPort, isLoopback } from '../../http/loopback.ts'
import { READ_CLOCK, READ_LEFT, readClock, readLeftAhead } from '../../store/clockStore.ts'
import type { Row } from '../../store/driver.ts'
import { mustHaveRoom } from '../../store/drivers/sqlite.ts'
import { type Statement, textOf } from '../../store/statement.ts'
import { MIN_TOKEN_LENGTH, parseSettings, type Settings } from '../settings.ts'
import {
  DATABASE_OPTION,
  findServer,
  parseDatabase,
  RESULT_AS_JSON,
  type Result,
  telling,
  URL_OPTION,
  type World,
} from './command.ts'
import { type Finding, fix, judgeAge, judgeClockOf, judgeLate, ok, skipped, type Verdict } from './finding.ts'
import {
  judgeDeletions,
  judgeProxies,
  judgeServerClock,
  judgeServerEvents,
  type MetricsAnswer,
} from './judgeMetrics.ts'
import { ageOfFile, findFault, withDatabase } from './sqliteFile.ts'
import { examineStore } from './storeHealth.ts'

const MIN_DISTINCT_CHARACTERS = 10
const TIMEOUT_MS = 10_000
/** Sent as no event; it must not come back. */
const CANARY = 'doctor-canary-4711'

const OPERATOR_SETTINGS = [
  { part: 'name', setting: 'TELEMETRY_OPERATOR', what: 'who runs the server' },
  { part: 'contact', setting: 'TELEMETRY_CONTACT', what: 'how to reach them' },
  { part: 'hosting', setting: 'TELEMETRY_HOSTING', what: 'who hosts it and where' },
] as const

interface Target {
  settings: Settings | undefined
  problems: string[]
  /** Whether only a URL was named, so that the database may be on another machine. */
  isElsewhere: boolean
  /** Without a slash at its end; undefined where it is not known. */
  url: string | undefined
  fetch: World['fetch']
  /** Milliseconds since 1970. */
  now: number
}

type Checks = Record<string, (target: Target) => Verdict | Promise<Verdict>>

/** What is checked, in the order in which it is told; a database of PostgreSQL has checks of its own. */
const SETTINGS_CHECKS: Checks = {
  settings: settingsAreValid,
  'admin token': tokenIsStrong,
}
const SQLITE_CHECKS: Checks = {
  database: databaseIsSound,
  migrations: databaseIsMigrated,
  clock: clockIsBelieved,
}
const SERVER_CHECKS: Checks = {
  https: linkIsPrivate,
  health: serverIsOk,
  objection: objectionIsHeeded,
  refusal: refusalRepeatsNothing,
  charts: chartsAreForMaintainers,
  operator: operatorIsNamed,
  'server clock': serverClockAgrees,
  proxy: fromMetrics(judgeProxies),
  deletions: fromMetrics(judgeDeletions),
  'server events': fromMetrics(judgeServerEvents),
}

export const doctor: Command<World> = {
  summary: 'check a deployment and say what to fix',
  about: `Checks a deployment and says what to fix. It reads the same variables as the server, stores nothing, and sends no event.`,
  options: { ...DATABASE_OPTION, ...URL_OPTION },
  json: RESULT_AS_JSON,
  exitCodes: '0 if everything is ok; 1 if there is something to fix; 2 if the command line was wrong.',
  examples: ['voicemode-telemetry-server doctor --url https://telemetry.example'],
  findMisuse: findDoctorMisuse,
  run: telling(checkAll),
}

/** A variable that is wrong is a finding. */
function findDoctorMisuse(run: Run<World>): string[] {
  const parsed = run.values.database === undefined ? undefined : parseDatabase(run)
  return parsed?.outcome === 'wrong' ? parsed.problems : []
}

async function checkAll({ values: options, host: world }: Run<World>): Promise<Result> {
  const parsed = parseSettings({ database: options.database }, world.env)
  const settings = parsed.outcome === 'serve' ? parsed.settings : undefined
  const url = findServer(options.url, settings)
  const target: Target = {
    settings,
    problems: parsed.outcome === 'wrong' ? parsed.problems : [],
    isElsewhere: options.url !== undefined && options.database === undefined && !world.env.TELEMETRY_DATABASE,
    url,
    fetch: world.fetch,
    now: world.now(),
  }
  const findings = [
    ...(await examine(SETTINGS_CHECKS, target)),
    ...(settings?.databaseUrl === undefined
      ? await examine(SQLITE_CHECKS, target)
      : await (await import('./postgresHealth.ts')).examinePostgres(settings.databaseUrl)),
    ...(await examineStore(settings, target.now)),
    ...(await examine(SERVER_CHECKS, target)),
  ]
  const isOk = findings.every(({ outcome }) => outcome !== 'fix')
  const lines = findings.map(({ check, outcome, found }) => `${outcome.padEnd(8)} ${check}: ${found}`)
  const data = { outcome: isOk ? 'ok' : 'fix', findings }
  return { outcome: 'told', lines, data, exitCode: isOk ? EXIT.ok : EXIT.failed }
}

async function examine(checks: Checks, target: Target): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const [check, judge] of Object.entries(checks)) findings.push({ check, ...(await judge(target)) })
  return findings
}

function settingsAreValid({ problems }: Target): Verdict {
  return problems.length === 0 ? ok('valid') : fix(problems.join('; '))
}

function tokenIsStrong({ settings, isElsewhere }: Target): Verdict {
  if (!settings) return skipped('the settings are not valid')
  const { adminToken } = settings
  if (adminToken === undefined && isElsewhere)
    return skipped('not set here: the charts say whether the server has one')
  if (adminToken === undefined) return ok('not set, so the server shows its dashboard on this machine only')
  const isStrong =
    adminToken.length >= MIN_TOKEN_LENGTH && new Set(adminToken).size >= MIN_DISTINCT_CHARACTERS
  if (isStrong) return ok('long enough')
  return fix('TELEMETRY_ADMIN_TOKEN can be guessed: make one with `openssl rand -hex 32`')
}

function databaseIsSound({ settings, isElsewhere }: Target): Verdict {
  if (!settings) return skipped('the settings are not valid')
  const path = settings.databasePath ?? ''
  if (!existsSync(path) && isElsewhere) return skipped('not on this machine: name it with --database')
  if (!existsSync(path)) return fix('it is not there: start the server once, or name it with --database')
  const fault = findFault(path)
  if (fault) return fix(`it ${fault}: restore a backup, or name another`)
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
    return fix('others on this machine may read it: chmod 600 the file')
  }
  try {
    const write = 'BEGIN IMMEDIATE; CREATE TABLE doctor_tries_to_write (n); ROLLBACK'
    withDatabase(path, (database) => database.exec(write), { readOnly: false })
    mustHaveRoom(path)
  } catch (error) {
    return fix(
      `it cannot be written (${whyItFailed(error)}): check the file's owner, its folder and the disk`,
    )
  }
  return ok('intact and writable')
}

function databaseIsMigrated({ settings }: Target): Verdict {
  const path = settings?.databasePath
  if (!path || findFault(path)) return skipped('the database could not be read')
  return judgeAge(ageOfFile(path))
}

function clockIsBelieved({ settings, now }: Target): Verdict {
  const path = settings?.databasePath
  if (!path || findFault(path) || ageOfFile(path) !== 'up to date') {
    return skipped('the database could not be read, or is not up to date')
  }
  return withDatabase(path, (database) => {
    const rowsOf = (of: Statement) => database.prepare(textOf(of)).all(...of.values) as Row[]
    const [known = {}] = rowsOf(READ_CLOCK)
    return judgeClockOf(readClock(known, now), readLeftAhead(READ_LEFT.map(rowsOf), dayAt(now)))
  })
}

function linkIsPrivate({ url }: Target): Verdict {
  if (!url) return skipped('where the server is reached is not known: give --url')
  const { protocol, host } = new URL(url)
  if (protocol === 'https:') return ok('in use')
  if (isLoopback(hostWithoutPort(host))) return ok('not needed on this machine')
  return fix('everyone on the way can read what is sent: put a proxy with https before the server')
}

async function serverIsOk(target: Target): Promise<Verdict> {
  return ask(target, '/healthz', {}, ({ status, text }) => {
    const { late = [] } = readJsonAs(healthSchema, text) ?? {}
    if (status === 200) return late.length > 0 ? judgeLate(late) : ok('the server and its database work')
    if (status === 503)
      return fix(`the server's database takes no events (${failureTold(text)}): look at its log`)
    return fix(`something else answers there (${status}): check --url and the proxy`)
  })
}

/** The kind of failure that an answer tells; whoever else may have answered, only a word of our own is repeated. */
function failureTold(text: string): string {
  const { failure = '' } = readJsonAs(problemReportSchema, text) ?? {}
  return Object.hasOwn(FAILURES, failure) ? failure : 'unknown'
}

async function objectionIsHeeded(target: Target): Promise<Verdict> {
  const request = { method: 'POST', headers: { dnt: '1', 'content-type': 'application/json' }, body: '{}' }
  return ask(target, '/v1/events', request, ({ status }) =>
    status === 204
      ? ok('a request with DNT: 1 is answered without being read')
      : fix(`a request with DNT: 1 is answered ${status}: does the proxy drop that header?`),
  )
}

async function refusalRepeatsNothing(target: Target): Promise<Verdict> {
  const body = JSON.stringify({ [CANARY]: CANARY })
  const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
  return ask(target, '/v1/events', request, ({ status, text }) => {
    if (text.includes(CANARY)) return fix('a refusal repeats what was sent: is it this server that answers?')
    if (status === 422) return ok('an invalid event is refused, and the answer repeats nothing from it')
    if (status === 429) return skipped('this IP address has reached its limit: ask again in an hour')
    return fix(`an invalid event is answered ${status}: does a proxy change requests?`)
  })
}

async function chartsAreForMaintainers(target: Target): Promise<Verdict> {
  return ask(target, '/v1/charts/daily', {}, ({ status }) => {
    if (status === 401) return ok('only maintainers can read them')
    if (status === 403) return fix('nobody can read them there: set TELEMETRY_ADMIN_TOKEN on the server')
    if (status !== 200) return fix(`they are answered ${status}: look at the server's log`)
    const isLocal = isLoopback(hostWithoutPort(new URL(target.url ?? '').host))
    return isLocal
      ? ok('everyone on this machine can read them')
      : fix('everyone can read them: set TELEMETRY_ADMIN_TOKEN')
  })
}

async function operatorIsNamed(target: Target): Promise<Verdict> {
  if (target.url && isLoopback(hostWithoutPort(new URL(target.url).host)))
    return ok('not needed on this machine')
  return ask(target, '/v1/policy', {}, ({ text }) => {
    const { operator } = readJsonAs(policySchema, text) ?? {}
    if (!operator) return skipped('the policy could not be read')
    const missing = OPERATOR_SETTINGS.filter(({ part }) => operator[part] === null)
    return missing.length === 0
      ? ok('the page /privacy says who runs the server')
      : fix(
          `the page /privacy doesn't say ${missing.map(({ what }) => what).join(', ')}: set ${missing.map(({ setting }) => setting).join(', ')}`,
        )
  })
}

function serverClockAgrees(target: Target): Promise<Verdict> {
  return askMetrics(target, (answer) => judgeServerClock(answer, target.now))
}

function fromMetrics(judge: (text: string) => Verdict) {
  return (target: Target): Promise<Verdict> =>
    askMetrics(target, ({ text }) =>
      text === undefined
        ? skipped('the metrics are for maintainers: set TELEMETRY_ADMIN_TOKEN')
        : judge(text),
    )
}

/** The token goes only where nobody on the way can read it. */
function askMetrics(target: Target, judge: (answer: MetricsAnswer) => Verdict): Promise<Verdict> {
  const token = target.settings?.adminToken
  const mayBeSent = token !== undefined && linkIsPrivate(target).outcome === 'ok'
  const request = mayBeSent ? { headers: { authorization: `Bearer ${token}` } } : {}
  return ask(target, '/metrics', request, ({ status, text, date }) =>
    judge({ text: status === 200 ? text : undefined, date }),
  )
}

/** Asks the server something and judges its answer; what it cannot reach is to be fixed. */
async function ask(
  { url, fetch }: Target,
  path: string,
  request: RequestInit,
  judge: (answer: { status: number; text: string; date: string | null }) => Verdict,
): Promise<Verdict> {
  if (!url) return skipped('where the server is reached is not known: give --url')
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const answer = await fetch(url + path, { ...request, redirect: 'manual', signal })
    return judge({ status: answer.status, text: await answer.text(), date: answer.headers.get('date') })
  } catch (error) {
    return fix(`the server cannot be reached (${whyItFailed(error)}): is it running, and is --url right?`)
  }
}
