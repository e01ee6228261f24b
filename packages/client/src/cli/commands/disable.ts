import { withdrawConsent } from '../../consent/withdraw.ts'
import { type Command, EXIT, printJson } from '../command.ts'

export const disable: Command = {
  summary: 'say no, for good',
  help: `
Records a no, stops a send that is under way, and deletes the queue, the id and its secret. Nobody asks again. Nothing is
sent about it. Works everywhere, also for scripts.

Options:
  --json   the state afterwards as JSON

Examples:
  voicemode-telemetry disable
`,
  options: {},
  async run({ host, terminal, json }) {
    const decision = await withdrawConsent(host, 'command')
    if (json) printJson(terminal, decision)
    else terminal.out('Telemetry is off. The queue, the id and its secret are deleted.\n')
    return EXIT.ok
  },
}
