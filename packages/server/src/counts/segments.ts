import { type Environment, minorOf, VERSION_FIELD } from '@voicemode-telemetry/protocol'
import { type FieldValue, SEGMENT_FIELDS, type SegmentField } from '@voicemode-telemetry/protocol/wire/charts'

/**
 * Who is counted: {@link EVERYONE}, or the installations with one value of one field, written as
 * `environment.os_type=Linux`. A version stands for its series: `environment.version=8.12`.
 */
export type Segment = string

export const EVERYONE: Segment = ''

const NAMES = SEGMENT_FIELDS.map((field) => field.replace('environment.', '') as keyof Environment)

/** The segments that an event counts in. */
export function segmentsOf(environment: Environment): Segment[] {
  return [
    EVERYONE,
    ...NAMES.map((name) => segmentOf({ field: `environment.${name}`, value: environment[name] })),
  ]
}

/** The segment of a field's value, of a version its series. */
export function segmentOf({ field, value }: FieldValue): Segment {
  return `${field}=${field === VERSION_FIELD ? minorOf(value) : value}`
}

/** Whether a segment is one of a version's. */
export function isVersionSegment(segment: Segment): boolean {
  return segment.startsWith(`${VERSION_FIELD}=`)
}

/** A segment's field and value. */
export function readSegment(segment: Segment): FieldValue & { field: SegmentField } {
  const [field = '', value = ''] = segment.split('=')
  return { field: field as SegmentField, value }
}
