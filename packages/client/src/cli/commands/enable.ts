import { type Command, EXIT, printJson } from '@voicemode-telemetry/command-line'
import { readDecision } from '../../consent/record.ts'
import type { Host } from '../../host.ts'
import { askForConsent } from '../ask.ts'
import { snakeCased } from '../snakeCase.ts'

export const enable: Command<Host> = {
  summary: 'say yes, after reading what is sent (at a terminal)',
  about:
    'Shows what is sent, then asks you. Only a person at a terminal can say yes: for a script or an assistant this command changes nothing.',
  json: 'print the new state as JSON',
  exitCodes: '0 if a clear answer was recorded; 1 if nothing changed.',
  examples: ['voicemode-telemetry enable'],
  async run({ host, terminal, json }) {
    const before = readDecision(host)
    if (!terminal.isInteractive) {
      terminal.err(
        'Nothing changed. Only a person at a terminal can say yes. Type this in one: voicemode-telemetry enable\n',
      )
      if (json) printJson(terminal, snakeCased(before))
      return EXIT.failed
    }
    if (before.state === 'granted') terminal.err('Telemetry is already on. You can change your answer.\n\n')
    const answer = await askForConsent(host, terminal, 'command')
    if (json) printJson(terminal, snakeCased(readDecision(host)))
    return answer === 'unclear' ? EXIT.failed : EXIT.ok
  },
}
