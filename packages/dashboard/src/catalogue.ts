import type { DayRange } from './address.ts'
import { aboutOf, type Chart, type ChartSpec, chartOf, type DailyCounts } from './charts.ts'
import { NEWNESS, OUTCOMES, WINDOWS } from './derivedCounts.ts'

/** A chart of the page. */
export interface PageChart {
  /** Without `show`, the person chooses. */
  spec: Omit<ChartSpec, 'show'> & Partial<Pick<ChartSpec, 'show'>>
  /** The server's fields that it is made of, which its downloads hold. */
  fields: readonly string[]
  /** Whether the server counts it for everyone only. */
  isOfEveryone?: true
  /** What its reader must know beside. */
  note?: string
  /** Whether it takes half of a wide page, not a third. */
  isWide?: true
  /** Whether it is drawn only where something of it was counted. */
  onlyIfCounted?: true
}

export interface Section {
  title: string
  /** What can be done with its words. */
  hint?: string
  charts: readonly PageChart[]
}

/** The charts of the page, in reading order. The heat map of who came back stands after the first section. */
export const SECTIONS: readonly Section[] = [
  {
    title: 'People',
    charts: [
      {
        spec: {
          field: 'installations',
          show: 'count',
          title: 'Active installations',
          purpose: 'Shows how many people use VoiceMode, as far as they share it.',
        },
        fields: ['installations'],
      },
      {
        spec: {
          field: 'installations.window',
          show: 'count',
          as: 'lines',
          title: 'Active over weeks',
          purpose: 'Shows use without the dip of weekends: each day looks back over 7 and over 30 days.',
          words: WINDOWS,
          endsWithRows: true,
        },
        fields: ['installations.last_7_days', 'installations.last_30_days'],
        isOfEveryone: true,
      },
      {
        spec: {
          field: 'installations.newness',
          show: 'count',
          title: 'New and returning',
          purpose: 'Shows whether use grows by newcomers or by those who stay.',
          words: NEWNESS,
        },
        fields: ['installations', 'installations.new'],
        isOfEveryone: true,
        note: 'New is who was not active on the 29 days before.',
      },
    ],
  },
  {
    title: 'Use',
    hint: 'Choose a length, a number or a step to see who.',
    charts: [
      { spec: { field: 'usage.total_sessions', show: 'count' }, fields: ['usage.total_sessions'] },
      {
        spec: {
          field: 'operations.outcome',
          ...aboutOf('usage.total_operations'),
          show: 'count',
          words: OUTCOMES,
        },
        fields: ['usage.total_operations', 'usage.success_rate'],
      },
      {
        spec: {
          field: 'operations.outcome',
          ...aboutOf('usage.success_rate'),
          show: 'share',
          as: 'lines',
          words: OUTCOMES,
          drawn: ['succeeded'],
        },
        fields: ['usage.total_operations', 'usage.success_rate'],
      },
      contractChart('usage.duration_distribution', 'bars'),
      contractChart('usage.exchanges_per_session', 'bars'),
      contractChart('usage.failed_steps', 'bars'),
      // No release up to 8.12 logs an error.
      { ...contractChart('usage.error_types', 'ranking'), onlyIfCounted: true },
    ],
  },
  {
    title: 'Voice',
    hint: 'Choose a word to see who uses it.',
    charts: [
      contractChart('usage.transport_usage', 'stack'),
      contractChart('usage.tts_provider_usage', 'stack'),
      contractChart('usage.stt_provider_usage', 'stack'),
    ],
  },
  {
    title: 'Where it runs',
    hint: 'Choose a version, an assistant or a system to see its numbers only.',
    charts: [
      {
        ...contractChart('environment.version', 'stack'),
        note: 'Releases are grouped as MAJOR.MINOR; the downloads hold them whole.',
        isWide: true,
      },
      { ...contractChart('environment.mcp_host', 'ranking'), isWide: true },
      contractChart('environment.os_type', 'ranking'),
      contractChart('environment.install_method', 'ranking'),
      contractChart('environment.exec_source', 'ranking'),
    ],
  },
]

function contractChart(field: string, as: NonNullable<ChartSpec['as']>): PageChart {
  return { spec: { field, as }, fields: [field] }
}

/** Everything that the page shows numbers of, made ready by {@link deriveCounts}. */
export interface Numbers {
  everyone: DailyCounts
  filtered?: DailyCounts | undefined
  cohorts: DailyCounts
  before?: { everyone: DailyCounts; filtered?: DailyCounts | undefined } | undefined
}

/** A chart of the page with its numbers: those of the filter where it can be filtered, else everyone's. */
export function pageChartOf(
  { everyone, filtered, before }: Pick<Numbers, 'everyone' | 'filtered' | 'before'>,
  { spec, isOfEveryone }: PageChart,
  show: ChartSpec['show'],
): Chart {
  const daily = isOfEveryone ? everyone : (filtered ?? everyone)
  const dailyBefore = isOfEveryone ? before?.everyone : (before?.filtered ?? before?.everyone)
  return chartOf(daily, { show, ...spec }, dailyBefore)
}

/** The charts of a section, but for those of which nothing was counted and that are then not drawn. */
export function sectionCharts({ charts }: Section, { counts }: DailyCounts): PageChart[] {
  return charts.filter(
    ({ onlyIfCounted, fields }) => !onlyIfCounted || counts.some(({ field }) => fields.includes(field)),
  )
}

/** The name of a downloaded file. */
export function fileName(name: string, { from, to }: DayRange, ending: 'csv' | 'json'): string {
  return `${name}-${from}-${to}.${ending}`
}
