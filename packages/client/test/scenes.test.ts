import { expect, test } from 'vitest'
import { playScenes } from '../../../scripts/scenes/index.ts'
import { usageOf } from '../../../scripts/scenes/truth.ts'
import { recordedSets } from './recorded.ts'

const LONG_AFTER = Date.parse('2027-01-01T00:00:00Z') * 1000

test.each(recordedSets())('the truth of scenes is that of recorded logs: $name', ({ done, usage }) => {
  const days = Object.keys(usage)
  const found = days.map((day) => [day, usageOf(done, { day, now: LONG_AFTER })])
  expect(Object.fromEntries(found)).toEqual(usage)
})

test('scenes follow from their seed', () => {
  expect(playScenes(7)).toEqual(playScenes(7))
  expect(playScenes(7).files).not.toEqual(playScenes(8).files)
})
