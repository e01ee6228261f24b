import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeFolders, renamePatiently, whileLocked } from './files.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'files-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const file = () => join(folder, 'file')
const lock = () => `${file()}.lock`

/** What is thrown where a process of its own calls a function of the module, which it must end by itself. */
function codeOf(call: string): string {
  const script = `import * as files from ${JSON.stringify(new URL('./files.ts', import.meta.url).href)}
    try { files.${call} } catch (error) { console.log(error.code) }`
  const args = ['--input-type=module', '--eval', script]
  return spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 30_000, killSignal: 'SIGKILL' })
    .stdout
}

test.skipIf(process.platform !== 'linux')('a folder that nobody can make is an error (needs /proc)', () => {
  expect(codeOf("makeFolders('/proc/x/y')")).toBe('ENOENT\n')
})

test('a file or a link that leads nowhere in place of a folder is an error', () => {
  writeFileSync(file(), '')
  symlinkSync('nowhere', join(folder, 'link'))
  for (const name of ['file', 'link', 'file/x']) expect(() => makeFolders(join(folder, name)), name).toThrow()
})

test('whoever waits runs after the other has ended, also if its disk is slow', async () => {
  const script = `import { makeFolders, whileLocked } from ${JSON.stringify(new URL('./files.ts', import.meta.url).href)}
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

test('a link that leads nowhere in place of a lock holds nobody up', () => {
  symlinkSync('nowhere', lock())
  lutimesSync(lock(), 1, 1)
  expect(codeOf(`whileLocked(${JSON.stringify(file())}, () => console.log('ran'))`)).toBe('ran\n')
  expect(existsSync(lock())).toBe(false)
})

test('whoever took over a lock keeps it when the first one ends', () => {
  whileLocked(file(), () => {
    rmSync(lock(), { recursive: true })
    mkdirSync(lock())
  })
  expect(existsSync(lock())).toBe(true)
})

describe('a rename', () => {
  const failing = (times: number, code: string) => {
    const tried: string[] = []
    const rename = (from: string, to: string) => {
      tried.push(`${from} ${to}`)
      if (tried.length <= times) throw Object.assign(new Error(), { code })
    }
    return { tried, rename }
  }

  test.each(['EPERM', 'EACCES', 'EBUSY'])('is tried again while somebody has the file open (%s)', (code) => {
    const { tried, rename } = failing(2, code)
    renamePatiently('a', 'b', rename)
    expect(tried).toEqual(['a b', 'a b', 'a b'])
  })

  test('fails at last if it stays open, and at once for another reason', () => {
    const open = failing(99, 'EBUSY')
    expect(() => renamePatiently('a', 'b', open.rename)).toThrow()
    expect(open.tried).toHaveLength(10)
    const full = failing(99, 'ENOSPC')
    expect(() => renamePatiently('a', 'b', full.rename)).toThrow()
    expect(full.tried).toHaveLength(1)
  })
})
