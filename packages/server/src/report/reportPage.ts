import { FIELDS } from '@voicemode-telemetry/protocol'
import type { Context } from 'hono'
import { html } from 'hono/html'
import { answerPage, type Html, showDay, showNumber } from '../pages.ts'
import { boundsOf, type IsoWeek } from './isoWeek.ts'
import type { ReportList } from './reportList.ts'
import type { WeeklyReport } from './weeklyReport.ts'

type ReportTable = WeeklyReport['tables'][number]

/** Answers with a week's report and what is to be said beside it. */
export function answerReport(context: Context, listed: ReportList, report: WeeklyReport) {
  const { week, total, plus_minus, tables, tables_from, notes } = report
  const beside = listed.reports.find((entry) => entry.week === week)
  const content = html`<p class="quiet">${showWeek(week)}</p>
<p class="total"><span class="number">${showNumber(total)}</span> <span class="margin">± ${showNumber(plus_minus)}</span></p>
<p>installations were used in this week, of those whose user agreed to telemetry. It is a floor, no census.</p>
${
  tables.length > 0
    ? html`<div class="cards">
${tables.map(showTable)}</div>
`
    : html`<p class="note">Under ${showNumber(tables_from)} installations this number is all that is shown.</p>
`
}<h2 id="reading">How to read this, and what it does not show</h2>
<ul>
${notes.map((note) => html`<li>${note}</li>\n`)}</ul>
<h2 id="facts">Beside the numbers</h2>
<dl class="facts">
<div><dt>Epsilon of this week</dt><dd>${report.epsilon}</dd></div>
<div><dt>Epsilon of all reports so far</dt><dd>${listed.running_epsilon}</dd></div>
${
  beside
    ? html`<div><dt>Made on</dt><dd>${showDay(beside.made_on)}, and not changed since</dd></div>
<div><dt>Deletions asked for since</dt><dd>${showNumber(beside.deletions_since)}; what they deleted is still in these numbers, where nobody can make it out</dd></div>
`
    : ''
}<div><dt>As data</dt><dd>${beside?.links ? html`<a href="${beside.links.json}">JSON</a>, <a href="${beside.links.csv}">CSV</a>` : ''}</dd></div>
</dl>
${showOthers(listed, week)}`
  return answerPage(context, { title: 'Weekly report', content, at: '/report' })
}

/** Answers where no report is published yet. */
export function answerNone(context: Context, listed: ReportList) {
  const content = html`${listed.reports.length > 0 ? html`<p>Every report is held back at present.</p>` : html`<p>There is no report yet.</p>`}
${showNext(listed)}
<p>A report tells in how many installations VoiceMode was used in a week, and how, of those whose user agreed to telemetry.
Every number in it carries random noise, so that nobody can find out whether any one installation was there.</p>
${showOthers(listed)}`
  return answerPage(context, { title: 'Weekly report', content, at: '/report' })
}

/** Answers where the week that is asked for has no report that is shown. @param held the week, where its report is held. */
export function answerMissing(context: Context, listed: ReportList, held: IsoWeek | undefined) {
  const content = html`${
    held
      ? html`<p class="quiet">${showWeek(held)}</p>
<p class="note">The report of this week was made and is held back. Should it be released, it is what it was when it was made:
a report never changes.</p>`
      : html`<p class="note">There is no report of such a week.</p>
${showNext(listed)}`
  }
${showOthers(listed)}`
  return answerPage(context, { title: 'Weekly report', content, at: '/report', status: 404 })
}

function showNext({ next }: ReportList): Html {
  if (!next) {
    return html`<p>This server keeps events for too short a time to make one: a week has to be whole when its report is made.</p>`
  }
  return html`<p>The next one is of ${showWeek(next.week)}, and comes on ${showDay(next.on)}, when queues are empty.</p>`
}

function showWeek(week: IsoWeek): Html {
  const { from, to } = boundsOf(week)
  return html`week ${week}, ${showDay(from)} to ${showDay(to)}`
}

function showTable({ field, label, rows, folded }: ReportTable): Html {
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
${folded.length > 0 ? html`<p class="quiet">Under the limit, and in other: ${folded.join(', ')}.</p>\n` : ''}</section>
`
}

/** A bar with its error bars; the numbers beside it say the same. */
function showBar(n: number, plusMinus: number, most: number): Html {
  const percent = (x: number) => `${((100 * Math.max(0, x)) / most).toFixed(2)}%`
  return html`<svg aria-hidden="true" width="100%" height="16"><rect width="${percent(n)}" height="10" y="3"/><line x1="${percent(n - plusMinus)}" x2="${percent(n + plusMinus)}" y1="8" y2="8"/></svg>`
}

/** The way to every other report. */
function showOthers({ reports }: ReportList, shown?: IsoWeek): Html {
  const others = reports.filter(({ week }) => week !== shown)
  if (others.length === 0)
    return html`<p class="quiet">The list as data: <a href="/v1/reports">/v1/reports</a>.</p>`
  const items = others.map(({ week, links }) =>
    links ? html`<li><a href="${links.page}">${week}</a></li>\n` : html`<li>${week}, held back</li>\n`,
  )
  return html`<h2 id="others">Other weeks</h2>
<ul class="weeks">
${items}</ul>
<p class="quiet">The list as data: <a href="/v1/reports">/v1/reports</a>.</p>`
}
