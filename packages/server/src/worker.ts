import manifest from '../package.json' with { type: 'json' }
import { ATTEMPTS_PER_HOUR, createApp } from './app.ts'
import { createHost } from './createHost.ts'
import { runDailyJob } from './jobs/dailyJob.ts'
import { createMetrics } from './operate/metrics.ts'
import { parseSettings, type Settings } from './operate/settings.ts'
import { type D1Binding, openD1 } from './store/drivers/d1.ts'
import { createSqlStore } from './store/sqlStore.ts'
import { type AddressCountsBinding, openIpAddressLimits } from './worker/addressCounts.ts'
import { type AssetsBinding, serveAssets } from './worker/assets.ts'
import { createSharedCommits } from './worker/sharedCommits.ts'

export { AddressCounts } from './worker/addressCounts.ts'

/** The bindings that wrangler.jsonc names. What is text among them are the settings, by their variables' names. */
interface Env extends Record<string, unknown> {
  DB: D1Binding
  ASSETS: AssetsBinding
  ADDRESSES: AddressCountsBinding
}

const host = createHost()

/** What an isolate has counted for operators. */
const metrics = createMetrics(host.now)
const shareCommits = createSharedCommits()

export default {
  async fetch(
    request: Request,
    env: Env,
    context: { waitUntil(work: Promise<unknown>): void },
  ): Promise<Response> {
    const settings = readSettings(env)
    const store = openStore(env, settings)
    const waitUntil = (work: Promise<unknown>) => context.waitUntil(work)
    const { adminToken, retentionDays, eventsPerAddressPerHour, operator } = settings
    const limits = openIpAddressLimits(env.ADDRESSES)
    const { app } = createApp({
      store: { ...store, add: shareCommits({ add: store.add, waitUntil }) },
      host,
      retentionDays,
      operator,
      ipAddresses: limits.limiter('events', eventsPerAddressPerHour),
      attempts: limits.limiter('attempts', ATTEMPTS_PER_HOUR),
      metrics,
      access: adminToken ? { by: 'token', token: adminToken } : { by: 'loopback' },
      // Cloudflare writes this header itself, whatever a client sent.
      ipAddressOf: (context) => context.req.header('cf-connecting-ip') ?? '',
      dashboard: serveAssets(env.ASSETS),
      version: manifest.version,
    })
    const answer = await app.fetch(request)
    // A body that nobody wants is still on its way; the connection is not to break over it.
    if (request.body && !request.bodyUsed) await request.body.cancel()
    return answer
  },

  async scheduled(_event: unknown, env: Env): Promise<void> {
    const settings = readSettings(env)
    await runDailyJob(openStore(env, settings), host, settings.retentionDays)
  },
}

/** A store for one request: what one request has opened, another may not use. */
function openStore({ DB }: Env, { eventsPerIdPerHour }: Settings) {
  return createSqlStore({ driver: openD1(DB), host, eventsPerIdPerHour })
}

function readSettings(env: Env): Settings {
  const variables = Object.entries(env).filter(([, value]) => typeof value === 'string')
  // Anyone can reach a Worker, so its token must be as long as on any host.
  const flags = env.TELEMETRY_ADMIN_TOKEN ? { host: '0.0.0.0' } : {}
  const parsed = parseSettings(flags, Object.fromEntries(variables) as Record<string, string>)
  if (parsed.outcome === 'serve') return parsed.settings
  throw new Error(parsed.problems.join('\n'))
}
