/**
 * Why something could not be done, as one word, and what each means for an operator. These words are in the log, in the metrics,
 * in what commands print, in answers of `/healthz`, and in docs/deploy.
 */
export const FAILURES = {
  'connection-lost': 'The connection to the database ended. The server connects again by itself.',
  unreachable:
    'The database cannot be reached, or is starting or stopping. Is it running? Are its host and port right?',
  'timed-out':
    'The database did not answer in time. Look for what keeps it busy, or for a network that loses packets.',
  busy: 'Something else holds what is needed for too long: a long transaction, a dump, or another program.',
  'read-only':
    'The database takes no writes. Is it a standby? Is its file system or the database set to read-only?',
  full: 'The disk or the database is full. Make room.',
  'no-rights':
    'The user or the password is wrong, or the user may not do this. Check the user, the owner and the rights.',
  missing:
    'The database, its file or the file -wal beside it is not there, or was replaced. Check the setting, and restart the server.',
  untrusted:
    'The connection could not be encrypted, or a certificate is not trusted. Check sslmode and sslrootcert.',
  newer: 'The database was made by a newer version of this server. Update the server.',
  schema:
    'A table or column is not as this version needs it, or a view or the like keeps it from being dropped. Run doctor, and update the server or the database.',
  'refused-value': 'The database refuses a value. Report this as a bug, with the code beside it.',
  'over-a-limit':
    'The database or the system is out of connections, memory or another resource. Raise that limit.',
  damaged: 'The database is damaged, or its disk fails. Restore a backup.',
  closed: 'The server is stopping. Nothing needs to be done.',
  program: 'This server has a bug. Report it, with the code beside it.',
  unknown: 'None of these. The log of the database may say more.',
} as const

export type FailureKind = keyof typeof FAILURES

/** A failure without any value or message: neither ever holds a part of an event, a URL or a path. */
export interface Failure {
  kind: FailureKind
  /** The engine's or the system's own code, where there is one: `25006`, `SQLITE_FULL`, `ECONNRESET`. */
  code?: string
}

/** What the daily job does, step by step. */
export const JOB_STEPS = [
  ...(['clock', 'days', 'reports', 'counts', 'test event', 'milestone'] as const),
  ...(['forgetting', 'limits', 'tombstones', 'tidying'] as const),
] as const

export type JobStep = (typeof JOB_STEPS)[number]

/** Where in a job something failed. */
interface Place {
  step?: JobStep
  /** The day it was about. */
  day?: string
  /** The week it was about. */
  week?: string
}

/** An error whose {@link Failure} is known. */
export class Failed extends Error {
  readonly failure: Failure

  constructor(failure: Failure, options?: ErrorOptions) {
    super(describeFailure(failure), options)
    this.failure = failure
  }
}

export type FailureAt = Failure & Place

/** Some tasks failed while the others were done. Its failure is that of the first. */
export class SomeFailed extends Failed {
  readonly failures: readonly FailureAt[]

  constructor(failures: readonly FailureAt[], options?: ErrorOptions) {
    super(failures[0] ?? { kind: 'unknown' }, options)
    this.failures = failures
  }
}

/** Failures after which no other task can do anything either. */
const STOP_ALL: readonly FailureKind[] = ['unreachable', 'closed']

/**
 * Tries every task in turn, whatever became of those before, unless the database is gone.
 *
 * @throws SomeFailed after the last if any failed; its cause is the first error.
 */
export async function tryEach(tasks: readonly { at: Place; run: () => Promise<unknown> }[]): Promise<void> {
  const failures: FailureAt[] = []
  let cause: unknown
  for (const { at, run } of tasks) {
    try {
      await run()
    } catch (error) {
      if (failures.length === 0) cause = error instanceof SomeFailed ? error.cause : error
      failures.push(...failuresOf(error).map((failure) => ({ ...at, ...failure })))
      if (STOP_ALL.includes(failureOf(error).kind)) break
    }
  }
  if (failures.length > 0) throw new SomeFailed(failures, { cause })
}

/** All failures that an error stands for. */
export function failuresOf(error: unknown): readonly FailureAt[] {
  return error instanceof SomeFailed ? error.failures : [failureOf(error)]
}

/** What is known of any error of a database, a socket, a file or our own code. Reads a message only to find a word for it. */
export function failureOf(cause: unknown): Failure {
  if (cause instanceof Failed) return cause.failure
  if (!(cause instanceof Error)) return { kind: 'unknown' }
  // What fetch throws says nothing; its cause does.
  if (cause instanceof TypeError && cause.cause instanceof Error) return failureOf(cause.cause)
  const code = codeIn(cause)
  const kind = isOfStandby(cause, code)
    ? 'read-only'
    : (code && kindOfCode(code)) || kindOfMessage(cause.message)
  if (kind) return { kind, ...(code && { code }) }
  const isOurs = ['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError'].includes(cause.name)
  if (isOurs) return { kind: 'program', code: cause.name }
  return { kind: 'unknown', ...(code && { code }) }
}

