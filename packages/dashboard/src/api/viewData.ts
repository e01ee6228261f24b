import type { Day } from '@voicemode-telemetry/protocol'

/** What the viewer reads on this machine: the answer of `data.json`. */
export interface ViewData {
  from: Day
  /** The last day, which isn't over yet. */
  today: Day
  status: {
    state: 'granted' | 'denied' | 'unset'
    /** Which setting decided, and why, for the reader of the page. */
    reason: string
    /** Fields and values that were added to the notice since this person agreed. */
    added_to_notice: string[]
    queued: number
    endpoint_host: string | null
    /** Why there is no endpoint; null if there is one. */
    endpoint_problem: string | null
  }
  days: ViewDay[]
  /** Newest first, of every id that this machine has had. */
  history: ViewEntry[]
  skipped_lines: number
  log_files: number
}

/** An event byte for byte, which the viewer has checked; all null if there is none. */
export interface EventBytes {
  body: string | null
  bytes: number | null
  sha256: string | null
}

export interface ViewDay extends EventBytes {
  day: Day
  /** Whether the day isn't over yet. */
  unfinished: boolean
  /** Whether the event has the installation's own id, not the nil UUID. */
  identified: boolean
  state: 'sent' | 'queued' | 'rejected' | 'would be sent' | 'would not be sent' | 'no use'
  why?: 'no consent' | 'no endpoint' | 'before the yes' | 'too old'
}

export interface ViewEntry extends EventBytes {
  /** `unknown` if the file on this machine was changed and can't be read. */
  day: Day
  event_id: string
  outcome: 'sent' | 'queue' | 'rejected'
  on: Day
  /** What the server answered when it refused the event. */
  reason?: { status?: number; problems?: { field?: string; expected?: string }[] }
}

/** The public report of a week. */
export interface PublicReport {
  week: string
  from: Day
  to: Day
  plus_minus: number
  total: number
  tables: ReportTable[]
  notes: string[]
}

/** The answer of `report.json`. */
export type ReportAnswer = { outcome: 'found'; report: PublicReport } | { outcome: 'failed'; why: string }

export interface ReportTable {
  field: string
  label: string
  rows: { value: string; n: number; plus_minus: number }[]
  /** Values that are too rare to have a row; they are counted as `other`. */
  folded: string[]
}
