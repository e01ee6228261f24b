import { printText, type Run } from '@voicemode-telemetry/command-line'
import { EVENT_RETENTION_DAYS } from '@voicemode-telemetry/protocol'
import { readEndpoint, readSecret } from '../consent/record.ts'
import type { Host } from '../host.ts'
import { countSent } from '../rights/rights.ts'

/** For scripts: the answer that a person is asked for. */
export const FORGET_OPTIONS = {
  forget: { about: 'have the server delete the events it holds, without asking' },
  keep: { about: 'leave those events on the server until they expire, without asking' },
}

export function findForgetMisuse({ switches }: Run<Host>): string[] {
  return switches.has('forget') && switches.has('keep') ? ['--forget and --keep contradict each other'] : []
}

/** Whether the server should delete its events: by the options, else by a person's answer at the terminal, else no. */
export async function wantsForgetting({ host, terminal, switches }: Run<Host>): Promise<boolean> {
  if (switches.has('forget') || switches.has('keep')) return switches.has('forget')
  const endpoint = readEndpoint(host)
  const sent = readSecret(host) ? countSent(host) : 0
  if (!endpoint.ok || sent === 0 || !terminal.isInteractive) return false
  const server = new URL(endpoint.base).host
  const events = sent === 1 ? '1 event' : `${sent} events`
  const offer = `${server} took ${events} from this installation, and deletes each ${EVENT_RETENTION_DAYS} days after its day. It can delete \
them now. Only the secret on this machine can ask for that, and it is about to be deleted, so you can't ask later.`
  printText(terminal, offer, 'err')
  const typed = await terminal.ask('Delete them on the server? [y/N] ')
  return /^y(es)?$/i.test(typed?.trim() ?? '')
}
