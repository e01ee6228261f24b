import type { Day } from '@voicemode-telemetry/protocol'

/** What the viewer's server reads off this machine; the answer of `data.json`. */
export interface ViewData {
  /** The first day. */
  from: Day
  /** The last day, which is not over. */
  today: Day
  status: {
    state: 'granted' | 'denied' | 'unset'
    /** What decided, for a person. */
    reason: string
    /** What a wider notice added since the yes. */
    added_to_notice: string[]
    queued: number
    endpoint_host: string | null
    /** What is wrong with the endpoint, where there is none. */
    endpoint_problem: string | null
  }
  days: ViewDay[]
  /** Newest first, under whatever id. */
  history: ViewEntry[]
  skipped_lines: number
  log_files: number
}

/** The exact bytes of an event; all null where there is none. */
export interface Bytes {
  body: string | null
  bytes: number | null
  sha256: string | null
}

export interface ViewDay extends Bytes {
  day: Day
  unfinished: boolean
  /** Whether the body bears the installation's own id, or the nil UUID. */
  identified: boolean
  state: 'sent' | 'queued' | 'rejected' | 'would be sent' | 'would not be sent' | 'no use'
  why?: 'no consent' | 'no endpoint' | 'before the yes' | 'too old'
}

export interface ViewEntry extends Bytes {
  /** `unknown` where the file was changed beyond reading. */
  day: Day
  event_id: string
  outcome: 'sent' | 'queue' | 'rejected'
  on: Day
  /** What the server said on refusing it. */
  reason?: { status?: number; problems?: { field?: string; expected?: string }[] }
}

/** A week's public report; the answer of `report.json`. */
export interface PublicReport {
  week: string
  from: Day
  to: Day
  plus_minus: number
  total: number
  tables: ReportTable[]
  notes: string[]
}

export interface ReportTable {
  field: string
  label: string
  rows: { value: string; n: number; plus_minus: number }[]
  /** Words too rare to be shown; they are in `other`. */
  folded: string[]
}
