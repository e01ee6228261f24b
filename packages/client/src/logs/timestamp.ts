const POINT = 0x2e
const DIGIT_0 = 0x30
const COLON = 0x3a

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

/** `2026-11-21T09:`, the date and the hour. */
const HOUR_BYTES = 14
const ZONE_AT = 26

/** The hour and the zone that were read last, and the instant at which that hour began: many lines have the same. */
const last = { hour: new Uint8Array(HOUR_BYTES), zone: new Uint8Array(), start: 0 }

/**
 * As {@link parseTimestamp}, of a text's bytes. Tuned: a text without six decimals is left to that plain twin, and so is the first one
 * of an hour.
 */
export function timestampIn(bytes: Buffer, start: number, end: number): number | undefined {
  const since = sinceHour(bytes, start)
  const zone = start + ZONE_AT
  const isLast =
    zone + last.zone.length === end && isAt(last.zone, bytes, zone) && isAt(last.hour, bytes, start)
  if (since >= 0 && isLast) return last.start + since
  const at = parseTimestamp(bytes.toString('utf8', start, end))
  if (since >= 0 && at !== undefined && end > zone) {
    last.hour = Uint8Array.prototype.slice.call(bytes, start, start + HOUR_BYTES)
    last.zone = Uint8Array.prototype.slice.call(bytes, zone, end)
    last.start = at - since
  }
  return at
}

function isAt(part: Uint8Array, bytes: Uint8Array, from: number): boolean {
  for (let n = part.length - 1; n >= 0; n--) if (part[n] !== bytes[from + n]) return false
  return true
}

/** The microseconds since the hour of a text with six decimals; negative for another one. */
function sinceHour(bytes: Uint8Array, start: number): number {
  const minute = twoDigits(bytes, start + 14)
  const second = twoDigits(bytes, start + 17)
  const first = twoDigits(bytes, start + 20)
  const middle = twoDigits(bytes, start + 22)
  const third = twoDigits(bytes, start + 24)
  const isUsual =
    bytes[start + 16] === COLON &&
    bytes[start + 19] === POINT &&
    minute < 60 &&
    second < 60 &&
    (minute | second | first | middle | third) >= 0
  return isUsual ? (minute * 60 + second) * 1_000_000 + (first * 100 + middle) * 100 + third : -1
}

/** Their value; negative where one is no digit. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] as number) - DIGIT_0
  const ones = (bytes[at + 1] as number) - DIGIT_0
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1
}
