import { type Day, dayAt, FIELDS, NOTICES } from '@voicemode-telemetry/protocol'
import type { Answered, Transparency } from '@voicemode-telemetry/protocol/wire/policy'
import type { Context, Hono } from 'hono'
import { html } from 'hono/html'
import { answerPage, showDay, showNumber } from '../http/pages.ts'
import type { RequestCount, RequestKind, Store } from '../store/store.ts'
import { AFTER_DELETION, howLong, NO_TRACE, ON_DISK, WHO_CAN_READ } from './policy.ts'

interface TransparencyOptions {
  store: Store
  /** Milliseconds since 1970. */
  now: () => number
  retentionDays: number
}

/** How many months are told, this one included. */
const MONTHS = 12
const FIRST_DAY: Day = '0000-01-01'
const CACHED = 'public, max-age=300'

/** Adds what changed and what was asked of the server, as data and as a page. */
export function addTransparency(app: Hono, { store, now, retentionDays }: TransparencyOptions): void {
  const tell = async (): Promise<Transparency> => {
    const today = dayAt(now())
    const answered = await store.requestsAnswered(FIRST_DAY, today)
    const of = (month: string) => answered.filter(({ day }) => day.startsWith(month))
    const months = lastMonths(today).map((month) => ({ month, ...sumUp(of(month)) }))
    return { notices: [...NOTICES], requests_answered: { total: sumUp(answered), months } }
  }

  app.get('/v1/transparency', async (context) => {
    context.header('cache-control', CACHED)
    return context.json(await tell())
  })
  app.get('/transparency', async (context) => {
    context.header('cache-control', CACHED)
    return answerTransparency(context, await tell(), retentionDays)
  })
}

function sumUp(answered: readonly RequestCount[]): Answered {
  const sumOf = (wanted: RequestKind) =>
    answered.reduce((sum, { kind, n }) => (kind === wanted ? sum + n : sum), 0)
  return { export: sumOf('export'), delete: sumOf('delete') }
}

/** The months up to that day's, as `2026-11`, newest first. */
function lastMonths(today: Day): string[] {
  const thisMonth = 12 * Number(today.slice(0, 4)) + Number(today.slice(5, 7)) - 1
  return Array.from({ length: MONTHS }, (_, n) => {
    const month = thisMonth - n
    return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`
  })
}

const GROUPS = { '': 'Who and when', environment: 'With what', usage: 'How' }

function answerTransparency(
  context: Context,
  { notices, requests_answered }: Transparency,
  retentionDays: number,
) {
  const groups = Object.entries(GROUPS).map(([group, title]) => {
    const fields = FIELDS.filter(({ path }) => (path.split('.').at(-2) ?? '') === group)
    return html`<div><dt>${title}</dt><dd>${fields.map(({ label }) => label).join(', ')}</dd></div>\n`
  })
  const changes = notices.map(({ version, date, change }) => {
    const added = FIELDS.filter(({ sinceNotice }) => sinceNotice === version).map(({ label }) => label)
    return html`<div><dt>Notice ${version}, ${showDay(date)}</dt>
<dd>${change}${added.length > 0 ? ` It lists: ${added.join(', ')}.` : ''}</dd></div>
`
  })
  const { total, months } = requests_answered
  const row = (title: string, of: Answered) => html`<tr>
<th scope="row">${title}</th>
<td class="number">${showNumber(of.export)}</td>
<td class="number">${showNumber(of.delete)}</td>
</tr>
`
  const content = html`<p>What this server is given, what was asked of it, and how to see for yourself.</p>
<h2>What is collected</h2>
<p>One summary of counts for each installation and UTC day, after a person has said yes:</p>
<dl class="facts">
${groups}</dl>
<p>Why each of these is, and every value it may have: <a href="/privacy">privacy</a>.</p>
<h2>What changed</h2>
<p>A yes answers a notice. Whoever said yes to less than a newer one lists is asked again before anything more is sent.</p>
<dl class="facts">
${changes}</dl>
<h2 id="requests">What was asked of this server</h2>
<p>Requests for an export or a deletion, which whoever holds an installation's secret may make at any time, and which are
answered at once. These are all that were answered; who asked is not kept.</p>
<table class="narrow" aria-labelledby="requests">
<thead><tr><th scope="col">Month</th><th scope="col" class="number">Exports</th><th scope="col" class="number">Deletions</th></tr></thead>
<tbody>
${months.map(({ month, ...answered }) => row(month, answered))}</tbody>
<tfoot>
${row('Total', total)}</tfoot>
</table>
<h2>How long it is kept</h2>
<p>${howLong(retentionDays)} ${AFTER_DELETION} A published <a href="/report">weekly report</a> stays, with noise that hides each installation.</p>
<h2>What is deleted, and the disk</h2>
<p>What is deleted is gone for the server at once. How long its bytes stay on a disk depends on where the operator keeps the events:</p>
<dl class="facts">
${ON_DISK.map(({ home, how }) => html`<div><dt>${home}</dt><dd>${how}</dd></div>\n`)}</dl>
<p>${WHO_CAN_READ}</p>
<h2>See for yourself</h2>
<ul>
<li><code>voicemode-telemetry preview</code> prints the exact bytes of a day's summary, before any yes.</li>
<li><code>voicemode-telemetry history</code> lists what left your machine. With <code>--day</code> and a day, it prints the bytes.</li>
<li><code>voicemode-telemetry export</code> fetches all that this server holds of you and compares it with your history.</li>
<li><code>voicemode-telemetry forget</code> has it deleted, and prints the id that this server says it deleted.</li>
<li>To check a deletion, copy the file <code>telemetry_secret</code> before it. To that secret, <code>/v1/rights/export</code> then answers with no events.</li>
</ul>
<h2>What this server keeps no trace of</h2>
<p>${NO_TRACE}</p>
<p class="quiet">The same as data: <a href="/v1/transparency">/v1/transparency</a>, <a href="/v1/policy">/v1/policy</a>.</p>`
  return answerPage(context, { title: 'Transparency', content, at: '/transparency' })
}
