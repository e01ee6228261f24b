import type { Run } from '@voicemode-telemetry/command-line'
import { readEndpoint, readSecret } from '../consent/record.ts'
import type { Host } from '../host.ts'
import { listEvents } from '../queue/queue.ts'

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
  const mayHoldSome = readSecret(host) && readEndpoint(host).ok && listEvents(host, 'sent').length > 0
  if (!mayHoldSome || !terminal.isInteractive) return false
  const typed = await terminal.ask('Delete the events that the server holds about this installation? [y/N] ')
  return /^y(es)?$/i.test(typed?.trim() ?? '')
}
