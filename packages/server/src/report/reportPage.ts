import { FIELDS } from '@voicemode-telemetry/protocol'
import type { Context } from 'hono'
import { html } from 'hono/html'
import { boundsOf, type IsoWeek } from '../counts/isoWeek.ts'
import { answerPage, type Html, showDay, showDays, showNumber } from '../http/pages.ts'
import type { WeeklyReport } from './mechanism/weeklyReport.ts'
import type { ListedReport, ReportList } from './reportList.ts'

type ReportTable = WeeklyReport['tables'][number]

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
<p>installations of VoiceMode were in use this week, of those whose user agreed to telemetry. This is a lower bound, not a full count.</p>
${
  tables.length > 0
    ? html`<div class="cards">\n${shown.map((table) => showTable(table, report))}</div>${
        unsaid.length > 0
          ? html`\n<p class="quiet">Nothing beyond the noise: ${unsaid.map(({ label }) => label).join(', ')}.</p>`
          : ''
      }`
    : html`<p class="note">Under ${showNumber(tables_from)} installations this number is all that is shown.</p>`
}
<h2>How to read this, and what it does not show</h2>
<ul>
${notes.map((note) => html`<li>${note}</li>\n`)}</ul>
<h2>Beside the numbers</h2>
<dl class="facts">
<div><dt>Epsilon of this week</dt>
<dd>${epsilon}: with or without any one installation, no report is more than ${likelier} times as likely</dd></div>
<div><dt>Epsilon of all reports so far</dt>
<dd>${listed.running_epsilon}, for an installation that was there in every week</dd></div>
<div><dt>Made on</dt>
<dd>${showDay(beside.made_on)}, and not changed since</dd></div>
<div><dt>Deletions asked for since</dt>
<dd>${showNumber(beside.deletions_since)}; they change no number above, for a report is fixed and its noise hides each installation</dd></div>
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
<p>A report tells how many installations of VoiceMode were in use in a week, and how, of those whose user agreed to
telemetry. Every number in it carries random noise, so that nobody can find out whether any one installation was there.</p>
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
${folded.length > 0 ? html`<p class="quiet">Under ${showNumber(fold_below)} each, and in other: ${folded.join(', ')}.</p>\n` : ''}</section>
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
      ? html`The report of week ${showWeek(next.week)}, comes on ${showDay(next.on)}, when hardly any event of it is still to come.`
      : 'No other comes: this server keeps events for less than the two weeks that a report takes.'
  }</p>
<p class="quiet">The list as data: <a href="/v1/reports">/v1/reports</a>.</p>`
}
