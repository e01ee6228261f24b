import {
  type Command,
  EXIT,
  printJson,
  printText,
  type Run,
  wholeNumber,
} from '@voicemode-telemetry/command-line'
import type { Host } from '../../host.ts'
import { HISTORY_KEPT_DAYS } from '../../queue/queue.ts'
import { findPage } from '../../view/page.ts'
import { startViewer, type Viewer, type ViewOptions } from '../../view/viewServer.ts'
import { openPage } from '../openPage.ts'

const DEFAULT_DAYS = 30
/** The history of what was sent reaches no further back. */
const MAX_DAYS = HISTORY_KEPT_DAYS.sent
const IDLE_MINUTES = 30

export const view: Command<Host> = {
  summary: 'show your own numbers on a page in your browser',
  about: `Serves a page from this machine to your own browser, at a URL that opens once. It shows your use day by day, the exact \
bytes that were or would be sent, and the history. It only reads, sends nothing, and you need not have said yes. It connects to \
the server only when you click for the latest public report.

To see the page from another machine, forward its port: ssh -L PORT:127.0.0.1:PORT THIS_MACHINE. The port there may be another one.

It runs until Ctrl-C, or until the page has not been used for ${IDLE_MINUTES} minutes.`,
  options: {
    days: {
      takes: 'N',
      accepts: wholeNumber(1, MAX_DAYS),
      about: `how many whole days before today, 1 to ${MAX_DAYS}; default: ${DEFAULT_DAYS}`,
    },
    port: {
      takes: 'N',
      accepts: wholeNumber(1, 65_535),
      about: 'the port on 127.0.0.1; default: a free one',
    },
    'no-open': { about: 'print the URL and do not open the browser' },
  },
  json: 'print the URL as JSON',
  examples: ['voicemode-telemetry view', 'voicemode-telemetry view --days 7 --no-open'],
  async run(run) {
    const { terminal, values } = run
    const page = findPage()
    if (!page) {
      printText(
        terminal,
        'The page is not built yet. In a clone of the repository, run: npm run build',
        'err',
      )
      return EXIT.failed
    }
    const viewer = await start(run, {
      page,
      days: Number(values.days ?? DEFAULT_DAYS),
      port: Number(values.port ?? 0),
      idleMs: IDLE_MINUTES * 60_000,
      onOpened: () =>
        printText(terminal, 'The page was opened. This URL does not open anywhere else from now on.', 'err'),
    })
    if (!viewer) return EXIT.failed
    const interrupted = terminal.interrupted()
    await show(run, viewer)
    const end = await Promise.race([interrupted, viewer.ended.then(() => 'idle')])
    viewer.close()
    terminal.err(end === 'idle' ? `Ended: not used for ${IDLE_MINUTES} minutes.\n` : '\nEnded.\n')
    return EXIT.ok
  },
}

async function start({ host, terminal }: Run<Host>, options: ViewOptions): Promise<Viewer | undefined> {
  try {
    return await startViewer(host, options)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error
    const why = code === 'EACCES' ? 'may not be used' : 'is in use'
    printText(terminal, `Port ${options.port} ${why}. Leave out --port to take a free one.`, 'err')
    return undefined
  }
}

async function show(run: Run<Host>, { url }: Viewer): Promise<void> {
  if (run.json) printJson(run.terminal, { url })
  else run.terminal.out(`${url}\n`)
  printText(
    run.terminal,
    `${await openPage(run, url)} Nothing is sent. It ends with Ctrl-C, or after ${IDLE_MINUTES} minutes without use.`,
    'err',
  )
}
