import { type Environment, FIELDS } from '@voicemode-telemetry/protocol'

/**
 * Who is counted: {@link EVERYONE}, or the installations with one value of one field, written as
 * `environment.os_type=Linux`. A version stands for its series: `environment.version=8.12`.
 */
export type Segment = string

export const EVERYONE: Segment = ''

const SERIES = /^(unknown|(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3}))$/
const VERSION_FIELD = 'environment.version'

/** In the contract's order. */
const NAMES = ['os_type', 'mcp_host', 'version'] as const

/** The fields by whose values counts are kept apart, one field at a time, in the contract's order. */
export const SEGMENT_FIELDS: readonly string[] = NAMES.map((name) => `environment.${name}`)

/** The segments that an event counts in. */
export function segmentsOf(environment: Environment): Segment[] {
  return [EVERYONE, ...NAMES.map((name) => segmentOf(`environment.${name}`, environment[name]))]
}

function segmentOf(field: string, value: string): Segment {
  return `${field}=${field === VERSION_FIELD ? seriesOf(value) : value}`
}

/** `8.12` of `8.12.0`; `unknown` of itself. */
function seriesOf(version: string): string {
  return version.split('.').slice(0, 2).join('.')
}

/** Whether a segment is one of a version's. */
export function isVersionSegment(segment: Segment): boolean {
  return segment.startsWith(`${VERSION_FIELD}=`)
}

/** A segment's field and value. */
export function readSegment(segment: Segment): { field: string; value: string } {
  const [field = '', value = ''] = segment.split('=')
  return { field, value }
}

/** The segment that a filter asks for, written as `environment.os_type:Linux`; undefined where there is none such. */
export function parseFilter(filter: string): Segment | undefined {
  const [field = '', value = '', ...more] = filter.split(':')
  if (more.length > 0 || !SEGMENT_FIELDS.includes(field)) return undefined
  const words = FIELDS.find(({ path }) => path === field)?.words ?? []
  const isValue = field === VERSION_FIELD ? SERIES.test(value) : words.includes(value)
  return isValue ? `${field}=${value}` : undefined
}
