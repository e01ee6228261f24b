import * as v from 'valibot'
import { described, doneSchema, wholeNumberSchema } from './values.ts'

/** What a server promises to do by a date: delete raw events, delete tombstones, publish weekly reports. */
export const LATE_PROMISES = ['forgetting', 'tombstones', 'reports'] as const

/** The server and its store work. */
export const healthSchema = doneSchema({
  late: v.exactOptional(
    described(
      v.array(v.object({ promise: v.picklist(LATE_PROMISES), days: wholeNumberSchema })),
      'What is behind its date by a day or more, and by how many days. Absent where nothing is.',
    ),
  ),
})

export type Health = v.InferOutput<typeof healthSchema>
export type Late = NonNullable<Health['late']>[number]
