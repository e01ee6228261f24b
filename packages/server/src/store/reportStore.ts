import { addDays, boundsOf, type Day, type IsoWeek, isDay, isIsoWeek } from '@voicemode-telemetry/protocol'
import type { WeeklyReport } from '@voicemode-telemetry/protocol/wire/reports'
import type { Batch, Row } from './driver.ts'
import { MAY_BE_DAY, readReport } from './readable.ts'
import { read, sql } from './statement.ts'

/** What is known of a report beside its bytes. */
interface ReportEntry {
  week: IsoWeek
  madeOn: Day
  /** Whether a maintainer holds it back from the public. */
  isHeld: boolean
}

interface StoredReport extends ReportEntry {
  /** The bytes of `encodeReport`, which never change. */
  body: string
  /** Undefined where they can't be read. */
  report: WeeklyReport | undefined
}

/** Days by which it is known which weeks have a report, whatever events there are. */
export interface Milestones {
  /** When the store was made. */
  setUpOn: Day
  /** Days before this one may have lost their events; undefined where none ever was forgotten. */
  forgottenBefore: Day | undefined
}

/** The first day that surely has all its events. */
export function firstKeptDay({ forgottenBefore = '' }: Milestones, today: Day, retentionDays: number): Day {
  const byRetention = addDays(today, -retentionDays)
  return forgottenBefore > byRetention ? forgottenBefore : byRetention
}

/** What a store keeps for reports. */
export interface ReportStore {
  /**
   * Keeps the report of a week for good. Of several for one week, from several servers at once too, the first is kept and
   * nothing replaces it: for the others the answer is `exists`. `forgotten` and nothing kept where a day of the week may
   * have lost events by now.
   */
  addReport(week: IsoWeek, body: string, madeOn: Day): Promise<'added' | 'exists' | 'forgotten'>
  /** The report of a week, one that is held too; undefined where there is none. */
  report(week: IsoWeek): Promise<StoredReport | undefined>
  /** Every report, those that are held too, newest week first. One of a text that is no week is passed over. */
  reports(): Promise<ReportEntry[]>
  /** Holds a report back or releases it. @returns whether there is one. */
  holdReport(week: IsoWeek, isHeld: boolean): Promise<boolean>
  milestones(): Promise<Milestones>
  /** Notes that events of days before that one are about to be forgotten. An earlier day than was noted changes nothing. */
  noteForgetting(before: Day): Promise<void>
}

/** The milestone of the day on which the store was made. */
export const SET_UP = 'set up'
/** The milestone of the day before which events may be forgotten. */
export const FORGOTTEN_BEFORE = 'forgotten before'

/** Keeps reports in the tables of a SQL store. */
export function createReportStore(batch: Batch): ReportStore {
  return {
    async addReport(week, body, madeOn) {
      const { from, to } = boundsOf(week)
      // The milestone is set before a day is forgotten; where it can't be read, the days tell.
      const mayBeForgotten = sql`SELECT 1 FROM milestones
          WHERE name = ${FORGOTTEN_BEFORE} AND day > ${from} AND day ${MAY_BE_DAY}
        UNION ALL SELECT 1 FROM days WHERE forgotten = 1 AND day >= ${from} AND day <= ${to}`
      const [added, known] = await batch(
        sql`INSERT INTO reports (week, body, made_on, held)
            SELECT CAST(${week} AS TEXT), CAST(${body} AS TEXT), CAST(${madeOn} AS TEXT), 0
            WHERE NOT EXISTS (${mayBeForgotten})
            ON CONFLICT DO NOTHING RETURNING week`,
        read`SELECT week FROM reports WHERE week = ${week}`,
      )
      if (added?.length) return 'added'
      return known?.length ? 'exists' : 'forgotten'
    },

    async report(week) {
      const [[row] = []] = await batch(
        read`SELECT week, body, made_on, held FROM reports WHERE week = ${week}`,
      )
      return row && { ...readEntry(row), body: String(row.body), report: readReport(row) }
    },

    async reports() {
      const [rows = []] = await batch(read`SELECT week, made_on, held FROM reports`)
      return rows
        .filter(({ week }) => isIsoWeek(String(week)))
        .map(readEntry)
        .sort((a, b) => (a.week < b.week ? 1 : -1))
    },

    async holdReport(week, isHeld) {
      const [rows] = await batch(
        sql`UPDATE reports SET held = ${isHeld ? 1 : 0} WHERE week = ${week} RETURNING week`,
      )
      return rows?.length === 1
    },

    async milestones() {
      const [rows = [], [first] = []] = await batch(
        read`SELECT name, day FROM milestones`,
        read`SELECT MIN(day) AS day FROM days WHERE version > 0 AND day ${MAY_BE_DAY}`,
      )
      return readMilestones([{ name: SET_UP, day: first?.day ?? null }, ...rows])
    },

    async noteForgetting(before) {
      await batch(
        sql`INSERT INTO milestones (name, day) VALUES (${FORGOTTEN_BEFORE}, ${before})
            ON CONFLICT (name) DO UPDATE SET day = excluded.day WHERE milestones.day < excluded.day OR milestones.day NOT ${MAY_BE_DAY}`,
      )
    },
  }
}

/** @param rows with `name` and `day`; of two that can be read the later counts. */
export function readMilestones(rows: Row[]): Milestones {
  const days = new Map(
    rows.map(({ name, day }) => [name, String(day)] as const).filter(([, day]) => isDay(day)),
  )
  return { setUpOn: days.get(SET_UP) ?? '', forgottenBefore: days.get(FORGOTTEN_BEFORE) }
}

function readEntry(row: Row): ReportEntry {
  const [week, madeOn] = [String(row.week), String(row.made_on)]
  // No deletion since its week is left out where it is not known when it was made.
  return { week, madeOn: isDay(madeOn) ? madeOn : boundsOf(week).to, isHeld: Number(row.held) === 1 }
}
