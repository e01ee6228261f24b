import { type Day, startOfDay } from '@voicemode-telemetry/protocol'

const countFormat = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const ratioFormat = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const dayFormat = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
})
const shortDayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
const timeFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' })

export function formatCount(n: number): string {
  return countFormat.format(n)
}

/** With one decimal; what is too little for that is no zero. A dash where there is none. */
export function formatRatio(n: number | undefined): string {
  if (n === undefined) return '–'
  return n > 0 && n < 0.05 ? '<0.1' : ratioFormat.format(n)
}

/** Of what is usually no whole number: a small one keeps its decimal. */
export function formatAverage(n: number): string {
  return n < 10 && !Number.isInteger(n) ? formatRatio(n) : formatCount(n)
}

/** A share as percent with one decimal; a dash where there is none. */
export function formatShare(share: number | undefined): string {
  return share === undefined ? '–' : `${formatRatio(share * 100)}%`
}

/** `21 Nov 2026`. */
export function formatDay(day: Day): string {
  return dayFormat.format(startOfDay(day))
}

/** `21 Nov`. */
export function formatShortDay(day: Day): string {
  return shortDayFormat.format(startOfDay(day))
}

/** `09:15`, in UTC. */
export function formatTime(ms: number): string {
  return timeFormat.format(ms)
}
