/** Every kind of refusal, with its status and title; {@link problemType} names it on the wire. */
export const PROBLEM_KINDS = {
  'malformed-request': { status: 400, title: 'This is not a request in HTTP' },
  'malformed-json': { status: 400, title: 'The body is not JSON in UTF-8' },
  'not-a-query': { status: 400, title: 'The query asks for something that cannot be answered' },
  'not-signed-in': {
    status: 401,
    title: 'This is for maintainers: sign in, or send the admin token as a bearer',
  },
  'not-this-host': { status: 403, title: 'This is served on the loopback address only' },
  'other-site': { status: 403, title: 'This is taken from a page of this server only' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'report-held': { status: 404, title: 'The report of this week is held back' },
  'method-not-allowed': { status: 405, title: 'This path does not take that method' },
  'too-slow': { status: 408, title: 'The request took too long to arrive' },
  'not-reportable': { status: 409, title: 'No report can be made of this week' },
  'too-large': { status: 413, title: 'The body is too large' },
  'not-json': { status: 415, title: 'The body must be plain application/json' },
  'not-a-form': { status: 415, title: 'The body must be a plain form' },
  'not-an-event': { status: 422, title: 'The body is not a telemetry event' },
  'ahead-of-clock': { status: 422, title: "The event is too far ahead of the server's clock" },
  'past-retention': { status: 422, title: 'Events of that day are no longer kept' },
  'unknown-fields': {
    status: 422,
    title: 'The event has fields or words that this server does not know; it may be too old for the client',
  },
  'not-an-order': { status: 422, title: 'The body asks for nothing that can be done with a report' },
  'not-a-secret': { status: 422, title: 'The body holds no secret of an installation' },
  'too-many-from-address': { status: 429, title: 'Too many requests from this IP address' },
  'too-many-from-installation': { status: 429, title: 'Too many events from this installation' },
  'headers-too-large': { status: 431, title: 'The headers are too large' },
  unexpected: { status: 500, title: 'The server made a mistake' },
  'store-unavailable': { status: 503, title: 'The store cannot take this now' },
} as const

export type ProblemKind = keyof typeof PROBLEM_KINDS

/** How the `type` of every problem report of a telemetry server begins, also of a newer one's. */
export const PROBLEM_TYPES = '/problems/'

/** The `type` of a kind's problem report. */
export function problemType(kind: ProblemKind): string {
  return PROBLEM_TYPES + kind
}
