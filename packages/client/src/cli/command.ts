import type { ParseArgsOptionsConfig } from 'node:util'
import type { Host } from '../host.ts'
import type { ExitCode } from './exit.ts'
import type { Terminal } from './terminal.ts'

export { EXIT, type ExitCode } from './exit.ts'

export interface Run {
  host: Host
  terminal: Terminal
  /** Whether the answer goes to stdout as JSON. */
  json: boolean
  /** The command's own options, as given. */
  options: Record<string, string | boolean | undefined>
}

export interface Command {
  /** One line of the overview. */
  summary: string
  /** What `--help` says below the usage line: options and examples. */
  help: string
  options: ParseArgsOptionsConfig
  run(run: Run): Promise<ExitCode>
}

export class UsageError extends Error {
  override name = 'UsageError'
}

export function printJson(terminal: Terminal, value: unknown): void {
  terminal.out(`${JSON.stringify(value, null, 2)}\n`)
}

/** A progress line for reading the logs of some days; silent for a single one. */
export function showReading(terminal: Terminal): (done: number, total: number) => void {
  return (done, total) =>
    terminal.progress(done < total ? `Reading logs … ${done} of ${total} days` : undefined)
}
