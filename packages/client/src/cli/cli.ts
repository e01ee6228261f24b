import { parseArgs } from 'node:util'
import { noteEnvironmentNo } from '../consent/environmentNo.ts'
import type { Host } from '../host.ts'
import { VERSION } from '../version.ts'
import { type Command, EXIT, type ExitCode, UsageError } from './command.ts'
import type { Terminal } from './terminal.ts'

const NAME = 'voicemode-telemetry'

// A command is loaded when it is called: what is loaded at the start is paid at every start.
const COMMANDS: Record<string, () => Promise<Command>> = {
  status: async () => (await import('./commands/status.ts')).status,
  preview: async () => (await import('./commands/preview.ts')).preview,
  view: async () => (await import('./commands/view.ts')).view,
  enable: async () => (await import('./commands/enable.ts')).enable,
  disable: async () => (await import('./commands/disable.ts')).disable,
  send: async () => (await import('./commands/send.ts')).send,
  history: async () => (await import('./commands/history.ts')).history,
  export: async () => (await import('./commands/export.ts')).exportCommand,
  forget: async () => (await import('./commands/forget.ts')).forget,
  'reset-id': async () => (await import('./commands/reset-id.ts')).resetId,
  notice: async () => (await import('./commands/notice.ts')).notice,
  ask: async () => (await import('./commands/ask.ts')).ask,
}

const COMMON = { help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' } } as const

/** Runs a command line. @param args without the program's name. @returns the exit code; it throws nothing. */
export async function runCommandLine(
  args: readonly string[],
  host: Host,
  terminal: Terminal,
): Promise<ExitCode> {
  noteEnvironmentNo(host)
  const [name, ...rest] = args
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    terminal.out(await overview())
    return EXIT.ok
  }
  if (name === '--version') {
    terminal.out(`${VERSION}\n`)
    return EXIT.ok
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!load) return complain(terminal, 'there is no such command', NAME)
  try {
    const command = await load()
    const { values } = parseArgs({
      args: rest,
      options: { ...command.options, ...COMMON },
      allowPositionals: false,
    })
    if (values.help) {
      terminal.out(`Usage: ${NAME} ${name} [options]\n${command.help}`)
      return EXIT.ok
    }
    const options = values as Record<string, string | boolean | undefined>
    return await command.run({ host, terminal, json: values.json === true, options })
  } catch (error) {
    if (error instanceof UsageError) return complain(terminal, error.message, `${NAME} ${name}`)
    if (isParseError(error))
      return complain(terminal, 'an option is unknown or lacks its value', `${NAME} ${name}`)
    // An error's own message may hold a path; its kind tells enough.
    const kind = error instanceof Error ? ('code' in error ? String(error.code) : error.name) : 'unknown'
    terminal.err(`${NAME}: could not finish (${kind}). Can your home directory be read and written?\n`)
    return EXIT.failed
  }
}

function complain(terminal: Terminal, what: string, command: string): ExitCode {
  terminal.err(`${NAME}: ${what}. See: ${command} --help\n`)
  return EXIT.usage
}

function isParseError(error: unknown): boolean {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}

async function overview(): Promise<string> {
  const rows = await Promise.all(
    Object.entries(COMMANDS).map(async ([name, load]) => `  ${name.padEnd(9)} ${(await load()).summary}`),
  )
  return `Usage: ${NAME} <command> [options]

Anonymous telemetry for VoiceMode that is off until you say yes.

Commands:
${rows.join('\n')}

Every command takes --help and --json; ${NAME} --version tells the version.

Examples:
  ${NAME} preview          see what would be sent, before any yes
  ${NAME} view             see it all on a page of this machine's own
  ${NAME} disable          say no for good
`
}
