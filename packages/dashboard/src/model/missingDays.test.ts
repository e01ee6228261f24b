import { expect, it } from 'vitest'
import { missingDays } from './missingDays.ts'

it('a day is missing where a filter has no counts though its value was reported', () => {
  const field = 'environment.install_method'
  const uv = (day: string) => ({ day, field, value: 'uv', n: 1 })
  const pip = { ...uv('2026-11-22'), value: 'pip' }
  const days = { from: '2026-11-20', to: '2026-11-22' }
  const all = { ...days, counts: [uv('2026-11-21'), uv('2026-11-20'), pip] }
  const shown = { ...days, counts: [uv('2026-11-21')] }
  expect(missingDays(all, shown, { field, value: 'uv' })).toEqual(['2026-11-20'])
  expect(missingDays(all, all, { field, value: 'uv' })).toEqual([])
  expect(missingDays(all, shown, undefined)).toEqual([])
})
