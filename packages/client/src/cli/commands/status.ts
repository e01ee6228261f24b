import { type Command, EXIT, printJson, printText, table } from '@voicemode-telemetry/command-line'
import type { Host } from '../../host.ts'
import { MAX_QUEUE_AGE_DAYS } from '../../queue/queue.ts'
import { describeForeignFiles } from '../../show/foreignFiles.ts'
import { scheduleRows } from '../../show/schedule.ts'
import { readStatus, type Status } from '../../show/status.ts'

export const status: Command<Host> = {
  summary: 'show whether anything is sent, and which setting decides',
  about: `Shows whether telemetry is on and which setting decides it, where events go, which days are due and what \
sends them, what waits, why and until when, which logs are read, and what was sent and refused. Changes nothing.

With --prove it shows instead that nothing connects without your yes. It runs the library, and each command that must not connect, \
in a process in which Node counts the sockets, the lookups of names, and the processes and threads. First comes a control that opens one of each, on this machine only: \
by it you see that the count sees. While telemetry is on, --prove runs nothing, since sending is what you agreed to.`,
  options: { prove: { about: 'run what must not connect, and show what it opened' } },
  json: 'print the same as JSON',
  exitCodes:
    '0; with --prove 1 if something was seen without your yes, if the count did not work, or if telemetry is on',
  examples: ['voicemode-telemetry status', 'voicemode-telemetry status --prove'],
  async run({ host, terminal, json, switches }) {
    if (switches.has('prove')) {
      const { proveOff } = await import('../../show/proof.ts')
      const proof = await proveOff(host)
      if (json) printJson(terminal, proof)
      else {
        const { describeProof } = await import('../proof.ts')
        printText(terminal, describeProof(proof))
      }
      return proof.outcome === 'nothing seen' ? EXIT.ok : EXIT.failed
    }
    const found = readStatus(host)
    const columns = terminal.isInteractive ? terminal.columns : Number.POSITIVE_INFINITY
    if (json) printJson(terminal, found)
    else terminal.out(`${table(rowsOf(found), columns)}\n\n${nextSteps(found.state, columns)}\n`)
    return EXIT.ok
  },
}

function rowsOf(found: Status): [string, string][] {
  const row = (name: string, text: string | false | null | undefined): [string, string][] =>
    text ? [[name, text]] : []
  const { last_sent: sent, last_failure: failure, held_up: held } = found
  return [
    ...row('Telemetry', `${found.state === 'granted' ? 'on' : 'off'}: ${found.reason}`),
    ...row('To change it', found.remedy),
    ...row('Not yours', found.foreign_files && describeForeignFiles(found.foreign_files)),
    ...found.added_to_notice.flatMap((line) => row('New', line)),
    ...row('Sends to', found.endpoint ?? found.endpoint_problem),
    ...row('Proxy', describeProxy(found)),
    ...scheduleRows(found),
    ...row(
      'Held up',
      held && (found.queued === 0 || held.until !== found.not_before) && `${held.why}, until ${held.until}`,
    ),
    ...row('Clock', describeTimesAhead(found)),
    ...row(
      'Clock',
      found.clock_not_believed &&
        "clock-not-believed: this machine's clock has leapt by days. Nothing old is deleted or sent until it has gone on for 2 days",
    ),
    ...row('Waiting', describeWaiting(found)),
    ...row('Dropped unsent', found.dropped_unsent > 0 && describeDropped(found)),
    ...row('Why', found.queued > 0 && whyTheyWait(found)),
    ...row('What to do', failure?.remedy),
    ...row(
      'Last sent',
      sent ? `the event of ${sent.day}, on ${sent.on}` : "nothing in this machine's history",
    ),
    ...row(
      'Event logs',
      found.event_logs ? null : "off in VoiceMode's settings, so failed calls can't be counted",
    ),
    ...found.log_folders.map((folder): [string, string] => ['Reads', describeFolder(folder)]),
    ...row('Last refused', found.last_refused && describeRefusal(found.last_refused)),
    ...row('Your id', found.telemetry_id),
    ...row('Copied', describeCopy(found.copy)),
    ...row('Your files', found.telemetry_id && describeOwnFolder(found)),
    ...row('Answered', found.answered_at && describeAnswer(found)),
  ]
}

