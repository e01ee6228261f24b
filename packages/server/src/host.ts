/** Something that went wrong on our side. It never holds anything of a request or of an event. */
export interface Incident {
  level: 'warning' | 'error'
  event: 'store-unavailable' | 'unexpected-error' | 'daily-job-failed' | 'refresh-failed'
  /** The kind of error, as `ENOSPC`, `TypeError` or an engine's own words for it; never an error's whole message. */
  code: string
}

/** The world as the server sees it; a test brings its own. */
export interface Host {
  /** Milliseconds since 1970. */
  now(): number
  /** Tells the operator. */
  log(incident: Incident): void
}

/** An incident as one line of JSON for a log. @param now milliseconds since 1970. */
export function incidentLine({ level, event, code }: Incident, now: number): string {
  return JSON.stringify({ time: new Date(now).toISOString(), level, event, code })
}

export const MS_PER_HOUR = 3_600_000
