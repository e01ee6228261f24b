import { FIELDS, NOTICES, SECRET_BYTES } from '@voicemode-telemetry/protocol'
import { expect, test } from 'vitest'
import { type HttpUnderTest, JSON_TYPE } from './httpUnderTest.ts'

/** What everyone may read. */
export function publicPagesContract(http: HttpUnderTest): void {
  const { fetch } = http
  test('everyone may read what is collected and why, as data and as a page, from the contract', async () => {
    const answer = await fetch(`${http.url}/v1/policy`)
    const policy = (await answer.json()) as { retentionDays: number; fields: Record<string, unknown>[] }
    expect(policy.retentionDays).toBe(90)
    expect(policy.fields.map(({ path }) => path)).toEqual(FIELDS.map(({ path }) => path))
    expect(policy.fields.find(({ path }) => path === 'usage.transport_usage')).toEqual({
      path: 'usage.transport_usage',
      label: 'Transport',
      purpose: 'Shows which transports are worth keeping.',
      keptDays: 90,
      values: ['local', 'livekit', 'other'],
      isMap: true,
    })
    const page = await fetch(`${http.url}/privacy`)
    expect(page.headers.get('content-type')).toBe('text/html; charset=UTF-8')
    const text = await page.text()
    for (const { purpose, path } of FIELDS) {
      expect(text).toContain(purpose)
      expect(text).toContain(`<code>${path}</code>`)
    }
    expect(text).toMatch(/<html lang="en">/)
    expect(text).toContain('&lt;1min')
    expect(text).not.toMatch(/<script|<style|style=|https?:/)
    const gpc = await fetch(`${http.url}/.well-known/gpc.json`)
    expect(await gpc.json()).toEqual({ gpc: true, lastUpdate: NOTICES[0].date })
  })

  test('everyone may read how the notice changed and what was asked of the server', async () => {
    const secret = Buffer.from(crypto.getRandomValues(new Uint8Array(SECRET_BYTES))).toString('base64url')
    for (const right of ['export', 'delete', 'export']) {
      const body = JSON.stringify({ secret })
      await fetch(`${http.url}/v1/rights/${right}`, { method: 'POST', body, headers: JSON_TYPE })
    }
    const told = (await (await fetch(`${http.url}/v1/transparency`)).json()) as {
      requests_answered: { total: object; months: { month: string; export: number; delete: number }[] }
    }
    const { total, months } = told.requests_answered
    expect(told).toMatchObject({ notices: NOTICES })
    expect(total).toEqual({ export: 2, delete: 1 })
    expect(new Set(months.map(({ month }) => month)).size).toBe(12)
    expect(months.map(({ month }) => month)).toEqual(
      months
        .map(({ month }) => month)
        .toSorted()
        .reverse(),
    )
    expect(months.reduce((sum, of) => sum + of.export + of.delete, 0)).toBe(3)
    const page = await fetch(`${http.url}/transparency`)
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8'])
    const text = await page.text()
    expect(text).not.toMatch(/<script|<style|style=|https?:/)
    for (const { label } of FIELDS) expect(text).toContain(label)
    for (const { date } of NOTICES) expect(text).toContain(`datetime="${date}"`)
    expect(text).toContain('To check a deletion')
  })
}
