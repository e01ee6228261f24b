import { addDays, fieldAt } from '@voicemode-telemetry/protocol'
import { type FieldValue, MAX_CHART_DAYS } from '@voicemode-telemetry/protocol/wire/charts'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { FIRST_DAY } from './days.ts'
import {
  BREAKDOWN_FIELDS,
  COMPARE_FIELDS,
  daysOf,
  FILTER_FIELDS,
  type PageState,
  PRESETS,
  parseState,
  RANGES_DAYS,
  rangeProblemIn,
  THEMES,
  writeState,
} from './pageState.ts'

const fieldValueOf = (fields: readonly string[]): fc.Arbitrary<FieldValue> =>
  fc.constantFrom(...fields).chain((field) => {
    const { words } = fieldAt(field)
    const value = words.length > 0 ? fc.constantFrom(...words) : fc.constantFrom('8.12', '0.1', 'unknown')
    return fc.record({ field: fc.constant(field), value })
  })

const customRange = fc
  .record({ start: fc.integer({ min: 0, max: 5000 }), days: fc.integer({ min: 1, max: MAX_CHART_DAYS }) })
  .map(({ start, days }) => ({ from: addDays(FIRST_DAY, start), to: addDays(FIRST_DAY, start + days - 1) }))

const anyState: fc.Arbitrary<PageState> = fc.record({
  range: fc.oneof(
    fc.record({ lastDays: fc.constantFrom(...RANGES_DAYS) }),
    fc.record({ preset: fc.constantFrom(...PRESETS) }),
    customRange,
  ),
  filter: fc.option(fieldValueOf(FILTER_FIELDS), { nil: undefined }),
  compare: fc.option(fc.oneof(fc.constant('previous' as const), fieldValueOf(COMPARE_FIELDS)), {
    nil: undefined,
  }),
  show: fc.constantFrom('share', 'count'),
  breakdown: fc.option(fieldValueOf(BREAKDOWN_FIELDS), { nil: undefined }),
  theme: fc.constantFrom(...THEMES),
})

const DEFAULTS = parseState('')

describe('the query of the page URL', () => {
  it('gives back every state that was written', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        expect(parseState(writeState(state))).toEqual(state)
      }),
    )
  })

  it('is always read as a state, and that state can be written', () => {
    const name = fc.constantFrom(
      'range',
      'from',
      'to',
      'filter',
      'compare',
      'show',
      'breakdown',
      'theme',
      'x',
    )
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
    '?filter=environment.telemetry_id:uv',
    '?filter=usage.transport_usage:livekit',
    '?filter=environment.os_type:constructor',
    '?breakdown=environment.version:8.12',
    '?breakdown=__proto__:x',
    '?show=all&theme=pink&compare=yes&%E0%A4%A=%',
  ])('means the default page if it asks for something that is not on offer: %s', (query) => {
    expect(parseState(query)).toEqual(DEFAULTS)
  })

  it('is short and readable', () => {
    const filter = { field: 'environment.version', value: '8.12' }
    expect(writeState({ ...DEFAULTS, filter })).toBe('?range=30&filter=environment.version:8.12')
    expect(writeState(DEFAULTS)).toBe('?range=30')
  })
})

test.each([
  ['', undefined],
  ['?range=7&filter=environment.version:8.12', undefined],
  ['?from=2026-03-01&to=2026-03-02', undefined],
  ['?from=2026-03-02&to=2026-03-01', 'The first day is after the last one.'],
  ['?from=2026-03-01', 'A range needs a first and a last day.'],
  ['?from=2025-01-01&to=2026-03-01', 'A range has at most 400 days.'],
])('a range that cannot be shown is said to be so: %s', (query, problem) => {
  expect(rangeProblemIn(query)).toBe(problem)
})

describe('the days of a state', () => {
  const lastDay = '2026-11-23'

  it('end with the last day that is over', () => {
    const week: PageState = { ...DEFAULTS, range: { lastDays: 7 } }
    expect(daysOf(week, lastDay)).toEqual({ from: '2026-11-17', to: lastDay })
  })

  it('of a custom range leave out days that are not over', () => {
    const custom = (from: string, to: string) => daysOf({ ...DEFAULTS, range: { from, to } }, lastDay)
    expect(custom('2026-11-20', '2026-12-01')).toEqual({ from: '2026-11-20', to: lastDay })
    expect(custom('2027-01-01', '2027-01-02')).toEqual({ from: lastDay, to: lastDay })
  })
})
