import type { PageAnswer } from '@voicemode-telemetry/protocol'
import type { Host } from '../host.ts'
import { openAsking } from './asking.ts'
import { findPage } from './page.ts'

/** How many whole days before today the page shows. */
const SHOWN_DAYS = 7
const IDLE_MS = 10 * 60_000

/** A page that asks a person for consent. It ends after the answer, or after 10 minutes without a request. */
export interface QuestionPage {
  /** The URL, which opens once. Only the person's browser may get it: whoever opens it can answer. */
  url: string
  /** Whether a browser has opened it, and it has not ended. */
  isBeingRead(): boolean
  /** The person's answer; undefined as long as there is none. */
  answer(): PageAnswer | undefined
  /** Resolves when it has ended. */
  ended: Promise<void>
  close(): void
}

/**
 * Asks on a page of this machine's own. The answer is recorded when a person presses one of its buttons, and not otherwise.
 *
 * @param onAnswered called after the answer, when its request is over.
 * @returns undefined if no page can be shown: in a session over SSH the person's browser is on another machine.
 * @throws the socket's error.
 */
export async function askOnPage(
  host: Host,
  onAnswered: (answer: PageAnswer) => void = () => {},
): Promise<QuestionPage | undefined> {
  const page = isRemote(host) ? undefined : findPage()
  if (!page) return undefined
  const { startViewer } = await import('./viewServer.ts')
  let isBeingRead = false
  let answer: PageAnswer | undefined
  const viewer = await startViewer(host, {
    page,
    days: SHOWN_DAYS,
    port: 0,
    idleMs: IDLE_MS,
    onOpened: () => {
      isBeingRead = true
    },
    asking: openAsking(host),
    onAnswered: (given) => {
      answer = given
      viewer.close()
      onAnswered(given)
    },
  })
  viewer.ended.then(() => {
    isBeingRead = false
  })
  return { ...viewer, isBeingRead: () => isBeingRead, answer: () => answer }
}

function isRemote({ env }: Host): boolean {
  return Boolean(env.SSH_CONNECTION || env.SSH_CLIENT || env.SSH_TTY)
}
