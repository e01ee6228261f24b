import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { addDays, dayAt } from '@voicemode-telemetry/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestHarness, type TestHarness } from 'wrangler'
import type { D1Binding } from '../src/store/drivers/d1.ts'
import { eventOf } from './events.ts'
import { httpContract } from './httpContract.ts'
import { leaksIn, WHO } from './leakScan.ts'

const server = fileURLToPath(new URL('..', import.meta.url))
const MAX_BUNDLE_BYTES = 200 * 1024

let bundle: string
beforeAll(() => {
  // Neither tells anybody of itself, nor asks where in the world it runs.
  Object.assign(process.env, { WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false' })
  bundle = mkdtempSync(join(tmpdir(), 'worker-'))
  execFileSync('wrangler', ['deploy', '--dry-run', '--outdir', bundle], { cwd: server, stdio: 'pipe' })
})
afterAll(() => rmSync(bundle, { recursive: true }))

/** The bundle that is deployed, in workerd, with a D1 database that wrangler's own migrations have made. */
async function startWorker(limits: {
  eventsPerAddressPerHour?: number
  adminToken?: string
}): Promise<{ harness: TestHarness; url: string; stop(): Promise<void> }> {
  const { eventsPerAddressPerHour = 1_000_000, adminToken } = limits
  const harness = createTestHarness({
    workers: [
      {
        configPath: join(server, 'wrangler.jsonc'),
        prebuiltWorkerDir: bundle,
        vars: { TELEMETRY_EVENTS_PER_ADDRESS_PER_HOUR: String(eventsPerAddressPerHour) },
        secrets: adminToken ? { TELEMETRY_ADMIN_TOKEN: adminToken } : {},
      },
    ],
  })
  const { url } = await harness.listen()
  await harness.getWorker().applyD1Migrations('DB')
  return { harness, url: url.origin, stop: () => harness.close() }
}

httpContract('a Worker with D1', startWorker)

test('what is deployed is under 200 KB compressed', () => {
  expect(gzipSync(readFileSync(join(bundle, 'worker.js'))).length).toBeLessThan(MAX_BUNDLE_BYTES)
})

test('a Worker whose admin token can be guessed shows nothing', async () => {
  const { url, stop } = await startWorker({ adminToken: 't'.repeat(23) })
  const answer = await fetch(`${url}/v1/charts/daily`, {
    headers: { authorization: `Bearer ${'t'.repeat(23)}` },
  })
  expect(answer.status).toBe(500)
  await stop()
})

/** All that a Worker has stored: every row of its database, and what its object that counts addresses has. */
async function storedBy(harness: TestHarness): Promise<string> {
  const worker = harness.getWorker()
  const { DB } = (await worker.getEnv()) as unknown as { DB: D1Binding }
  const rowsOf = async (sql: string) => (await DB.batch([DB.prepare(sql)]))[0]?.results ?? []
  const tables = await rowsOf("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '_cf_%'")
  const rows = await Promise.all(tables.map(({ name }) => rowsOf(`SELECT * FROM ${name}`)))
  const object = await worker.getDurableObjectStorage('ADDRESSES', { name: 'all' })
  const own = await object.exec("SELECT name FROM sqlite_schema WHERE name NOT LIKE '_cf_%'")
  return JSON.stringify([rows, own])
}

test('nothing of an address, a user agent or a place is stored or logged, nor a hash of it', async () => {
  const { harness, stop } = await startWorker({})
  const event = await eventOf({ installation: 1, day: dayAt(Date.now()) })
  for (const name of ['the address behind a proxy', 'the IPv6 address behind a proxy'] as const) {
    for (const path of ['/v1/events', '/v1/rights/export', '/v1/charts/daily']) {
      await harness.getWorker().fetch(path, {
        ...(path.includes('charts') ? {} : { method: 'POST', body: JSON.stringify(event) }),
        headers: {
          'content-type': 'application/json',
          'user-agent': WHO['the user agent'],
          'cf-connecting-ip': WHO[name],
        },
        cf: { city: WHO['the city'], latitude: '47.11', country: 'XX' },
      })
    }
  }
  const stored = await storedBy(harness)
  expect(stored).toContain(event.event_id)
  expect(leaksIn(Buffer.from(stored + JSON.stringify(harness.getLogs())))).toEqual([])
  await stop()
})

test('events that arrive together are all stored, also when the sender of some goes away', async () => {
  const { harness, url, stop } = await startWorker({})
  const day = dayAt(Date.now())
  const sent = await Promise.all(
    Array.from({ length: 40 }, (_, installation) => eventOf({ installation, day })),
  )
  const answers = await Promise.allSettled(
    sent.map((event, n) =>
      fetch(`${url}/v1/events`, {
        method: 'POST',
        body: JSON.stringify(event),
        headers: { 'content-type': 'application/json' },
        ...(n % 4 === 0 && { signal: AbortSignal.timeout(5 * (n / 4)) }),
      }),
    ),
  )
  const stored = await storedBy(harness)
  for (const [n, answer] of answers.entries()) {
    if (answer.status === 'rejected') expect(n % 4).toBe(0)
    else expect([answer.value.status, stored.includes(sent[n]?.event_id ?? '')]).toEqual([200, true])
  }
  await stop()
})

test('the cron trigger forgets what is past the retention and keeps its counts', async () => {
  const { harness, url, stop } = await startWorker({})
  const day = addDays(dayAt(Date.now()), -89)
  const body = JSON.stringify(await eventOf({ installation: 1, day }))
  const send = () =>
    fetch(`${url}/v1/events`, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
  expect((await send()).status).toBe(200)
  await harness.update(({ workers = [] }) => ({
    workers: workers.map((worker) => ({ ...worker, vars: { TELEMETRY_RETENTION_DAYS: '30' } })),
  }))
  const { url: again } = await harness.listen()
  const { event_id } = JSON.parse(body)
  expect(await storedBy(harness)).toContain(event_id)
  const { outcome } = await harness.getWorker().scheduled({ cron: '5 0 * * *' })
  expect(outcome).toBe('ok')
  expect(await storedBy(harness)).not.toContain(event_id)
  const charts = await fetch(`${again.origin}/v1/charts/daily?from=${day}&to=${day}`)
  expect(await charts.json()).toMatchObject({
    counts: expect.arrayContaining([{ day, field: 'installations', value: '', n: 1 }]),
  })
  await stop()
})
