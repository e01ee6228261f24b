import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startServer } from './serverProcess.ts'

test('a server goes on when nobody reads its output any more, and counts what is lost', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'unread-'))
  const server = await startServer(join(folder, 'test.db'))
  server.process.stdout?.destroy()
  server.process.stderr?.destroy()
  // Without its file every request has the server log something.
  for (const name of readdirSync(folder)) rmSync(join(folder, name))
  const answers: number[] = []
  for (let n = 0; n < 6; n++) answers.push((await fetch(`${server.url}/healthz`)).status)
  expect(answers).toEqual(Array(6).fill(503))
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  const [, lost] = /^voicemode_telemetry_log_lines_lost_total (\d+)$/m.exec(metrics) ?? []
  expect(Number(lost)).toBeGreaterThanOrEqual(6)
  expect(await server.end()).toBe(0)
  rmSync(folder, { recursive: true })
})
