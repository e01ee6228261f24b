import { addDays, type Day } from '@voicemode-telemetry/protocol'
import { addWeeks, boundsOf, type IsoWeek, isoWeekOf } from '../counts/isoWeek.ts'

/**
 * Days from a week's Sunday until it is counted. A client reports a day soon after it is over and lets an event wait in its
 * queue for 7 days, so later than this hardly any comes.
 */
const REPORT_DELAY_DAYS = 8

/** The newest week that may be reported on a day: its Sunday is at least {@link REPORT_DELAY_DAYS} ago. */
export function newestDueWeek(today: Day): IsoWeek {
  // On the day after a Sunday a new week begins, and the one before it is over.
  return addWeeks(isoWeekOf(addDays(today, 1 - REPORT_DELAY_DAYS)), -1)
}

/** The day from which a week may be reported, see {@link newestDueWeek}. */
export function dueOn(week: IsoWeek): Day {
  return addDays(boundsOf(week).to, REPORT_DELAY_DAYS)
}
