import { expect, test } from 'vitest'
import { Failed, tryEach } from '../failure.ts'
import type { Incident } from '../host.ts'
import { createMetrics } from '../operate/metrics.ts'
import { runNowAndDaily } from './schedule.ts'

test('whatever fails in the daily job is logged and counted by its step', async () => {
  const fail = () => Promise.reject(new Failed({ kind: 'busy', code: '55P03' }))
  const logged: Incident[] = []
  const metrics = createMetrics(() => 0)
  const failing = [
    () =>
      tryEach([
        { at: { step: 'forgetting', day: '2026-11-21' }, run: fail },
        { at: { step: 'limits' }, run: fail },
      ]),
    fail,
  ]
  for (const job of failing) {
    await new Promise<void>((done) => {
      const host = {
        now: () => 0,
        log: (incident: Incident) => void logged.push(incident),
        after: () => done(),
      }
      runNowAndDaily(job, host, metrics.countJobFailure)
    })
  }
  expect(logged.map(({ step, day }) => [step, day])).toEqual([
    ['forgetting', '2026-11-21'],
    ['limits', undefined],
    ['clock', undefined],
  ])
  const text = metrics.write({ version: '1.2.3', store: undefined, logLinesLost: 0 })
  expect(text.match(/daily_job_failures_total.* [1-9]/g)).toEqual(
    ['clock', 'forgetting', 'limits'].map((step) => `daily_job_failures_total{step="${step}"} 1`),
  )
})
