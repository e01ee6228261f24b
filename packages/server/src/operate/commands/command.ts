import { parseSettings, type Settings } from '../settings.ts'

/** 1: it could not be done, or there is something to mend. 2: the command was given wrongly. */
export type ExitCode = 0 | 1 | 2

/** What a command sees of the process. */
export interface World {
  env: Record<string, string | undefined>
  fetch: typeof fetch
  /** Milliseconds since 1970. */
  now(): number
  /** Takes a line for stdout, and one for stderr. */
  out(line: string): void
  err(line: string): void
}

export interface Command {
  /** What stands between the name and the options in the usage, as `FILE`. */
  takes: string
  /** How many words it takes beside its options. */
  words: 0 | 1
  /** How many more it may be given; none where this is absent. */
  moreWords?: number
  options: Record<string, { type: 'string' | 'boolean' }>
  help: string
  run(given: Given, world: World): Promise<ExitCode>
}

export interface Given {
  /** The word it takes; empty where it takes none. */
  word: string
  /** Every word it was given. */
  words: readonly string[]
  options: Record<string, string | boolean | undefined>
  /** Whether stdout is for programs. */
  json: boolean
}

/** The option that names the database, as the server takes it. */
export const DATABASE_OPTION = { database: { type: 'string' } } as const

/** The SQLite file that a command is about; other settings do not matter to it. */
export function findDatabase(
  given: Given,
  { env }: World,
): { ok: true; path: string } | { ok: false; problems: string[] } {
  const flags = typeof given.options.database === 'string' ? ['--database', given.options.database] : []
  const command = parseSettings(flags, { TELEMETRY_DATABASE: env.TELEMETRY_DATABASE })
  if (command.outcome === 'wrong') return { ok: false, problems: command.problems }
  const path = command.outcome === 'serve' ? command.settings.databasePath : undefined
  if (path) return { ok: true, path }
  return { ok: false, problems: ['this command is for SQLite; use the tools of your database'] }
}

/**
 * Where a server is reached, without a slash at its end: the address that was given, else where its settings have it listen.
 *
 * @returns `wrong` where what was given is no such address; undefined where nothing tells.
 */
export function findServer(
  given: string | boolean | undefined,
  settings: Settings | undefined,
): string | 'wrong' | undefined {
  if (typeof given === 'string') {
    return /^https?:\/\/./.test(URL.canParse(given) ? given : '') ? given.replace(/\/+$/, '') : 'wrong'
  }
  if (!settings || settings.port === 0) return undefined
  const { host, port } = settings
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Ends a command: one JSON object for programs, a sentence for people. */
export function conclude(
  { json }: Given,
  world: World,
  result: { outcome: 'done' | 'failed'; message: string },
  exitCode: ExitCode = result.outcome === 'done' ? 0 : 1,
): ExitCode {
  if (json) world.out(JSON.stringify(result))
  else if (result.outcome === 'done') world.out(result.message)
  else world.err(result.message)
  return exitCode
}
