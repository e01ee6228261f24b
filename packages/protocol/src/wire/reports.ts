import * as v from 'valibot'
import { ISO_WEEK, isIsoWeek } from '../isoWeek.ts'
import { daySchema, described, doneSchema, formatSchema, wholeNumberSchema } from './values.ts'

/** A real week of ISO 8601. */
export const weekSchema = v.pipe(
  v.string(),
  v.regex(ISO_WEEK),
  v.check(isIsoWeek),
  v.description('A week of ISO 8601.'),
  v.examples(['2026-W47']),
)

/** What `GET /v1/reports/{week}` takes. */
export const reportQuerySchema = v.object({ format: formatSchema })

const plusMinusSchema = described(wholeNumberSchema, 'Half the width of its error bars, in installations.')

/** One table of a report. */
export const reportTableSchema = v.object({
  field: described(v.string(), 'A path of the contract.'),
  label: v.string(),
  rows: described(
    v.array(v.object({ value: v.string(), n: wholeNumberSchema, plus_minus: plusMinusSchema })),
    'In the order of the vocabulary, `other` last.',
  ),
  folded: described(
    v.array(v.string()),
    'Words of the vocabulary that are too rare to be shown. They count in `other`.',
  ),
})

export type ReportTable = v.InferOutput<typeof reportTableSchema>

/** The public report of one week. Its bytes follow the order of these keys, and never change once it is published. */
export const reportSchema = v.object({
  week: weekSchema,
  from: daySchema,
  to: daySchema,
  epsilon: described(v.number(), 'Spent on this week, over all tables.'),
  tables_published: described(
    wholeNumberSchema,
    'How many tables share epsilon, counting the total; the same if only the total is shown.',
  ),
  epsilon_per_table: v.number(),
  noise_scale: described(v.number(), 'Of the discrete Laplace noise of each count, in installations.'),
  fold_below: described(wholeNumberSchema, 'With fewer installations than this, a value counts as `other`.'),
  tables_from: described(wholeNumberSchema, 'With fewer installations than this, only the total is shown.'),
  total: described(wholeNumberSchema, 'Installations that sent an event of this week.'),
  plus_minus: described(
    plusMinusSchema,
    'Half the width of the error bars of a single count, in installations.',
  ),
  tables: described(v.array(reportTableSchema), 'Empty if the total is under `tables_from`.'),
  notes: described(v.array(v.string()), 'What readers of the numbers must know.'),
})

export type WeeklyReport = v.InferOutput<typeof reportSchema>

/** A report's bytes: indented JSON with a final line end, the same for the same report, whatever the order of its keys. */
export function encodeReport(report: WeeklyReport): string {
  return `${JSON.stringify(v.parse(reportSchema, report), null, 2)}\n`
}

const stateSchema = v.picklist(['published', 'held'])

/** One report as the list names it. */
export const listedReportSchema = v.object({
  week: weekSchema,
  from: daySchema,
  to: daySchema,
  state: stateSchema,
  made_on: daySchema,
  deletions_since: described(
    wholeNumberSchema,
    'Requests for deletion that were answered on the day it was made or later. They change nothing in it.',
  ),
  links: described(
    v.object({ json: v.string(), csv: v.string(), page: v.string() }),
    'Where the report is. For one that is held back, these say so.',
  ),
})

export type ListedReport = v.InferOutput<typeof listedReportSchema>

export const reportListSchema = v.object({
  reports: described(v.array(listedReportSchema), 'Newest week first.'),
  running_epsilon: described(
    v.number(),
    'Spent by an installation that was active in every week with a report, including reports held back.',
  ),
  first_week: described(
    weekSchema,
    'The week in which the server was set up. Reports of earlier weeks are made by hand only.',
  ),
  next: described(
    v.nullable(v.object({ week: weekSchema, on: daySchema })),
    'The next report, and the day from which it is due; null if events are kept for too short a time for any.',
  ),
})

export type ReportList = v.InferOutput<typeof reportListSchema>

const held = v.strictObject({ held: described(v.boolean(), 'Holds the report back, or releases it.') })
const make = v.strictObject({
  make: described(v.literal(true), 'Makes the report of a week before the server was set up.'),
})

/** What a maintainer can have done with a report. */
export const reportOrderSchema = v.union([held, make], 'one of {"held":true}, {"held":false}, {"make":true}')

export type ReportOrder = v.InferOutput<typeof reportOrderSchema>

export const reportOrderAnswerSchema = doneSchema({ week: weekSchema, state: stateSchema })

export type ReportOrderAnswer = v.InferOutput<typeof reportOrderAnswerSchema>
