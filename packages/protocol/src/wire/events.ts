import * as v from 'valibot'
import { eventSchema } from '../event.ts'
import { described, doneSchema } from './values.ts'

/** The answer to an event that was taken. */
export const eventAnswerSchema = doneSchema({
  event_id: eventSchema.entries.event_id,
  duplicate: v.exactOptional(described(v.literal(true), 'Present if the event was stored before.')),
})

export type EventAnswer = v.InferOutput<typeof eventAnswerSchema>
