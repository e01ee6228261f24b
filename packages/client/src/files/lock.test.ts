import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withLock } from './lock.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const lock = () => join(folder, 'telemetry.lock')
const take = (waitMs = 0) => withLock(folder, waitMs, async () => 'ran')

/** A process that takes the lock and keeps it. */
async function startHolder() {
  const script = `import { withLock } from ${JSON.stringify(new URL('./lock.ts', import.meta.url).href)}
    setInterval(() => {}, 1000)
    await withLock(${JSON.stringify(folder)}, 0, () => { console.log('held'); return new Promise(() => {}) })`
  const args = ['--input-type=module', '--eval', script]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return {
    async end(signal: NodeJS.Signals) {
      const ended = once(child, 'exit')
      child.kill(signal)
      return (await ended)[1]
    },
  }
}

test('one at a time runs, and nothing is left afterwards', async () => {
  const inside: string[] = []
  const first = withLock(folder, 0, async () => inside.push(String(await take())))
  await first
  expect(inside).toEqual(['busy'])
  expect(existsSync(lock())).toBe(false)
  expect(await take()).toBe('ran')
})

test('whoever waits runs after the other has ended', async () => {
  let end = () => {}
  const held = withLock(folder, 0, () => new Promise<void>((resolve) => (end = resolve)))
  const waiting = take(60_000)
  end()
  await held
  expect(await waiting).toBe('ran')
})

test('a run that fails releases the lock', async () => {
  await expect(withLock(folder, 0, () => Promise.reject(new RangeError('no')))).rejects.toThrow(RangeError)
  expect(await take()).toBe('ran')
})

test.each(['SIGINT', 'SIGTERM'] as const)('a process that %s ends leaves no lock', async (signal) => {
  const holder = await startHolder()
  expect(await take()).toBe('busy')
  expect(await holder.end(signal)).toBe(signal)
  expect(existsSync(lock())).toBe(false)
})

test("a killed process's lock holds until it is no longer renewed", async () => {
  await (await startHolder()).end('SIGKILL')
  expect(await take()).toBe('busy')
  const old = Date.now() / 1000 - 60
  utimesSync(lock(), old, old)
  expect(await take()).toBe('ran')
})

test('a lock from a time that is yet to come belongs to nobody', async () => {
  mkdirSync(lock())
  const ahead = Date.now() / 1000 + 3_600
  utimesSync(lock(), ahead, ahead)
  expect(await take()).toBe('ran')
})

test('whoever took over a lock keeps it when the first one ends', async () => {
  await withLock(folder, 0, async () => {
    rmSync(lock(), { recursive: true })
    mkdirSync(lock())
    utimesSync(lock(), 1, 1)
  })
  expect(existsSync(lock())).toBe(true)
})
