import type { Decision } from '../consent/consent.ts'
import { noteEnvironmentNo } from '../consent/environmentNo.ts'
import { correctTimes, readDecision, readEndpoint } from '../consent/record.ts'
import { withLock } from '../files/lock.ts'
import type { Host } from '../host.ts'
import { serverWaitUntil } from './retryAfter.ts'

/** How often a running send checks whether the person has said no. */
const WITHDRAWAL_CHECK_MS = 250

/** Why nothing was sent at all. */
export type WithheldReason =
  | 'no consent'
  | 'no endpoint'
  | 'another send is running'
  | 'not due'
  | 'the server asked to wait'
  | 'cannot write'

export interface Withheld {
  outcome: 'withheld'
  why: WithheldReason
  decision: Decision
  detail?: string
}

/** What allows a send, while it runs. */
export interface Permit {
  /** Where events go. */
  url: string
  /** Aborted soon after the yes is gone. */
  signal: AbortSignal
  /** Whether there is still a yes, at this moment. */
  stands(): boolean
}

/**
 * Runs a send under a yes, an endpoint and the machine's lock, and stops it when the yes is taken back.
 *
 * @param waitMs how long to wait for another send of this machine to end; 0 for not at all.
 * @param send returns what it did, or why it did not.
 */
export async function whilePermitted<Done extends object>(
  host: Host,
  waitMs: number,
  send: (permit: Permit) => Promise<Done | WithheldReason>,
): Promise<Done | Withheld> {
  noteEnvironmentNo(host)
  correctTimes(host)
  const withheld = (why: WithheldReason, detail?: string): Withheld => ({
    outcome: 'withheld',
    why,
    decision: readDecision(host),
    ...(detail !== undefined && { detail }),
  })
  const stands = () => readDecision(host).state === 'granted'
  if (!stands()) return withheld('no consent')
  const endpoint = readEndpoint(host)
  if (!endpoint.ok) return withheld('no endpoint', endpoint.expected)
  const notBefore = serverWaitUntil(host)
  if (notBefore !== undefined) return withheld('the server asked to wait', new Date(notBefore).toISOString())
  const withdrawal = new AbortController()
  const watch = setInterval(() => stands() || withdrawal.abort(), WITHDRAWAL_CHECK_MS)
  const permit: Permit = { url: endpoint.events, signal: withdrawal.signal, stands }
  try {
    // The answer may have changed while another send was waited for.
    const sent = await withLock(host.directories.ownBase, waitMs, async () =>
      stands() ? send(permit) : 'no consent',
    )
    if (sent === 'busy') return withheld('another send is running')
    return typeof sent === 'string' ? withheld(sent) : sent
  } catch (error) {
    if (isUnwritable(error)) return withheld('cannot write')
    throw error
  } finally {
    clearInterval(watch)
  }
}

/** Whether an error is the file system's: the home directory is read-only, full, of another user, or not a directory. */
function isUnwritable(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^E[A-Z0-9]+$/.test(code)
}
