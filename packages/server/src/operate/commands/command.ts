import { EXIT, type ExitCode, type Option, type Run } from '@voicemode-telemetry/command-line'
import { type ParsedSettings, parseSettings, type Settings } from '../settings.ts'

/** What a command sees of the world. */
export interface World {
  env: Record<string, string | undefined>
  fetch: typeof fetch
  /** This server's. */
  version: string
  /** Milliseconds since 1970. */
  now(): number
}

export type Result =
  | { outcome: 'done'; message: string }
  | { outcome: 'failed'; message: string }
  /** Something to read. */
  | { outcome: 'told'; lines: string[]; data: object; exitCode: ExitCode }

export function done(message: string): Result {
  return { outcome: 'done', message }
}

export function failed(message: string): Result {
  return { outcome: 'failed', message }
}

/** Makes a command's `run` from its work: prints the result, as one JSON object for programs or as sentences for people. */
export function telling(work: (run: Run<World>) => Promise<Result>) {
  return async (run: Run<World>): Promise<ExitCode> => tell(run, await work(run))
}

function tell({ terminal, json }: Run<World>, result: Result): ExitCode {
  if (json) {
    const { outcome } = result
    const told = outcome === 'told' ? result.data : { outcome, message: result.message }
    terminal.out(`${JSON.stringify(told)}\n`)
  } else if (result.outcome === 'told') for (const line of result.lines) terminal.out(`${line}\n`)
  else if (result.outcome === 'done') terminal.out(`${result.message}\n`)
  else terminal.err(`${result.message}\n`)
  if (result.outcome === 'told') return result.exitCode
  return result.outcome === 'done' ? EXIT.ok : EXIT.failed
}

/** What the help says about `--json` and about exit codes. */
export const RESULT_AS_JSON = 'print the result as JSON'
export const EXIT_CODES = '0 if it was done; 1 if it failed; 2 if the command line was wrong.'

/** The option that names the database, as the server has it. */
export const DATABASE_OPTION: Record<string, Option> = {
  database: {
    takes: 'URL',
    about: "the database; default: TELEMETRY_DATABASE, or else the server's default",
  },
}

/** What is wrong with the database that a command for SQLite is about; other settings do not matter to it. */
export function findDatabaseMisuse(run: Run<World>): string[] {
  const parsed = parseDatabase(run)
  if (parsed.outcome === 'wrong') return parsed.problems
  return parsed.settings.databasePath === undefined
    ? ['this command is for SQLite; use the tools of your database']
    : []
}

/** The SQLite file that a command is about, if {@link findDatabaseMisuse} found nothing. */
export function databasePathOf(run: Run<World>): string {
  const parsed = parseDatabase(run)
  return (parsed.outcome === 'serve' && parsed.settings.databasePath) || ''
}

/** The settings of the database alone; others do not matter to a command. */
export function parseDatabase({ values: { database }, host: { env } }: Run<World>): ParsedSettings {
  const { TELEMETRY_DATABASE } = env
  return parseSettings({ database }, { TELEMETRY_DATABASE })
}

/** The option that names a server, for {@link findServer}. */
export const URL_OPTION: Record<string, Option> = {
  url: {
    takes: 'URL',
    accepts: {
      what: 'a URL that begins with http:// or https://',
      test: (value) => /^https?:\/\/./.test(value) && URL.canParse(value),
    },
    about: "the server's URL; default: the host and port of its settings",
  },
}

/** A server's URL, without a slash at its end: the one that was given, else that of its settings; undefined without either. */
export function findServer(given: string | undefined, settings: Settings | undefined): string | undefined {
  if (given !== undefined) return given.replace(/\/+$/, '')
  if (!settings || settings.port === 0) return undefined
  const { host, port } = settings
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
