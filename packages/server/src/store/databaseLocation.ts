/** Where a database is; one of the two is set. */
export interface DatabaseLocation {
  /** The SQLite file. */
  databasePath: string | undefined
  /** A PostgreSQL database, as `postgres://user:password@host/name`. Never printed: it may hold a password. */
  databaseUrl: string | undefined
}

/** How the URL of a database is written. */
export const DATABASE_FORM = 'sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME'

/** Reads the URL of a database; undefined where it is none. */
export function parseDatabaseLocation(text: string): DatabaseLocation | undefined {
  const [, databasePath] = /^sqlite:(.+)$/.exec(text) ?? []
  const isUrl = /^postgres(ql)?:\/\/[^/]+\/./.test(text) && URL.canParse(text)
  if (databasePath === undefined && !isUrl) return undefined
  return { databasePath, databaseUrl: isUrl ? text : undefined }
}
