const PLUS = 0x2b
const MINUS = 0x2d
const POINT = 0x2e
const DIGIT_0 = 0x30
const COLON = 0x3a
const BIG_T = 0x54
const BIG_Z = 0x5a

const FORM = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/

/**
 * Reads a log line's timestamp. Microseconds are kept, since lines of one session may be less than a millisecond apart.
 *
 * @returns microseconds since 1970, or undefined for what is no RFC 3339 time with a zone.
 */
export function parseTimestamp(text: unknown): number | undefined {
  if (typeof text !== 'string' || !FORM.test(text)) return undefined
  const [year, month, day] = [number(text, 0, 4), number(text, 5, 7), number(text, 8, 10)]
  const [hour, minute, second] = [number(text, 11, 13), number(text, 14, 16), number(text, 17, 19)]
  if (hour > 23 || minute > 59 || second > 59 || !isDate(year, month, day)) return undefined
  const zone = zoneMinutes(text)
  if (zone === undefined) return undefined
  return Date.UTC(year, month - 1, day, hour, minute - zone, second) * 1000 + micros(text)
}

/** The digits from one place to another, as a number. */
function number(text: string, from: number, to: number): number {
  let value = 0
  for (let place = from; place < to; place++) value = value * 10 + text.charCodeAt(place) - DIGIT_0
  return value
}

/** Up to six decimals of the second; more are cut. */
function micros(text: string): number {
  if (text[19] !== '.') return 0
  let [value, unit] = [0, 100_000]
  for (let place = 20; unit >= 1; place++, unit /= 10) {
    const digit = text.charCodeAt(place) - DIGIT_0
    if (!(digit >= 0 && digit <= 9)) break
    value += digit * unit
  }
  return value
}

/** Minutes east of UTC; undefined for a zone that no clock shows. */
function zoneMinutes(text: string): number | undefined {
  const at = text.length - 6
  if (text[at] !== '+' && text[at] !== '-') return 0
  const [hours, minutes] = [number(text, at + 1, at + 3), number(text, at + 4, at + 6)]
  if (hours > 23 || minutes > 59) return undefined
  return (text[at] === '-' ? -1 : 1) * (hours * 60 + minutes)
}

function isDate(year: number, month: number, day: number): boolean {
  // Date.UTC reads years below 100 as 19xx, and 31 April as 1 May.
  if (year < 100 || month < 1 || month > 12 || day < 1) return false
  return day <= 28 || day <= new Date(Date.UTC(year, month, 0)).getUTCDate()
}

/** The date that was read last: many lines have the same. */
const lastDate = { year: 0, month: 0, day: 0, startMs: 0 }

/** As {@link parseTimestamp}, of a text's bytes. Tuned: what has not the usual form is left to that plain twin. */
export function timestampIn(bytes: Buffer, start: number, end: number): number | undefined {
  const hour = digits(bytes, start + 11, 2)
  const minute = digits(bytes, start + 14, 2)
  const second = digits(bytes, start + 17, 2)
  let zone = start + 19
  let micros = 0
  if (bytes[zone] === POINT) {
    micros = digits(bytes, start + 20, 6)
    zone = start + 26
  }
  const minutesEast = zoneIn(bytes, zone, end)
  const isUsual =
    hasSeparators(bytes, start) &&
    isBelow(hour, 24) &&
    isBelow(minute, 60) &&
    isBelow(second, 60) &&
    micros >= 0
  if (!isUsual || minutesEast === undefined || !isLastDate(bytes, start))
    return parseTimestamp(bytes.toString('utf8', start, end))
  return (lastDate.startMs + ((hour * 60 + minute - minutesEast) * 60 + second) * 1000) * 1000 + micros
}

function hasSeparators(bytes: Buffer, start: number): boolean {
  return (
    bytes[start + 4] === MINUS &&
    bytes[start + 7] === MINUS &&
    bytes[start + 10] === BIG_T &&
    bytes[start + 13] === COLON &&
    bytes[start + 16] === COLON
  )
}

/** Whether a date is the last one, which it is from now on. False for what is no date. */
function isLastDate(bytes: Buffer, start: number): boolean {
  const year = digits(bytes, start, 4)
  const month = digits(bytes, start + 5, 2)
  const day = digits(bytes, start + 8, 2)
  if (day === lastDate.day && month === lastDate.month && year === lastDate.year) return true
  if (!isDate(year, month, day)) return false
  Object.assign(lastDate, { year, month, day, startMs: Date.UTC(year, month - 1, day) })
  return true
}

/** Minutes east of UTC, where the zone is the last that the text has. */
function zoneIn(bytes: Buffer, at: number, end: number): number | undefined {
  if (bytes[at] === BIG_Z) return at + 1 === end ? 0 : undefined
  const hours = digits(bytes, at + 1, 2)
  const minutes = digits(bytes, at + 4, 2)
  if (at + 6 !== end || bytes[at + 3] !== COLON || !isBelow(hours, 24) || !isBelow(minutes, 60))
    return undefined
  if (bytes[at] === PLUS) return hours * 60 + minutes
  return bytes[at] === MINUS ? -(hours * 60 + minutes) : undefined
}

function isBelow(value: number, limit: number): boolean {
  return value >= 0 && value < limit
}

/** The value of some digits; negative where one is none. */
function digits(bytes: Buffer, from: number, count: number): number {
  let value = 0
  for (let at = from; at < from + count; at++) {
    const digit = (bytes[at] as number) - DIGIT_0
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}
