import { spawn } from 'node:child_process'
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { addDays } from '@voicemode-telemetry/protocol'
import { expect, test } from 'vitest'
import { PEAK_KB } from '../../../scripts/bench/peak.ts'
import { MAIN } from './commandLine.ts'
import { DAY, exchangeLine, Home } from './logs.ts'

const MB = 1024 * 1024
/** Of a process that reads the sources; what is published takes some 25 MB less. */
const MAX_PEAK_BYTES = 150 * MB

/** Runs when the process ends and tells its peak, and where the system counts them the bytes it read. */
const TELL_COST = `data:text/javascript,${encodeURIComponent(`import { existsSync, readFileSync } from 'node:fs'
const io = '/proc/self/io'
process.on('exit', () => console.error('cost', JSON.stringify({
  peakBytes: ${PEAK_KB} * 1024,
  readBytes: existsSync(io) ? Number(/rchar: (\\d+)/.exec(readFileSync(io, 'utf8'))[1]) : null,
})))`)}`

interface Cost {
  peakBytes: number
  readBytes: number | null
}

/** The logs of a month in which somebody talks without a pause. @returns their bytes. */
function writeMonth(home: Home, bytesADay: number): number {
  const folder = join(home.base, 'logs/conversations')
  mkdirSync(folder, { recursive: true })
  let bytes = 0
  for (let n = -15; n < 15; n++) {
    const day = addDays(DAY, n)
    const count = Math.floor(bytesADay / 1000)
    const lines = Array.from({ length: count }, (_, line) => {
      const at = new Date(Date.parse(`${day}T00:00:00Z`) + (line * 86_400_000) / count).toISOString()
      const id = `conv_${Math.floor(line / 5)}`
      return `${exchangeLine({ at, id, metadata: { text: 'x'.repeat(850), provider: 'kokoro' } })}\n`
    })
    const path = join(folder, `exchanges_${day}.jsonl`)
    writeFileSync(path, lines.join(''))
    bytes += statSync(path).size
  }
  return bytes
}

async function preview(home: Home): Promise<{ usage: Record<string, unknown>; cost: Cost }> {
  const args = ['--import', TELL_COST, MAIN, 'preview', '--day', DAY]
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, HOME: home.path } as NodeJS.ProcessEnv,
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk) => (stdout += chunk))
  child.stderr.on('data', (chunk) => (stderr += chunk))
  await new Promise((resolve) => child.on('close', resolve))
  return { usage: JSON.parse(stdout).usage, cost: JSON.parse(/cost (.*)/.exec(stderr)?.[1] ?? '') }
}

test('one day of a month of logs, 250 MB, is read with little memory, and without most of the month', async () => {
  using home = new Home()
  const bytes = writeMonth(home, 8.4 * MB)
  const { usage, cost } = await preview(home)
  expect(usage).toMatchObject({ total_operations: Math.floor((8.4 * MB) / 1000) })
  expect(cost.peakBytes).toBeLessThan(MAX_PEAK_BYTES)
  if (process.platform === 'linux') expect(cost.readBytes).not.toBeNull()
  // The sources of the command are read too.
  if (cost.readBytes !== null) expect(cost.readBytes).toBeLessThan(bytes / 10)
}, 120_000)
