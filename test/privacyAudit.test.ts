import { describe, expect, it } from 'vitest'
import { tooTelling } from '../scripts/audit/accepted.ts'
import { anonymityOf } from '../scripts/audit/anonymity.ts'
import { linkageOf } from '../scripts/audit/linkage.ts'
import { measureDay } from '../scripts/audit/measure.ts'
import { reportsOf } from '../scripts/audit/population.ts'

describe('the privacy audit', () => {
  it('counts who stands in small groups, and how many bits a value tells', () => {
    const values = [...'aaaa', ...'bb', 'c', 'd']
    expect(anonymityOf(values)).toEqual({ bits: 1.75, unique: 2, under5: 8, under20: 8 })
    expect(anonymityOf(Array(32).fill('same'))).toEqual({ bits: 0, unique: 0, under5: 0, under20: 0 })
  })

  it('holds the environment to what was accepted', () => {
    const day = measureDay(1, 1_000)
    expect(tooTelling(day)).toBeUndefined()
    expect(tooTelling({ environment: { ...day.environment, bits: day.environment.bits + 1 } })).toMatch(
      /tells/,
    )
  })

  it('finds an installation again whose habits are its own, and none where all are alike', () => {
    const week = (index: number) => reportsOf(1, index, '2026-11-02', '2026-11-08')
    const used = Array.from({ length: 40 }, (_, index) => week(index)).filter(({ length }) => length > 0)
    const same = linkageOf(used, used)
    expect(same).toMatchObject({ installations: used.length, linked: used.length })
    const alike = used.map(() => used[0] ?? [])
    expect(linkageOf(alike, alike).linked).toBe(1)
  })
})
