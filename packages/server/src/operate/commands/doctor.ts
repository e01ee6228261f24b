import { existsSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { hostWithoutPort, isLoopback } from '../../http/loopback.ts'
import { ageOf } from '../../store/migrate.ts'
import { codeOf } from '../../store/store.ts'
import { parseSettings, type Settings } from '../settings.ts'
import { type Command, DATABASE_OPTION, findServer, type World } from './command.ts'
import { type Finding, judgeAge, mend, skipped, type Verdict, well } from './finding.ts'
import { appliedIds, findFault } from './sqliteFile.ts'

const HELP = `Checks a deployment from its settings and says what to mend. It stores nothing and sends no event.

  --url URL            where the server is reached (the host and port of its settings)
  --database ADDRESS   the database (TELEMETRY_DATABASE, or the server's default)
  --json               print for programs

The server's settings are read from the same variables as the server reads them.
Exit codes: 0 all is well, 1 there is something to mend, 2 used wrongly.`

/** Shorter tokens can be guessed by whoever has time, in characters. */
const MIN_TOKEN_LENGTH = 32
const MIN_DISTINCT_CHARACTERS = 10
const TIMEOUT_MS = 10_000
/** Sent as no event; it must not come back. */
const CANARY = 'doctor-canary-4711'

interface Patient {
  settings: Settings | undefined
  problems: string[]
  /** Whether only a URL was named, so that the database may be on another machine. */
  isElsewhere: boolean
  /** Without a slash at its end; undefined where it is not known. */
  url: string | undefined
  fetch: World['fetch']
}

type Checks = Record<string, (patient: Patient) => Verdict | Promise<Verdict>>

/** What is checked, in the order in which it is told; a database of PostgreSQL has checks of its own. */
const SETTINGS_CHECKS: Checks = {
  settings: settingsAreValid,
  'admin token': tokenIsStrong,
}
const SQLITE_CHECKS: Checks = {
  database: databaseIsSound,
  migrations: databaseIsMigrated,
}
const SERVER_CHECKS: Checks = {
  https: linkIsPrivate,
  health: serverIsWell,
  objection: objectionIsHeeded,
  refusal: refusalRepeatsNothing,
  charts: chartsAreForMaintainers,
}

export const doctor: Command = {
  takes: '',
  words: 0,
  options: { ...DATABASE_OPTION, url: { type: 'string' } },
  help: HELP,
  async run({ options, json }, world) {
    const flags = typeof options.database === 'string' ? ['--database', options.database] : []
    const command = parseSettings(flags, world.env)
    const settings = command.outcome === 'serve' ? command.settings : undefined
    const url = findServer(options.url, settings)
    if (url === 'wrong') {
      world.err('--url must be an address that begins with http:// or https://')
      return 2
    }
    const patient: Patient = {
      settings,
      problems: command.outcome === 'wrong' ? command.problems : [],
      isElsewhere: options.url !== undefined && flags.length === 0 && !world.env.TELEMETRY_DATABASE,
      url,
      fetch: world.fetch,
    }
    const findings = [
      ...(await examine(SETTINGS_CHECKS, patient)),
      ...(settings?.databaseUrl === undefined
        ? await examine(SQLITE_CHECKS, patient)
        : await (await import('./postgresHealth.ts')).examinePostgres(settings.databaseUrl)),
      ...(await examine(SERVER_CHECKS, patient)),
    ]
    const isWell = findings.every(({ outcome }) => outcome !== 'mend')
    if (json) world.out(JSON.stringify({ outcome: isWell ? 'well' : 'mend', findings }))
    else
      for (const { check, outcome, found } of findings) world.out(`${outcome.padEnd(8)} ${check}: ${found}`)
    return isWell ? 0 : 1
  },
}

async function examine(checks: Checks, patient: Patient): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const [check, judge] of Object.entries(checks)) findings.push({ check, ...(await judge(patient)) })
  return findings
}

function settingsAreValid({ problems }: Patient): Verdict {
  return problems.length === 0 ? well('valid') : mend(problems.join('; '))
}

function tokenIsStrong({ settings }: Patient): Verdict {
  if (!settings) return skipped('the settings are not valid')
  const { adminToken } = settings
  if (adminToken === undefined) return well('none is set, so the dashboard is for this machine only')
  const isStrong =
    adminToken.length >= MIN_TOKEN_LENGTH && new Set(adminToken).size >= MIN_DISTINCT_CHARACTERS
  if (isStrong) return well('long enough')
  return mend('TELEMETRY_ADMIN_TOKEN can be guessed: make one with `openssl rand -hex 32`')
}

