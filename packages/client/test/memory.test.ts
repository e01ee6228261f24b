import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { DAY, exchangeLine, Home } from './logs.ts'

const MB = 1024 * 1024
const MAX_PEAK_BYTES = 150 * MB
const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** Runs when the process ends and tells its peak, which only the process itself can know everywhere. */
const TELL_PEAK = `data:text/javascript,process.on('exit',()=>console.error('peak-kb',process.resourceUsage().maxRSS))`

test('250 MB of logs are read with a peak memory under 150 MB', async () => {
  using home = new Home()
  const folder = join(home.base, 'logs/conversations')
  mkdirSync(folder, { recursive: true })
  const file = openSync(join(folder, `exchanges_${DAY}.jsonl`), 'w')
  const start = Date.parse(`${DAY}T00:00:00Z`)
  let [bytes, lines] = [0, 0]
  while (bytes < 250 * MB) {
    const chunk = Array.from({ length: 1000 }, () => {
      lines += 1
      const at = new Date(start + ((lines * 331) % 86_000_000)).toISOString()
      return `${exchangeLine({ at, id: `conv_${lines % 20_000}`, metadata: { text: 'x'.repeat(850), provider: 'kokoro' } })}\n`
    })
    bytes += writeSync(file, chunk.join(''))
  }
  closeSync(file)
  const child = spawn(
    process.execPath,
    ['--max-semi-space-size=4', '--import', TELL_PEAK, MAIN, 'preview', '--day', DAY],
    { env: { PATH: process.env.PATH, HOME: home.path } as NodeJS.ProcessEnv },
  )
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk) => (stdout += chunk))
  child.stderr.on('data', (chunk) => (stderr += chunk))
  await new Promise((resolve) => child.on('close', resolve))
  expect(JSON.parse(stdout).usage).toMatchObject({ total_sessions: 20_000, total_operations: 100_000 })
  const peakBytes = Number(/peak-kb (\d+)/.exec(stderr)?.[1]) * 1024
  expect(peakBytes).toBeGreaterThan(0)
  expect(peakBytes).toBeLessThan(MAX_PEAK_BYTES)
}, 120_000)
