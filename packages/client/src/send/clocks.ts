import { MS_PER_DAY } from '@voicemode-telemetry/protocol'

/** Clocks that are further apart than this are not both right, in milliseconds. */
const MAX_APART_MS = 5 * 60_000

const UNITS: readonly [string, number][] = [
  ['day', MS_PER_DAY],
  ['hour', 3_600_000],
  ['minute', 60_000],
]

/**
 * By how much this machine's clock and a server's differ, in sentences without their periods.
 *
 * @param date the `Date` of the server's answer.
 * @param now milliseconds since 1970.
 * @returns undefined if they agree, or if the server told no time.
 */
export function describeClocks(
  date: string | null,
  now: number,
): { why: string; remedy: string } | undefined {
  const there = Date.parse(date ?? '')
  const apartMs = there - now
  if (Number.isNaN(there) || Math.abs(apartMs) <= MAX_APART_MS) return undefined
  const side = apartMs > 0 ? 'ahead of' : 'behind'
  return {
    why: `the clocks differ: the server's is ${inWords(Math.abs(apartMs))} ${side} this machine's`,
    remedy: `Set the clock that is wrong: here it is ${new Date(now).toISOString()}, there ${new Date(there).toISOString()}`,
  }
}

function inWords(ms: number): string {
  const [unit, size] = UNITS.find(([, unitMs]) => ms >= 2 * unitMs) ?? ['minute', 60_000]
  return `${Math.round(ms / size)} ${unit}s`
}
