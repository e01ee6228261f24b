import type { TelemetryEvent } from '@voicemode-telemetry/protocol'
import { afterEach, expect, test, vi } from 'vitest'
import { eventOf } from '../../test/events.ts'
import type { Added } from '../store/store.ts'
import { createSharedCommits } from './sharedCommits.ts'

afterEach(() => vi.useRealTimers())

const events = await Promise.all([0, 1, 2, 3].map((installation) => eventOf({ installation })))

/** Requests of one isolate, whose stores are let to answer by hand. */
function openRequests() {
  const share = createSharedCommits()
  const taken: { by: string; event: TelemetryEvent; end: PromiseWithResolvers<Added> }[] = []
  const kept: Promise<unknown>[] = []
  return {
    taken,
    kept,
    takenBy: () => taken.map(({ by, event }) => `${by} ${events.indexOf(event)}`),
    send(by: string, n: number) {
      const add = (event: TelemetryEvent) => {
        const end = Promise.withResolvers<Added>()
        taken.push({ by, event, end })
        return end.promise
      }
      return share({ add, waitUntil: (work) => kept.push(work) })(events[n] as TelemetryEvent)
    },
  }
}

test('what comes while a commit is under way is committed next by one of those that wait', async () => {
  const { send, taken, takenBy, kept } = openRequests()
  const answers = ['a', 'b', 'c'].map((by, n) => send(by, n))
  expect(takenBy()).toEqual(['a 0'])
  taken[0]?.end.resolve({ outcome: 'stored' })
  expect(await answers[0]).toEqual({ outcome: 'stored' })
  await vi.waitFor(() => expect(takenBy()).toEqual(['a 0', 'b 1', 'b 2']))
  taken[1]?.end.reject(new Error('refused'))
  taken[2]?.end.resolve({ outcome: 'duplicate' })
  await expect(answers[1]).rejects.toThrow('refused')
  expect(await answers[2]).toEqual({ outcome: 'duplicate' })
  await Promise.all(kept)
  send('d', 3)
  await vi.waitFor(() => expect(takenBy().at(-1)).toBe('d 3'))
})

test('where the commit of another request was cut off, each stores its own and the next go on', async () => {
  vi.useFakeTimers()
  const { send, takenBy } = openRequests()
  for (const [n, by] of ['a', 'b', 'c'].entries()) send(by, n)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(takenBy().slice(-2)).toEqual(['b 1', 'b 2'])
  await vi.advanceTimersByTimeAsync(5_000)
  expect(takenBy().slice(-2)).toEqual(['b 1', 'c 2'])
})
