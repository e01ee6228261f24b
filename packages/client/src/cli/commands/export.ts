import { type Command, EXIT, printJson, printText, type Terminal } from '@voicemode-telemetry/command-line'
import { encodeEvent } from '@voicemode-telemetry/protocol'
import type { Host } from '../../host.ts'
import { type Export, exportFromServer } from '../../rights/rights.ts'

export const exportCommand: Command<Host> = {
  summary: 'get everything the server holds about this installation',
  about: `Fetches every event that the server holds about this installation, and compares the events byte for byte with the \
history on this machine. Events of days that the server no longer keeps are counted apart. The events go to stdout, the comparison to stderr.`,
  json: 'print events and comparison as one JSON report',
  exitCodes: '0 if server and history agree; 1 if they differ or the server gave no answer.',
  examples: ['voicemode-telemetry export', 'voicemode-telemetry export --json > mine.json'],
  async run({ host, terminal, json }) {
    const exported = await exportFromServer(host)
    if (exported.outcome !== 'done') {
      if (json) printJson(terminal, { outcome: 'not exported', why: exported.why })
      else printText(terminal, `Not exported: ${exported.why}.`, 'err')
    } else if (json) printExportAsJson(exported, terminal)
    else printExport(exported, terminal)
    return exported.outcome === 'done' && exported.differences.length === 0 ? EXIT.ok : EXIT.failed
  },
}

function printExportAsJson(exported: Export, terminal: Terminal): void {
  const { underEarlierIds, forgottenAsPromised, keptSince, ...others } = exported
  printJson(terminal, {
    ...others,
    under_earlier_ids: underEarlierIds,
    forgotten_as_promised: forgottenAsPromised,
    kept_since: keptSince ?? null,
  })
}

function printExport(exported: Export, terminal: Terminal): void {
  const { events, differences, underEarlierIds, forgottenAsPromised, keptSince } = exported
  for (const event of events) terminal.out(encodeEvent(event))
  for (const { event_id, difference } of differences) printText(terminal, `${event_id}: ${difference}`, 'err')
  if (underEarlierIds > 0)
    printText(terminal, `Not compared: ${underEarlierIds} in the history, sent under an earlier id.`, 'err')
  if (forgottenAsPromised > 0)
    printText(
      terminal,
      `Forgotten by the server, as promised: ${forgottenAsPromised}. It keeps events from ${keptSince} on.`,
      'err',
    )
  const verdict = differences.length === 0 ? 'Server and history agree' : 'Server and history DIFFER'
  const held = `${events.length} ${events.length === 1 ? 'event' : 'events'}`
  printText(terminal, `${verdict}: the server holds ${held} of this installation.`, 'err')
}
