import { FIELDS, type FieldDescription, NOTICES } from '@voicemode-telemetry/protocol'
import type { Gpc, Operator, Policy, PolicyField } from '@voicemode-telemetry/protocol/wire/policy'
import type { Context, Hono } from 'hono'
import { html } from 'hono/html'
import { answerPage, type Html, showDay } from '../http/pages.ts'
import { TOMBSTONE_DAYS } from '../store/store.ts'

const CACHED = 'public, max-age=3600'
/** The day of the newest notice is that of the policy, and of the way with `Sec-GPC`, which is part of it. */
const lastUpdate = NOTICES[0].date

export const NO_TRACE = `No IP address, no user agent and no location reaches what is stored or logged. An IP address is used to
limit requests and for nothing else: in memory, for an hour at most. Where several servers count together, their shared database
holds a keyed hash of it, whose random key is in memory only and is gone within an hour. Without the key, the hash says nothing.`

export function howLong(retentionDays: number): string {
  return `Events are deleted ${retentionDays} days after their day. What stays are counts of each day, which hold no id.`
}

export const AFTER_DELETION = `After a deletion a hash of the installation's random id is kept for ${TOMBSTONE_DAYS} days, so that events of it
that arrive late are dropped. The id can't be found from the hash, and then the hash is deleted too.`

/** By where a server keeps its events: how long their bytes can be read after a deletion, and by whom. */
export const ON_DISK = [
  {
    home: 'A SQLite file',
    how: 'Nothing is left in the file, or in its log of writes, once no other program reads the file.',
  },
  {
    home: 'PostgreSQL',
    how: `Its files keep the bytes for an hour, for as long as a dump or another long transaction runs, or, if the table of a day is
larger than 8 MB, until the next night, but not before 9 days after that day. Its log of writes keeps them until the operator's database removes that part of it.`,
  },
  {
    home: 'Cloudflare D1',
    how: 'Its history keeps them for 7 days, or 30 on a paid plan. It cannot be turned off.',
  },
  {
    home: 'Backups',
    how: `The operator's backups keep them for as long as the backups are kept, which the guides limit to 7 days. A managed database
has backups and archives of its own.`,
  },
] as const

export const WHO_CAN_READ =
  'Until then they can be read by whoever runs the server or its database, or holds its disk or a backup: with tools for raw files, or by restoring. No page or export of the server shows them.'

const NOBODY: Operator = { name: null, contact: null, hosting: null }

interface PolicyOptions {
  /** How many days after its day an event is kept. */
  retentionDays: number
  operator?: Operator
}

/** Adds what is collected and why, as data and as a page, both from the event contract. */
export function addPolicy(app: Hono, { retentionDays, operator = NOBODY }: PolicyOptions): void {
  const describe = () => FIELDS.map((field) => describeField(field, retentionDays))

  app.get('/v1/policy', (context) => {
    context.header('cache-control', CACHED)
    return context.json({ lastUpdate, operator, retentionDays, fields: describe() } satisfies Policy)
  })
  app.get('/privacy', (context) => {
    context.header('cache-control', CACHED)
    return answerPolicy(context, { lastUpdate, operator, retentionDays, fields: describe() })
  })
  app.get('/.well-known/gpc.json', (context) => {
    context.header('cache-control', CACHED)
    return context.json({ gpc: true, lastUpdate } satisfies Gpc)
  })
}

/** A field as this server keeps it, which may be shorter than the contract allows. */
function describeField(field: FieldDescription, retentionDays: number): PolicyField {
  const { path, label, purpose, words, isMap } = field
  const values = words.length > 0 ? words : (field.values ?? 'a whole number').replaceAll('`', '')
  return { path, label, purpose, keptDays: Math.min(field.keptDays, retentionDays), values, isMap }
}

function answerPolicy(context: Context, { operator, retentionDays, fields }: Policy) {
  const rows = fields.map(
    ({ path, label, purpose, keptDays, values, isMap }) => html`<tr>
<th scope="row">${label}<br><code>${path}</code></th>
<td>${purpose}</td>
<td>${isMap ? 'counts of ' : ''}${typeof values === 'string' ? values : values.join(', ')}</td>
<td>${keptDays} days</td>
</tr>
`,
  )
  const content = html`<p>VoiceMode sends nothing before a person has said yes, and every no wins over every yes. One
event says how one installation used VoiceMode on one UTC day. It holds no free text: every string is a word of a closed
list, every number a bounded count.</p>
<p class="quiet">Last changed on ${showDay(lastUpdate)}; what changed, and what was asked of this server:
<a href="/transparency">transparency</a>.</p>
${describeOperator(operator)}
<h2 id="fields">What this server takes, and why</h2>
<div class="wide" role="region" aria-labelledby="fields" tabindex="0">
<table>
<thead><tr><th scope="col">Field</th><th scope="col">Why</th><th scope="col">Values</th><th scope="col">Kept</th></tr></thead>
<tbody>
${rows}</tbody>
</table>
</div>
<h2>How long</h2>
<p>${howLong(retentionDays)} ${AFTER_DELETION}</p>
<h2>What this server does not keep</h2>
<p>${NO_TRACE}</p>
${LEGAL_GROUNDS}
<h2>Your rights</h2>
<ul>
<li>Say no: <code>voicemode-telemetry disable</code>, <code>VOICEMODE_TELEMETRY=false</code> or
<code>DO_NOT_TRACK=1</code>. A request with <code>DNT: 1</code> or <code>Sec-GPC: 1</code> is not read.</li>
<li>See what is held of your installation: <code>voicemode-telemetry export</code>.</li>
<li>Have it deleted: <code>voicemode-telemetry forget</code>. Your machine's secret proves that it is yours, so nobody
else can, and nobody has to be asked.</li>
<li>Take your data elsewhere: <code>voicemode-telemetry export</code> writes it as JSON.</li>
<li>Have its use restricted, or object to it: say no, which does both at once, or write to the contact above.</li>
<li>Complain to the data protection authority of the place where you live or work.</li>
</ul>
<p class="quiet">The same as data: <a href="/v1/policy">/v1/policy</a>.</p>`
  return answerPage(context, { title: 'Privacy', content, at: '/privacy' })
}

/** Who is responsible. What the operator has not said is named as missing, since people have a right to know it. */
function describeOperator({ name, contact, hosting }: Operator): Html {
  const missing = 'Not named yet. People must be told before they say yes.'
  return html`<h2>Who is responsible</h2>
<table>
<tbody>
<tr><th scope="row">Who runs this server</th><td>${name ?? missing}</td></tr>
<tr><th scope="row">How to reach them</th><td>${contact ?? missing}</td></tr>
<tr><th scope="row">Who hosts it, and where</th><td>${hosting ?? missing}</td></tr>
</tbody>
</table>`
}

const LEGAL_GROUNDS = html`<h2>On what ground, and who gets it</h2>
<ul>
<li>The ground is your consent (GDPR Article 6(1)(a)). You can take it back at any time. What was done before stays lawful.</li>
<li>Nobody has to say yes. VoiceMode works the same without it.</li>
<li>VoiceMode's maintainers see counts of each day, without ids. Those who run the server or host it can reach the events themselves.
Nobody else gets them. They are not sold, not shared for advertising, and not put together with other data.</li>
<li>Events are pseudonymous. Whoever runs this server uses them only as counts, and does not try to find out whose they are.</li>
<li>Nothing is decided about anybody by a machine, and no profile is made.</li>
</ul>`
