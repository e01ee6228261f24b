import {
  type Command,
  completionOf,
  EXIT,
  type ExitCode,
  type Program,
  type Run,
  runProgram,
  type Terminal,
} from '@voicemode-telemetry/command-line'
import type { World } from './commands/command.ts'
import { parseSettings, SETTING_OPTIONS, type Settings } from './settings.ts'

/** Runs a server until it is told to stop. */
export type Serve = (settings: Settings, run: Pick<Run<World>, 'terminal' | 'json'>) => Promise<ExitCode>

/** Runs a command line without the program's name: a command, or a server with these settings. */
export function runCommandLine(
  args: readonly string[],
  world: World,
  terminal: Terminal,
  serve: Serve,
): Promise<ExitCode> {
  return runProgram(programOf(world.version, serve), args, world, terminal)
}

/** The server's commands, and the server itself as what runs without one. */
export function programOf(version: string, serve: Serve): Program<World> {
  const program: Program<World> = {
    name: 'voicemode-telemetry-server',
    version,
    about: 'Receives telemetry events, keeps them for a while, and shows their counts.',
    commands: {
      doctor: async () => (await import('./commands/doctor.ts')).doctor,
      backup: async () => (await import('./commands/backup.ts')).backup,
      restore: async () => (await import('./commands/restore.ts')).restore,
      report: async () => (await import('./commands/report.ts')).report,
      clock: async () => (await import('./commands/clock.ts')).clock,
      move: async () => (await import('./commands/move.ts')).move,
      completion: completionOf(() => program),
    },
    main: serverCommand(serve),
    examples: ['voicemode-telemetry-server --port 8787 --database sqlite:telemetry.db'],
    advice: 'Can its files be read and written?',
  }
  return program
}

function serverCommand(serve: Serve): Command<World> {
  return {
    summary: '',
    about: `Each option has a variable too. TELEMETRY_ADMIN_TOKEN is the token with which maintainers sign in. Without it the server \
listens on loopback only.`,
    options: SETTING_OPTIONS,
    json: 'print the URL as JSON',
    exitCodes: '0 once it was told to stop; 1 if it could not start; 2 if the command line was wrong.',
    findMisuse({ values, host: { env } }) {
      const parsed = parseSettings(values, env)
      return parsed.outcome === 'wrong' ? parsed.problems : []
    },
    async run(run) {
      const parsed = parseSettings(run.values, run.host.env)
      return parsed.outcome === 'serve' ? serve(parsed.settings, run) : EXIT.usage
    },
  }
}
