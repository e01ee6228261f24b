import { type Day, startOfDay } from '@voicemode-telemetry/protocol'
import type { DayRange } from '@voicemode-telemetry/protocol/wire/charts'

const countFormat = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const ratioFormat = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const DAY_AND_MONTH = { day: 'numeric', month: 'short', timeZone: 'UTC' } as const
const dayFormat = new Intl.DateTimeFormat('en-GB', { ...DAY_AND_MONTH, year: 'numeric' })
const shortDayFormat = new Intl.DateTimeFormat('en-GB', DAY_AND_MONTH)
const listFormat = new Intl.ListFormat('en-GB')
const timeFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' })

/** A whole number; a dash if there is none. */
export function formatCount(n: number | undefined): string {
  return n === undefined ? '–' : countFormat.format(n)
}

/** One decimal; a number too small for it is `<0.1`, not zero. A dash if there is none. */
export function formatRatio(n: number | undefined): string {
  if (n === undefined) return '–'
  return n > 0 && n < 0.05 ? '<0.1' : ratioFormat.format(n)
}

/** Like {@link formatCount}, but a small number keeps one decimal. */
export function formatAverage(n: number): string {
  return n < 10 && !Number.isInteger(n) ? formatRatio(n) : formatCount(n)
}

/** A share as a percentage with one decimal; a dash if there is none. */
export function formatShare(share: number | undefined): string {
  return share === undefined ? '–' : `${formatRatio(share * 100)}%`
}

/** A share as a whole percentage. */
export function formatWholePercent(share: number): string {
  return `${Math.round(100 * share)}%`
}

/** `21 Nov 2026`. */
export function formatDay(day: Day): string {
  return dayFormat.format(startOfDay(day))
}

/** `21 Nov`. */
export function formatShortDay(day: Day): string {
  return shortDayFormat.format(startOfDay(day))
}

/** `21 Oct – 19 Nov 2026`, or with both years where they differ. */
export function formatRange({ from, to }: DayRange): string {
  if (from === to) return formatDay(from)
  const isOneYear = from.slice(0, 4) === to.slice(0, 4)
  return `${isOneYear ? formatShortDay(from) : formatDay(from)} – ${formatDay(to)}`
}

const MAX_LISTED = 4

/** `a, b and c`; of more than 4, the first 4 and how many more there are. */
export function formatList(items: readonly string[]): string {
  const more = items.length - MAX_LISTED
  return listFormat.format(more > 0 ? [...items.slice(0, MAX_LISTED), `${more} more`] : items)
}

/** `09:15`, in UTC. */
export function formatTime(ms: number): string {
  return timeFormat.format(ms)
}
