import { type Day, startOfDay } from '@voicemode-telemetry/protocol'
import type { Context } from 'hono'
import { html } from 'hono/html'

export type Html = ReturnType<typeof html>
type PageStatus = 200 | 401 | 404 | 429

/** The pages for everyone, which lead to each other. */
const PUBLIC_PAGES = { '/report': 'Weekly report', '/transparency': 'Transparency', '/privacy': 'Privacy' }

export const PAGE_STYLE_PATH = '/pages.css'

/** A page of the server's own holds no script and nothing inline, and asks nobody else for anything. */
const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

interface Page {
  title: string
  content: Html
  status?: PageStatus
  /** Which of the pages for everyone it is; one that is none of them has no way to the others. */
  at?: keyof typeof PUBLIC_PAGES
}

/** Answers with a whole page around some content; what is put into `html` is escaped. */
export function answerPage(context: Context, page: Page) {
  context.header('content-security-policy', PAGE_POLICY)
  // A form's Origin must tell where it comes from, which it does not under no-referrer.
  context.header('referrer-policy', 'same-origin')
  return context.html(
    html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title} · VoiceMode Telemetry</title>
<link rel="stylesheet" href="${PAGE_STYLE_PATH}">
</head>
<body>
${page.at ? pageLinks(page.at) : ''}<main>
<h1>${page.title}</h1>
${page.content}
</main>
</body>
</html>
`,
    page.status ?? 200,
  )
}

function pageLinks(at: keyof typeof PUBLIC_PAGES): Html {
  const links = Object.entries(PUBLIC_PAGES).map(
    ([path, title]) => html`<a href="${path}"${path === at ? html` aria-current="page"` : ''}>${title}</a>
`,
  )
  return html`<nav aria-label="Pages">
${links}</nav>
`
}

const dayFormat = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
})
const numberFormat = new Intl.NumberFormat('en-US')

/** A day for people. */
export function showDay(day: Day): Html {
  return html`<time datetime="${day}">${dayFormat.format(startOfDay(day))}</time>`
}

/** The days from one to another, for people. */
export function showDays(from: Day, to: Day): string {
  // Written out: platforms put different spaces into a range of their own.
  return `${dayFormat.format(startOfDay(from))} – ${dayFormat.format(startOfDay(to))}`
}

/** A number for people. */
export function showNumber(n: number): string {
  return numberFormat.format(n)
}

export const PAGE_STYLE = `:root {
  color-scheme: light dark;
  --page: light-dark(#f4f5f7, #12151a);
  --card: light-dark(#ffffff, #1b2028);
  --line: light-dark(#7b8594, #7f8a99);
  --edge: light-dark(#d9dde3, #323a46);
  --text: light-dark(#1a1f27, #eceff4);
  --quiet: light-dark(#56606e, #a5afbd);
  --accent: light-dark(#005f94, #6cc0f0);
  --bar: light-dark(#4b9ac7, #3d7ea6);
  --on-accent: light-dark(#ffffff, #0d1218);
  --wrong: light-dark(#a8201a, #ff9d94);
  font: 16px / 1.5 system-ui, sans-serif;
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); }
main { max-width: 76rem; margin: 0 auto; padding: 2rem clamp(1rem, 4vw, 3rem); }
h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.2; }
h2 { margin: 2rem 0 .5rem; font-size: 1.125rem; }
p, ul { max-width: 44rem; }
a { color: var(--accent); }
code { font-size: .875em; overflow-wrap: anywhere; }
@media (min-width: 48rem) { th code { overflow-wrap: normal; } }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
form { display: grid; gap: .75rem; max-width: 24rem; margin-top: 1rem; }
label { font-weight: 600; }
input, button { width: 100%; min-height: 2.75rem; padding: .5rem .75rem; border-radius: 8px; font: inherit; }
input { border: 1px solid var(--line); background: var(--card); color: var(--text); }
button { border: 1px solid transparent; background: var(--accent); color: var(--on-accent); font-weight: 600; cursor: pointer; }
.wrong { margin: 0; color: var(--wrong); }
.quiet { color: var(--quiet); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; background: var(--card); }
th, td { padding: .5rem .75rem; border: 1px solid var(--edge); text-align: left; vertical-align: top; }
td { min-width: 6rem; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; max-width: 76rem; margin: 0 auto; padding: 1rem clamp(1rem, 4vw, 3rem) 0; }
nav a { padding: .25rem 0; text-underline-offset: .3em; }
nav a[aria-current] { color: var(--text); font-weight: 600; text-decoration: none; }
nav + main { padding-top: 1.25rem; }
.number, .margin { min-width: 0; text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.margin { color: var(--quiet); }
.narrow { width: auto; min-width: min(100%, 24rem); }
tfoot { font-weight: 600; }
.total { margin: .5rem 0 0; }
.total + p { margin-top: .25rem; }
.total .number { font-size: 3rem; font-weight: 650; line-height: 1.1; }
.total .margin { font-size: 1.25rem; }
.note { padding: .75rem 1rem; border-left: 4px solid var(--accent); background: var(--card); }
.cards { columns: 22rem; column-gap: 1rem; margin: 1.5rem 0; }
.card { break-inside: avoid; margin-bottom: 1rem; padding: 1rem; border: 1px solid var(--edge); border-radius: 12px; background: var(--card); }
.card h2 { margin: 0; }
.card p { margin: .25rem 0 .75rem; font-size: .875rem; }
.card p:last-child { margin: .75rem 0 0; }
.bars th, .bars td { min-width: 0; padding: .25rem .375rem; border: 0; border-top: 1px solid var(--edge); vertical-align: middle; font-size: .875rem; }
.bars th { padding-left: 0; font-weight: 400; white-space: nowrap; }
.bars .margin { padding-right: 0; }
.bars .bar { width: 100%; min-width: 2.5rem; }
.bar svg { display: block; }
.bar rect { fill: var(--bar); }
.bar line { stroke: var(--text); stroke-width: 2; }
.facts > div { display: grid; grid-template-columns: minmax(9rem, 14rem) 1fr; gap: .25rem 1rem; padding: .5rem 0; border-top: 1px solid var(--edge); }
.facts { max-width: 56rem; }
.facts dt { color: var(--quiet); }
.facts dd { margin: 0; }
.weeks { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; max-width: none; padding: 0; list-style: none; }
.unseen > tr > * { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 30rem) {
  .facts > div { grid-template-columns: 1fr; }
}
@media (max-width: 21rem) {
  .bars .bar { display: none; }
}
@media print {
  :root { color-scheme: light; font-size: 12px; }
  nav { display: none; }
  .card, tr { break-inside: avoid; }
}
`
