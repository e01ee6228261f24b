import type { ViewDay } from '@voicemode-telemetry/protocol/wire/viewer'
import { describe, expect, it } from 'vitest'
import { compareWithReport, countsOf, ownCounts, successRateOf } from './ownCounts.ts'

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
    const { success_rate: _rate, stt_provider_usage: _, ...counted } = usage
    expect(back).toEqual({ environment, usage: counted })
  })

  it('gives no rows for a day without an event', () => {
    expect(countsOf(quiet)).toEqual([])
  })
})

it('the success rate over all days weights each day by its operations', () => {
  expect(successRateOf([used, quiet, later])).toBeCloseTo((3 * 0.667 + 9 * 1) / 12)
  expect(successRateOf([quiet])).toBeUndefined()
})

describe('compareWithReport', () => {
  const table = (field: string, values: [string, number][]) => ({
    field,
    label: field,
    rows: values.map(([value, n]) => ({ value, n, plus_minus: 30 })),
    folded: [],
  })

  it('puts the own share beside the public one, and values that the report lacks at the end', () => {
    const rows = compareWithReport(
      table('usage.tts_provider_usage', [
        ['openai', 300],
        ['other', 100],
      ]),
      own,
    )
    expect(rows.map(({ value, report, ownShare }) => [value, report?.share, ownShare])).toEqual([
      ['openai', 0.75, 0.25],
      ['other', 0.25, 0],
      ['kokoro', undefined, 0.75],
    ])
  })

  it('groups versions as the report does, without their last number', () => {
    const rows = compareWithReport(
      table('environment.version', [
        ['8.13', 10],
        ['8.12', 30],
      ]),
      own,
    )
    expect(rows.map(({ value, ownShare }) => [value, ownShare])).toEqual([
      ['8.13', 0.5],
      ['8.12', 0.5],
    ])
  })

  it('has no shares if nothing was counted', () => {
    const rows = compareWithReport(table('usage.stt_provider_usage', [['openai', 0]]), own)
    expect(rows.map(({ report, ownShare }) => [report?.share, ownShare])).toEqual([[undefined, undefined]])
  })
})
