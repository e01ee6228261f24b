import { addDays, type Day, dayAt, isDay } from '@voicemode-telemetry/protocol'
import { detectEnvironment } from '../../settings/detectEnvironment.ts'
import { notesOn, previewDay } from '../../show/preview.ts'
import { type Command, EXIT, printJson, type Run, UsageError } from '../command.ts'

export const preview: Command = {
  summary: 'show the exact bytes that would be sent',
  help: `
Prints the event of one UTC day to stdout, byte for byte as it would be sent, and nothing else. What was skipped or
assumed goes to stderr. It works before consent too, and sends nothing.

Options:
  --day YYYY-MM-DD   the UTC day; yesterday unless given; today's shows the day so far
  --json             the event inside a report, with what was skipped and assumed

Examples:
  voicemode-telemetry preview
  voicemode-telemetry preview --day 2026-11-20 | jq .usage
`,
  options: { day: { type: 'string' } },
  async run(run) {
    const day = dayOption(run)
    const shown = await previewDay(run.host, day, detectEnvironment(run.host))
    const notes = notesOn(shown)
    if (run.json) {
      const event: unknown = shown.body === undefined ? null : JSON.parse(shown.body)
      printJson(run.terminal, { day, event, body: shown.body ?? null, place: shown.place ?? null, notes })
    } else {
      run.terminal.out(shown.body ?? '')
      for (const note of notes) run.terminal.err(`${note}\n`)
    }
    return EXIT.ok
  },
}

function dayOption({ host, options }: Run): Day {
  const { day } = options
  if (day === undefined) return addDays(dayAt(host.now()), -1)
  if (typeof day !== 'string' || !isDay(day)) throw new UsageError('--day takes a day written YYYY-MM-DD')
  return day
}
