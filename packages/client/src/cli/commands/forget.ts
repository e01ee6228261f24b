import { describeForgetting, forgetInstallation } from '../../rights/withdraw.ts'
import { type Command, EXIT, printJson } from '../command.ts'

export const forget: Command = {
  summary: 'have the server delete what it holds of you',
  help: `
Proves with this installation's secret that it may ask, and has the server delete every event it holds. Where telemetry is on
it goes on under a new id. The history on this machine stays.

Options:
  --json   what came of it, as JSON

Exit code: 0 when the server has deleted it; 1 when it could not be made to.

Examples:
  voicemode-telemetry forget
`,
  options: {},
  async run({ host, terminal, json }) {
    const forgotten = await forgetInstallation(host)
    if (json) printJson(terminal, forgotten)
    else terminal.out(`${describeForgetting(forgotten)}\n`)
    return forgotten.outcome === 'done' ? EXIT.ok : EXIT.failed
  },
}
