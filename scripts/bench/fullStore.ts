import { hash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import {
  addDays,
  type Day,
  DURATION_BINS,
  dayAt,
  dayTimestamp,
  type Environment,
  ERROR_TYPES,
  EXCHANGE_BINS,
  encodeEvent,
  FAILED_STEPS,
  parseEvent,
  STT_PROVIDERS,
  TRANSPORTS,
  TTS_PROVIDERS,
  type Usage,
} from '../../packages/protocol/src/index.ts'
import type { Row } from '../../packages/server/src/store/driver.ts'
import { openDatabase } from '../../packages/server/src/store/drivers/open.ts'
import { textOf } from '../../packages/server/src/store/statement.ts'
import { columnsOf, insertRow, openDayRow } from '../../packages/server/src/store/tables.ts'
import { exampleEnvironment } from '../exampleEnvironment.ts'
import { tellProgress } from './statistics.ts'

/** Usages and environments are drawn from so many that are made beforehand. */
const VARIANTS = 997

/** How many installations are active on a day. */
export const INSTALLATIONS_A_DAY = 100_000

/**
 * Fills days with an event of each of {@link INSTALLATIONS_A_DAY}, in the order in which a server would have stored them, but without
 * the care for a crash that makes it slow: about a second for a day. An event takes about 1.2 KB of disk.
 *
 * @param path a SQLite file, which is made where there is none.
 * @param first how many days ago the first one was, which comes before `last`; each is filled once.
 */
export async function fillDays(path: string, first: number, last: number): Promise<void> {
  await (await openDatabase({ databasePath: path, databaseUrl: undefined })).close()
  const database = new DatabaseSync(path)
  // What a day writes has room in 200 MB. Indexes stay, for one that is made at the end would have no free room in its pages.
  database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000')
  const columns = columnsOf('events')
  const insert = database.prepare(textOf(insertRow('events', {})))
  for (let ago = first; ago >= last; ago--) {
    const day = addDays(dayAt(Date.now()), -ago)
    tellProgress(`filling ${day}, ${first - ago} of ${first - last + 1} days`)
    database.exec('BEGIN')
    const opened = insertRow('days', openDayRow(day, INSTALLATIONS_A_DAY))
    database.prepare(textOf(opened)).run(...opened.values)
    for (let slot = 0; slot < INSTALLATIONS_A_DAY; slot++) {
      const row = rowOf(`${slot}:${generationOf(slot, ago)}`, day, slot + ago)
      insert.run(...columns.map((column) => row[column] ?? null))
    }
    database.exec('COMMIT')
  }
  database.close()
}

/** Of ten slots five have the same installation every day; in the others two take turns, or one follows the other. */
function generationOf(slot: number, day: number): number {
  const kind = slot % 10
  if (kind < 5) return 0
  if (kind < 7) return day % 2
  return Math.floor(day / (kind === 7 ? 40 : kind === 8 ? 9 : 3))
}

/** A row of events. @param name of the installation. @param variant what it tells, the same for the same number. */
function rowOf(name: string, day: Day, variant: number): Row {
  const digits = hash('sha256', name, 'hex')
  const telemetry_id = `${digits.slice(0, 8)}-${digits.slice(8, 12)}-8${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20, 32)}`
  const timestamp = dayTimestamp(day)
  const event_id = hash('sha256', `${telemetry_id}:${timestamp}`, 'hex').slice(0, 16)
  const environment = ENVIRONMENTS[Number.parseInt(digits.slice(0, 8), 16) % VARIANTS]
  const head = HEAD.replace('EVENT', event_id)
    .replace('INSTALLATION', telemetry_id)
    .replace('TIMESTAMP', timestamp)
  return { event_id, telemetry_id, day, body: `${head}${environment}${USAGES[variant % VARIANTS]}` }
}

/** The same numbers at every run, the small ones more often. */
function createDice(): (below: number) => number {
  let state = 42
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) ** 2 * below)
  }
}

const dice = createDice()
const pick = <Word>(words: readonly Word[]) => words[dice(words.length)] as Word

const environments: Environment[] = Array.from({ length: VARIANTS }, () =>
  exampleEnvironment({ version: dice(20) === 19 ? 'unknown' : `8.${20 - dice(21)}.${dice(4)}` }, pick),
)

const usages: Usage[] = Array.from({ length: VARIANTS }, () => {
  const total_sessions = 1 + dice(12)
  const total_operations = total_sessions * (1 + dice(9))
  const failed = dice(total_operations)
  return {
    total_sessions,
    duration_distribution: spread(DURATION_BINS, total_sessions),
    exchanges_per_session: spread(EXCHANGE_BINS, total_sessions),
    transport_usage: spread(TRANSPORTS, total_sessions),
    tts_provider_usage: spread(TTS_PROVIDERS, total_sessions),
    stt_provider_usage: spread(STT_PROVIDERS, total_sessions),
    success_rate: Math.round((1000 * (total_operations - failed)) / total_operations) / 10,
    total_operations,
    failed_steps: spread(FAILED_STEPS, failed),
    error_types: spread(ERROR_TYPES, failed),
  }
})

function spread<Word extends string>(words: readonly Word[], n: number): { [Key in Word]?: number } {
  const counts: { [Key in Word]?: number } = {}
  for (let left = n; left > 0; left--) {
    const word = pick(words)
    counts[word] = (counts[word] ?? 0) + 1
  }
  return counts
}

/** An event's text, cut before its environment and its usage. */
function cut(environment: Environment, usage: Usage): [string, string, string] {
  const ids = { event_id: 'EVENT', telemetry_id: 'INSTALLATION', timestamp: 'TIMESTAMP' }
  const text = encodeEvent({ ...ids, environment, usage })
  const [first, second] = [text.indexOf('"environment"'), text.indexOf('"usage"')]
  return [text.slice(0, first), text.slice(first, second), text.slice(second)]
}

const texts = environments.map((environment, n) => cut(environment, usages[n] as Usage))
const HEAD = texts[0]?.[0] ?? ''
const ENVIRONMENTS = texts.map(([, environment]) => environment)
const USAGES = texts.map(([, , usage]) => usage)

for (let n = 0; n < VARIANTS; n++) {
  const { body } = rowOf(`${n}`, '2026-11-20', n)
  const parsed = await parseEvent(JSON.parse(String(body)))
  if (!parsed.ok) throw new Error(`variant ${n} is no event: ${JSON.stringify(parsed.problems)}`)
}
