import { renderNotice } from '../../consent/notice.ts'
import { ensureIdentity, readDecision, recordReceipt, recordSetting } from '../../consent/record.ts'
import { type Command, EXIT, printJson } from '../command.ts'

export const enable: Command = {
  summary: 'say yes, after reading what is sent (on a terminal)',
  help: `
Shows what is sent and asks. Only a person at a terminal can say yes; a script or an assistant changes nothing.

Options:
  --json   the state afterwards as JSON

Examples:
  voicemode-telemetry enable
`,
  options: {},
  async run({ host, terminal, json }) {
    if (!terminal.isInteractive) {
      terminal.err(
        'Nothing changed: a yes is taken only from a person at a terminal. Type there: voicemode-telemetry enable\n',
      )
      return EXIT.failed
    }
    terminal.err(`${renderNotice()}\n\n`)
    const answer = await terminal.confirm('Send this from now on?')
    if (answer !== true) {
      terminal.err('Nothing changed. To say no for good: voicemode-telemetry disable\n')
      return EXIT.ok
    }
    await recordReceipt(host, 'granted', 'command')
    await ensureIdentity(host, 'command')
    recordSetting(host, 'true')
    const decision = readDecision(host)
    if (json) printJson(terminal, decision)
    else if (decision.state === 'granted')
      terminal.out('Your yes is recorded. Thank you. Days are sent once they are over.\n')
    else
      terminal.out(
        `Your yes is recorded, but a no stands above it (${decision.decidedBy}): nothing is sent.\n`,
      )
    return EXIT.ok
  },
}
