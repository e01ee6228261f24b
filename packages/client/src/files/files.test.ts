import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { whileLocked } from './files.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'files-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const file = () => join(folder, 'file')
const lock = () => `${file()}.lock`

test('whoever waits runs after the other has ended, also if its disk is slow', async () => {
  const script = `import { whileLocked } from ${JSON.stringify(new URL('./files.ts', import.meta.url).href)}
    import { writeFileSync, writeSync } from 'node:fs'
    whileLocked(${JSON.stringify(file())}, () => {
      writeSync(1, 'held')
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_200)
      writeFileSync(${JSON.stringify(file())}, 'first')
    })`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script])
  const ended = once(child, 'close')
  await once(child.stdout, 'data')
  expect(whileLocked(file(), () => readFileSync(file(), 'utf8'))).toBe('first')
  await ended
})

test.each([-3_600, 3_600])("a dead process's lock, %i seconds from now, holds nobody up", (seconds) => {
  mkdirSync(lock())
  const at = Date.now() / 1000 + seconds
  utimesSync(lock(), at, at)
  expect(whileLocked(file(), () => 'ran')).toBe('ran')
  expect(existsSync(lock())).toBe(false)
})

test('whoever took over a lock keeps it when the first one ends', () => {
  whileLocked(file(), () => {
    rmSync(lock(), { recursive: true })
    mkdirSync(lock())
  })
  expect(existsSync(lock())).toBe(true)
})
