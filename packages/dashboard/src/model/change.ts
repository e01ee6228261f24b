import { formatRatio, formatWholePercent } from './format.ts'

/** How a number is compared: a count by how many percent it grew, a share or a rate by the difference of both. */
export type Measured = 'count' | 'share' | 'per 100'

/** A number next to an earlier one, as `▲ 6 %` or, of shares, `▼ 0.4 points`; undefined where one of them is missing. */
export function formatChange(
  now: number | undefined,
  before: number | undefined,
  measured: Measured,
): string | undefined {
  if (now === undefined || before === undefined) return undefined
  if (measured === 'count') {
    if (before === 0) return now === 0 ? 'unchanged' : '▲ from 0'
    const size = formatWholePercent(Math.abs(now / before - 1)).replace('%', ' %')
    return size === '0 %' ? 'unchanged' : `${now > before ? '▲' : '▼'} ${size}`
  }
  const difference = (measured === 'share' ? 100 : 1) * (now - before)
  if (Math.abs(difference) < 0.05) return 'unchanged'
  return `${difference > 0 ? '▲' : '▼'} ${formatRatio(Math.abs(difference))}${measured === 'share' ? ' points' : ''}`
}

/** As {@link formatChange}, for places without room: `▲ 1.5` of a share, and `=` where nothing changed. */
export function formatShortChange(...change: Parameters<typeof formatChange>): string | undefined {
  return formatChange(...change)
    ?.replace(' points', '')
    .replace('unchanged', '=')
}
