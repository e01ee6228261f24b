import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const LINES = 60_000
const SCRIPT = `import { processTerminal } from ${JSON.stringify(new URL('./processTerminal.ts', import.meta.url).href)}
  const terminal = processTerminal()
  for (let n = 0; n < ${LINES}; n++) terminal.out('line ' + n + ' …\\n')
  if (terminal.isInteractive) terminal.out('interactive')`
const EXPECTED = Array.from({ length: LINES }, (_, n) => `line ${n} …\n`).join('')

function start(stdout: 'pipe' | number) {
  const args = ['--input-type=module', '--eval', SCRIPT]
  return spawn(process.execPath, args, { stdio: ['ignore', stdout, 'inherit'] })
}

test('all that is written reaches a pipe, in order, and more than the pipe holds', async () => {
  const child = start('pipe')
  const ended = once(child, 'close')
  let text = ''
  child.stdout?.setEncoding('utf8').on('data', (part) => (text += part))
  expect((await ended)[0]).toBe(0)
  expect(text === EXPECTED).toBe(true)
})

test('all that is written reaches a file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'terminal-'))
  const path = join(folder, 'out')
  const file = openSync(path, 'w')
  try {
    expect((await once(start(file), 'close'))[0]).toBe(0)
    expect(readFileSync(path, 'utf8') === EXPECTED).toBe(true)
  } finally {
    closeSync(file)
    rmSync(folder, { recursive: true })
  }
})

test('a reader that has had enough is no error', async () => {
  const child = start('pipe')
  const ended = once(child, 'close')
  child.stdout?.once('data', () => child.stdout?.destroy())
  expect((await ended)[0]).toBe(0)
})
