import { compareVersions } from '@voicemode-telemetry/protocol'
import { expect, it } from 'vitest'
import { deriveCounts } from './derivedCounts.ts'

const day = '2026-11-20'
const rowsOf = (field: string, rows: [string, number][], all: [string, string, number][]) => {
  const derived = deriveCounts(all.map(([of, value, n]) => ({ day, field: of, value, n })))
  expect(derived.filter((row) => row.field === field)).toEqual(
    rows.map(([value, n]) => ({ day, field, value, n })),
  )
}

it('groups releases as MAJOR.MINOR, and leaves values that are not versions', () => {
  const rows: [string, string, number][] = [
    ['environment.version', '8.12.0', 3],
    ['environment.version', 'unknown', 1],
    ['environment.version', '8.12.1', 2],
  ]
  rowsOf(
    'environment.version',
    [
      ['8.12', 5],
      ['unknown', 1],
    ],
    rows,
  )
})

it('separates new installations of a day from the others, whatever the order of rows', () => {
  const rows: [string, string, number][] = [
    ['installations.new', '', 2],
    ['installations', '', 5],
  ]
  rowsOf(
    'installations.newness',
    [
      ['new', 2],
      ['returning', 3],
    ],
    rows,
  )
  rowsOf(
    'installations.newness',
    [
      ['returning', 3],
      ['new', 2],
    ],
    rows.toReversed(),
  )
})

it('separates operations that succeeded from those that failed', () => {
  rowsOf(
    'operations.outcome',
    [
      ['failed', 10],
      ['succeeded', 90],
    ],
    [
      ['usage.total_operations', '', 100],
      ['usage.success_rate', '', 90],
    ],
  )
})

it('sorts versions from the newest by number, and other values after them', () => {
  const versions = ['8.9', 'unknown', '10.0', '8.10', 'other']
  expect(versions.sort(compareVersions)).toEqual(['10.0', '8.10', '8.9', 'unknown', 'other'])
})
