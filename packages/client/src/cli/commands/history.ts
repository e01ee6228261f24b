import { type Command, EXIT, printJson, printText } from '@voicemode-telemetry/command-line'
import type { Host } from '../../host.ts'
import { type HistoryEntry, readHistory } from '../../queue/history.ts'
import { HISTORY_KEPT_DAYS } from '../../queue/queue.ts'
import { dayOption } from '../dayOption.ts'

export const history: Command<Host> = {
  summary: 'show what was sent, byte for byte',
  about: `Lists what was sent in the last ${HISTORY_KEPT_DAYS.sent} days, and what the server refused in the last ${HISTORY_KEPT_DAYS.rejected} days. With --day it prints the \
exact bytes of that day's event, and nothing else.`,
  options: dayOption('print the bytes that were sent for this UTC day'),
  json: 'print the list as JSON',
  examples: ['voicemode-telemetry history', 'voicemode-telemetry history --day 2026-11-20'],
  async run({ host, terminal, json, values: { day } }) {
    const entries = (await readHistory(host, ['sent', 'rejected'])).filter(
      (entry) => day === undefined || entry.day === day,
    )
    const last = entries.at(-1)
    if (json) printJson(terminal, entries)
    else if (day !== undefined) {
      terminal.out(entries.map(({ body }) => body).join(''))
      if (entries.length === 0) printText(terminal, `Nothing in the history is of ${day}.`, 'err')
      if (entries.some(({ body }) => body === ''))
        printText(terminal, `Somebody has changed a file of ${day}, so it is not shown.`, 'err')
    } else if (last) {
      terminal.out(entries.map(line).join(''))
      printText(terminal, `To see the bytes of a day: voicemode-telemetry history --day ${last.day}`, 'err')
    } else printText(terminal, 'There is no history of sent events on this machine.')
    return json || day === undefined || entries.length > 0 ? EXIT.ok : EXIT.failed
  },
}

function line({ day, event_id, outcome, on, bytes }: HistoryEntry<'sent' | 'rejected'>): string {
  return `${day}  ${outcome.padEnd(8)}  on ${on}  ${String(bytes).padStart(5)} bytes  ${event_id}\n`
}
