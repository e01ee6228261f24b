import { FIELDS } from '@voicemode-telemetry/protocol'
import { expect, it } from 'vitest'
import { fieldsOf, OWN_SECTION, SECTIONS, sectionCharts } from './catalogue.ts'
import { chartOf } from './chart.ts'

const noCounts = { from: '2026-11-20', to: '2026-11-22', counts: [] }
const charts = SECTIONS.flatMap((section) => section.charts)

it('every chart has a title and a purpose', () => {
  for (const spec of [...charts, ...OWN_SECTION.charts]) {
    const { title, purpose } = chartOf(noCounts, { show: 'share', ...spec })
    expect(title).not.toBe('')
    expect(purpose).toMatch(/\w\.$/)
  }
})

it('every field of use and environment is in a chart of the maintainers’ page', () => {
  const drawn = charts.flatMap(fieldsOf)
  const counted = FIELDS.map(({ path }) => path).filter((path) => /^(usage|environment)\./.test(path))
  expect(counted.filter((path) => !drawn.includes(path))).toEqual([])
})

it('kinds of error are left out if there are none, and nothing else is', () => {
  const shownWith = (field: string) => {
    const counted = { ...noCounts, counts: [{ day: '2026-11-20', field, value: 'other', n: 1 }] }
    return SECTIONS.flatMap((section) => sectionCharts(section, counted))
  }
  expect(shownWith('usage.error_types')).toEqual(charts)
  const withoutErrors = charts.filter(({ field }) => field !== 'usage.error_types')
  expect(shownWith('usage.failed_steps')).toEqual(withoutErrors)
})
