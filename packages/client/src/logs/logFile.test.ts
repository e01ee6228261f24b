import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { type Cursor, readText } from './cursor.ts'
import { LogFile } from './logFile.ts'

const folder = mkdtempSync(join(tmpdir(), 'voicemode-logs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const MB = 1024 * 1024

interface Line {
  at: number
  length: number
}

/** A line of a test is its time, then filling. */
function parse(text: string): Line | undefined {
  const at = /^(\d+) x*$/.exec(text)?.[1]
  return at === undefined ? undefined : { at: Number(at), length: text.length }
}

function read(cursor: Cursor): Line | undefined {
  return parse(readText(cursor))
}

function write(lines: readonly string[], end = '\n'): string {
  const path = join(folder, 'log.jsonl')
  writeFileSync(path, lines.join('\n') + (lines.length > 0 ? end : ''))
  return path
}

/** Lines of all lengths, some far longer than what is read at once, some that can't be used. */
const anyLines = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 0, max: 2_000 }) },
      { weight: 2, arbitrary: fc.integer({ min: 60_000, max: 70_000 }) },
      { weight: 1, arbitrary: fc.integer({ min: 250_000, max: 600_000 }) },
      { weight: 1, arbitrary: fc.constant(undefined) },
    ),
    { maxLength: 30 },
  )
  .map((lengths) =>
    lengths.map((length, n) => (length === undefined ? '{"cut' : `${n * 10} ${'x'.repeat(length)}`)),
  )

test('a file read from its end has the lines of one read from its beginning', async () => {
  await fc.assert(
    fc.asyncProperty(anyLines, fc.constantFrom('\n', ''), async (texts, end) => {
      const path = write(texts, end)
      const expected = texts.flatMap((text) => parse(text) ?? [])
      const [forwards, backwards] = [new LogFile(path, read, () => []), new LogFile(path, read, () => [])]
      await forwards.readUntil(Number.POSITIVE_INFINITY)
      await backwards.readBackTo(Number.NEGATIVE_INFINITY)
      expect(forwards.lines).toEqual(expected)
      expect(backwards.lines).toEqual(expected)
      for (const { skippedLines } of [forwards, backwards])
        expect(skippedLines).toBe(texts.length - expected.length)
    }),
    { numRuns: 60 },
  )
})

test('reading stops once it is far enough, and goes on where it stopped', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyLines,
      fc.array(fc.integer({ min: -5, max: 300 }), { maxLength: 4 }),
      async (texts, stops) => {
        const path = write(texts)
        const all = texts.flatMap((text) => parse(text) ?? [])
        const [forwards, backwards] = [new LogFile(path, read, () => []), new LogFile(path, read, () => [])]
        for (const stop of stops) {
          await forwards.readUntil(stop)
          await backwards.readBackTo(stop)
          expect(forwards.lines).toEqual(all.slice(0, forwards.lines.length))
          expect(forwards.lines).toEqual(expect.arrayContaining(all.filter(({ at }) => at <= stop)))
          expect(backwards.lines).toEqual(all.slice(all.length - backwards.lines.length))
          expect(backwards.lines).toEqual(expect.arrayContaining(all.filter(({ at }) => at >= stop)))
        }
      },
    ),
    { numRuns: 60 },
  )
})

test('a file whose beginning was read is read to its end when that is asked for', async () => {
  const texts = Array.from({ length: 5 }, (_, n) => `${n} ${'x'.repeat(300_000)}`)
  const file = new LogFile(write(texts), read, () => [])
  await file.readUntil(0)
  expect(file.lines.length).toBeLessThan(5)
  await file.readBackTo(4)
  expect(file.lines).toHaveLength(5)
})

test('a line over 2 MB is skipped, and those around it are used, from either end', async () => {
  const path = write(['1 x', `2 ${'x'.repeat(3 * MB)}`, '3 x'])
  const [forwards, backwards] = [new LogFile(path, read, () => []), new LogFile(path, read, () => [])]
  await forwards.readUntil(Number.POSITIVE_INFINITY)
  await backwards.readBackTo(Number.NEGATIVE_INFINITY)
  for (const { lines } of [forwards, backwards]) expect(lines).toMatchObject([{ at: 1 }, { at: 3 }])
})

test('a file that is not there has no lines', async () => {
  const file = new LogFile(join(folder, 'none.jsonl'), read, () => [])
  await file.readUntil(0)
  await file.readBackTo(0)
  expect(file.lines).toEqual([])
})

test('reading stops with the reason of its signal', async () => {
  const file = new LogFile(write(['1 x']), read, () => [], AbortSignal.abort(new RangeError('enough')))
  await expect(file.readUntil(9)).rejects.toThrow('enough')
})
