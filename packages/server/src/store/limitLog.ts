import { MS_PER_HOUR } from '../host.ts'
import { subjectOf } from './installation.ts'
import { erase, type Prepare, raw, type Statement } from './statement.ts'
import type { TableName } from './tables.ts'

/** An installation's hour. */
interface Hour {
  /** When it began, in milliseconds since 1970. */
  began: number
  /** How many events were stored in it. */
  n: number
}

type LogRow = [subject: string, began: number, n: number, id: number]

// What nobody of ours has written is read as a number all the same, so that it keeps nothing else from being read.
const COLUMNS = 'subject, CAST(window_start AS REAL) AS began, CAST(n AS REAL) AS n'
const NEWEST = `SELECT ${COLUMNS}, id FROM limit_log ORDER BY id DESC LIMIT 1`
const SINCE = `SELECT ${COLUMNS}, id FROM limit_log WHERE id >= ? ORDER BY id`
const RUNNING = `SELECT ${COLUMNS} FROM limit_log WHERE window_start > ? ORDER BY id`
/** Rows that an older server has written, or that were copied from another database. */
const RUNNING_BEFORE = `SELECT ${COLUMNS} FROM quota WHERE window_start > ?`
const APPEND = 'INSERT INTO limit_log (subject, window_start, n) VALUES (?, ?, ?)'

/** All that is asked of the database. */
export const LOG_STATEMENTS: readonly string[] = [NEWEST, SINCE, RUNNING, RUNNING_BEFORE, APPEND]

/**
 * Counts the events of each installation in its hour. With a row for each installation, a commit would change a page at a random
 * place for each of its events. So a row is added for each event, and the newest of an installation counts. No index leads to
 * it: those of running hours are in memory too.
 */
export interface LimitLog {
  /**
   * Reads what was committed since the last time, by this process or another. Only what was read counts.
   *
   * @param now in milliseconds since 1970.
   */
  catchUp(prepare: Prepare, now: number): void
  /** Drops hours that begin later, as `dropStale` does. */
  dropLaterThan(time: number): void
  /** The hour in which an installation is; undefined if none has begun, or it is over. */
  hourOf(telemetryId: string): Hour | undefined
  append(prepare: Prepare, telemetryId: string, hour: Hour): void
}

export function createLimitLog(): LimitLog {
  const hours = new Map<string, Hour>()
  /** When what was over was last left out. Some of it runs again if the clock is set back behind that. */
  let sweptAt = 0
  let now = 0
  let newest: LogRow | undefined

  const isOver = ({ began }: Hour) => began <= now - MS_PER_HOUR

  function dropHours(isDropped: (hour: Hour) => boolean) {
    for (const [subject, hour] of hours) if (isDropped(hour)) hours.delete(subject)
  }

  function take(rows: readonly unknown[]) {
    for (const [subject, began, n] of rows as LogRow[]) hours.set(subject, { began, n })
  }

  function readAll(prepare: Prepare) {
    hours.clear()
    sweptAt = now
    newest = prepare(NEWEST).get() as LogRow | undefined
    for (const running of [RUNNING_BEFORE, RUNNING]) take(prepare(running).all(now - MS_PER_HOUR))
  }

  return {
    catchUp(prepare, at) {
      now = at
      if (now < sweptAt) return readAll(prepare)
      if (now - sweptAt >= MS_PER_HOUR) {
        dropHours(isOver)
        sweptAt = now
      }
      const [first, ...added] = newest ? (prepare(SINCE).all(newest[3]) as LogRow[]) : []
      // If the newest was deleted, its number may have been given anew, and nobody knows what else was deleted.
      if (!first || JSON.stringify(first) !== JSON.stringify(newest)) return readAll(prepare)
      take(added)
      newest = added.at(-1) ?? newest
    },

    dropLaterThan(time) {
      dropHours(({ began }) => began > time)
    },

    hourOf(telemetryId) {
      const hour = hours.get(subjectOf(telemetryId))
      return hour && !isOver(hour) ? hour : undefined
    },

    append(prepare, telemetryId, { began, n }) {
      prepare(APPEND).run(subjectOf(telemetryId), began, n)
    },
  }
}

/** Deletes what no limit needs any more. An hour that begins later was written by a wrong clock, and would keep its installation waiting. */
export function dropStale(table: TableName, now: number): Statement {
  return erase`DELETE FROM ${raw(table)} WHERE window_start <= ${now - MS_PER_HOUR} OR window_start > ${lastBegin(now)}`
}

/** When the last hour begins that is not of a wrong clock. */
export function lastBegin(now: number): number {
  return now + MS_PER_HOUR
}
