import {
  type Command,
  completionOf,
  type ExitCode,
  type Program,
  runProgram,
  type Terminal,
} from '@voicemode-telemetry/command-line'
import { noteEnvironmentNo } from '../consent/environmentNo.ts'
import { correctTimes } from '../consent/record.ts'
import type { Host } from '../host.ts'
import { VERSION } from '../version.ts'
import { status } from './commands/status.ts'

export const PROGRAM: Program<Host> = {
  name: 'voicemode-telemetry',
  version: VERSION,
  about: 'Telemetry for VoiceMode: counts of use, under a random id. It is off until you say yes.',
  commands: {
    // The one that is called most, and by itself.
    status: async () => status,
    preview: readsLogs(async () => (await import('./commands/preview.ts')).preview),
    view: readsLogs(async () => (await import('./commands/view.ts')).view, 'many days'),
    enable: readsLogs(async () => (await import('./commands/enable.ts')).enable),
    disable: async () => (await import('./commands/disable.ts')).disable,
    send: readsLogs(async () => (await import('./commands/send.ts')).send),
    history: async () => (await import('./commands/history.ts')).history,
    export: async () => (await import('./commands/export.ts')).exportCommand,
    forget: async () => (await import('./commands/forget.ts')).forget,
    'reset-id': async () => (await import('./commands/reset-id.ts')).resetId,
    notice: async () => (await import('./commands/notice.ts')).notice,
    ask: readsLogs(async () => (await import('./commands/ask.ts')).ask),
    completion: completionOf(() => PROGRAM),
  },
  examples: ['voicemode-telemetry preview', 'voicemode-telemetry view', 'voicemode-telemetry disable'],
  advice: 'Can your home directory be read and written?',
}

function readsLogs(
  load: () => Promise<Command<Host>>,
  reads: 'one day' | 'many days' = 'one day',
): () => Promise<Command<Host>> {
  return async () => {
    const { spareMemory } = await import('./spareMemory.ts')
    spareMemory(reads)
    return load()
  }
}

/** Runs a command line. @param args without the program's name. @returns the exit code; it throws nothing. */
export function runCommandLine(args: readonly string[], host: Host, terminal: Terminal): Promise<ExitCode> {
  const unremembered = noteEnvironmentNo(host)
  if (unremembered)
    terminal.err(
      `The no of ${unremembered} counts here, but it could not be remembered, so a program without ${unremembered} in its environment \
still sends. Can your home directory be written?\n`,
    )
  correctTimes(host)
  return runProgram(PROGRAM, args, host, terminal)
}
