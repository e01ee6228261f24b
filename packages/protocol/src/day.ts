/** A UTC day, written `YYYY-MM-DD`. Days compare as strings. */
export type Day = string

export const MS_PER_DAY = 86_400_000

/** The day a timestamp of the form `YYYY-MM-DDT…+00:00` stands on. */
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

/** The day so many days later; a negative number goes back. */
export function addDays(day: Day, days: number): Day {
  return dayAt(startOfDay(day) + days * MS_PER_DAY)
}

/** Days from one to another; negative where the second comes first. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((startOfDay(to) - startOfDay(from)) / MS_PER_DAY)
}

/** Every day from the first to the last, both included; none where the last comes first. */
export function daysFromTo(first: Day, last: Day): Day[] {
  return Array.from({ length: Math.max(0, daysBetween(first, last) + 1) }, (_, n) => addDays(first, n))
}

/** Whether a text names a real day: `2026-02-30` does not. */
export function isDay(text: string): boolean {
  return (
    /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(startOfDay(text)) && dayAt(startOfDay(text)) === text
  )
}

/** The `timestamp` of a day's event. */
export function dayTimestamp(day: Day): string {
  return `${day}T00:00:00+00:00`
}
