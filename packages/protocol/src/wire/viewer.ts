import * as v from 'valibot'
import { keptRefusalSchema } from './problem.ts'
import { listedReportSchema, reportSchema } from './reports.ts'
import { daySchema, wholeNumberSchema } from './values.ts'

/** The exact bytes of an event; all null where there is none. */
const bytesEntries = {
  body: v.nullable(v.string()),
  bytes: v.nullable(wholeNumberSchema),
  /** SHA-256 of the body, in hex. */
  sha256: v.nullable(v.string()),
}

export type Bytes = v.InferOutput<v.ObjectSchema<typeof bytesEntries, undefined>>

/** One day, and what was done, or would be done, with its event. */
const viewDaySchema = v.object({
  day: daySchema,
  unfinished: v.boolean(),
  /** Whether the body bears the installation's own id, not the nil UUID. */
  identified: v.boolean(),
  state: v.picklist(['sent', 'queued', 'rejected', 'would be sent', 'would not be sent', 'no use']),
  /** Why it would not be sent. */
  why: v.exactOptional(v.picklist(['no consent', 'no endpoint', 'before the yes', 'too old'])),
  ...bytesEntries,
})

export type ViewDay = v.InferOutput<typeof viewDaySchema>

/** An event that was sent, refused or waits. */
const viewEntrySchema = v.object({
  /** `unknown` where the file was changed beyond reading. */
  day: v.string(),
  event_id: v.string(),
  outcome: v.picklist(['sent', 'queue', 'rejected']),
  /** The day on which it came there. */
  on: daySchema,
  /** What the server said when it refused it. */
  reason: v.exactOptional(keptRefusalSchema),
  ...bytesEntries,
})

export type ViewEntry = v.InferOutput<typeof viewEntrySchema>

/** A press of one of the page's buttons; the body of `answer`. */
export const pressSchema = v.object({ press: v.picklist(['yes', 'no', 'not now']) })

export type Press = v.InferOutput<typeof pressSchema>['press']

/** What became of an answer; `message` tells the person, in sentences. */
export const answerSchema = v.object({
  recorded: v.picklist(['yes', 'no', 'nothing']),
  message: v.string(),
})

/** The question that the page asks the person. */
const viewQuestionSchema = v.object({
  /** What a person needs to know before they answer: points, and what each says. */
  rows: v.array(v.tuple([v.string(), v.string()])),
  /** The full notice, with every word that an event can contain. */
  full_notice: v.string(),
})

export type ViewQuestion = v.InferOutput<typeof viewQuestionSchema>

/** What the viewer reads off its machine; the answer of `data.json`. It holds what events hold, and nothing else of the logs. */
export const viewDataSchema = v.object({
  /** The first day. */
  from: daySchema,
  /** The last day, which is not over. */
  today: daySchema,
  status: v.object({
    state: v.picklist(['granted', 'denied', 'unset']),
    /** What decided, for a person. */
    reason: v.string(),
    /** What a wider notice added since the yes, in words. */
    added_to_notice: v.array(v.string()),
    queued: wholeNumberSchema,
    endpoint_host: v.nullable(v.string()),
    /** What is wrong with the endpoint, where there is none. */
    endpoint_problem: v.nullable(v.string()),
  }),
  /** Null where the page only shows. */
  question: v.nullable(viewQuestionSchema),
  /** Every day from `from` to `today`. */
  days: v.array(viewDaySchema),
  /** Under whatever id, newest first. */
  history: v.array(viewEntrySchema),
  /** Log lines that could not be used, and log files that were found, around all of these days. */
  skipped_lines: wholeNumberSchema,
  log_files: wholeNumberSchema,
})

export type ViewData = v.InferOutput<typeof viewDataSchema>

const listedEntrySchema = v.pick(listedReportSchema, ['week', 'state'])

/** What the viewer reads of the list of reports to find the newest one. An entry that it can't read is null. */
export const listedWeeksSchema = v.object({
  reports: v.array(v.fallback(v.nullable(listedEntrySchema), null)),
})

/** A week's public report, as far as the viewer shows it. */
export const shownReportSchema = v.pick(reportSchema, [
  'week',
  'from',
  'to',
  'total',
  'plus_minus',
  'tables',
  'notes',
])

export type ShownReport = v.InferOutput<typeof shownReportSchema>

/** What came of asking the endpoint for its newest report; the answer of `report.json`. `why` is a sentence for a person. */
export const reportAnswerSchema = v.variant('outcome', [
  v.object({ outcome: v.literal('found'), report: shownReportSchema }),
  v.object({ outcome: v.literal('failed'), why: v.string() }),
])

export type ReportAnswer = v.InferOutput<typeof reportAnswerSchema>
