import { addDays, daysBetween, fieldAt } from '@voicemode-telemetry/protocol'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import {
  type Choice,
  dailyUrl,
  daysBefore,
  daysOf,
  FILTER_FIELDS,
  FIRST_DAY,
  MAX_RANGE_DAYS,
  type PageState,
  parseState,
  RANGES_DAYS,
  THEMES,
  WHO_FIELDS,
  writeState,
} from './address.ts'

const choiceOf = (fields: readonly string[]): fc.Arbitrary<Choice> =>
  fc.constantFrom(...fields).chain((field) => {
    const { words } = fieldAt(field)
    const value = words.length > 0 ? fc.constantFrom(...words) : fc.constantFrom('8.12', '0.1', 'unknown')
    return fc.record({ field: fc.constant(field), value })
  })

const ownRange = fc
  .record({ start: fc.integer({ min: 0, max: 5000 }), days: fc.integer({ min: 1, max: MAX_RANGE_DAYS }) })
  .map(({ start, days }) => ({ from: addDays(FIRST_DAY, start), to: addDays(FIRST_DAY, start + days - 1) }))

const anyState: fc.Arbitrary<PageState> = fc.record({
  range: fc.oneof(fc.record({ lastDays: fc.constantFrom(...RANGES_DAYS) }), ownRange),
  filter: fc.option(choiceOf(FILTER_FIELDS), { nil: undefined }),
  compares: fc.boolean(),
  show: fc.constantFrom('share', 'count'),
  who: fc.option(choiceOf(WHO_FIELDS), { nil: undefined }),
  theme: fc.constantFrom(...THEMES),
})

const USUAL = parseState('')

describe('the address', () => {
  it('gives back every state that was written to it', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        expect(parseState(writeState(state))).toEqual(state)
      }),
    )
  })

  it('is read as a state whatever stands in it, and that state can be written', () => {
    const name = fc.constantFrom('range', 'from', 'to', 'filter', 'compare', 'show', 'who', 'theme', 'x')
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom('2026-02-30', '2026-01-01', '9999-12-31', '-1', '30', 'environment.version:8.12'),
      fc.constantFrom(
        'environment.version:',
        'environment.os_type:toString',
        'usage.transport_usage:livekit',
      ),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), (pairs) => {
        const state = parseState(`?${new URLSearchParams(pairs)}`)
        expect(parseState(writeState(state))).toEqual(state)
      }),
    )
  })

  test.each([
    '',
    '?range=8',
    '?range=30&range=7',
    '?from=2026-02-30&to=2026-03-01',
    '?from=2026-03-02&to=2026-03-01',
    '?from=2025-01-01&to=2026-03-01',
    '?from=0001-01-01&to=0001-01-02',
    '?from=2026-03-01',
    '?filter=environment.version:8.12.0',
    '?filter=environment.version:08.1',
    '?filter=environment.install_method:uv',
    '?filter=usage.transport_usage:livekit',
    '?filter=environment.os_type:constructor',
    '?who=environment.version:8.12',
    '?who=__proto__:x',
    '?show=all&theme=pink&compare=yes&%E0%A4%A=%',
  ])('means the usual page where it asks for what is not on offer: %s', (query) => {
    expect(parseState(query)).toEqual(USUAL)
  })

  it('is short and readable', () => {
    const filter = { field: 'environment.version', value: '8.12' }
    expect(writeState({ ...USUAL, filter })).toBe('?range=30&filter=environment.version:8.12')
    expect(writeState(USUAL)).toBe('?range=30')
  })
})

describe('the days', () => {
  const justAfterMidnight = Date.parse('2026-11-24T00:00:00Z')

  it('end with the last whole UTC day', () => {
    const week: PageState = { ...USUAL, range: { lastDays: 7 } }
    expect(daysOf(week, justAfterMidnight)).toEqual({ from: '2026-11-17', to: '2026-11-23' })
    expect(daysOf(week, justAfterMidnight - 1)).toEqual({ from: '2026-11-16', to: '2026-11-22' })
  })

  it('of an own range are cut where a day is not over', () => {
    const own = (from: string, to: string) => daysOf({ ...USUAL, range: { from, to } }, justAfterMidnight)
    expect(own('2026-11-20', '2026-12-01')).toEqual({ from: '2026-11-20', to: '2026-11-23' })
    expect(own('2027-01-01', '2027-01-02')).toEqual({ from: '2026-11-23', to: '2026-11-23' })
  })

  it('before are as many, and end where these begin', () => {
    fc.assert(
      fc.property(ownRange, (days) => {
        const before = daysBefore(days)
        expect(daysBetween(before.from, before.to)).toBe(daysBetween(days.from, days.to))
        expect(addDays(before.to, 1)).toBe(days.from)
      }),
    )
  })

  it('stand in the address of the numbers, with what is asked for', () => {
    const days = { from: '2026-11-20', to: '2026-11-22' }
    const filter = { field: 'environment.os_type', value: 'Linux' }
    expect(dailyUrl(days)).toBe('/v1/charts/daily?from=2026-11-20&to=2026-11-22')
    const { searchParams } = new URL(
      dailyUrl(days, { field: 'installations', filter, format: 'csv' }),
      'http://x',
    )
    expect(Object.fromEntries(searchParams)).toEqual({
      ...days,
      field: 'installations',
      filter: 'environment.os_type:Linux',
      format: 'csv',
    })
  })
})
