import { readEndpoint, readSecret } from '../consent/record.ts'
import { listEvents } from '../queue/queue.ts'
import { type Run, UsageError } from './command.ts'

/** `--forget` and `--keep` answer for scripts what a person is asked. */
export const FORGET_OPTIONS = { forget: { type: 'boolean' }, keep: { type: 'boolean' } } as const

/** Whether the server shall forget what it holds: by the options, else by asking a person, else not. */
export async function wantsForgetting({ host, terminal, options }: Run): Promise<boolean> {
  if (options.forget && options.keep) throw new UsageError('--forget and --keep cannot both be')
  if (options.forget || options.keep) return options.forget === true
  const mayHoldSome = readSecret(host) && readEndpoint(host).ok && listEvents(host, 'sent').length > 0
  if (!mayHoldSome || !terminal.isInteractive) return false
  const typed = await terminal.ask('Shall the server also delete what it holds of this installation? [y/N] ')
  return /^y(es)?$/i.test(typed?.trim() ?? '')
}
