import { existsSync } from 'node:fs'
import { type Command, EXIT, type Run } from '@voicemode-telemetry/command-line'
import { dayAt, HOLD_DAYS } from '@voicemode-telemetry/protocol'
import { whyItFailed } from '../../failure.ts'
import { type ClockStore, createClockStore } from '../../store/clockStore.ts'
import { openDatabase } from '../../store/drivers/open.ts'
import {
  DATABASE_OPTION,
  done,
  EXIT_CODES,
  failed,
  parseDatabase,
  RESULT_AS_JSON,
  type Result,
  telling,
  type World,
} from './command.ts'
import { judgeLeftAhead, judgeVerdict } from './finding.ts'

export const clock: Command<World> = {
  summary: 'say that the clock is right, after it has leapt',
  about: `Shows whether the server believes its clock. After a leap of more than a few days it deletes nothing and publishes no report, until \
the clock has gone on for ${HOLD_DAYS} days or somebody has said that it is right.

believe: says that the clock is right now. It also takes back what a wrong clock has left in the future: reports of weeks that are \
not over, and days before which events count as deleted. Look at the time that it prints without a word first.

With PostgreSQL it is the database's clock.`,
  words: { usage: '[believe]', least: 0, most: 1 },
  options: DATABASE_OPTION,
  json: RESULT_AS_JSON,
  exitCodes: EXIT_CODES,
  examples: ['voicemode-telemetry-server clock', 'voicemode-telemetry-server clock believe'],
  findMisuse: findClockMisuse,
  run: telling(lookAtClock),
}

function findClockMisuse(run: Run<World>): string[] {
  const [order] = run.words
  const parsed = parseDatabase(run)
  return [
    ...(order === undefined || order === 'believe' ? [] : ['the word must be believe']),
    ...(parsed.outcome === 'wrong' ? parsed.problems : []),
  ]
}

async function lookAtClock(run: Run<World>): Promise<Result> {
  const parsed = parseDatabase(run)
  if (parsed.outcome === 'wrong') throw new TypeError('a command line that is wrong is not run')
  const { settings: location } = parsed
  const { now } = run.host
  if (location.databasePath !== undefined && !existsSync(location.databasePath)) {
    return failed('The database is not there: name it with --database')
  }
  try {
    const driver = await openDatabase(location)
    try {
      const store = createClockStore((...statements) => driver.batch(statements), driver.clock)
      return run.words.length === 0 ? await show(store, now()) : await believe(store, now())
    } finally {
      await driver.close()
    }
  } catch (error) {
    return failed(`The database could not be used (${whyItFailed(error)}): may it be written?`)
  }
}

async function show(store: ClockStore, now: number): Promise<Result> {
  const verdict = await store.checkClock(now)
  const time = new Date(verdict.now).toISOString()
  const ahead = await store.leftAhead(dayAt(verdict.now))
  const lines = [`It is ${time}`, judgeVerdict(verdict).found, judgeLeftAhead(ahead).found]
  return { outcome: 'told', lines, data: { time, clock: verdict.outcome, ...ahead }, exitCode: EXIT.ok }
}

async function believe(store: ClockStore, now: number): Promise<Result> {
  const verdict = await store.checkClock(now)
  await store.noteClock({ outcome: 'believed', now: verdict.now })
  const { reports, milestones } = await store.takeBackAhead(dayAt(verdict.now))
  const taken = [...reports.map((week) => `the report of ${week}`), ...Object.values(milestones)]
  const also = taken.length > 0 ? `; taken back: ${taken.join(', ')}` : ''
  return done(`The clock is believed: it is ${new Date(verdict.now).toISOString()}${also}`)
}
