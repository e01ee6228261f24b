import { type Command, EXIT, printJson, printText } from '@voicemode-telemetry/command-line'
import { FIELDS } from '@voicemode-telemetry/protocol'
import { noticeRecord, renderFullNotice } from '../../consent/notice.ts'
import type { Host } from '../../host.ts'

export const notice: Command<Host> = {
  summary: 'show the full notice: all that you agree to with a yes',
  about: 'Prints the notice that you are asked about, with every word that a summary can contain.',
  json: "print the fields and the notice's hash, as the receipt of a yes keeps them",
  examples: ['voicemode-telemetry notice'],
  async run({ terminal, json }) {
    if (json) printJson(terminal, { notice_hash: (await noticeRecord()).notice_hash, fields: FIELDS })
    else printText(terminal, renderFullNotice())
    return EXIT.ok
  },
}
