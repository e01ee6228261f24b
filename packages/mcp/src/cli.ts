import {
  EXIT,
  type ExitCode,
  type Program,
  runProgram,
  type Terminal,
} from '@voicemode-telemetry/command-line'
import { NAME, VERSION } from './server.ts'

/**
 * Runs a command line.
 *
 * @param args without the program's name.
 * @param serve starts the server, which goes on until its input ends.
 * @returns the exit code; it throws nothing.
 */
export function runCommandLine(
  args: readonly string[],
  terminal: Terminal,
  serve: () => void,
): Promise<ExitCode> {
  return runProgram(programOf(serve), args, undefined, terminal)
}

function programOf(serve: () => void): Program<undefined> {
  return {
    name: NAME,
    version: VERSION,
    about:
      "Lets an AI assistant show you VoiceMode's telemetry and ask you about it. Only you can say yes. For yourself, there is the command voicemode-telemetry.",
    commands: {},
    main: {
      summary: '',
      about:
        'Your assistant starts it and talks to it over standard input and output (MCP). The example adds it to Claude Code.',
      exitCodes:
        '0 once the assistant has gone away; 1 if it could not start; 2 if the command line was wrong.',
      async run({ terminal }) {
        if (terminal.isInteractive) terminal.err(`${NAME} waits for an assistant. See: ${NAME} --help\n`)
        serve()
        return EXIT.ok
      },
    },
    examples: [`claude mcp add --scope user voicemode-telemetry -- ${NAME}`],
    advice: 'Can your home directory be read and written?',
  }
}
