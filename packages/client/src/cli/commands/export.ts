import { encodeEvent } from '@voicemode-telemetry/protocol'
import { exportFromServer } from '../../rights/rights.ts'
import { type Command, EXIT, printJson } from '../command.ts'

export const exportCommand: Command = {
  summary: 'get all that the server holds of you, and compare',
  help: `
Fetches every event that the server holds of this installation and compares it, byte for byte, with the history of what was
sent. The events go to stdout, the comparison to stderr.

Options:
  --json   events and comparison in one JSON report

Exit code: 0 when server and history agree; 1 when they differ, or the server could not be asked.

Examples:
  voicemode-telemetry export
  voicemode-telemetry export --json > mine.json
`,
  options: {},
  async run({ host, terminal, json }) {
    const exported = await exportFromServer(host)
    if (json) printJson(terminal, exported)
    if (exported.outcome === 'failed') {
      if (!json) terminal.err(`Nothing exported: ${exported.why}.\n`)
      return EXIT.failed
    }
    const { events, differences, underEarlierIds } = exported
    if (!json) {
      for (const event of events) terminal.out(encodeEvent(event))
      for (const { event_id, difference } of differences) terminal.err(`${event_id}: ${difference}\n`)
      if (underEarlierIds > 0)
        terminal.err(`${underEarlierIds} in the history under an earlier id, not asked for.\n`)
      const verdict = differences.length === 0 ? 'Server and history agree' : 'Server and history DIFFER'
      terminal.err(
        `${verdict}: the server holds ${events.length} ${events.length === 1 ? 'event' : 'events'} of this installation.\n`,
      )
    }
    return differences.length === 0 ? EXIT.ok : EXIT.failed
  },
}
