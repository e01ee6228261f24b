import { type Command, EXIT, printJson, printText, type Run } from '@voicemode-telemetry/command-line'
import { readDecision, readEndpoint } from '../../consent/record.ts'
import type { Host } from '../../host.ts'
import { readStatus } from '../../show/status.ts'
import { askOnPage } from '../../view/askOnPage.ts'
import { type Answer, askForConsent } from '../ask.ts'
import { openPage } from '../openPage.ts'
import { snakeCased } from '../snakeCase.ts'

export const enable: Command<Host> = {
  summary: 'say yes, after reading what is sent (at a terminal)',
  about:
    'Shows what is sent, then asks you. Only a person at a terminal can say yes: for a script or an assistant this command changes nothing.',
  json: 'print the new state as JSON',
  exitCodes: '0 if a clear answer was recorded; 1 if nothing changed.',
  options: { page: { about: 'ask on a page in your browser, beside your own numbers' } },
  examples: ['voicemode-telemetry enable', 'voicemode-telemetry enable --page'],
  async run(run) {
    const { host, terminal, json, switches } = run
    const before = readDecision(host)
    if (before.decidedBy === 'no home') {
      const { reason, remedy } = readStatus(host)
      printText(terminal, `Nothing changed: ${reason}. ${remedy}`, 'err')
      if (json) printJson(terminal, snakeCased(before))
      return EXIT.failed
    }
    const missing = missingFor(run)
    if (missing.length > 0) {
      printText(terminal, `Nothing changed. ${missing.join(' ')}`, 'err')
      if (json) printJson(terminal, snakeCased(before))
      return EXIT.failed
    }
    if (before.state === 'granted')
      printText(terminal, 'Telemetry is already on. You can change your answer.\n', 'err')
    const answer = switches.has('page')
      ? await askInBrowser(run)
      : await askForConsent(host, terminal, 'command')
    if (json) printJson(terminal, snakeCased(readDecision(host)))
    return answer === 'unclear' ? EXIT.failed : EXIT.ok
  },
}

/** What keeps a person from being asked, each as a sentence or two. */
function missingFor({ host, terminal }: Run<Host>): string[] {
  const endpoint = readEndpoint(host)
  return [
    ...(endpoint.ok
      ? []
      : [
          `You can say yes once there is a server to send to. ${endpoint.expected}. You can set it in ~/.voicemode/voicemode.env.`,
        ]),
    ...(terminal.isInteractive
      ? []
      : ['Only a person at a terminal can say yes. Type this in one: voicemode-telemetry enable']),
  ]
}

async function askInBrowser(run: Run<Host>): Promise<Answer> {
  const { host, terminal } = run
  const page = await askOnPage(host)
  if (!page) {
    printText(
      terminal,
      'The page can’t be shown here. To answer in this terminal: voicemode-telemetry enable',
      'err',
    )
    return 'unclear'
  }
  const interrupted = terminal.interrupted()
  printText(terminal, `${page.url}\n${await openPage(run, page.url)} It ends with Ctrl-C.`, 'err')
  await Promise.race([interrupted, page.ended])
  page.close()
  const { recorded, message } = page.answer() ?? NO_ANSWER
  printText(terminal, `\n${message}`, 'err')
  return recorded === 'nothing' ? 'unclear' : recorded
}

const NO_ANSWER = { recorded: 'nothing', message: 'There was no answer, so nothing is recorded.' } as const
