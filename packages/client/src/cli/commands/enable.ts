import { type Command, EXIT, printJson, type Run, wrap } from '@voicemode-telemetry/command-line'
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
    if (!terminal.isInteractive) {
      terminal.err(
        'Nothing changed. Only a person at a terminal can say yes. Type this in one: voicemode-telemetry enable\n',
      )
      if (json) printJson(terminal, snakeCased(before))
      return EXIT.failed
    }
    if (before.decidedBy === 'no home') {
      const { reason, remedy } = readStatus(host)
      terminal.err(`Nothing changed: ${reason}. ${remedy}\n`)
      if (json) printJson(terminal, snakeCased(before))
      return EXIT.failed
    }
    const endpoint = readEndpoint(host)
    if (!endpoint.ok) {
      terminal.err(
        `Nothing changed. You can say yes once there is a server to send to. ${endpoint.expected}.\n`,
      )
      if (json) printJson(terminal, before)
      return EXIT.failed
    }
    if (before.state === 'granted') terminal.err('Telemetry is already on. You can change your answer.\n\n')
    const answer = switches.has('page')
      ? await askInBrowser(run)
      : await askForConsent(host, terminal, 'command')
    if (json) printJson(terminal, snakeCased(readDecision(host)))
    return answer === 'unclear' ? EXIT.failed : EXIT.ok
  },
}

async function askInBrowser(run: Run<Host>): Promise<Answer> {
  const { host, terminal } = run
  const page = await askOnPage(host)
  if (!page) {
    terminal.err('The page can’t be shown here. To answer in this terminal: voicemode-telemetry enable\n')
    return 'unclear'
  }
  const interrupted = terminal.interrupted()
  terminal.err(`${page.url}\n${await openPage(run, page.url)} It ends with Ctrl-C.\n`)
  await Promise.race([interrupted, page.ended])
  page.close()
  const { recorded, message } = page.answer() ?? NO_ANSWER
  terminal.err(`\n${wrap(message, terminal.columns)}\n`)
  return recorded === 'nothing' ? 'unclear' : recorded
}

const NO_ANSWER = { recorded: 'nothing', message: 'There was no answer, so nothing is recorded.' } as const
