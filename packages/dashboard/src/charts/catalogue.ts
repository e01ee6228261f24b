import { NEWNESS, OPERATION_OUTCOMES, WINDOWS } from '../model/derivedCounts.ts'
import type { Rows } from '../model/numbers.ts'
import { type ChartSpec, labelsOf } from './chart.ts'

/** A chart of a page. Without `show`, the reader chooses between counts and shares. */
export interface PageChart extends Omit<ChartSpec, 'show'>, Partial<Pick<ChartSpec, 'show'>> {
  /** The server's fields that it is made from, if its own field is derived. */
  madeFrom?: readonly string[]
  /** Whether the server counts it for all installations only. */
  ignoresFilter?: true
  /** Whether it begins with the day from which on new installations are known. */
  needsNewness?: true
  /** What else the reader must know. */
  note?: string
  /** Whether it takes half of a wide page, not a third. */
  isWide?: true
  /** Whether it is left out if nothing was counted. */
  isOptional?: true
}

export interface Section {
  title: string
  /** What the links in it do. */
  hint?: string
  /** Whether it begins with the rates of failed calls by segment. */
  showsFailureRates?: true
  charts: readonly PageChart[]
}

const USES = 'Counted are uses, not people: a session counts once for each provider that it used.'

/** The charts of the maintainers' page, in reading order. The retention table comes last. */
export const SECTIONS: readonly Section[] = [
  {
    title: 'People',
    charts: [
      {
        field: 'installations',
        show: 'count',
        title: 'Active installations',
        purpose: 'Shows how many installations were active each day.',
        note: 'A lower bound: an installation whose user has not opted in is never counted.',
      },
      {
        field: 'installations.window',
        show: 'count',
        as: 'lines',
        title: 'Active in 7 and 30 days',
        purpose: 'Shows how many installations were active in the 7 and 30 days up to each day.',
        values: WINDOWS,
        overlaps: true,
        endsWithLastRow: true,
        madeFrom: ['installations.last_7_days', 'installations.last_30_days'],
        ignoresFilter: true,
      },
      {
        field: 'installations.newness',
        show: 'count',
        title: 'New and returning',
        purpose: 'Shows how many of the installations active each day are new.',
        values: NEWNESS,
        countedOnce: 'new',
        madeFrom: ['installations', 'installations.new'],
        ignoresFilter: true,
        needsNewness: true,
        note: '“New” means the first active day in 30 days.',
      },
    ],
  },
  {
    title: 'Use',
    hint: 'Select a label to see who it was.',
    charts: [
      { field: 'usage.total_sessions', show: 'count' },
      {
        field: 'operations.outcome',
        title: labelsOf('usage.total_operations').title,
        purpose: 'Shows how many operations succeeded and how many failed.',
        show: 'count',
        values: OPERATION_OUTCOMES,
        madeFrom: ['usage.total_operations', 'usage.success_rate'],
      },
      {
        field: 'operations.outcome',
        ...labelsOf('usage.success_rate'),
        show: 'share',
        as: 'lines',
        values: OPERATION_OUTCOMES,
        drawn: ['succeeded'],
        madeFrom: ['usage.total_operations', 'usage.success_rate'],
      },
      { field: 'usage.duration_distribution', as: 'bars', isWide: true },
      { field: 'usage.exchanges_per_session', as: 'bars', isWide: true },
    ],
  },
  {
    title: 'Failures',
    hint: 'Select a step to see where it fails most, or “only” to filter the page.',
    showsFailureRates: true,
    charts: [
      { field: 'usage.failed_steps', as: 'bars', isWide: true },
      // No release up to 8.12 logs an error.
      { field: 'usage.error_types', as: 'ranking', isOptional: true, isWide: true },
    ],
  },
  {
    title: 'Transport and providers',
    hint: 'Select a name to see who uses it.',
    charts: [
      { field: 'usage.transport_usage', note: 'Counted are sessions, not people.' },
      { field: 'usage.tts_provider_usage', note: USES },
      { field: 'usage.stt_provider_usage', note: USES },
    ],
  },
  {
    title: 'Where it runs',
    hint: 'Select “only” to filter the page by a value.',
    charts: [
      {
        field: 'environment.version',
        note: 'Releases are grouped as MAJOR.MINOR; the downloads have the full versions.',
        isWide: true,
      },
      { field: 'environment.mcp_host', as: 'ranking', isWide: true },
      { field: 'environment.os_type', as: 'ranking' },
      { field: 'environment.install_method', as: 'ranking' },
      { field: 'environment.exec_source', as: 'ranking' },
    ],
  },
]

/** The charts of the viewer's page, in reading order. */
export const OWN_SECTION: Section = {
  title: 'Your use by day',
  charts: [
    { field: 'usage.total_sessions', show: 'count', isWide: true },
    {
      field: 'usage.total_operations',
      show: 'count',
      isWide: true,
      title: labelsOf('usage.total_operations').title,
      purpose: 'Shows how often VoiceMode was called.',
    },
    { field: 'usage.duration_distribution' },
    { field: 'usage.exchanges_per_session' },
    { field: 'usage.transport_usage' },
    { field: 'usage.tts_provider_usage' },
    { field: 'usage.stt_provider_usage' },
    { field: 'usage.failed_steps', show: 'count', as: 'bars' },
    {
      field: 'usage.error_types',
      show: 'count',
      as: 'ranking',
      isOptional: true,
      note: 'Error messages stay in your logs.',
    },
  ],
}

/** The server's fields that a chart is made from. */
export function fieldsOf({ field, madeFrom = [field] }: PageChart): readonly string[] {
  return madeFrom
}

/** The charts of a section, without optional ones for which nothing was counted. */
export function sectionCharts({ charts }: Section, { counts }: Rows): PageChart[] {
  return charts.filter(
    (chart) => !chart.isOptional || counts.some(({ field }) => fieldsOf(chart).includes(field)),
  )
}
