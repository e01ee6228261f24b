import { describe, expect, test } from 'vitest'
import { compareWithClient } from '../../../scripts/scenes/compare.ts'
import { playScenes } from '../../../scripts/scenes/index.ts'
import { usageOf } from '../../../scripts/scenes/truth.ts'
import { recordedSets } from './recorded.ts'

const SCENES = 150
const SCENES_EACH_TIME = 20
const LONG_AFTER = Date.parse('2027-01-01T00:00:00Z') * 1000

describe('the count of a day', () => {
  test('equals what was done, in scenes that are the same each time', async () => {
    for (let seed = 1; seed <= SCENES; seed++) {
      expect((await compareWithClient(seed)).differences).toEqual([])
    }
  })

  test('equals what was done, in scenes that nobody has seen before', async () => {
    const first = Math.floor(Math.random() * 2 ** 31)
    for (let seed = first; seed < first + SCENES_EACH_TIME; seed++) {
      expect((await compareWithClient(seed)).differences).toEqual([])
    }
  })
})

describe('scenes', () => {
  test.each(recordedSets())('tell the truth as the record of real logs does: $name', ({ done, usage }) => {
    const found = Object.keys(usage).map((day) => [day, usageOf(done, { day, now: LONG_AFTER })])
    expect(Object.fromEntries(found)).toEqual(usage)
  })

  test('follow from their seed', () => {
    expect(playScenes(7)).toEqual(playScenes(7))
    expect(playScenes(7).files).not.toEqual(playScenes(8).files)
  })
})
