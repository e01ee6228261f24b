import { dayAt } from '@voicemode-telemetry/protocol'
import type { DeleteAnswer, ExportAnswer } from '@voicemode-telemetry/protocol/wire/rights'
import type { Context, Hono } from 'hono'
import { composeProblem } from '../http/problem.ts'
import type { IpAddressLimiter } from '../limits/ipAddressLimiter.ts'
import { firstKeptDay } from '../store/reportStore.ts'
import type { Store } from '../store/store.ts'
import { proveInstallation } from './proof.ts'

interface RightsOptions {
  store: Store
  /** Milliseconds since 1970. */
  now: () => number
  /** How many days after its day an event is kept. */
  retentionDays: number
  /** Limits who tries secrets, by IP address. */
  attempts: IpAddressLimiter
  ipAddressOf: (context: Context) => string
}

/** Adds the routes by which whoever holds an installation's secret has its data exported or deleted. */
export function addRights(
  app: Hono,
  { store, now, retentionDays, attempts, ipAddressOf }: RightsOptions,
): void {
  const answerTo =
    (answer: (telemetryId: string) => Promise<ExportAnswer | DeleteAnswer>) =>
    async (context: Context): Promise<Response> => {
      const proof = await proveInstallation(context.req.raw, ipAddressOf(context), attempts)
      if ('kind' in proof) return composeProblem(proof)
      context.header('cache-control', 'no-store')
      return context.json(await answer(proof.telemetryId))
    }

  app.post(
    '/v1/rights/export',
    answerTo(async (telemetryId) => {
      const [events, milestones] = await Promise.all([
        store.exportInstallation(telemetryId),
        store.milestones(),
      ])
      const kept_since = firstKeptDay(milestones, dayAt(now()), retentionDays)
      return { status: 'ok', telemetry_id: telemetryId, events, kept_since }
    }),
  )
  app.post(
    '/v1/rights/delete',
    answerTo(async (telemetryId) => {
      await store.deleteInstallation(telemetryId)
      return { status: 'ok', telemetry_id: telemetryId }
    }),
  )
}
