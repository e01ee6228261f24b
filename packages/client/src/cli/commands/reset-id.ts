import {
  type Command,
  EXIT,
  type ExitCode,
  printJson,
  printText,
  type Run,
} from '@voicemode-telemetry/command-line'
import { readDecision } from '../../consent/record.ts'
import type { Host } from '../../host.ts'
import { forgetAtServer } from '../../rights/rights.ts'
import { describeForgetting, resetIdentity } from '../../rights/withdraw.ts'
import { FORGET_OPTIONS, findForgetMisuse, wantsForgetting } from '../forgetOptions.ts'

export const resetId: Command<Host> = {
  summary: 'continue under a new id',
  about: `Makes a new id and a new secret, with nothing to link them to the old ones. The queue is deleted, and only what happens \
from now on is reported, so no day is reported under two ids.

At a terminal it first offers to have the server delete the events of the old id. Only the old secret can do that, so it is \
not possible later.`,
  options: FORGET_OPTIONS,
  json: 'print the new id and what was done, as JSON',
  exitCodes: '0 if there is a new id and everything was done; 1 if not. Without your yes nothing changes.',
  examples: ['voicemode-telemetry reset-id --keep'],
  findMisuse: findForgetMisuse,
  async run(run) {
    if (readDecision(run.host).state !== 'granted') return withoutYes(run)
    const forgotten = (await wantsForgetting(run)) ? await forgetAtServer(run.host) : undefined
    const telemetryId = await resetIdentity(run.host)
    if (run.json) printJson(run.terminal, { telemetry_id: telemetryId ?? null, forgotten: forgotten ?? null })
    else if (!telemetryId)
      printText(run.terminal, 'There is no id on this machine yet: the first send makes it.', 'err')
    else printText(run.terminal, `The new id is ${telemetryId}.\n${describeForgetting(forgotten)}`)
    const isUndone = forgotten?.outcome === 'failed' || forgotten?.outcome === 'unknown'
    return telemetryId && !isUndone ? EXIT.ok : EXIT.failed
  },
}

function withoutYes({ terminal, json }: Run<Host>): ExitCode {
  if (json) printJson(terminal, { telemetry_id: null, forgotten: null })
  else printText(terminal, 'Nothing changed: there is no yes, and no id is made without one.', 'err')
  return EXIT.failed
}
