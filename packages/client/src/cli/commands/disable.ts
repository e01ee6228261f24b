import { type Command, EXIT, printJson, printText, type Run } from '@voicemode-telemetry/command-line'
import { readReceiptText, readTelemetryId } from '../../consent/record.ts'
import { doEach } from '../../files/files.ts'
import { showToGit } from '../../files/gitignore.ts'
import type { Host } from '../../host.ts'
import { eraseHistory, historyFolder, listEvents } from '../../queue/queue.ts'
import { describeForgetting, describeWithdrawal, withdrawConsent } from '../../rights/withdraw.ts'
import { eraseState } from '../../settings/state.ts'
import { withTilde } from '../../show/tilde.ts'
import { FORGET_OPTIONS, findForgetMisuse, wantsForgetting } from '../forgetOptions.ts'
import { snakeCased } from '../snakeCase.ts'

export const disable: Command<Host> = {
  summary: 'say no, for good',
  about: `Records your no, stops a send that is running, and deletes the queue, the id and its secret. You will not be asked \
again, and nothing is sent about your no. It also works offline and in scripts.

At a terminal it first offers to have the server delete the events it holds. Only the secret can do that, so it is not \
possible later. To be able to check it later, copy the file telemetry_secret first (see PRIVACY.md). The history of what was sent \
stays on this machine unless you say --purge.`,
  options: {
    ...FORGET_OPTIONS,
    purge: {
      about:
        'delete the history on this machine as well: the copies of what was sent or refused, what is remembered between sends, and our lines in .gitignore',
    },
  },
  json: 'print the new state and what was done, as JSON',
  exitCodes: '0 if everything was done; 1 if a part failed, which is then named.',
  examples: ['voicemode-telemetry disable', 'voicemode-telemetry disable --forget'],
  findMisuse: findForgetMisuse,
  async run(run) {
    const hadRecord = hasRecord(run.host)
    const withdrawal = await withdrawConsent(run.host, 'command', () => wantsForgetting(run))
    const { decision, forgotten, undone } = withdrawal
    const history = leaveHistory(run, undone.length === 0)
    if (run.json)
      printJson(run.terminal, { ...snakeCased(decision), forgotten: forgotten ?? null, undone, history })
    else {
      const told = [
        describeWithdrawal(withdrawal),
        ...(forgotten || hadRecord || history !== 'none' ? [describeForgetting(forgotten)] : []),
        describeHistory(run.host, history),
      ]
      printText(run.terminal, told.join('\n'))
    }
    const isDeleted = forgotten === undefined || forgotten.outcome === 'done'
    return isDeleted && undone.length === 0 && history !== 'not deleted' ? EXIT.ok : EXIT.failed
  },
}

/** Whether anything here tells of an earlier answer. */
function hasRecord(host: Host): boolean {
  return readReceiptText(host) !== undefined || readTelemetryId(host) !== undefined
}

type History = 'none' | 'kept' | 'deleted' | 'not deleted'

function leaveHistory({ host, switches }: Run<Host>, isRecorded: boolean): History {
  const isEmpty = listEvents(host, 'sent').length + listEvents(host, 'rejected').length === 0
  if (!switches.has('purge')) return isEmpty ? 'none' : 'kept'
  try {
    doEach([
      () => eraseHistory(host),
      () => isRecorded && eraseState(host),
      () => isRecorded && showToGit(host.directories.ownBase),
    ])
    return 'deleted'
  } catch {
    return 'not deleted'
  }
}

function describeHistory(host: Host, history: History): string {
  const folder = withTilde(host, historyFolder(host.directories))
  switch (history) {
    case 'none':
      return 'There is no history of sent events on this machine.'
    case 'kept':
      return `The history on this machine stays, in ${folder}. To delete it too: voicemode-telemetry disable --purge`
    case 'deleted':
      return 'The history on this machine is deleted.'
    case 'not deleted':
      return `The history on this machine could NOT be deleted. It is in ${folder}.`
    default:
      throw history satisfies never
  }
}
