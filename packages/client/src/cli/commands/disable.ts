import { describeForgetting, describeWithdrawal, withdrawConsent } from '../../rights/withdraw.ts'
import { type Command, EXIT, printJson } from '../command.ts'
import { FORGET_OPTIONS, wantsForgetting } from '../forgetOption.ts'

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

Exit code: 0 when all of it is done; 1 when a part could not be done, which is said.

Examples:
  voicemode-telemetry disable
  voicemode-telemetry disable --forget
`,
  options: FORGET_OPTIONS,
  async run(run) {
    const withdrawal = await withdrawConsent(run.host, 'command', () => wantsForgetting(run))
    const { decision, forgotten, undone } = withdrawal
    if (run.json) printJson(run.terminal, { ...decision, forgotten: forgotten ?? null, undone })
    else run.terminal.out(`${describeWithdrawal(withdrawal)}\n${describeForgetting(forgotten)}\n`)
    return forgotten?.outcome === 'failed' || undone.length > 0 ? EXIT.failed : EXIT.ok
  },
}
