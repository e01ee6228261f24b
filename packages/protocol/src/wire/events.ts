import * as v from 'valibot'
import { eventSchema } from '../event.ts'
import { described, doneSchema } from './values.ts'

/** The answer to an event that was taken. */
export const eventAnswerSchema = doneSchema({
  event_id: eventSchema.entries.event_id,
  duplicate: v.exactOptional(described(v.literal(true), 'Present if the event was stored before.')),
})

/**
 * What a client takes for that answer. A later server may say more beside the event's id; whatever names no event may have no other key, for
 * many a gateway says `ok` of itself.
 */
export const acknowledgementSchema = v.union([
  eventAnswerSchema,
  v.strictObject(v.partial(eventAnswerSchema, ['event_id']).entries),
])

export type EventAnswer = v.InferOutput<typeof eventAnswerSchema>

/** The last test event that arrived. */
export const testEventAnswerSchema = v.object({
  last: described(
    v.nullable(
      v.object({
        arrived_at: described(v.pipe(v.string(), v.isoTimestamp()), 'In UTC.'),
        version: described(eventSchema.entries.environment.entries.version, 'Of the program that sent it.'),
      }),
    ),
    'Null if none has arrived, or the last one is older than events are kept.',
  ),
})

export type TestEventAnswer = v.InferOutput<typeof testEventAnswerSchema>
