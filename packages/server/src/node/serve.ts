import type { HttpBindings } from '@hono/node-server'
import manifest from '../../package.json' with { type: 'json' }
import { ATTEMPTS_PER_HOUR, createApp } from '../app.ts'
import { whyItFailed } from '../failure.ts'
import type { Host } from '../host.ts'
import { runDailyJob } from '../jobs/dailyJob.ts'
import { runNowAndDaily } from '../jobs/schedule.ts'
import { createProxyWatch } from '../limits/proxyWatch.ts'
import { createMetrics } from '../operate/metrics.ts'
import type { Settings } from '../operate/settings.ts'
import { openDatabase, openIpAddressLimits } from '../store/drivers/open.ts'
import { createSqlStore } from '../store/sqlStore.ts'
import { serveDashboard } from './assets.ts'
import { createIpAddressFinder, listen } from './nodeServer.ts'

/** `failed`: why the server did not start, and what to do. */
type Serving =
  | { outcome: 'listening'; url: string; stop: () => Promise<void> }
  | { outcome: 'failed'; message: string }

/**
 * Opens the database, puts the app on a socket and starts the daily job.
 *
 * `stop` resolves when what was under way is answered and stored; called again, it is the same stop.
 */
export async function serve(settings: Settings, host: Host): Promise<Serving> {
  const { retentionDays, eventsPerIdPerHour, eventsPerAddressPerHour, adminToken, operator } = settings
  const driver = await openDatabase(settings).catch((error: Error) => error)
  if (driver instanceof Error) return { outcome: 'failed', message: whyNotOpened(settings, driver) }
  const store = createSqlStore({ driver, host, eventsPerIdPerHour })
  const limits = await openIpAddressLimits(settings, host)
  const metrics = createMetrics(host.now)
  const ipAddressOf = createIpAddressFinder(
    settings.trustedProxies,
    createProxyWatch(host, metrics.countUnbelievedProxy),
  )
  const { app, takeEvent } = createApp({
    store,
    host,
    retentionDays,
    operator,
    ipAddresses: limits.limiter('events', eventsPerAddressPerHour),
    attempts: limits.limiter('attempts', ATTEMPTS_PER_HOUR),
    access: adminToken ? { by: 'token', token: adminToken } : { by: 'loopback' },
    ipAddressOf: (context) => ipAddressOf((context.env as HttpBindings).incoming),
    metrics,
    dashboard: serveDashboard(),
    version: manifest.version,
    inBackground: true,
  })
  const server = await listen(app, settings, { events: { takeEvent, ipAddressOf } }).catch(
    (error: Error) => error,
  )
  if (server instanceof Error) return { outcome: 'failed', message: whyNotListening(settings, server) }
  const runJob = () => runDailyJob(store, host, retentionDays)
  const stopSchedule = runNowAndDaily(runJob, host, metrics.countJobFailure)
  let stopping: Promise<void> | undefined
  const stop = () => {
    stopSchedule()
    stopping ??= server.stop().then(limits.close).then(store.close)
    return stopping
  }
  return { outcome: 'listening', url: server.url, stop }
}

function whyNotOpened({ databaseSource, databaseUrl }: Settings, error: Error): string {
  const hint = databaseUrl
    ? 'check host, user, password and certificate in its URL'
    : 'check that it is a regular file with a database of this server, and that its folder may be written'
  return `Cannot open the database that ${databaseSource} names (${whyItFailed(error)}): ${hint}`
}

function whyNotListening({ port }: Settings, error: Error): string {
  return `Cannot listen on port ${port} (${whyItFailed(error)}): choose another --port, or another --host if you chose that`
}
