import type { Problem } from '@voicemode-telemetry/protocol'
import type { ProblemReport } from '@voicemode-telemetry/protocol/wire/problem'
import { PROBLEM_KINDS, type ProblemKind, problemType } from '@voicemode-telemetry/protocol/wire/problemKinds'

import type { FailureKind } from '../failure.ts'
import { type Answer, toResponse } from './answer.ts'

/** Why something is not done. Names fields and what was expected, never a value that was sent. */
export interface Refusal {
  kind: ProblemKind
  /** What to fix, field by field. */
  problems?: Problem[]
  /** After how long to try again; sent as `Retry-After`. */
  retryAfterSeconds?: number
  /** The clock's time by which it was decided, in milliseconds since 1970; sent as `Date`. */
  decidedAt?: number
  /** Why the database takes nothing; told to operators only. */
  failure?: FailureKind
  /** The methods that a path takes; sent as `Allow`. */
  allow?: string
}

/** The answer that tells a refusal, as RFC 9457 writes it: `type` is stable and relative to the server. */
export function answerProblem(refusal: Refusal): Answer {
  const { kind, problems, retryAfterSeconds, decidedAt, allow, failure } = refusal
  const { status, title } = PROBLEM_KINDS[kind]
  const headers = {
    ...{ 'cache-control': 'no-store', 'content-type': 'application/problem+json' },
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
    ...(decidedAt !== undefined && { date: new Date(decidedAt).toUTCString() }),
    ...(allow !== undefined && { allow }),
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
  }
  const body: ProblemReport = {
    ...{ type: problemType(kind), title, status },
    ...(problems && { problems }),
    ...(failure && { failure }),
  }
  return { status, headers, body: JSON.stringify(body) }
}

/** As {@link answerProblem}, for a route. */
export function composeProblem(refusal: Refusal): Response {
  return toResponse(answerProblem(refusal))
}
