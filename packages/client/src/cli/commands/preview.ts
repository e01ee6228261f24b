import { addDays, type Day, dayAt, isDay } from '@voicemode-telemetry/protocol'
import { detectEnvironment } from '../../count/detectEnvironment.ts'
import { type Preview, previewDay } from '../../count/preview.ts'
import { type Command, EXIT, printJson, type Run, showReading, UsageError } from '../command.ts'

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
    const shown = await previewDay(run.host, day, detectEnvironment(run.host), showReading(run.terminal))
    run.terminal.progress(undefined)
    const notes = notesOn(shown, run.host.directories.conversations)
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

const PLACES = {
  queue: 'These bytes are in the queue and wait to be sent.',
  sent: 'These bytes were sent.',
  rejected: 'These bytes were sent, and the server refused them.',
}

function notesOn(shown: Preview, conversations: string): string[] {
  const notes: string[] = []
  if (shown.body === undefined) {
    notes.push(
      shown.files === 0
        ? `No logs around ${shown.day} in ${conversations}. Has VoiceMode been used on this machine? VOICEMODE_BASE_DIR names another folder.`
        : `No session and no operation on ${shown.day} (UTC): no event would be sent for it.`,
    )
  }
  if (shown.place) notes.push(PLACES[shown.place])
  if (shown.unfinished)
    notes.push(`${shown.day} is not over in UTC: this is the day so far; only whole days are sent.`)
  if (!shown.identified && shown.body !== undefined) {
    notes.push(
      'Nobody has said yes on this machine, so the ids are those of the nil UUID, and nothing is sent.',
    )
  }
  if (shown.skippedLines > 0) {
    notes.push(
      `${shown.skippedLines} log ${shown.skippedLines === 1 ? 'line' : 'lines'} could not be used and were skipped.`,
    )
  }
  return notes
}
