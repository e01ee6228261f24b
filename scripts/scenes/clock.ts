/** An instant in microseconds since 1970, as fine as VoiceMode writes it. A double holds it exactly. */
export type Micros = number

export const MICROS_PER_SECOND = 1_000_000
export const MICROS_PER_MINUTE = 60 * MICROS_PER_SECOND
export const MICROS_PER_HOUR = 60 * MICROS_PER_MINUTE
export const MICROS_PER_DAY = 24 * MICROS_PER_HOUR
/** No zone changes its clock within a quarter of an hour. */
const MICROS_PER_QUARTER = 15 * MICROS_PER_MINUTE

export function microsOf(timestamp: string): Micros {
  return Date.parse(timestamp) * 1000
}

export function utcDay(at: Micros): string {
  return new Date(Math.floor(at / 1000)).toISOString().slice(0, 10)
}

/** As Python's `isoformat`: six decimals, or none where the second is whole. */
export function utcTimestamp(at: Micros): string {
  return `${wallClock(at)}+00:00`
}

/** A zone's clocks. */
export interface Zone {
  date(at: Micros): string
  timestamp(at: Micros): string
  /** For ids: `20261121_091459`. */
  compact(at: Micros): string
}

/** @param name as the IANA database has it: `Australia/Sydney`. */
export function zoneOf(name: string): Zone {
  const format = new Intl.DateTimeFormat('en', { timeZone: name, timeZoneName: 'longOffset' })
  const offsets = new Map<number, number>()
  const offsetMinutes = (at: Micros): number => {
    const quarter = Math.floor(at / MICROS_PER_QUARTER)
    let minutes = offsets.get(quarter)
    if (minutes === undefined) {
      minutes = offsetOf(format, (quarter * MICROS_PER_QUARTER) / 1000)
      offsets.set(quarter, minutes)
    }
    return minutes
  }
  const local = (at: Micros) => wallClock(at + offsetMinutes(at) * MICROS_PER_MINUTE)
  const dates = new Map<number, string>()
  return {
    date: (at) => {
      const minute = Math.floor(at / MICROS_PER_MINUTE)
      const known = dates.get(minute) ?? local(at).slice(0, 10)
      dates.set(minute, known)
      return known
    },
    timestamp: (at) => `${local(at)}${suffix(offsetMinutes(at))}`,
    compact: (at) => local(at).slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_'),
  }
}

function offsetOf(format: Intl.DateTimeFormat, ms: number): number {
  const text = format.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const [, sign, hours, minutes] = /^GMT(?:([+-])(\d\d):(\d\d))?$/.exec(text) ?? []
  if (!sign) return 0
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}

function suffix(offsetMinutes: number): string {
  const two = (n: number) => String(n).padStart(2, '0')
  const size = Math.abs(offsetMinutes)
  return `${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}

function wallClock(at: Micros): string {
  const seconds = new Date(Math.floor(at / 1000)).toISOString().slice(0, 19)
  const fraction = at % MICROS_PER_SECOND
  return fraction === 0 ? seconds : `${seconds}.${String(fraction).padStart(6, '0')}`
}
