import { expect, it } from 'vitest'
import { dailyUrl } from './counts.ts'

it('the URL of the daily counts says which days, field, filter and format', () => {
  const days = { from: '2026-11-20', to: '2026-11-22' }
  const filter = { field: 'environment.os_type', value: 'Linux' }
  expect(dailyUrl(days)).toBe('/v1/charts/daily?from=2026-11-20&to=2026-11-22')
  const url = dailyUrl(days, { field: 'installations', filter, format: 'csv' })
  expect(Object.fromEntries(new URL(url, 'http://localhost').searchParams)).toEqual({
    ...days,
    field: 'installations',
    filter: 'environment.os_type:Linux',
    format: 'csv',
  })
})
