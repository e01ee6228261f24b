import { withdrawConsent } from '../../consent/withdraw.ts'
import { type Command, EXIT, printJson } from '../command.ts'
import { describeForgetting, FORGET_OPTIONS, wantsForgetting } from '../forgetOption.ts'

export const disable: Command = {
  summary: 'say no, for good',
  help: `
Records a no, stops a send that is under way, and deletes the queue, the id and its secret. Nobody asks again, and nothing is
sent about it. It works everywhere, also offline and for scripts. On a terminal it first offers to have the server delete
what it holds; that needs the secret, so it can't be done later.

Options:
  --forget   have the server delete what it holds, without asking
  --keep     leave what the server holds to its 90 days, without asking
  --json     the state afterwards and what came of it, as JSON

Exit code: 0 when the no is recorded; 1 when the server should forget and could not be made to.

Examples:
  voicemode-telemetry disable
  voicemode-telemetry disable --forget
`,
  options: FORGET_OPTIONS,
  async run(run) {
    const { decision, forgotten } = await withdrawConsent(run.host, 'command', () => wantsForgetting(run))
    if (run.json) printJson(run.terminal, { ...decision, forgotten: forgotten ?? null })
    else
      run.terminal.out(
        `Telemetry is off. The queue, the id and its secret are deleted.\n${describeForgetting(forgotten)}\n`,
      )
    return forgotten?.outcome === 'failed' ? EXIT.failed : EXIT.ok
  },
}
