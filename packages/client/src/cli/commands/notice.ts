import { FIELDS } from '@voicemode-telemetry/protocol'
import { noticeRecord, renderFullNotice } from '../../consent/notice.ts'
import { type Command, EXIT, printJson } from '../command.ts'
import { wrap } from '../wrap.ts'

export const notice: Command = {
  summary: 'what a yes means, in full',
  help: `
Prints the notice that a yes answers, with every word that a summary can hold.

Options:
  --json   the fields and the notice's hash, as a receipt keeps it

Examples:
  voicemode-telemetry notice
`,
  options: {},
  async run({ terminal, json }) {
    if (json) printJson(terminal, { notice_hash: (await noticeRecord()).notice_hash, fields: FIELDS })
    else terminal.out(`${wrap(renderFullNotice(), terminal.columns)}\n`)
    return EXIT.ok
  },
}