/**
 * A standby of PostgreSQL has no unlogged tables and says no more than that it does not support them. The name of the function that
 * says so is in no language.
 */
function isOfStandby(error: Error, code: string | undefined): boolean {
  return code === '0A000' && 'routine' in error && error.routine === 'get_relation_info'
}

/** As `read-only, 25006`, for a sentence. */
function describeFailure({ kind, code }: Failure): string {
  return code ? `${kind}, ${code}` : kind
}

/** As {@link describeFailure}, of any error. */
export function whyItFailed(cause: unknown): string {
  return describeFailure(failureOf(cause))
}

const SQLITE_CODES =
  'OK ERROR INTERNAL PERM ABORT BUSY LOCKED NOMEM READONLY INTERRUPT IOERR CORRUPT NOTFOUND FULL CANTOPEN PROTOCOL EMPTY SCHEMA TOOBIG CONSTRAINT MISMATCH MISUSE NOLFS AUTH FORMAT RANGE NOTADB'.split(
    ' ',
  )

/** An engine's code: a number in an error of `node:sqlite`, a word in a message of D1, a property of all others. */
function codeIn(error: Error): string | undefined {
  if ('errcode' in error && typeof error.errcode === 'number') {
    const name = SQLITE_CODES[error.errcode & 0xff]
    return name && `SQLITE_${name}`
  }
  const [inMessage] = /\bSQLITE_[A-Z]+\b/.exec(error.message) ?? []
  if (inMessage) return inMessage
  if ('code' in error && typeof error.code === 'string' && /^[A-Z0-9_]{2,60}$/.test(error.code))
    return error.code
  return undefined
}

/** The first pattern that fits says the kind. Five digits and letters are a SQLSTATE of PostgreSQL. */
const KINDS_OF_CODES: [RegExp, FailureKind][] = [
  [/^(ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET|57P01|57P02|57P05|25P03|08...)$/, 'connection-lost'],
  [
    /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL|57P03)$/,
    'unreachable',
  ],
  [/^(ETIMEDOUT|UND_ERR_[A-Z_]*TIMEOUT|57014|25P04|SQLITE_INTERRUPT)$/, 'timed-out'],
  [/^(55P03|55006|40001|40P01|EBUSY|EADDRINUSE|SQLITE_(BUSY|LOCKED|PROTOCOL))$/, 'busy'],
  [/^(25006|EROFS|SQLITE_READONLY)$/, 'read-only'],
  [/^(53100|ENOSPC|EDQUOT|SQLITE_FULL)$/, 'full'],
  [/^(28...|42501|EACCES|EPERM|SQLITE_(PERM|AUTH))$/, 'no-rights'],
  [/^(3D000|57P04|ENOENT|ENOTDIR|EISDIR|SQLITE_CANTOPEN)$/, 'missing'],
  [/CERT|^ERR_(TLS|SSL)|^UNABLE_TO_|^HOSTNAME_MISMATCH$|^EPROTO$/, 'untrusted'],
  [/^(42...|2BP01|3F000|0A000|26000|SQLITE_SCHEMA)$/, 'schema'],
  [/^(2[123]...|P0001|SQLITE_(CONSTRAINT|MISMATCH))$/, 'refused-value'],
  [/^(53...|54...|EMFILE|ENFILE|ENOMEM|SQLITE_(NOMEM|TOOBIG))$/, 'over-a-limit'],
  [/^(XX00[12]|58...|EIO|SQLITE_(IOERR|CORRUPT|NOTADB|FORMAT))$/, 'damaged'],
]

function kindOfCode(code: string): FailureKind | undefined {
  return KINDS_OF_CODES.find(([pattern]) => pattern.test(code))?.[1]
}

/** What the libraries say where they give no code, or one that says too little. */
const KINDS_OF_MESSAGES: [RegExp, FailureKind][] = [
  [/\bno such (table|column|index|trigger|function)\b|\bhas no column named\b/, 'schema'],
  [
    /\btoo many (SQL variables|terms|columns|arguments)\b|\bvariable number must be\b|\boverloaded\b|\btoo much (memory|CPU)\b/i,
    'over-a-limit',
  ],
  [/\b(maximum|max) (DB|database) size\b/i, 'full'],
  [/\btimeout\b|\btimed out\b/i, 'timed-out'],
  [
    /\b(connection|client) (was |is )?(terminated|lost|closed)\b|\bconnection error\b|\bDB reset\b|\bobject (was )?reset\b/i,
    'connection-lost',
  ],
  [/^SASL\b/, 'no-rights'],
  [/\bSSL\b/, 'untrusted'],
  [/\bafter calling end on the pool\b|\bdatabase is not open\b/, 'closed'],
]

function kindOfMessage(message: string): FailureKind | undefined {
  return KINDS_OF_MESSAGES.find(([pattern]) => pattern.test(message))?.[1]
}
