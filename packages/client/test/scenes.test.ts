import { describe, expect, test } from 'vitest'
import { compareWithClient } from '../../../scripts/scenes/compare.ts'
import { playScenes } from '../../../scripts/scenes/index.ts'
import { usageOf } from '../../../scripts/scenes/truth.ts'
import { asRecorded, recordedSets } from './recorded.ts'

const SCENES = 150
/** `SEED=…` plays the scenes of a failure again. */
const FIRST_NEW = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const NEW_SEEDS = Array.from({ length: 20 }, (_, n) => FIRST_NEW + n)
const LONG_AFTER = Date.parse('2027-01-01T00:00:00Z') * 1000

describe('the count of a day', () => {
  test('equals what was done, in scenes that are the same each time', async () => {
    for (let seed = 1; seed <= SCENES; seed++) {
      expect((await compareWithClient(seed)).differences).toEqual([])
    }
  })

  test.each(NEW_SEEDS)(
    'equals what was done, in a scene that nobody has seen before (seed %d)',
    async (seed) => {
      expect((await compareWithClient(seed)).differences).toEqual([])
    },
  )
})

describe('scenes', () => {
  test.each(recordedSets())('tell the truth as the record of real logs does: $name', ({ done, usage }) => {
    const found = Object.keys(usage).map((day) => {
      const counted = usageOf(done, { day, now: LONG_AFTER })
      return [day, counted && asRecorded(counted)]
    })
    expect(Object.fromEntries(found)).toEqual(usage)
  })

  test('follow from their seed', () => {
    expect(playScenes(7)).toEqual(playScenes(7))
    expect(playScenes(7).files).not.toEqual(playScenes(8).files)
  })
})