function databaseIsSound({ settings, isElsewhere }: Patient): Verdict {
  if (!settings) return skipped('the settings are not valid')
  const path = settings.databasePath ?? ''
  if (!existsSync(path) && isElsewhere) return skipped('it is not on this machine: name it with --database')
  if (!existsSync(path)) return mend('it is not there: start the server once, or name it with --database')
  const fault = findFault(path)
  if (fault) return mend(`it ${fault}: restore a backup`)
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
    return mend('others on this machine may read it: chmod 600 the file')
  }
  try {
    const database = new DatabaseSync(path, { timeout: TIMEOUT_MS })
    try {
      database.exec('BEGIN IMMEDIATE; CREATE TABLE doctor_tries_to_write (n); ROLLBACK')
    } finally {
      database.close()
    }
  } catch (error) {
    return mend(`it cannot be written (${codeOf(error)}): check the file's owner, its folder and the disk`)
  }
  return well('whole, and can be written')
}

function databaseIsMigrated({ settings }: Patient): Verdict {
  const path = settings?.databasePath
  if (!path || findFault(path)) return skipped('there is no sound database')
  const database = new DatabaseSync(path, { readOnly: true, timeout: TIMEOUT_MS })
  try {
    return judgeAge(ageOf(appliedIds(database)))
  } finally {
    database.close()
  }
}

function linkIsPrivate({ url }: Patient): Verdict {
  if (!url) return skipped('where the server is reached is not known: give --url')
  const { protocol, host } = new URL(url)
  if (protocol === 'https:') return well('it is used')
  if (isLoopback(hostWithoutPort(host))) return well('not needed on this machine')
  return mend('everyone on the way can read what is sent: put a proxy with https before the server')
}

async function serverIsWell(patient: Patient): Promise<Verdict> {
  return ask(patient, '/healthz', {}, ({ status }) => {
    if (status === 200) return well('the server and its store answer')
    if (status === 503) return mend('the server cannot read its store: look at its log')
    return mend(`something else answers there (${status}): check --url and the proxy`)
  })
}

async function objectionIsHeeded(patient: Patient): Promise<Verdict> {
  const request = { method: 'POST', headers: { dnt: '1', 'content-type': 'application/json' }, body: '{}' }
  return ask(patient, '/v1/events', request, ({ status }) =>
    status === 204
      ? well('a request that is not to be tracked is not read')
      : mend(`a request with DNT: 1 is answered ${status}: does the proxy drop that header?`),
  )
}

async function refusalRepeatsNothing(patient: Patient): Promise<Verdict> {
  const body = JSON.stringify({ [CANARY]: CANARY })
  const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
  return ask(patient, '/v1/events', request, ({ status, text }) => {
    if (text.includes(CANARY)) return mend('a refusal repeats what was sent: is it this server that answers?')
    if (status === 422) return well('what is no event is refused, and nothing of it repeated')
    if (status === 429) return skipped('this address has reached its limit: ask again in an hour')
    return mend(`what is no event is answered ${status}: does a proxy change requests?`)
  })
}

async function chartsAreForMaintainers(patient: Patient): Promise<Verdict> {
  return ask(patient, '/v1/charts/daily', {}, ({ status }) => {
    if (status === 401 || status === 403) return well('they are for maintainers')
    if (status !== 200) return mend(`they are answered ${status}: look at the server's log`)
    const isLocal = isLoopback(hostWithoutPort(new URL(patient.url ?? '').host))
    return isLocal
      ? well('they are for whoever is on this machine')
      : mend('everyone can read them: set TELEMETRY_ADMIN_TOKEN')
  })
}

/** Asks the server something and judges its answer; what it cannot reach is to be mended. */
async function ask(
  { url, fetch }: Patient,
  path: string,
  request: RequestInit,
  judge: (answer: { status: number; text: string }) => Verdict,
): Promise<Verdict> {
  if (!url) return skipped('where the server is reached is not known: give --url')
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const answer = await fetch(url + path, { ...request, redirect: 'manual', signal })
    return judge({ status: answer.status, text: await answer.text() })
  } catch (error) {
    const cause = error instanceof Error && error.cause ? error.cause : error
    return mend(`the server cannot be reached (${codeOf(cause)}): is it running, and is --url right?`)
  }
}
