import type { ParseArgsOptionsConfig } from 'node:util'
import { parseSettings, type Settings } from '../settings.ts'

/** 1: it could not be done, or there is something to fix. 2: the command was given wrongly. */
export type ExitCode = 0 | 1 | 2

/** What a command sees of the process. */
export interface World {
  env: Record<string, string | undefined>
  fetch: typeof fetch
  /** This server's. */
  version: string
  /** Milliseconds since 1970. */
  now(): number
  /** Takes a line for stdout, and one for stderr. */
  out(line: string): void
  err(line: string): void
}

export interface Command {
  /** What stands between the name and the options in the usage, as `FILE`. */
  takes: string
  /** How many words it takes beside its options, at least and at most. */
  words: [least: number, most: number]
  options: ParseArgsOptionsConfig
  /** What `--help` says below the usage line. */
  help: string
  run(given: Given, world: World): Promise<Result>
}

export interface Given {
  words: readonly string[]
  options: Record<string, string | boolean | undefined>
}

export type Result =
  | { outcome: 'done'; message: string; exitCode: 0 }
  | { outcome: 'failed'; message: string; exitCode: 1 | 2 }
  /** Something to read. */
  | { outcome: 'told'; lines: string[]; data: object; exitCode: 0 | 1 }

export function done(message: string): Result {
  return { outcome: 'done', message, exitCode: 0 }
}

/** @param exitCode 2 where the command was given wrongly. */
export function failed(message: string, exitCode: 1 | 2 = 1): Result {
  return { outcome: 'failed', message, exitCode }
}

/** The option that names the database, as the server takes it. */
export const DATABASE_OPTION = { database: { type: 'string' } } as const

/** The SQLite file that a command is about; other settings do not matter to it. */
export function findDatabase(
  { options }: Given,
  { env }: World,
): { ok: true; path: string } | { ok: false; failure: Result } {
  const { TELEMETRY_DATABASE } = env
  const parsed = parseSettings({ database: options.database }, { TELEMETRY_DATABASE })
  const wrong = (problem: string) => ({ ok: false, failure: failed(problem, 2) }) as const
  if (parsed.outcome === 'wrong') return wrong(parsed.problems.join('\n'))
  const path = parsed.settings.databasePath
  return path ? { ok: true, path } : wrong('this command is for SQLite; use the tools of your database')
}

/**
 * Where a server is reached, without a slash at its end: the URL that was given, else where its settings have it listen.
 *
 * @returns `wrong` where what was given is no such URL; undefined where nothing tells.
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
