import { DurableObject } from 'cloudflare:workers'
import type { MiddlewareHandler } from 'hono'
import { getMimeType } from 'hono/utils/mime'
import manifest from '../package.json' with { type: 'json' }
import { ATTEMPTS_PER_HOUR, createApp } from './app.ts'
import { type Host, incidentLine, MS_PER_HOUR } from './host.ts'
import { runDailyJob } from './jobs/dailyJob.ts'
import { type AddressLimiter, type AddressLimits, createAddressLimiter } from './limits/addressLimiter.ts'
import { createMetrics } from './operate/metrics.ts'
import { parseSettings, type Settings } from './operate/settings.ts'
import { type D1Binding, openD1 } from './store/drivers/d1.ts'
import { createSqlStore } from './store/sqlStore.ts'
import { StoreUnavailable } from './store/store.ts'

/** The bindings that wrangler.jsonc names. What is text among them are the settings, by their variables' names. */
interface Env extends Record<string, unknown> {
  DB: D1Binding
  ASSETS: { fetch(request: Request): Promise<Response> }
  ADDRESSES: { getByName(name: string): Pick<AddressCounts, 'take'> }
}

/** An object that nothing asks for is dropped from memory after a minute or so, in milliseconds. */
const KEEP_ALIVE_MS = 30_000

const host: Host = { now: Date.now, log: (incident) => console.error(incidentLine(incident, Date.now())) }

/** What an isolate has counted for operators. */
const metrics = createMetrics()

/**
 * Counts addresses for all isolates: there is one of it for a Worker, and Cloudflare sends every call to it. It counts in
 * its memory and stores nothing but the time of its own alarm, which keeps it there while an hour is not over.
 */
export class AddressCounts extends DurableObject {
  #limiters = new Map<string, AddressLimiter>()
  #countsUntil = 0

  async take(
    ...[purpose, perHour, address, cost]: [
      ...Parameters<AddressLimits['limiter']>,
      ...Parameters<AddressLimiter['take']>,
    ]
  ) {
    const key = `${purpose} ${perHour}`
    const limiter = this.#limiters.get(key) ?? createAddressLimiter({ now: host.now, perHour })
    this.#limiters.set(key, limiter)
    if (host.now() >= this.#countsUntil) await this.ctx.storage.setAlarm(host.now() + KEEP_ALIVE_MS)
    this.#countsUntil = host.now() + MS_PER_HOUR
    return limiter.take(address, cost)
  }

  async alarm() {
    if (host.now() < this.#countsUntil) await this.ctx.storage.setAlarm(host.now() + KEEP_ALIVE_MS)
    else this.#limiters.clear()
  }
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const settings = readSettings(env)
    const { adminToken, retentionDays, eventsPerAddressPerHour } = settings
    const limits = openAddressLimits(env)
    const app = createApp({
      store: openStore(env, settings),
      host,
      retentionDays,
      addresses: limits.limiter('events', eventsPerAddressPerHour),
      attempts: limits.limiter('attempts', ATTEMPTS_PER_HOUR),
      metrics,
      access: adminToken ? { by: 'token', token: adminToken } : { by: 'loopback' },
      // Cloudflare writes this header itself, whatever a client sent.
      addressOf: (context) => context.req.header('cf-connecting-ip') ?? '',
      dashboard: serveAssets(env),
      version: manifest.version,
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

function openAddressLimits({ ADDRESSES }: Env): Pick<AddressLimits, 'limiter'> {
  return {
    limiter: (purpose, perHour) => ({
      take: (address, cost) =>
        ADDRESSES.getByName('all')
          .take(purpose, perHour, address, cost)
          .catch((error: unknown) => {
            throw new StoreUnavailable(error)
          }),
    }),
  }
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
    const headers = {
      'content-type':
        (context.req.path === '/' ? getMimeType('index.html') : getMimeType(context.req.path)) ??
        'application/octet-stream',
      'cache-control': lasts ? 'private, max-age=31536000, immutable' : 'no-cache',
    }
    return new Response(answer.body, { status: answer.status, headers })
  }
}
