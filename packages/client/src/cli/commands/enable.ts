import { readDecision } from '../../consent/record.ts'
import { askForConsent } from '../ask.ts'
import { type Command, EXIT, printJson } from '../command.ts'

export const enable: Command = {
  summary: 'say yes, after reading what is sent (on a terminal)',
  help: `
Shows what is sent and asks. Only a person at a terminal can say yes: a script or an assistant changes nothing.

Options:
  --json   the state afterwards, as JSON on stdout

Exit code: 0 when a clear answer was recorded; 1 when nothing changed.

Examples:
  voicemode-telemetry enable
`,
  options: {},
  async run({ host, terminal, json }) {
    const before = readDecision(host)
    if (!terminal.isInteractive) {
      terminal.err(
        'Nothing changed: a yes is taken only from a person at a terminal. Type there: voicemode-telemetry enable\n',
      )
      if (json) printJson(terminal, before)
      return EXIT.failed
    }
    if (before.state === 'granted') terminal.err('Telemetry is on already. You can answer anew.\n\n')
    const answer = await askForConsent(host, terminal, 'command')
    if (json) printJson(terminal, readDecision(host))
    return answer === 'unclear' ? EXIT.failed : EXIT.ok
  },
}
