import { addDays, type Day, dayAt, startOfDay } from '@voicemode-telemetry/protocol'

/** How many whole UTC days are reported after they are over. */
export const REPORTED_DAYS = 7
/** A session may continue for this long after its last exchange, so a day is over a little after midnight. */
export const DAY_SETTLES_MS = 5 * 60 * 1000

/** Why no event is made for a day now; undefined if one is due. @param sinceMs when the yes was given. */
export function whyNotDue(
  day: Day,
  nowMs: number,
  sinceMs: number,
): 'not over' | 'too old' | 'before the yes' | undefined {
  if (startOfDay(addDays(day, 1)) <= sinceMs) return 'before the yes'
  if (day < addDays(dayAt(nowMs), -REPORTED_DAYS)) return 'too old'
  if (day >= dayAt(nowMs - DAY_SETTLES_MS)) return 'not over'
  return undefined
}
