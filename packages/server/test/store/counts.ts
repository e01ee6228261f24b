import { addDays } from '@voicemode-telemetry/protocol'
import { expect, test } from 'vitest'
import { textOf } from '../../src/store/statement.ts'
import { eventOf, NOON, TODAY } from '../events.ts'
import { runDailyJobAt } from '../testHost.ts'
import { eventsOfMany, firstOf, listOf, type OpenStore } from './testStore.ts'

/** Reading raw events, and counting them by day and segment. */
export function countsContract(open: () => Promise<OpenStore>): void {
  test('raw events come in the order of installations, over several pages, of which 34 hold 100,000', async () => {
    const { store, batches } = await open()
    const events = await eventsOfMany(3_100)
    await Promise.all(events.toReversed().map((event) => store.add(event)))
    const before = batches.length
    expect(await listOf(store.eventsOf(TODAY))).toEqual(events)
    expect(batches.length - before).toBe(2)
  })

  test('counts come by day, field and value', async () => {
    const { store } = await open()
    for (const day of [TODAY, addDays(TODAY, -1), addDays(TODAY, -2)]) {
      await store.add(await eventOf({ installation: 1, day }))
    }
    await runDailyJobAt(NOON, store)
    const counts = await store.counts(addDays(TODAY, -1), TODAY)
    const keys = counts.map(({ day, field, value }) => `${day} ${field} ${value}`)
    expect(keys).toEqual(keys.toSorted())
    expect(new Set(counts.map(({ day }) => day))).toEqual(new Set([addDays(TODAY, -1), TODAY]))
  })

  test('counts made before a newer event do not replace counts made after it', async () => {
    const { store } = await open()
    await store.add(await eventOf({ installation: 1 }))
    const [before] = await store.daysToAggregate()
    await store.add(await eventOf({ installation: 2 }))
    const [after] = await store.daysToAggregate()
    if (!before || !after) throw new Error('a day is missing')
    expect(await store.writeCounts(after, [{ segment: '', field: 'installations', value: '', n: 2 }])).toBe(
      'written',
    )
    expect(await store.writeCounts(before, [{ segment: '', field: 'installations', value: '', n: 1 }])).toBe(
      'outdated',
    )
    expect(await store.counts(TODAY, TODAY)).toEqual([
      { day: TODAY, field: 'installations', value: '', n: 2 },
    ])
    expect(await store.daysToAggregate()).toEqual([])
  })

  test('counts are kept for everyone and for each segment', async () => {
    const { store } = await open()
    const event = await eventOf({ installation: 1 })
    const other = await eventOf({ installation: 2 })
    await store.add(event)
    await store.add({
      ...other,
      environment: { ...other.environment, os_type: 'Darwin', version: 'unknown' },
    })
    await runDailyJobAt(NOON, store)
    const installations = async (segment?: string) => {
      const of = { field: 'installations', ...(segment !== undefined && { segment }) }
      return (await store.counts(TODAY, TODAY, of)).map(({ n }) => n)
    }
    expect(await installations()).toEqual([2])
    expect(await installations('environment.mcp_host=claude-code')).toEqual([2])
    expect(await installations('environment.os_type=Darwin')).toEqual([1])
    expect(await installations('environment.version=8.12')).toEqual([1])
    expect(await installations('environment.os_type=Windows')).toEqual([])
    expect(await store.counts(TODAY, TODAY, { segment: 'environment.os_type=Darwin' })).toContainEqual({
      day: TODAY,
      field: 'environment.version',
      value: 'unknown',
      n: 1,
    })
  })

  test('of counts that are made anew only what changed is written', async () => {
    const { store, batches } = await open()
    const count = (value: string, n: number) => ({ segment: '', field: 'environment.os_type', value, n })
    await store.add(await eventOf({ installation: 1 }))
    const [first] = await store.daysToAggregate()
    await store.add(await eventOf({ installation: 2 }))
    const [second] = await store.daysToAggregate()
    if (!first || !second) throw new Error('a day is missing')
    const many = Array.from({ length: 50 }, (_, n) => count(`word ${n}`, n))
    await store.writeCounts(first, [...many, count('Linux', 1), count('Darwin', 1)])
    await store.writeCounts(second, [...many, count('Linux', 2), count('Windows', 1)])
    const written = JSON.stringify(batches.at(-1)?.flatMap(({ values }) => values))
    expect(['Linux', 'Darwin', 'Windows', 'word'].filter((word) => written.includes(word))).toEqual([
      ...['Linux', 'Darwin', 'Windows'],
    ])
    expect((await store.counts(TODAY, TODAY)).filter(({ value }) => !value.startsWith('word'))).toEqual([
      { day: TODAY, field: 'environment.os_type', value: 'Linux', n: 2 },
      { day: TODAY, field: 'environment.os_type', value: 'Windows', n: 1 },
    ])
  })

  test('counts of a newer version are written whole, also when older ones come in between', async () => {
    const { store, connect } = await open()
    await store.add(await eventOf({ installation: 1 }))
    const [older] = await store.daysToAggregate()
    await store.add(await eventOf({ installation: 2 }))
    const [newer] = await store.daysToAggregate()
    if (!older || !newer) throw new Error('a day is missing')
    const count = (value: string, n: number) => [{ segment: '', field: 'usage.error_types', value, n }]
    const between = [() => store.writeCounts(older, count('OSError', 1))]
    const outcomes: string[] = []
    const interrupted = await connect((driver) => ({
      ...driver,
      batch: async (statements) => {
        const isClaim = textOf(firstOf(statements)).startsWith('UPDATE days')
        for (const write of isClaim ? between.splice(0) : []) outcomes.push(await write())
        return driver.batch(statements)
      },
    }))
    expect(await interrupted.writeCounts(newer, count('TypeError', 2))).toBe('written')
    expect(outcomes).toEqual(['written'])
    expect(await store.counts(TODAY, TODAY)).toEqual([
      { day: TODAY, field: 'usage.error_types', value: 'TypeError', n: 2 },
    ])
  })
}
