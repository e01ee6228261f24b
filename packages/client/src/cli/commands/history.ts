import { isDay } from '@voicemode-telemetry/protocol'
import { type HistoryEntry, readHistory } from '../../queue/history.ts'
import { type Command, EXIT, printJson, UsageError } from '../command.ts'

export const history: Command = {
  summary: 'what was sent, byte for byte',
  help: `
Lists what left this machine in the last 90 days, and what the server refused in the last 30. With --day it prints the
bytes of that day's event, and nothing else.

Options:
  --day YYYY-MM-DD   the bytes that were sent for that UTC day
  --json             the list as JSON

Examples:
  voicemode-telemetry history
  voicemode-telemetry history --day 2026-11-20
`,
  options: { day: { type: 'string' } },
  async run({ host, terminal, json, options }) {
    const { day } = options
    if (day !== undefined && (typeof day !== 'string' || !isDay(day))) {
      throw new UsageError('--day takes a day written YYYY-MM-DD')
    }
    const entries = readHistory(host, ['sent', 'rejected'])
    const wanted = entries.filter((entry) => day === undefined || entry.day === day)
    if (json) {
      printJson(terminal, wanted)
      return EXIT.ok
    }
    if (day !== undefined) {
      if (wanted.length === 0) terminal.err(`Nothing was sent for ${day}.\n`)
      for (const { body } of wanted) terminal.out(body)
      return wanted.length > 0 ? EXIT.ok : EXIT.failed
    }
    terminal.out(
      entries.length > 0 ? entries.map(line).join('') : 'Nothing has been sent from this machine.\n',
    )
    return EXIT.ok
  },
}

function line({ day, event_id, outcome, on, bytes }: HistoryEntry): string {
  return `${day}  ${outcome.padEnd(8)}  on ${on}  ${String(bytes).padStart(5)} bytes  ${event_id}\n`
}
