/** The largest count in an event. Larger counts are cut to it. */
export const MAX_COUNT = 100_000

/** The largest body that `POST /v1/events` accepts, in bytes. A full event has less than 3,000. */
export const MAX_EVENT_BYTES = 16_384

/** How many days a server keeps an event after its day. An operator may set fewer. */
export const EVENT_RETENTION_DAYS = 90
