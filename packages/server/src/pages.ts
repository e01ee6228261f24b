import type { Context } from 'hono'
import { html } from 'hono/html'

type Html = ReturnType<typeof html>
type PageStatus = 200 | 401 | 429

export const PAGE_STYLE_PATH = '/pages.css'

/** A page of the server's own holds no script and nothing inline, and asks nobody else for anything. */
const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

/** Answers with a whole page around some content; what is put into `html` is escaped. */
export function answerPage(context: Context, page: { title: string; content: Html; status?: PageStatus }) {
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
<main>
<h1>${page.title}</h1>
${page.content}
</main>
</body>
</html>
`,
    page.status ?? 200,
  )
}

export const PAGE_STYLE = `:root {
  color-scheme: light dark;
  --page: light-dark(#f4f5f7, #12151a);
  --card: light-dark(#ffffff, #1b2028);
  --line: light-dark(#7b8594, #7f8a99);
  --text: light-dark(#1a1f27, #eceff4);
  --quiet: light-dark(#56606e, #a5afbd);
  --accent: light-dark(#005f94, #6cc0f0);
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
th, td { padding: .5rem .75rem; border: 1px solid var(--line); text-align: left; vertical-align: top; }
td { min-width: 6rem; }
`
