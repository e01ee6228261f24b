import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createTestHarness } from 'wrangler'

const SERVER = fileURLToPath(new URL('../../packages/server', import.meta.url))
const BARE = `export default {
  async fetch(request, { DB }) {
    const event = await request.json()
    await DB.prepare('INSERT INTO events (event_id, body) VALUES (?, ?)').bind(event.event_id, JSON.stringify(event)).run()
    return Response.json({ status: 'ok', event_id: event.event_id })
  },
}`

/**
 * Runs a Worker in workerd with a D1 database and prints where it listens: `node workerServer.ts ours FOLDER` the one that is
 * deployed, `bare` its peer, which does one INSERT for each request.
 */
const [which, folder = ''] = process.argv.slice(2)
Object.assign(process.env, {
  // Neither tells anybody of itself, nor asks where in the world it runs.
  ...{ WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false' },
  // A database of every call would cost more than the calls.
  X_LOCAL_OBSERVABILITY: 'false',
})
mkdirSync(join(folder, 'migrations'), { recursive: true })

const harness = createTestHarness({ workers: [which === 'ours' ? ours() : bare()] })
const { url } = await harness.listen()
await harness.getWorker().applyD1Migrations('DB')
process.on('SIGTERM', () => harness.close().then(() => process.exit()))
console.log(JSON.stringify({ url: url.origin }))

function ours() {
  execFileSync('wrangler', ['deploy', '--dry-run', '--outdir', folder], { cwd: SERVER, stdio: 'pipe' })
  return {
    configPath: join(SERVER, 'wrangler.jsonc'),
    prebuiltWorkerDir: folder,
    vars: { TELEMETRY_EVENTS_PER_ADDRESS_PER_HOUR: '1000000000' },
  }
}

function bare() {
  const database = { binding: 'DB', database_name: 'bare', database_id: 'bare' }
  const config = { name: 'bare', main: 'bare.js', compatibility_date: '2026-08-01', d1_databases: [database] }
  writeFileSync(join(folder, 'bare.js'), BARE)
  writeFileSync(join(folder, 'wrangler.json'), JSON.stringify(config))
  const table = 'CREATE TABLE events (event_id TEXT NOT NULL PRIMARY KEY, body TEXT NOT NULL);'
  writeFileSync(join(folder, 'migrations/0001_events.sql'), table)
  return { configPath: join(folder, 'wrangler.json') }
}
