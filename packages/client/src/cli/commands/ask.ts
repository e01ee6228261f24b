import { askOnce } from '../ask.ts'
import { type Command, EXIT, printJson } from '../command.ts'

export const ask: Command = {
  summary: 'ask for consent once, if nobody has answered yet',
  help: `
For a host program to call at its first interactive use. It says nothing and returns at once unless nobody has answered, or
the notice has widened since a yes; it never asks without a person at a terminal, nor on a CI machine. A no is final. An
unclear answer, Ctrl-C or a closed terminal records nothing.

Options:
  --json   what came of it, as JSON on stdout: yes, no, unclear or not asked

Examples:
  voicemode-telemetry ask
`,
  options: {},
  async run({ host, terminal, json }) {
    const answer = await askOnce(host, terminal)
    if (json) printJson(terminal, { answer })
    return EXIT.ok
  },
}
