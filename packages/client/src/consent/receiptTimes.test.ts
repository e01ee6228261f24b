import { MS_PER_DAY } from '@voicemode-telemetry/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Receipt } from './consent.ts'
import { sinceOf, withoutTimesAhead } from './receiptTimes.ts'

/** What clocks say, right or wrong. */
const clock = fc.integer({ min: 0, max: 2_000 }).map((hours) => Date.parse('2026-11-01') + hours * 3_600_000)

function receiptOf(decidedAt: number, idSince: number | undefined): Receipt {
  const [decided_at = '', id_since] = [decidedAt, idSince]
    .map((at) => at && new Date(at).toISOString())
    .map(String)
  const times = { decided_at, ...(idSince !== undefined && { id_since }) }
  return { decision: 'granted', channel: 'command', notice_hash: '', fields: [], ...times }
}

test('whichever clocks correct a yes, it holds nothing up for more than a day, and nothing from before it counts', () => {
  fc.assert(
    fc.property(
      clock,
      fc.option(clock, { nil: undefined }),
      fc.array(clock, { minLength: 1 }),
      (yes, id, clocks) => {
        const said = id === undefined ? [yes] : [yes, id]
        let receipt = receiptOf(yes, id)
        for (const now of clocks) {
          receipt = withoutTimesAhead(receipt, now)
          const since = sinceOf(receipt, now)
          expect(since - now).toBeLessThanOrEqual(MS_PER_DAY)
          for (const at of said) if (at <= now) expect(since).toBeGreaterThanOrEqual(at)
        }
        expect(withoutTimesAhead(receipt, clocks.at(-1) ?? 0)).toBe(receipt)
      },
    ),
  )
})
