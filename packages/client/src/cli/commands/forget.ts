import { type Command, EXIT, printJson, printText } from '@voicemode-telemetry/command-line'
import type { Host } from '../../host.ts'
import { describeForgetInstallation, forgetInstallation } from '../../rights/withdraw.ts'

export const forget: Command<Host> = {
  summary: 'have the server delete everything about this installation',
  about: `Has the server delete every event that it holds about this installation. The secret on this machine proves that you \
may ask; copy the file telemetry_secret first if you want to check later that they are gone (see PRIVACY.md). If telemetry is on, it \
stays on under a new id. The history on this machine stays.`,
  json: 'print what was done, as JSON',
  exitCodes: '0 if the server deleted the events; 1 if it did not, or if that is not known.',
  examples: ['voicemode-telemetry forget'],
  async run({ host, terminal, json }) {
    const forgotten = await forgetInstallation(host)
    if (json) printJson(terminal, forgotten)
    else printText(terminal, describeForgetInstallation(forgotten))
    return forgotten.outcome === 'done' ? EXIT.ok : EXIT.failed
  },
}
