import { expect, it } from 'vitest'
import { releasesIn } from './releases.ts'

const rowsOf = (from: string, to: string, seen: [day: string, version: string, n: number][]) => ({
  from,
  to,
  counts: seen.map(([day, value, n]) => ({ day, field: 'environment.version', value, n })),
})

it('a release stands on its first day: newer than all in use before, and used by more than a few', () => {
  const daily = rowsOf('2026-11-02', '2026-11-05', [
    ['2026-11-02', '8.11', 500],
    ['2026-11-03', '8.12', 20],
    ['2026-11-03', 'unknown', 20],
    ['2026-11-04', '8.12', 100],
    ['2026-11-04', '8.9', 50],
    ['2026-11-05', '99.0', 1],
  ])
  const release = [{ day: '2026-11-03', version: '8.12' }]
  expect(releasesIn({ daily, previous: undefined })).toEqual(release)
  const older = rowsOf('2026-10-29', '2026-11-01', [['2026-10-30', '8.10', 50]])
  expect(releasesIn({ daily, previous: older })).toEqual([{ day: '2026-11-02', version: '8.11' }, ...release])
  const known = rowsOf('2026-10-29', '2026-11-01', [['2026-10-30', '8.12', 50]])
  expect(releasesIn({ daily, previous: known })).toEqual([])
})
