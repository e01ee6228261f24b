import type { TelemetryEvent } from '@voicemode-telemetry/protocol'
import type { Added, Store } from '../store/store.ts'

/** So long a request waits for another one's commit, which may have been cut off; then it makes its own. */
const MAX_WAIT_MS = 5_000

/** An event that waits for its commit. */
interface Waiting {
  event: TelemetryEvent
  resolve: (added: Added) => void
  reject: (error: unknown) => void
}

/** What a request brings along: how to store events in its own name, and how to go on after its answer. */
interface Request {
  add: Store['add']
  waitUntil: (work: Promise<unknown>) => void
}

/**
 * Lets events that reach an isolate together share a commit. A request can't use what another one has opened, and whatever it
 * does ends with it. So each commit is made by one of the requests that wait for it, and the next one by one that came later.
 */
export function createSharedCommits(): (request: Request) => Store['add'] {
  let waiting: Waiting[] = []
  let committing: Promise<void> | undefined

  async function commitWaiting({ add }: Request): Promise<void> {
    const group = waiting
    waiting = []
    await Promise.all(group.map(({ event, resolve, reject }) => add(event).then(resolve, reject)))
  }

  return (request) => async (event) => {
    const { promise, ...settle } = Promise.withResolvers<Added>()
    const own: Waiting = { event, ...settle }
    waiting.push(own)
    while (committing && waiting.includes(own)) {
      const current = committing
      await atMost(MAX_WAIT_MS, current)
      if (committing === current) committing = undefined
    }
    if (waiting.includes(own)) {
      committing = commitWaiting(request)
      request.waitUntil(committing)
    }
    return (await atMost(MAX_WAIT_MS, promise)) ?? request.add(event)
  }
}

/** @returns undefined where it takes longer. */
async function atMost<Value>(ms: number, work: Promise<Value>): Promise<Value | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
