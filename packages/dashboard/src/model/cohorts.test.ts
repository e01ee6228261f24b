import { addDays } from '@voicemode-telemetry/protocol'
import { COHORT_WEEKS } from '@voicemode-telemetry/protocol/wire/charts'
import { describe, expect, it } from 'vitest'
import { cohortDays, retentionOf } from './cohorts.ts'

/** A Friday. */
const LAST = '2026-11-20'
/** Long before the weeks of the table. */
const SINCE = '2026-01-01'
const days = cohortDays({ from: '2026-11-14', to: LAST })
const row = (day: string, value: number, n: number) => ({
  day,
  field: 'installations.cohort',
  value: String(value),
  n,
})

describe('cohorts', () => {
  it('cover the weeks up to the end of the range, however short it is', () => {
    expect(days).toEqual({ from: addDays('2026-11-16', -7 * (COHORT_WEEKS - 1)), to: LAST })
  })

  it('have shares of their size; a week in progress is marked and has no number', () => {
    const rows = [row('2026-11-02', 0, 8), row('2026-11-02', 1, 2)]
    const { cohorts } = retentionOf(rows, days, LAST, SINCE)
    const { week, size, cells } = cohorts.at(-3) ?? {}
    expect({ week, size }).toEqual({ week: '2026-11-02', size: 8 })
    expect(cells?.slice(0, 4)).toEqual([
      { n: 8, share: 1 },
      { n: 2, share: 0.25 },
      { n: undefined, share: undefined },
      undefined,
    ])
  })

  it('count a week as over on its Sunday', () => {
    const isMarked = (last: string) =>
      retentionOf([], days, last, SINCE).cohorts.at(-1)?.cells[0] !== undefined
    expect([isMarked('2026-11-15'), isMarked('2026-11-21'), isMarked('2026-11-22')]).toEqual([
      false,
      true,
      false,
    ])
  })

  it('pool only weeks with a number, and each installation has the same weight', () => {
    const { pooled } = retentionOf(
      [
        ...[row('2026-10-26', 0, 10), row('2026-10-26', 1, 5)],
        ...[row('2026-11-02', 0, 30), row('2026-11-02', 1, 3)],
        row('2026-11-09', 0, 7),
      ],
      days,
      LAST,
      SINCE,
    )
    expect(pooled[1]).toEqual({ share: 8 / 40, of: 40 })
  })

  it('leave out weeks in which a young server could not tell who was new', () => {
    const rows = [row('2026-11-02', 0, 8), row('2026-11-02', 1, 8), row('2026-11-09', 0, 3)]
    const shown = (since: string) => {
      const { cohorts, pooled } = retentionOf(rows, days, LAST, since)
      return [cohorts.flatMap(({ week, size }) => (size ? [week] : [])), pooled[1]?.of]
    }
    expect(shown('2026-10-04')).toEqual([['2026-11-02', '2026-11-09'], 8])
    expect(shown('2026-10-05')).toEqual([['2026-11-09'], 0])
  })

  it('have no share where nobody was new', () => {
    const { cohorts, pooled } = retentionOf([], days, LAST, SINCE)
    expect(cohorts.flatMap(({ cells }) => cells).every((cell) => cell?.share === undefined)).toBe(true)
    expect(pooled[1]).toEqual({ share: undefined, of: 0 })
  })
})
