/** A UTC day, written `YYYY-MM-DD`. Days compare as strings. */
export type Day = string

export const MS_PER_DAY = 86_400_000

/** The day of a timestamp written `YYYY-MM-DDT…+00:00`. */
export function dayOf(timestamp: string): Day {
  return timestamp.slice(0, 10)
}

/** The UTC day of an instant in milliseconds since 1970. */
export function dayAt(ms: number): Day {
  return new Date(ms).toISOString().slice(0, 10)
}

/** The first instant of a day, in milliseconds since 1970. */
export function startOfDay(day: Day): number {
  return Date.parse(`${day}T00:00:00Z`)
}

/** The day this many days later, or earlier if the number is negative. */
export function addDays(day: Day, days: number): Day {
  return dayAt(startOfDay(day) + days * MS_PER_DAY)
}

/** How many days the second day is after the first; negative if it is before. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((startOfDay(to) - startOfDay(from)) / MS_PER_DAY)
}

/** Every day from the first to the last, both included. Empty if the last is before the first. */
export function daysFromTo(first: Day, last: Day): Day[] {
  return Array.from({ length: Math.max(0, daysBetween(first, last) + 1) }, (_, n) => addDays(first, n))
}

/** Whether a text is a day of the calendar. `2026-02-30` is not. */
export function isDay(text: string): boolean {
  // A date that the month doesn't have is read as one of the next month.
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(startOfDay(text)).getUTCDate() === Number(text.slice(8))
}

/** The `timestamp` of a day's event. */
export function dayTimestamp(day: Day): string {
  return `${day}T00:00:00+00:00`
}
