import { boundsOf, FIELDS, type IsoWeek } from '@voicemode-telemetry/protocol'
import type {
  ListedReport,
  ReportList,
  ReportTable,
  WeeklyReport,
} from '@voicemode-telemetry/protocol/wire/reports'
import type { Context } from 'hono'
import { html } from 'hono/html'
import { answerPage, type Html, showDay, showDays, showNumber } from '../http/pages.ts'

/** Answers with a week's report, whose bytes never change, and with what is to be said beside it. */
export function answerReport(
  context: Context,
  listed: ReportList,
  { beside, report }: { beside: ListedReport; report: WeeklyReport },
) {
  const { week, from, to, total, plus_minus, epsilon, tables, tables_from, notes } = report
  // A table with nothing beyond its error bars would show noise alone.
  const { true: shown = [], false: unsaid = [] } = Object.groupBy(tables, ({ rows }) =>
    rows.some((row) => row.n > row.plus_minus) ? 'true' : 'false',
  )
  const likelier = Math.ceil(100 * Math.exp(epsilon)) / 100
  const content = html`<p class="quiet">${showDays(from, to)}</p>
<p class="total"><span class="number">${showNumber(total)}</span> <span class="margin">± ${showNumber(plus_minus)}</span></p>
<p>installations whose user agreed to telemetry used VoiceMode this week. This is a lower bound, not a full count.</p>
${
  tables.length > 0
    ? html`<div class="cards">\n${shown.map((table) => showTable(table, report))}</div>${
        unsaid.length > 0
          ? html`\n<p class="quiet">Not shown, because no number stood out from the noise: ${unsaid.map(({ label }) => label).join(', ')}.</p>`
          : ''
      }`
    : html`<p class="note">The report shows nothing else while there are fewer than ${showNumber(tables_from)} installations.</p>`
}
<h2>How to read this, and what it does not show</h2>
<ul>
${notes.map((note) => html`<li>${note}</li>\n`)}</ul>
<h2>About this report</h2>
<dl class="facts">
<div><dt>Epsilon of this week</dt>
<dd>${epsilon}. Adding or removing one installation makes any given report at most ${likelier} times as likely.</dd></div>
<div><dt>Epsilon of all reports so far</dt>
<dd>${listed.running_epsilon}, for an installation that was in use every week</dd></div>
<div><dt>Made on</dt>
<dd>${showDay(beside.made_on)}, and not changed since</dd></div>
<div><dt>Deletion requests since then</dt>
<dd>${showNumber(beside.deletions_since)}. They do not change this report: it is final, and its noise already hides each installation.</dd></div>
<div><dt>As data</dt>
<dd><a href="${beside.links.json}">JSON</a>, <a href="${beside.links.csv}">CSV</a></dd></div>
</dl>
${showOthers(listed, week)}`
  return answerPage(context, { title: `Weekly report ${week}`, content, at: '/report' })
}

/** Answers where no report is published. */
export function answerNone(context: Context, listed: ReportList) {
  const { length } = listed.reports
  const content = html`<p class="note">${length > 0 ? 'Every report is held back at present.' : 'There is no report yet.'}</p>
<p>A report shows how many installations were in use in one week, and how. It covers only installations whose user agreed to
telemetry. Every number contains random noise, so that nobody can find out whether any one installation was in use.</p>
${showOthers(listed)}`
  return answerPage(context, { title: 'Weekly report', content, at: '/report' })
}

/** Answers where the week that is asked for has no report that is shown. @param held that week, where its report is held. */
export function answerMissing(context: Context, listed: ReportList, held: IsoWeek | undefined) {
  const content = held
    ? html`<p class="quiet">Week ${showWeek(held)}</p>
<p class="note">The report of this week was made and is held back. Should it be released, it is what it was when it was made: a
report never changes.</p>`
    : html`<p class="note">There is no report of such a week.</p>`
  const whole = html`${content}\n${showOthers(listed, held)}`
  context.header('cache-control', 'no-store')
  return answerPage(context, { title: 'Weekly report', content: whole, at: '/report', status: 404 })
}

function showWeek(week: IsoWeek): Html {
  const { from, to } = boundsOf(week)
  return html`${week}, ${showDays(from, to)}`
}

function showTable({ field, label, rows, folded }: ReportTable, { fold_below }: WeeklyReport): Html {
  const purpose = FIELDS.find(({ path }) => path === field)?.purpose
  const most = rows.reduce((max, { n, plus_minus }) => Math.max(max, n + plus_minus), 1)
  const lines = rows.map(
    ({ value, n, plus_minus }) => html`<tr>
<th scope="row">${value}</th>
<td class="bar">${showBar(n, plus_minus, most)}</td>
<td class="number">${showNumber(n)}</td>
<td class="margin">± ${showNumber(plus_minus)}</td>
</tr>
`,
  )
  return html`<section class="card" aria-labelledby="${field}">
<h2 id="${field}">${label}</h2>
${purpose ? html`<p class="quiet">${purpose}</p>\n` : ''}<table class="bars">
<thead class="unseen"><tr><th scope="col">Value</th><td></td><th scope="col">Installations</th><th scope="col">Error bars</th></tr></thead>
<tbody>
${lines}</tbody>
</table>
${folded.length > 0 ? html`<p class="quiet">Counted as other, because each has fewer than ${showNumber(fold_below)}: ${folded.join(', ')}.</p>\n` : ''}</section>
`
}

/** A bar with its error bars; the numbers beside it say the same. */
function showBar(n: number, plusMinus: number, most: number): Html {
  const percent = (x: number) => `${((100 * Math.max(0, x)) / most).toFixed(2)}%`
  return html`<svg aria-hidden="true" width="100%" height="16"><rect width="${percent(n)}" height="10" y="3"/><line x1="${percent(n - plusMinus)}" x2="${percent(n + plusMinus)}" y1="8" y2="8"/></svg>`
}

/** The way to every other report, and when the next one comes. */
function showOthers({ reports, next }: ReportList, shown?: IsoWeek): Html {
  const others = reports
    .filter(({ week }) => week !== shown)
    .map(
      ({ week, state, links }) =>
        html`<li><a href="${links.page}">${week}</a>${state === 'held' ? ', held back' : ''}</li>\n`,
    )
  return html`<h2>Other weeks</h2>
${others.length > 0 ? html`<ul class="weeks">\n${others}</ul>\n` : ''}<p>${
    next
      ? html`The report of week ${showWeek(next.week)}, will be published on ${showDay(next.on)}. By then nearly all events of that week will have arrived.`
      : 'There will be no further reports, because this server keeps events for less than the two weeks that a report takes.'
  }</p>
<p class="quiet">All reports as JSON: <a href="/v1/reports">/v1/reports</a>.</p>`
}
