import type { MiddlewareHandler } from 'hono'
import { type AddressLimiter, createAddressLimiter } from './addressLimiter.ts'
import { ATTEMPTS_PER_HOUR, createApp } from './app.ts'
import { runDailyJob } from './dailyJob.ts'
import { type D1Binding, openD1 } from './drivers/d1.ts'
import { type Host, incidentLine } from './host.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { parseSettings, type Settings } from './settings.ts'
import { createSqlStore } from './sqlStore.ts'

/** The bindings that wrangler.jsonc names. What is text among them are the settings, by their variables' names. */
interface Env extends Record<string, unknown> {
  DB: D1Binding
  ASSETS: { fetch(request: Request): Promise<Response> }
}

const host: Host = { now: Date.now, log: (incident) => console.error(incidentLine(incident, Date.now())) }

/** What an isolate remembers between requests, in its memory alone. */
let memory: { addresses: AddressLimiter; attempts: AddressLimiter; metrics: Metrics } | undefined

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const settings = readSettings(env)
    memory ??= {
      addresses: createAddressLimiter({ now: host.now, perHour: settings.eventsPerAddressPerHour }),
      attempts: createAddressLimiter({ now: host.now, perHour: ATTEMPTS_PER_HOUR }),
      metrics: createMetrics(),
    }
    const { adminToken, retentionDays } = settings
    const app = createApp({
      store: openStore(env, settings),
      host,
      retentionDays,
      ...memory,
      access: adminToken ? { by: 'token', token: adminToken } : { by: 'loopback' },
      // Cloudflare writes this header itself, whatever a client sent.
      addressOf: (context) => context.req.header('cf-connecting-ip') ?? '',
      dashboard: serveAssets(env),
    })
    const answer = await app.fetch(request)
    // A body that nobody wants is still on its way; the connection is not to break over it.
    if (request.body && !request.bodyUsed) await request.body.cancel()
    return answer
  },

  async scheduled(_event: unknown, env: Env): Promise<void> {
    const settings = readSettings(env)
    await runDailyJob(openStore(env, settings), host.now(), settings.retentionDays)
  },
}

/** A store for one request: what one request waits for, another may not. */
function openStore({ DB }: Env, { eventsPerIdPerHour }: Settings) {
  return createSqlStore({ driver: openD1(DB), now: host.now, eventsPerIdPerHour })
}

function readSettings(env: Env): Settings {
  const variables = Object.entries(env).filter(([, value]) => typeof value === 'string')
  const command = parseSettings([], Object.fromEntries(variables) as Record<string, string>)
  if (command.outcome === 'serve') return command.settings
  throw new Error(command.outcome === 'wrong' ? command.problems.join('\n') : command.outcome)
}

/** Serves the dashboard's files; a file's name under `/assets/` changes with what it holds. */
function serveAssets({ ASSETS }: Env): MiddlewareHandler {
  return async (context, next) => {
    const answer = await ASSETS.fetch(context.req.raw)
    if (answer.status === 404) return next()
    const lasts = context.req.path.startsWith('/assets/')
    const served = new Response(answer.body, answer)
    served.headers.set('cache-control', lasts ? 'private, max-age=31536000, immutable' : 'no-cache')
    return served
  }
}
