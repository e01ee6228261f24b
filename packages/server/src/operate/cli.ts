import { parseArgs } from 'node:util'
import type { Command, ExitCode, World } from './commands/command.ts'

const NAME = 'voicemode-telemetry-server'

// A command is loaded when it is called, so that a server starts without it.
const COMMANDS: Record<string, () => Promise<Command>> = {
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
  backup: async () => (await import('./commands/backup.ts')).backup,
  restore: async () => (await import('./commands/restore.ts')).restore,
  report: async () => (await import('./commands/report.ts')).report,
  move: async () => (await import('./commands/move.ts')).move,
}

const COMMON = { help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' } } as const

/**
 * Runs the command that a command line names first.
 *
 * @returns its exit code; undefined where the first word names no command, so that the line is the server's.
 */
export async function runCommand(args: readonly string[], world: World): Promise<ExitCode | undefined> {
  const [name = '', ...rest] = args
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!load) return undefined
  const command = await load()
  const usage = `Usage: ${NAME} ${[name, command.takes, '[options]'].filter(Boolean).join(' ')}`
  const parsed = parseOptions(rest, command)
  if (parsed?.values.help) {
    world.out(`${usage}\n\n${command.help}`)
    return 0
  }
  const words = parsed?.positionals ?? []
  const { words: least, moreWords = 0 } = command
  if (!parsed || words.length < least || words.length > least + moreWords) {
    world.err(`An option is unknown, lacks its value, or a word is missing or too many.\n${usage}`)
    return 2
  }
  const { json, help: _, ...options } = parsed.values
  const [word = ''] = words
  return command.run({ word, words, options, json: json === true }, world)
}

function parseOptions(args: string[], command: Command) {
  try {
    return parseArgs({ args, options: { ...command.options, ...COMMON }, allowPositionals: true })
  } catch {
    return undefined
  }
}