function describeAnswer({ answered_at, answered_by, answered_for }: Status): string {
  return `${answered_at} (${answered_by})${answered_for === null ? '' : `, for ${answered_for}`}`
}

function describeTimesAhead({ times_ahead: ahead }: Status): string | undefined {
  if (ahead.length === 0) return undefined
  const [what] = new Set(ahead.map((time) => `${time.what} (${time.at})`))
  const others = ahead.length > 1 ? `, and ${ahead.length - 1} more` : ''
  return `times that lie ahead of this machine's clock count as now: ${what}${others}`
}

function describeProxy({ proxy, proxy_problem, other_proxy: other }: Status): string | undefined {
  const now = proxy_problem ?? proxy ?? (other && 'none is set here')
  if (other === null) return now ?? undefined
  return `${now}. The last send used ${other}: it was started with other variables, as some assistants do`
}

function describeWaiting({ waiting }: Status): string {
  const [oldest] = waiting
  const count = `${waiting.length} ${waiting.length === 1 ? 'event' : 'events'}`
  return oldest
    ? `${count} (${waiting.map(({ day }) => day).join(', ')}); deleted unsent after ${MAX_QUEUE_AGE_DAYS} days, the oldest after ${oldest.dropped_after}`
    : count
}

function describeDropped({ dropped_unsent: dropped, last_dropped_unsent: last }: Status): string {
  const count = `${dropped} ${dropped === 1 ? 'event' : 'events'}`
  return `${count}, the last on ${last?.slice(0, 10)}: waited ${MAX_QUEUE_AGE_DAYS} days, or the queue was full`
}

function whyTheyWait({ state, reason, endpoint_problem, not_before, last_failure: failure }: Status): string {
  if (state !== 'granted') return reason
  if (endpoint_problem !== null) return endpoint_problem
  if (not_before !== null) return `the server asked to wait until ${not_before}`
  return failure ? `${failure.why} (tried ${failure.at})` : 'the next send tries them'
}

function describeFolder({ path, found, files, unreadable_files: unreadable }: Status['log_folders'][number]) {
  switch (found) {
    case 'logs': {
      const count = `${files} ${files === 1 ? 'log' : 'logs'}`
      return `${path}: ${count}${unreadable > 0 ? `, of which ${unreadable} can't be read` : ''}`
    }
    case 'no logs':
      return `${path}: no logs`
    case 'no folder':
      return `${path}: no such folder`
    case 'unreadable':
      return `${path}: can't be read`
    default:
      throw found satisfies never
  }
}

function describeCopy(copy: Status['copy']): string | undefined {
  switch (copy) {
    case 'found':
      return "these files are a copy of another machine's or folder's. The next send makes an id for this one and deletes the copied queue unsent"
    case 'replaced':
      return "these files were a copy of another machine's or folder's, so this one has made an id of its own"
    case null:
      return undefined
    default:
      throw copy satisfies never
  }
}

function describeOwnFolder({ own_folder: folder, ignored_by_git: isIgnored }: Status): string {
  return `telemetry_* and logs/telemetry in ${folder} belong to this machine alone. ${
    isIgnored ? 'Git leaves them out' : `${folder}/.gitignore does NOT leave them out`
  }; tell other programs that copy the folder (Syncthing, chezmoi) to leave them out too`
}

function nextSteps(state: Status['state'], columns: number): string {
  const steps: [string, string][] = [['See what would be sent:', 'voicemode-telemetry preview']]
  if (state === 'granted')
    steps.push(
      ['Turn it off:', 'voicemode-telemetry disable'],
      ['Compare with the server:', 'voicemode-telemetry export'],
    )
  else steps.push(['Turn it on:', 'voicemode-telemetry enable'])
  if (state === 'unset') steps.push(['Say no for good:', 'voicemode-telemetry disable'])
  return table(steps, columns)
}

function describeRefusal({ day, reason }: NonNullable<Status['last_refused']>): string {
  const fields = reason?.problems?.map((problem) => problem.field || 'the event').join(', ')
  return `the event of ${day} (${reason?.status || 'no status'}${fields ? `: ${fields}` : ''})`
}
