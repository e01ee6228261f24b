import { type Command, EXIT, printJson } from '@voicemode-telemetry/command-line'
import type { Host } from '../../host.ts'
import { describeForgetting, describeWithdrawal, withdrawConsent } from '../../rights/withdraw.ts'
import { FORGET_OPTIONS, findForgetMisuse, wantsForgetting } from '../forgetOptions.ts'
import { snakeCased } from '../snakeCase.ts'

export const disable: Command<Host> = {
  summary: 'say no, for good',
  about: `Records your no, stops a send that is running, and deletes the queue, the id and its secret. You will not be asked \
again, and nothing is sent about your no. It also works offline and in scripts.

At a terminal it first offers to have the server delete the events it holds. Only the secret can do that, so it is not \
possible later.`,
  options: FORGET_OPTIONS,
  json: 'print the new state and what was done, as JSON',
  exitCodes: '0 if everything was done; 1 if a part failed, which is then named.',
  examples: ['voicemode-telemetry disable', 'voicemode-telemetry disable --forget'],
  findMisuse: findForgetMisuse,
  async run(run) {
    const withdrawal = await withdrawConsent(run.host, 'command', () => wantsForgetting(run))
    const { decision, forgotten, undone } = withdrawal
    if (run.json) printJson(run.terminal, { ...snakeCased(decision), forgotten: forgotten ?? null, undone })
    else run.terminal.out(`${describeWithdrawal(withdrawal)}\n${describeForgetting(forgotten)}\n`)
    return forgotten?.outcome === 'failed' || undone.length > 0 ? EXIT.failed : EXIT.ok
  },
}
