import type { ExitCode } from './exit.ts'
import type { Terminal } from './terminal.ts'

export interface Option {
  /** Stands for its value in the help, as `YYYY-MM-DD`. An option without it is a switch. */
  takes?: string
  /** Which values it takes, and how an error puts that into words. Default: any. */
  accepts?: { what: string; test(value: string): boolean }
  /** What it does, for the help. An option without it is not listed. */
  about?: string
}

/** A command of a program. `Host` is the world outside it, which the program passes on. */
export interface Command<Host> {
  /** A few words for the overview. */
  summary: string
  /** What `--help` says between the usage line and the options. */
  about: string
  /** The words that it takes besides options. Default: none. */
  words?: { usage: string; least: number; most: number }
  /** By their long names. */
  options?: Record<string, Option>
  /** What `--json` prints, for the help. Default: there is no such option. */
  json?: string
  /** What the exit code says, for the help. */
  exitCodes?: string
  examples?: readonly string[]
  /** What else is wrong with a command line, each as a sentence without its period. Nothing runs if there is anything. */
  findMisuse?(run: Run<Host>): readonly string[]
  run(run: Run<Host>): Promise<ExitCode>
}

/** What a command is run with. */
export interface Run<Host> {
  host: Host
  terminal: Terminal
  words: readonly string[]
  /** Options with a value, by name; each value is one that the option accepts. */
  values: Readonly<Record<string, string | undefined>>
  /** The names of the switches that were given. */
  switches: ReadonlySet<string>
  /** Whether the answer goes to stdout as JSON. */
  json: boolean
}

export interface Program<Host> {
  name: string
  version: string
  /** One sentence for the overview. */
  about: string
  /** Each is loaded when it is called, so that the others don't slow down the start. May be none. */
  commands: Record<string, () => Promise<Command<Host>>>
  /** What runs if no command is named. Default: the overview is shown. */
  main?: Command<Host>
  examples: readonly string[]
  /** What a person can do after an unexpected error. */
  advice: string
}

/** For {@link Option.accepts}. */
export function wholeNumber(least: number, most: number): NonNullable<Option['accepts']> {
  return {
    what: `a whole number from ${least} to ${most}`,
    test: (value) => /^\d{1,10}$/.test(value) && Number(value) >= least && Number(value) <= most,
  }
}

export function printJson(terminal: Terminal, value: unknown): void {
  terminal.out(`${JSON.stringify(value, null, 2)}\n`)
}
