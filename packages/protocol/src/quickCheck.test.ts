import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyEvent } from '../../server/test/events.ts'
import { eventSchema } from './event.ts'
import { parseWith } from './parse.ts'
import { createQuickCheck } from './quickCheck.ts'

type Tree = Record<string, unknown>

/** An event as a client sends it. */
const sentEvent = anyEvent().map((event) => {
  const parsed = parseWith(eventSchema, event)
  return JSON.parse(JSON.stringify(parsed.ok && parsed.value)) as Tree
})

const CHANGED = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(-0, 0, 1, 0.1, 95.25, 100, 100.1, 100_000, 100_001, -1, 1.5, Number.MAX_VALUE),
  fc.constantFrom('unknown', 'other', 'Linux', '8.12.0', '8.12', 'cli', '', null, [], [1], {}),
  fc.constantFrom('2026-02-30T00:00:00+00:00', '2026-02-28T23:00:00+00:00', '2026-02-28T24:00:00+00:00'),
)
const KEY = fc.constantFrom('other', 'openai', '0', 'success_rate', '__proto__', 'constructor', 'more')
const CHANGE = fc.record({
  which: fc.nat(),
  where: fc.nat(),
  how: fc.constantFrom('remove', 'replace', 'add', 'reorder'),
  key: KEY,
  changed: CHANGED,
})

const nearlyEvent = fc
  .tuple(sentEvent, fc.array(CHANGE, { minLength: 1, maxLength: 3 }))
  .map(([sent, changes]) => {
    const event = structuredClone(sent)
    for (const { which, where, how, key, ...change } of changes) {
      const changed = structuredClone(change.changed)
      const objects = objectsIn(event)
      const object = objects[which % objects.length] as Tree
      const entries = Object.entries(object)
      const at = where % Math.max(1, entries.length)
      const own = entries[at]
      if (how === 'remove') entries.splice(at, 1)
      else if (how === 'replace' && own) own[1] = changed
      else if (how === 'add') entries.splice(at, 0, [key, changed])
      else entries.push(...entries.splice(0, at))
      for (const name of Object.keys(object)) delete object[name]
      // As JSON.parse does, also with the key __proto__.
      const asParsed = { enumerable: true, configurable: true, writable: true }
      for (const [name, value] of entries) Object.defineProperty(object, name, { ...asParsed, value })
    }
    return event
  })

/** Every object of a value, with the value itself first. */
function objectsIn(value: Tree): Tree[] {
  const children = Object.values(value).filter((child) => typeof child === 'object' && child !== null)
  return [value, ...(children as Tree[]).flatMap(objectsIn)]
}

test('the quick check takes what the schema takes and gives back unchanged, and nothing else', () => {
  const check = createQuickCheck(eventSchema)
  fc.assert(fc.property(sentEvent, check))
  fc.assert(
    fc.property(nearlyEvent, (value) => {
      const parsed = parseWith(eventSchema, value)
      expect(check(value)).toBe(parsed.ok && JSON.stringify(parsed.value) === JSON.stringify(value))
    }),
    { numRuns: 2000 },
  )
})
