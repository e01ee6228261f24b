import * as v from 'valibot'
import { eventSchema } from '../event.ts'
import {
  dailyCountsSchema,
  dailyQuerySchema,
  rangeQuerySchema,
  segmentsQuerySchema,
  segmentsSchema,
} from './charts.ts'
import { eventAnswerSchema, testEventAnswerSchema } from './events.ts'
import { healthSchema } from './health.ts'
import { gpcSchema, policySchema, transparencySchema } from './policy.ts'
import type { ProblemKind } from './problemKinds.ts'
import {
  reportListSchema,
  reportOrderAnswerSchema,
  reportOrderSchema,
  reportQuerySchema,
  reportSchema,
  weekSchema,
} from './reports.ts'
import { deleteAnswerSchema, exportAnswerSchema, secretBodySchema } from './rights.ts'
import { signInFormSchema } from './signIn.ts'
import { described } from './values.ts'

/** A body's schema by its media type; none for an answer without a body. */
type Content = Record<string, v.GenericSchema>

export interface Route {
  /** The parts of its path that stand in braces. */
  path?: v.ObjectEntries
  query?: v.ObjectEntries
  /** Headers that change the answer. */
  headers?: v.ObjectEntries
  body?: Content
  /** By status. */
  answers: Record<number, Content>
  /** What it may refuse with, beside {@link ANYWHERE} and `unexpected`. */
  problems: readonly ProblemKind[]
}

/** The reasons for which a request to any route can be refused. `unexpected`, a mistake of the server itself, is not listed. */
export const ANYWHERE: readonly ProblemKind[] = ['malformed-request', 'too-slow', 'headers-too-large']

/** What a request without a route is refused with. */
export const NO_ROUTE: readonly ProblemKind[] = ['not-found', 'method-not-allowed']

const BODY: readonly ProblemKind[] = ['malformed-json', 'too-large', 'not-json']
const SECRET: readonly ProblemKind[] = [...BODY, 'not-a-secret', 'too-many-from-address', 'store-unavailable']
const EVENT: readonly ProblemKind[] = [
  ...BODY,
  'not-an-event',
  'unknown-fields',
  'ahead-of-clock',
  'past-retention',
  'too-many-from-address',
  'store-unavailable',
]
const MAINTAINERS: readonly ProblemKind[] = [
  'not-signed-in',
  'not-this-host',
  'too-many-from-address',
  'store-unavailable',
]

const json = (schema: v.GenericSchema): Content => ({ 'application/json': schema })
const CSV: Content = { 'text/csv': v.string() }
const PAGE: Content = { 'text/html': v.string() }
const FILE: Content = { 'text/javascript': v.string(), 'text/css': v.string(), 'image/svg+xml': v.string() }
const NOTHING: Content = {}

const objection = described(v.exactOptional(v.string()), '`1`: do not track.')
const ofWeek = { week: weekSchema }

/** Every route of the server, by method and path. */
export const ROUTES = {
  'POST /v1/events': {
    headers: { DNT: objection, 'Sec-GPC': objection },
    body: json(eventSchema),
    answers: { 200: json(eventAnswerSchema), 204: NOTHING },
    problems: [...EVENT, 'too-many-from-installation'],
  },
  'POST /v1/events/test': {
    headers: { DNT: objection, 'Sec-GPC': objection },
    body: json(eventSchema),
    answers: { 200: json(eventAnswerSchema), 204: NOTHING },
    problems: EVENT,
  },
  'GET /v1/events/test': { answers: { 200: json(testEventAnswerSchema) }, problems: MAINTAINERS },
  'POST /v1/rights/export': {
    body: json(secretBodySchema),
    answers: { 200: json(exportAnswerSchema) },
    problems: SECRET,
  },
  'POST /v1/rights/delete': {
    body: json(secretBodySchema),
    answers: { 200: json(deleteAnswerSchema) },
    problems: SECRET,
  },
  'GET /v1/charts/daily': {
    query: { ...rangeQuerySchema.entries, ...dailyQuerySchema.entries },
    answers: { 200: { ...json(dailyCountsSchema), ...CSV } },
    problems: [...MAINTAINERS, 'not-a-query'],
  },
  'GET /v1/charts/segments': {
    query: { ...rangeQuerySchema.entries, ...segmentsQuerySchema.entries },
    answers: { 200: { ...json(segmentsSchema), ...CSV } },
    problems: [...MAINTAINERS, 'not-a-query'],
  },
  'GET /v1/reports': { answers: { 200: json(reportListSchema) }, problems: ['store-unavailable'] },
  'GET /v1/reports/{week}': {
    path: ofWeek,
    query: reportQuerySchema.entries,
    answers: { 200: { ...json(reportSchema), ...CSV }, 304: NOTHING },
    problems: ['not-a-query', 'not-found', 'report-held', 'store-unavailable'],
  },
  'POST /v1/reports/{week}': {
    path: ofWeek,
    body: json(reportOrderSchema),
    answers: { 200: json(reportOrderAnswerSchema) },
    problems: [...BODY, ...MAINTAINERS, 'not-found', 'not-reportable', 'not-an-order'],
  },
  'GET /report': { answers: { 200: PAGE }, problems: ['store-unavailable'] },
  'GET /report/{week}': {
    path: ofWeek,
    answers: { 200: PAGE, 404: PAGE },
    problems: ['store-unavailable'],
  },
  'GET /v1/transparency': { answers: { 200: json(transparencySchema) }, problems: ['store-unavailable'] },
  'GET /transparency': { answers: { 200: PAGE }, problems: ['store-unavailable'] },
  'GET /v1/policy': { answers: { 200: json(policySchema) }, problems: [] },
  'GET /privacy': { answers: { 200: PAGE }, problems: [] },
  'GET /.well-known/gpc.json': { answers: { 200: json(gpcSchema) }, problems: [] },
  'GET /': {
    answers: { 200: PAGE, 303: NOTHING },
    problems: ['not-this-host', 'too-many-from-address', 'store-unavailable'],
  },
  'GET /assets/{name}': {
    path: { name: v.string() },
    answers: { 200: FILE },
    problems: [...MAINTAINERS, 'not-found'],
  },
  'GET /sign-in': { answers: { 200: PAGE }, problems: ['not-found'] },
  'GET /signed-in': { answers: { 200: PAGE, 303: NOTHING }, problems: ['not-found'] },
  'POST /sign-in': {
    body: { 'application/x-www-form-urlencoded': signInFormSchema },
    answers: { 303: NOTHING, 401: PAGE, 429: PAGE },
    problems: ['other-site', 'not-found', 'too-large', 'not-a-form', 'not-json', 'store-unavailable'],
  },
  'POST /sign-out': { answers: { 303: NOTHING }, problems: ['other-site', 'not-found'] },
  'GET /pages.css': { answers: { 200: { 'text/css': v.string() } }, problems: [] },
  'GET /metrics': { answers: { 200: { 'text/plain': v.string() } }, problems: MAINTAINERS },
  'GET /healthz': { answers: { 200: json(healthSchema) }, problems: ['store-unavailable'] },
  'GET /openapi.json': { answers: { 200: json(v.looseObject({})) }, problems: [] },
} as const satisfies Record<string, Route>

export type RouteName = keyof typeof ROUTES
