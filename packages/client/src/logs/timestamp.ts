const DIGIT_0 = 48

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
