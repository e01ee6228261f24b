/** The largest count in an event. Larger counts are cut to it. */
export const MAX_COUNT = 100_000

/** The largest body that `POST /v1/events` accepts, in bytes. A full event has less than 3,000. */
export const MAX_EVENT_BYTES = 16_384

/** How many days a server keeps an event after its day. An operator may set fewer. */
export const EVENT_RETENTION_DAYS = 90

/** The id in a preview before consent. No server accepts it. */
export const NIL_TELEMETRY_ID = '00000000-0000-0000-0000-000000000000'

/** Length of an installation's secret, in bytes. */
export const SECRET_BYTES = 32
