import {
  addDays,
  type ClockReading,
  type ClockVerdict,
  type Day,
  dayAt,
  type IsoWeek,
  isDay,
  isIsoWeek,
  isoWeekOf,
  judgeClock,
} from '@voicemode-telemetry/protocol'
import type { Batch, Row } from './driver.ts'
import { isTime, MAY_BE_DAY } from './readable.ts'
import { FORGOTTEN_BEFORE, type Milestones, readMilestones, SET_UP } from './reportStore.ts'
import { read, type Statement, sql } from './statement.ts'

/** What a clock that was wrong has left in the future. */
export interface LeftAhead {
  /** Weeks that are not over and have a report. */
  reports: IsoWeek[]
  /** Milestones that name a later day than today. */
  milestones: Partial<Milestones>
}

/** What a store knows of the clocks that its servers go by. */
export interface ClockStore {
  /** Whether the clock is believed now, see `judgeClock`. @param now this machine's, in milliseconds since 1970. */
  checkClock(now: number): Promise<ClockVerdict>
  /** Remembers what came of a check; a clock that is believed is the newest that is known from then on. */
  noteClock(verdict: ClockVerdict): Promise<void>
  /** What lies after a day that is surely today. */
  leftAhead(today: Day): Promise<LeftAhead>
  /** Takes back what lies after a day that is surely today. @returns what it was. */
  takeBackAhead(today: Day): Promise<LeftAhead>
}

/** Reads all that a check of the clock needs but the time, as one row for {@link readClock}. */
export const READ_CLOCK = read`SELECT
    (SELECT believed_at FROM clock) AS believed_at, (SELECT doubted_since FROM clock) AS doubted_since,
    (SELECT seen_at FROM clock) AS seen_at, (SELECT MAX(day) FROM days WHERE version > 0 AND day ${MAY_BE_DAY}) AS newest_event,
    (SELECT MAX(made_on) FROM reports WHERE made_on ${MAY_BE_DAY}) AS newest_report,
    (SELECT MAX(day) FROM milestones WHERE name = ${SET_UP}) AS set_up`

/** @param now in milliseconds since 1970. */
export function readClock(row: Row, now: number): ClockReading {
  const [believedAt, since, seenAt] = [row.believed_at, row.doubted_since, row.seen_at].map((time) =>
    isTime(time) ? Number(time) : 0,
  ) as [number, number, number]
  const lastJob = believedAt > 0 ? dayAt(believedAt) : row.set_up
  const known = [lastJob, row.newest_event, row.newest_report].map(String).filter(isDay)
  return {
    now,
    newestKnown: known.toSorted().at(-1),
    doubt: since > 0 ? { since, seenAt } : undefined,
  }
}

/** Reads what {@link readLeftAhead} judges: reports and milestones. */
export const READ_LEFT = [read`SELECT week FROM reports`, read`SELECT name, day FROM milestones`] as const

export function readLeftAhead([reports = [], milestones = []]: Row[][], today: Day): LeftAhead {
  const { setUpOn, forgottenBefore } = readMilestones(milestones)
  return {
    reports: reports
      .map(({ week }) => String(week))
      .filter((week) => isIsoWeek(week) && week >= isoWeekOf(today)),
    milestones: {
      ...(setUpOn > today && { setUpOn }),
      ...(forgottenBefore !== undefined && forgottenBefore > today && { forgottenBefore }),
    },
  }
}

/** @param databaseClock reads the time of a database that several servers share, as `now`; undefined where it has none. */
export function createClockStore(batch: Batch, databaseClock: Statement | undefined): ClockStore {
  const leftAhead = async (today: Day) => readLeftAhead(await batch(...READ_LEFT), today)
  return {
    async checkClock(now) {
      const [[row = {}] = [], [told] = []] = await batch(
        READ_CLOCK,
        ...(databaseClock ? [databaseClock] : []),
      )
      return judgeClock(readClock(row, told ? Number(told.now) : now))
    },

    async noteClock(verdict) {
      const { since, seenAt } = verdict.outcome === 'doubted' ? verdict.doubt : { since: 0, seenAt: 0 }
      const believedAt = verdict.outcome === 'believed' ? verdict.now : 0
      await batch(
        sql`INSERT INTO clock (id, believed_at, doubted_since, seen_at) VALUES (1, ${believedAt}, ${since}, ${seenAt})
            ON CONFLICT (id) DO UPDATE SET doubted_since = excluded.doubted_since, seen_at = excluded.seen_at,
              believed_at = CASE WHEN excluded.believed_at = 0 THEN clock.believed_at ELSE excluded.believed_at END`,
      )
    },

    leftAhead,

    async takeBackAhead(today) {
      const ahead = await leftAhead(today)
      const [[row] = []] = await batch(
        read`SELECT MAX(day) AS day FROM days WHERE forgotten = 1 AND day < ${today} AND day ${MAY_BE_DAY}`,
      )
      const forgotten = row?.day ? addDays(String(row.day), 1) : undefined
      await batch(
        sql`DELETE FROM reports WHERE week >= ${isoWeekOf(today)}`,
        sql`UPDATE milestones SET day = ${today} WHERE name = ${SET_UP} AND day > ${today}`,
        forgotten === undefined
          ? sql`DELETE FROM milestones WHERE name = ${FORGOTTEN_BEFORE} AND day > ${today}`
          : sql`UPDATE milestones SET day = ${forgotten} WHERE name = ${FORGOTTEN_BEFORE} AND day > ${today}`,
      )
      return ahead
    },
  }
}
