import { addDays } from '@voicemode-telemetry/protocol'
import { describe, expect, it } from 'vitest'
import { COHORT_WEEKS, cohortDays, retentionOf } from './cohorts.ts'

/** A Friday. */
const LAST = '2026-11-20'
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

  it('have shares of their size, and a week that is not over is marked', () => {
    const { cohorts } = retentionOf([row('2026-11-09', 0, 8), row('2026-11-09', 1, 2)], days, LAST)
    expect(cohorts.at(-2)).toEqual({
      week: '2026-11-09',
      size: 8,
      cells: [
        { n: 8, share: 1, isOver: true },
        { n: 2, share: 0.25, isOver: false },
      ],
    })
  })

  it('call a week over on its Sunday', () => {
    const isOver = (last: string) => retentionOf([], days, last).cohorts.at(-1)?.cells[0]?.isOver
    expect([isOver('2026-11-21'), isOver('2026-11-22')]).toEqual([false, true])
  })

  it('pool only weeks that are over, each installation weighing the same', () => {
    const { pooled } = retentionOf(
      [
        ...[row('2026-10-26', 0, 10), row('2026-10-26', 1, 5)],
        ...[row('2026-11-02', 0, 30), row('2026-11-02', 1, 3)],
        ...[row('2026-11-09', 0, 7), row('2026-11-09', 1, 7)],
      ],
      days,
      LAST,
    )
    expect(pooled[1]).toEqual({ share: 8 / 40, of: 40 })
  })

  it('have no share where nobody was new', () => {
    const { cohorts, pooled } = retentionOf([], days, LAST)
    expect(cohorts.every(({ cells }) => cells.every(({ share }) => share === undefined))).toBe(true)
    expect(pooled[1]).toEqual({ share: undefined, of: 0 })
  })
})
