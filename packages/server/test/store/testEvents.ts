import { expect, test } from 'vitest'
import { NOON } from '../events.ts'
import type { OpenStore } from './testStore.ts'

/** What is kept of test events. */
export function testEventsContract(open: () => Promise<OpenStore>): void {
  test('the last test event takes the place of the one before, and is dropped when it is too old', async () => {
    const { store } = await open()
    expect(await store.lastTestEvent()).toBeUndefined()
    await store.noteTestEvent({ arrivedAt: NOON, version: '1.0.0' })
    await store.noteTestEvent({ arrivedAt: NOON + 1, version: '2.0.0' })
    await store.dropTestEventBefore(NOON + 1)
    expect(await store.lastTestEvent()).toEqual({ arrivedAt: NOON + 1, version: '2.0.0' })
    await store.dropTestEventBefore(NOON + 2)
    expect(await store.lastTestEvent()).toBeUndefined()
  })
}
