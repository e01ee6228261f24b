import { forgetAtServer } from '../../rights/rights.ts'
import { describeForgetting, resetIdentity } from '../../rights/withdraw.ts'
import { type Command, EXIT, printJson } from '../command.ts'
import { FORGET_OPTIONS, wantsForgetting } from '../forgetOption.ts'

export const resetId: Command = {
  summary: 'go on under a new id',
  help: `
Draws a new id and secret that nothing ties to the old ones. What is queued is deleted, and only what begins from now on is
reported, so that no day is told under two ids. On a terminal it first offers to have the server delete what it holds under the
old id; that needs the old secret, so it can't be done later.

Options:
  --forget   have the server delete what it holds under the old id, without asking
  --keep     leave it to its 90 days, without asking
  --json     the new id and what came of it, as JSON

Examples:
  voicemode-telemetry reset-id --keep
`,
  options: FORGET_OPTIONS,
  async run(run) {
    const forgotten = (await wantsForgetting(run)) ? await forgetAtServer(run.host) : undefined
    const telemetryId = await resetIdentity(run.host)
    if (run.json) printJson(run.terminal, { telemetry_id: telemetryId ?? null, forgotten: forgotten ?? null })
    else if (!telemetryId)
      run.terminal.err('There is no id on this machine: nobody has said yes, or nothing was sent yet.\n')
    else run.terminal.out(`The new id is ${telemetryId}.\n${describeForgetting(forgotten)}\n`)
    return telemetryId && forgotten?.outcome !== 'failed' ? EXIT.ok : EXIT.failed
  },
}
