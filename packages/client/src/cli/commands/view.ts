import { buildPage, findPage } from '../../view/page.ts'
import { startViewer, type Viewer, type ViewOptions } from '../../view/viewServer.ts'
import { type Command, EXIT, printJson, type Run, UsageError } from '../command.ts'

import type { Terminal } from '../terminal.ts'

const DEFAULT_DAYS = 30
/** The history of what was sent reaches no further. */
const MAX_DAYS = 90
const IDLE_MINUTES = 30

export const view: Command = {
  summary: 'see it all on a page that this machine serves to you alone',
  help: `
Serves a page to your own browser, on this machine and under an address that opens once: your use by day out of your own
logs, what was or would be sent of it, byte for byte, and the history. It reads only, sends nothing and needs no yes. It connects
nowhere, but when you click for the latest public report.

It goes on until Ctrl-C, or until the page has asked for nothing for ${IDLE_MINUTES} minutes.

Options:
  --days N      whole days before today, 1 to ${MAX_DAYS}; ${DEFAULT_DAYS} unless given
  --port N      the port on 127.0.0.1; a free one unless given
  --no-open     don't open the browser, just print the address
  --json        the address as JSON

Examples:
  voicemode-telemetry view
  voicemode-telemetry view --days 7 --no-open
`,
  options: { days: { type: 'string' }, port: { type: 'string' }, 'no-open': { type: 'boolean' } },
  async run(run) {
    const { terminal } = run
    const days = numberOption(run, 'days', { least: 1, most: MAX_DAYS }) ?? DEFAULT_DAYS
    const port = numberOption(run, 'port', { least: 1, most: 65_535 }) ?? 0
    const page = findPage() ?? build(terminal)
    if (!page) {
      terminal.err('The page is not built yet. In a clone of the repository `npm run build` makes it.\n')
      return EXIT.failed
    }
    const onOpened = () => terminal.err('The address was opened; it opens nowhere else from now on.\n')
    const viewer = await start(run, { page, days, port, idleMs: IDLE_MINUTES * 60_000, onOpened })
    if (!viewer) return EXIT.failed
    const interrupted = terminal.interrupted()
    await show(run, viewer)
    const end = await Promise.race([interrupted, viewer.ended.then(() => 'idle')])
    viewer.close()
    terminal.err(end === 'idle' ? `Ended: nothing was asked for ${IDLE_MINUTES} minutes.\n` : '\nEnded.\n')
    return EXIT.ok
  },
}

function build(terminal: Terminal): string | undefined {
  terminal.progress('Building the page, once …')
  const page = buildPage()
  terminal.progress(undefined)
  return page
}

async function start({ host, terminal }: Run, options: ViewOptions): Promise<Viewer | undefined> {
  try {
    return await startViewer(host, options)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error
    const why = code === 'EACCES' ? 'may not be used' : 'is in use'
    terminal.err(`Port ${options.port} ${why}. Without --port a free one is taken.\n`)
    return undefined
  }
}

async function show({ host, terminal, json, options }: Run, { url }: Viewer): Promise<void> {
  if (json) printJson(terminal, { url })
  else terminal.out(`${url}\n`)
  const mayOpen = !options['no-open'] && terminal.isInteractive && !host.isCI
  const opens = mayOpen && (await host.openInBrowser(url))
  const what = opens
    ? 'Opening it in your browser.'
    : 'Open this address in a browser on this machine; it works once.'
  terminal.err(`${what} Nothing is sent. Ctrl-C ends it, and so do ${IDLE_MINUTES} minutes without use.\n`)
}

function numberOption(
  { options }: Run,
  name: 'days' | 'port',
  { least, most }: { least: number; most: number },
): number | undefined {
  const text = options[name]
  if (text === undefined) return undefined
  const n = typeof text === 'string' && /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(n >= least && n <= most)) throw new UsageError(`--${name} takes a number from ${least} to ${most}`)
  return n
}
