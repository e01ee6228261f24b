/** Where a database is; one of the two is set. */
export interface DatabaseLocation {
  /** The SQLite file. Never printed, as nothing of a setting is. */
  databasePath: string | undefined
  /** A PostgreSQL database, as `postgres://user:password@host/name`. Never printed: it may hold a password. */
  databaseUrl: string | undefined
}

/** How the URL of a database is written. */
const FORM = 'written sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME'
const ENCODED =
  "percent-encoded where it holds @ / # ? or %: percent-encode the password's characters, as %40 for @"

/**
 * Reads the URL of a database. In one for PostgreSQL an `@` stands before the host and nowhere else: of two, none can say
 * which ends the password, and a part of the password would be taken for a host and looked up.
 *
 * @returns what the URL must be instead, where it is none; nothing of it is repeated.
 */
export function readDatabaseLocation(text: string): DatabaseLocation | { expected: string } {
  const [, databasePath] = /^sqlite:(.+)$/.exec(text) ?? []
  if (databasePath !== undefined) return { databasePath, databaseUrl: undefined }
  const [, rest] = /^postgres(?:ql)?:\/\/(.*)$/s.exec(text) ?? []
  if (rest === undefined) return { expected: FORM }
  const user = rest.slice(0, Math.max(rest.lastIndexOf('@'), 0))
  if (/[@/#?\s]/.test(user) || !isPercentEncoded(rest)) return { expected: ENCODED }
  if (!/^[^/]+\/./.test(rest) || !URL.canParse(text)) return { expected: FORM }
  return { databasePath: undefined, databaseUrl: text }
}

function isPercentEncoded(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
