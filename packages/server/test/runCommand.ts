import { EXIT } from '@voicemode-telemetry/command-line'
import { recordingTerminal } from '../../command-line/test/recordingTerminal.ts'
import { runCommandLine } from '../src/operate/cli.ts'
import type { Settings } from '../src/operate/settings.ts'

/** Runs a command line in this process. `served` has the settings of the server that it would have started. */
export async function runCommand(
  args: string[],
  env: Record<string, string | undefined> = {},
  { fetch = globalThis.fetch, columns = 80 } = {},
) {
  const terminal = recordingTerminal({ columns })
  const served: (Settings & { json: boolean })[] = []
  const world = { env, fetch, version: '1.2.3', now: Date.now }
  const exitCode = await runCommandLine(args, world, terminal, async (settings, { json }) => {
    served.push({ ...settings, json })
    return EXIT.ok
  })
  return { exitCode, served, stdout: terminal.written.out, stderr: terminal.written.err }
}
