import { describe, expect, it } from 'vitest'
import { chartOf } from '../charts.ts'
import type { ViewDay } from './data.ts'
import { compare, countsOf, meanSuccess, OWN_CHARTS, ownCounts, successOf, wordsOf } from './own.ts'

const usage = {
  total_sessions: 4,
  duration_distribution: { '<1min': 3, '>60min': 1 },
  exchanges_per_session: { '0': 1, '1-5': 3 },
  transport_usage: { local: 4 },
  tts_provider_usage: { openai: 1, kokoro: 3 },
  stt_provider_usage: {},
  success_rate: 66.7,
  total_operations: 3,
  failed_steps: { transcribe: 1 },
  error_types: { TimeoutError: 1 },
}
const environment = {
  os_type: 'Linux',
  install_method: 'uv',
  mcp_host: 'zed',
  exec_source: 'cli',
  version: '8.12.0',
}

function day(name: string, event: unknown): ViewDay {
  const body = event === null ? null : `${JSON.stringify(event, null, 2)}\n`
  return {
    day: name,
    body,
    bytes: null,
    sha256: null,
    unfinished: false,
    identified: true,
    state: 'would be sent',
  }
}

const used = day('2026-11-20', { environment, usage })
const quiet = day('2026-11-21', null)
const later = day('2026-11-22', {
  environment: { ...environment, version: '8.13.1' },
  usage: {
    ...usage,
    success_rate: 100,
    total_operations: 9,
    failed_steps: {},
    error_types: { ValueError: 2 },
  },
})
const own = ownCounts({ from: '2026-11-20', today: '2026-11-22', days: [used, quiet, later] })

describe('countsOf', () => {
  it("gives the event's own numbers, each once", () => {
    const back: Record<string, unknown> = { environment: {}, usage: {} }
    for (const { field, value, n } of countsOf(used)) {
      const [group = '', name = ''] = field.split('.')
      const members = back[group] as Record<string, unknown>
      if (group === 'environment') members[name] = value
      else if (value === '') members[name] = n
      else members[name] = { ...(members[name] as object), [value]: n }
    }
    const { success_rate: rate, stt_provider_usage: _, ...counted } = usage
    expect(back).toEqual({ environment, usage: counted })
    expect(successOf(used)).toBe(rate)
  })

  it('gives nothing of a day without an event, nor of one that was changed beyond reading', () => {
    expect(countsOf(quiet)).toEqual([])
    for (const body of ['{', '7', 'null', '{"usage":7}', '{"usage":{"total_sessions":"4"}}']) {
      expect(countsOf({ day: '2026-11-20', body })).toEqual([])
    }
  })
})

it('every chart of the page is drawn from these rows', () => {
  const totals = OWN_CHARTS.map((spec) => chartOf(own, spec).totals.reduce((sum, { n }) => sum + n, 0))
  expect(totals).toEqual([8, 12, 8, 8, 8, 8, 0])
})

it('success over all days weighs each day by its operations', () => {
  expect(meanSuccess([used, quiet, later])).toBeCloseTo((3 * 66.7 + 9 * 100) / 12)
  expect(meanSuccess([quiet])).toBeUndefined()
})

it('words are summed over all days, the most frequent first', () => {
  expect(wordsOf(own, 'usage.failed_steps')).toEqual([{ word: 'transcribe', n: 1 }])
  expect(wordsOf(own, 'usage.error_types')).toEqual([
    { word: 'ValueError', n: 2 },
    { word: 'TimeoutError', n: 1 },
  ])
})

describe('compare', () => {
  const table = (field: string, values: [string, number][]) => ({
    field,
    label: field,
    rows: values.map(([value, n]) => ({ value, n, plus_minus: 30 })),
    folded: [],
  })

  it("puts one's own share beside the public one, and one's own words at the end where the report has none", () => {
    const rows = compare(
      table('usage.tts_provider_usage', [
        ['openai', 300],
        ['other', 100],
      ]),
      own,
    )
    expect(rows.map(({ value, share, ownShare }) => [value, share, ownShare])).toEqual([
      ['openai', '75.0%', '25.0%'],
      ['other', '25.0%', '0.0%'],
      ['kokoro', '–', '75.0%'],
    ])
  })

  it('knows versions as the report does, without their last number', () => {
    const rows = compare(
      table('environment.version', [
        ['8.13', 10],
        ['8.12', 30],
      ]),
      own,
    )
    expect(rows.map(({ value, ownShare }) => [value, ownShare])).toEqual([
      ['8.13', '50.0%'],
      ['8.12', '50.0%'],
    ])
  })

  it('leaves shares open where nothing was counted', () => {
    const rows = compare(table('usage.stt_provider_usage', [['openai', 0]]), own)
    expect(rows.map(({ share, ownShare }) => [share, ownShare])).toEqual([['–', '–']])
  })
})
