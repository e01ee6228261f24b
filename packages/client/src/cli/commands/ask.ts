import { type Command, EXIT, printJson } from '@voicemode-telemetry/command-line'
import type { Host } from '../../host.ts'
import { askOnce } from '../ask.ts'

export const ask: Command<Host> = {
  summary: 'ask for consent, if you have not answered yet',
  about: `For a program to call when a person first uses it. It asks only at a terminal, and only if nobody has answered yet or \
new fields were added, or another server was set, since the yes. Otherwise it ends at once and prints nothing. It never asks on a CI machine, or if no server is set.

A no is final. Ctrl-C or a closed terminal records nothing.`,
  json: 'print the answer as JSON: yes, no, unclear or not asked',
  examples: ['voicemode-telemetry ask'],
  async run({ host, terminal, json }) {
    const answer = await askOnce(host, terminal)
    if (json) printJson(terminal, { answer })
    return EXIT.ok
  },
}
