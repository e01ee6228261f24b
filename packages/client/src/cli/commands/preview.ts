import { type Command, EXIT, printJson, printText } from '@voicemode-telemetry/command-line'
import { addDays, dayAt } from '@voicemode-telemetry/protocol'
import type { Host } from '../../host.ts'
import { detectEnvironment } from '../../settings/detectEnvironment.ts'
import { previewDay } from '../../show/preview.ts'
import { notesOn } from '../../show/previewNotes.ts'
import { dayOption } from '../dayOption.ts'

export const preview: Command<Host> = {
  summary: 'show the exact bytes that would be sent',
  about: `Prints the event of one UTC day to stdout, byte for byte as it would be sent. Notes about it go to stderr. Nothing is \
sent, and you need not have said yes.`,
  options: dayOption('the UTC day; default: yesterday; the present date shows the day so far'),
  json: 'print the event and the notes as one JSON report',
  examples: ['voicemode-telemetry preview', 'voicemode-telemetry preview --day 2026-11-20 | jq .usage'],
  async run({ host, terminal, json, values: { day = addDays(dayAt(host.now()), -1) } }) {
    const shown = await previewDay(host, day, detectEnvironment(host))
    const notes = notesOn(shown)
    if (json) {
      const event: unknown = shown.body === undefined ? null : JSON.parse(shown.body)
      printJson(terminal, { day, event, body: shown.body ?? null, place: shown.place ?? null, notes })
    } else {
      terminal.out(shown.body ?? '')
      for (const note of notes) printText(terminal, note, 'err')
    }
    return EXIT.ok
  },
}
