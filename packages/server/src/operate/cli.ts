import type { Command, ExitCode, Result, World } from './commands/command.ts'
import { parseOptions, suggest } from './options.ts'
import { helpText, parseSettings, SETTING_NAMES, type Settings } from './settings.ts'

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
const SERVER_OPTIONS = {
  ...Object.fromEntries(SETTING_NAMES.map((name) => [name, { type: 'string' as const }])),
  ...COMMON,
  version: { type: 'boolean' as const },
}

/** What a command line comes to: the server is to be started, or all is said and done. */
type CommandLine = { outcome: 'serve'; settings: Settings } | { outcome: 'ended'; exitCode: ExitCode }

/** Runs a command line without the program's name: a command, or the settings of a server that is to be started. */
export async function runCommandLine(args: readonly string[], world: World): Promise<CommandLine> {
  const [name = '', ...rest] = args
  if (name === '' || name.startsWith('-')) return readServerLine(args, world)
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (load) return { outcome: 'ended', exitCode: await runCommand(name, await load(), rest, world) }
  world.err(`There is no command ${name}${suggest(name, Object.keys(COMMANDS))}`)
  world.err(`See: ${NAME} --help`)
  return { outcome: 'ended', exitCode: 2 }
}

function readServerLine(args: readonly string[], world: World): CommandLine {
  const { values, words, problems } = parseOptions(args, SERVER_OPTIONS)
  const settings = parseSettings(values, world.env)
  if (values.help || values.version) {
    world.out(values.help ? helpText() : world.version)
    return { outcome: 'ended', exitCode: 0 }
  }
  if (words.length > 0) problems.push('A server takes settings only, each with its --name')
  if (settings.outcome === 'wrong') problems.push(...settings.problems)
  for (const problem of problems) world.err(problem)
  return settings.outcome === 'serve' && problems.length === 0 ? settings : { outcome: 'ended', exitCode: 2 }
}

async function runCommand(
  name: string,
  command: Command,
  args: readonly string[],
  world: World,
): Promise<ExitCode> {
  const usage = `Usage: ${NAME} ${[name, command.takes, '[options]'].filter(Boolean).join(' ')}`
  const { values, words, problems } = parseOptions(args, { ...command.options, ...COMMON })
  if (values.help) {
    world.out(`${usage}\n\n${command.help}`)
    return 0
  }
  const [least, most] = command.words
  if (words.length < least) problems.push('A word is missing')
  if (words.length > most) problems.push('A word is too many')
  if (problems.length > 0) {
    world.err([...problems, usage].join('\n'))
    return 2
  }
  return tell(await command.run({ words, options: values }, world), values.json === true, world)
}

/** Prints a result: one JSON object for programs, sentences for people. */
function tell(result: Result, json: boolean, world: World): ExitCode {
  const { outcome, exitCode } = result
  if (outcome === 'told') {
    if (json) world.out(JSON.stringify(result.data))
    else for (const line of result.lines) world.out(line)
  } else if (json) world.out(JSON.stringify({ outcome, message: result.message }))
  else if (outcome === 'done') world.out(result.message)
  else world.err(result.message)
  return exitCode
}
