const TIMESTAMP =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:([Zz])|([+-])(\d{2}):(\d{2}))$/

/**
 * Reads a log line's timestamp. Microseconds are kept, since lines of one session may be less than a millisecond apart.
 *
 * @returns microseconds since 1970, or undefined for what is no RFC 3339 time with a zone.
 */
export function parseTimestamp(text: unknown): number | undefined {
  const match = typeof text === 'string' ? TIMESTAMP.exec(text) : null
  if (!match) return undefined
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const micros = Number((match[7] ?? '').slice(0, 6).padEnd(6, '0'))
  const [zoneHours, zoneMinutes] = [Number(match[10] ?? 0), Number(match[11] ?? 0)]
  if (hour > 23 || minute > 59 || second > 59 || zoneHours > 23 || zoneMinutes > 59) return undefined
  const ms = Date.UTC(year, month - 1, day, hour, minute, second)
  const date = new Date(ms)
  // Date.UTC reads 31 April as 1 May, and years below 100 as 19xx.
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) {
    return undefined
  }
  const offsetMinutes = (match[9] === '-' ? -1 : 1) * (zoneHours * 60 + zoneMinutes)
  return (ms - offsetMinutes * 60_000) * 1000 + micros
}
