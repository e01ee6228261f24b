import { formatRatio, formatWholePercent } from './format.ts'
import { amountOf, isBeyondNoise, type Sample } from './noise.ts'

/** Stands where a number changed by no more than chance explains. */
const NO_CLEAR_CHANGE = 'no clear change'

/**
 * A number next to an earlier one: a count as `▲ 6 %`, or `▲` alone if it was 0; a share as `▼ 0.4 points`, or per 100 as `▼ 0.4`;
 * `no clear change` within the noise. Undefined where one of them is missing.
 */
export function formatChange(
  now: Sample,
  before: Sample | undefined,
  unit: 'points' | 'per 100' = 'points',
): string | undefined {
  const [value, earlier] = [amountOf(now), before && amountOf(before)]
  if (!before || value === undefined || earlier === undefined) return undefined
  if (!isBeyondNoise(now, before)) return NO_CLEAR_CHANGE
  const arrow = value > earlier ? '▲' : '▼'
  if (now.of === undefined) {
    if (earlier === 0) return arrow
    const size = formatWholePercent(Math.abs(value / earlier - 1))
    return size === '0%' ? NO_CLEAR_CHANGE : `${arrow} ${size.replace('%', ' %')}`
  }
  const size = 100 * Math.abs(value - earlier)
  if (size < 0.05) return NO_CLEAR_CHANGE
  return `${arrow} ${formatRatio(size)}${unit === 'points' ? ' points' : ''}`
}

/** As {@link formatChange}, for places without room: `▲ 1.5` of a share, and `≈` within the noise. */
export function formatShortChange(...change: Parameters<typeof formatChange>): string | undefined {
  return formatChange(...change)
    ?.replace(' points', '')
    .replace(NO_CLEAR_CHANGE, '≈')
}
