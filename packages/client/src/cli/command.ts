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

/** A progress line for reading logs; silent while there is little to read. */
export function showReading(terminal: Terminal): (done: number, total: number) => void {
  const worthShowingBytes = 16 * 1024 * 1024
  let lastPercent = -1
  return (done, total) => {
    const percent = Math.floor((100 * done) / total)
    if (total < worthShowingBytes || percent === lastPercent) return
    lastPercent = percent
    terminal.progress(percent < 100 ? `Reading logs … ${percent}%` : undefined)
  }
}
