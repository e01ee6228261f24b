import { expect, test } from 'vitest'
import { MS_PER_HOUR } from '../../src/host.ts'
import { raw } from '../../src/store/statement.ts'
import { StoreUnavailable } from '../../src/store/store.ts'
import { eventOf, NOON, TODAY } from '../events.ts'
import { eventsOfMany, eventsOfOne, idsOf, listOf, type OpenStore } from './testStore.ts'

/** Taking events, and their limits. */
export function intakeContract(open: () => Promise<OpenStore>): void {
  test('an event is kept as it was sent', async () => {
    const { store } = await open()
    const event = await eventOf({ installation: 1 })
    expect(await store.add(event)).toEqual({ outcome: 'stored' })
    expect(await listOf(store.eventsOf(TODAY))).toEqual([event])
  })

  test('a repeat is told from the first and from other content, and stored once', async () => {
    const { store } = await open()
    const event = await eventOf({ installation: 1 })
    await store.add(event)
    expect(await store.add(event)).toEqual({ outcome: 'duplicate' })
    const other = { ...event, environment: { ...event.environment, os_type: 'Darwin' as const } }
    expect(await store.add(other)).toEqual({ outcome: 'conflicting' })
    expect(await listOf(store.eventsOf(TODAY))).toEqual([event])
  })

  test('of two installations with one event id at once, both are stored', async () => {
    const { store } = await open()
    const first = await eventOf({ installation: 1 })
    const second = { ...(await eventOf({ installation: 2 })), event_id: first.event_id }
    const added = await Promise.all([first, second].map((event) => store.add(event)))
    expect(added).toEqual([{ outcome: 'stored' }, { outcome: 'stored' }])
    expect(await store.exportInstallation(second.telemetry_id)).toEqual([second])
  })

  test('of repeats at once, through several servers, one is stored', async () => {
    const { store, connect } = await open()
    const other = await connect()
    const event = await eventOf({ installation: 1 })
    const added = await Promise.all(Array.from({ length: 20 }, (_, n) => (n % 2 ? store : other).add(event)))
    expect(added.filter(({ outcome }) => outcome === 'stored')).toHaveLength(1)
    expect(added.filter(({ outcome }) => outcome === 'duplicate')).toHaveLength(19)
    expect(await idsOf(store)).toHaveLength(1)
  })

  test('of 15 events of one installation at once, through several servers, exactly 10 are stored', async () => {
    const { store, connect } = await open()
    const other = await connect()
    const events = await eventsOfOne(15)
    const added = await Promise.all(events.map((event, n) => (n % 2 ? store : other).add(event)))
    expect(added.filter(({ outcome }) => outcome === 'stored')).toHaveLength(10)
    expect(added.filter(({ outcome }) => outcome === 'limited')).toHaveLength(5)
    expect(await idsOf(store)).toHaveLength(10)
  })

  test('the hour of a limit begins with the first event and tells when it ends', async () => {
    const { store, clock } = await open()
    const events = await eventsOfOne(12)
    for (const event of events.slice(0, 10)) await store.add(event)
    const [, , , , , , , , , , eleventh, twelfth] = events
    if (!eleventh || !twelfth) throw new Error('too few events')
    clock.now = NOON + MS_PER_HOUR - 1500
    expect(await store.add(eleventh)).toEqual({ outcome: 'limited', retryAfterSeconds: 2 })
    clock.now = NOON + MS_PER_HOUR
    expect(await store.add(eleventh)).toEqual({ outcome: 'stored' })
    expect(await store.add(twelfth)).toEqual({ outcome: 'stored' })
  })

  test('a duplicate costs nothing of a limit, and a limited installation still learns of it', async () => {
    const { store } = await open()
    const [first, ...more] = await eventsOfOne(11)
    if (!first) throw new Error('too few events')
    for (let n = 0; n < 20; n++) await store.add(first)
    const added = await Promise.all(more.map((event) => store.add(event)))
    expect(added.filter(({ outcome }) => outcome === 'stored')).toHaveLength(9)
    expect(await store.add(first)).toEqual({ outcome: 'duplicate' })
  })

  test('stale limits are dropped and running ones are not', async () => {
    const { store, clock } = await open()
    const events = await eventsOfOne(11)
    await Promise.all(events.map((event) => store.add(event)))
    clock.now = NOON + MS_PER_HOUR - 1
    await store.dropStaleLimits()
    const other = await eventOf({ installation: 1, hour: 20 })
    expect(await store.add(other)).toMatchObject({ outcome: 'limited' })
    clock.now = NOON + MS_PER_HOUR
    await store.dropStaleLimits()
    expect(await store.add(other)).toEqual({ outcome: 'stored' })
  })

  test('events that arrive together share a commit', async () => {
    const { store, batches } = await open()
    const events = await eventsOfMany(100)
    await Promise.all(events.map((event) => store.add(event)))
    expect(batches.length).toBe(1)
  })

  test('a failed commit stores nothing, and a closed store takes nothing', async () => {
    const { store, connect } = await open()
    const failing = await connect((driver) => ({
      ...driver,
      batch: (statements) => driver.batch([...statements, raw('no longer SQL')]),
    }))
    await expect(failing.add(await eventOf({ installation: 1 }))).rejects.toBeInstanceOf(StoreUnavailable)
    expect(await idsOf(store)).toEqual([])
    await failing.close()
    await expect(failing.add(await eventOf({ installation: 1 }))).rejects.toBeInstanceOf(StoreUnavailable)
    await expect(failing.check()).rejects.toBeInstanceOf(StoreUnavailable)
  })

  test('a store without a table that events need is told as such', async () => {
    const { store, driver, connect } = await open()
    const stores = [store, await connect()]
    for (const table of ['events', 'days', 'quota', 'tombstones']) {
      await driver.batch([raw(`ALTER TABLE ${table} RENAME TO elsewhere`)])
      for (const each of stores) {
        await expect(each.check(), table).rejects.toMatchObject({ failure: { kind: 'schema' } })
      }
      await driver.batch([raw(`ALTER TABLE elsewhere RENAME TO ${table}`)])
      for (const each of stores) await each.check()
    }
    expect(await store.add(await eventOf({ installation: 1 }))).toEqual({ outcome: 'stored' })
  })

  test('closing finishes what was handed in', async () => {
    const { store, connect } = await open()
    const events = await eventsOfMany(50)
    const added = Promise.all(events.map((event) => store.add(event)))
    await store.close()
    expect((await added).every(({ outcome }) => outcome === 'stored')).toBe(true)
    expect(await idsOf(await connect())).toHaveLength(50)
  })
}
