import { optionsOf, readArguments } from './arguments.ts'
import type { Command, Program } from './command.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { noSuch } from './nearest.ts'
import type { Terminal } from './terminal.ts'

/** The disk's end, or that of the user's share of it. */
const DISK_IS_FULL = ['ENOSPC', 'EDQUOT']

/** Runs a command line. @param args without the program's name. @returns the exit code; it throws nothing. */
export async function runProgram<Host>(
  program: Program<Host>,
  args: readonly string[],
  host: Host,
  terminal: Terminal,
): Promise<ExitCode> {
  const line = args[0] === 'help' ? [...args.slice(1), '--help'] : args
  const [first = '', ...rest] = line
  const hasCommands = Object.keys(program.commands).length > 0
  const name = first === '' || first.startsWith('-') || !hasCommands ? undefined : first
  try {
    if (name === undefined) {
      const command = program.main ?? overviewOf(program)
      return await runCommand({ program, command, name }, line, host, terminal)
    }
    const load = Object.hasOwn(program.commands, name) ? program.commands[name] : undefined
    if (!load) return complain(program, terminal, [noSuch('command', name, Object.keys(program.commands))])
    return await runCommand({ program, command: await load(), name }, rest, host, terminal)
  } catch (error) {
    // The error's message may contain a path, so only its kind is printed.
    const kind = error instanceof Error ? ('code' in error ? String(error.code) : error.name) : 'unknown'
    const advice = DISK_IS_FULL.includes(kind)
      ? 'The disk is full: free some space, and run it again.'
      : program.advice
    terminal.err(`${program.name}: could not finish (${kind}). ${advice}\n`)
    return EXIT.failed
  }
}

/** A command `completion` for a program's commands, which it is one of. */
export function completionOf<Host>(program: () => Program<Host>): () => Promise<Command<Host>> {
  return async () => (await import('./completion.ts')).completionCommand(program())
}

interface Called<Host> {
  program: Program<Host>
  command: Command<Host>
  /** Undefined if the command line names no command. */
  name: string | undefined
}

async function runCommand<Host>(
  { program, command, name }: Called<Host>,
  args: readonly string[],
  host: Host,
  terminal: Terminal,
): Promise<ExitCode> {
  const given = readArguments(args, optionsOf(command), command.words)
  if (given.switches.has('help')) {
    const { renderHelp, renderOverview } = await import('./help.ts')
    const { columns } = terminal
    terminal.out(
      name === undefined
        ? await renderOverview(program, columns)
        : renderHelp(program, name, command, columns),
    )
    return EXIT.ok
  }
  if (given.switches.has('version')) {
    terminal.out(`${program.version}\n`)
    return EXIT.ok
  }
  const run = { ...given, host, terminal, json: given.switches.has('json') }
  const misuse = [...given.misuse, ...(command.findMisuse?.(run) ?? [])]
  return misuse.length > 0 ? complain(program, terminal, misuse, name) : command.run(run)
}

/** What a program without a main command does if no command is named. */
function overviewOf<Host>(program: Program<Host>): Command<Host> {
  return {
    summary: '',
    about: '',
    async run({ terminal }) {
      terminal.out(await (await import('./help.ts')).renderOverview(program, terminal.columns))
      return EXIT.ok
    },
  }
}

function complain<Host>(
  program: Program<Host>,
  terminal: Terminal,
  misuse: readonly string[],
  name?: string,
): ExitCode {
  for (const wrong of misuse) terminal.err(`${program.name}: ${wrong}${wrong.endsWith('?') ? '' : '.'}\n`)
  terminal.err(`See: ${[program.name, name, '--help'].filter(Boolean).join(' ')}\n`)
  return EXIT.usage
}
