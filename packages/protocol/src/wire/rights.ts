import * as v from 'valibot'
import { eventSchema } from '../event.ts'
import { SECRET_BYTES } from '../limits.ts'
import { daySchema, described, doneSchema } from './values.ts'

/** 32 bytes are 43 characters without padding, of which the last carries 4 bits. */
const SECRET = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/
const EXPECTED_SECRET = `${SECRET_BYTES} bytes in base64url, without padding`

/** The body of a data-subject request: whoever holds the secret may ask about its installation. */
export const secretBodySchema = v.strictObject(
  {
    secret: described(
      v.pipe(v.string(EXPECTED_SECRET), v.regex(SECRET, EXPECTED_SECRET)),
      `The installation's secret, ${EXPECTED_SECRET}.`,
    ),
  },
  ({ expected }) => {
    if (expected === 'never') return 'no other key than secret'
    return expected === '"secret"' ? EXPECTED_SECRET : 'an object with a secret'
  },
)

/** Everything that is stored of an installation. */
export const exportAnswerSchema = doneSchema({
  telemetry_id: eventSchema.entries.telemetry_id,
  events: described(v.array(eventSchema), 'Oldest first.'),
  kept_since: v.exactOptional(
    described(daySchema, 'Events of earlier days are deleted, as promised. An older server does not say.'),
  ),
})

export type ExportAnswer = v.InferOutput<typeof exportAnswerSchema>

/** Names whose rows are gone, so that no other server's answer passes for it. */
export const deleteAnswerSchema = doneSchema({ telemetry_id: eventSchema.entries.telemetry_id })

export type DeleteAnswer = v.InferOutput<typeof deleteAnswerSchema>
