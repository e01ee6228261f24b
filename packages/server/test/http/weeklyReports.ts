import { dayAt } from '@voicemode-telemetry/protocol'
import { expect, test } from 'vitest'
import { addWeeks, boundsOf } from '../../src/counts/isoWeek.ts'
import { newestDueWeek } from '../../src/report/dueWeeks.ts'
import { CANARY, expectProblem, type HttpUnderTest, JSON_TYPE, newEvent } from './httpUnderTest.ts'

/** Weekly reports: everyone reads them, maintainers order what becomes of them. */
export function weeklyReportsContract(http: HttpUnderTest): void {
  const week = newestDueWeek(dayAt(Date.now()))
  const bearer = { ...JSON_TYPE, authorization: `Bearer ${CANARY}` }

  /** A server whose maintainers have a token. */
  async function startGuarded() {
    const { url, stop } = await http.start({ adminToken: CANARY })
    const get = (path: string, headers = {}) => fetch(url + path, { headers })
    const order = (body: unknown, headers: Record<string, string> = bearer, of = week) =>
      fetch(`${url}/v1/reports/${of}`, { method: 'POST', body: JSON.stringify(body), headers })
    /** Makes the report of the week. @returns its bytes and their tag. */
    async function makeReport() {
      for (let n = 0; n < 3; n++) await http.send(await newEvent(boundsOf(week).from), {}, url)
      const made = await order({ make: true })
      expect([made.status, await made.json()]).toEqual([200, { status: 'ok', week, state: 'published' }])
      const answer = await get(`/v1/reports/${week}`)
      const tag = { 'if-none-match': answer.headers.get('etag') ?? '' }
      return { answer, bytes: await answer.text(), tag }
    }
    return { get, order, makeReport, stop }
  }

  test('where there is no report, everyone learns when the next one comes', async () => {
    const { get, stop } = await startGuarded()
    const none = (await (await get('/v1/reports')).json()) as { next: { week: string } }
    expect(none).toMatchObject({ reports: [], running_epsilon: 0 })
    expect(none.next.week > week).toBe(true)
    const empty = await get('/report')
    expect([empty.status, (await empty.text()).includes(none.next.week)]).toEqual([200, true])
    for (const name of [week, CANARY, '%00', '2026-W99']) {
      await expectProblem(await get(`/v1/reports/${name}`), 404, 'not-found')
      const page = await get(`/report/${name}`)
      expect([page.status, (await page.text()).includes(CANARY)], name).toEqual([404, false])
    }
    await stop()
  })

  test('what is no order, or none that can be carried out, is refused', async () => {
    const { order, stop } = await startGuarded()
    await expectProblem(await order({ make: true }, JSON_TYPE), 401, 'not-signed-in')
    const text = await order({ make: true }, { ...bearer, 'content-type': 'text/plain' })
    await expectProblem(text, 415, 'not-json', 'content-type')
    for (const wrong of [{}, { held: CANARY }, { make: false }, { make: true, held: true }, [true], null]) {
      await expectProblem(await order(wrong), 422, 'not-an-order', '')
    }
    await expectProblem(await order({ make: true }, bearer, CANARY), 404, 'not-found')
    await expectProblem(await order({ held: true }), 404, 'not-found')
    for (const other of [addWeeks(week, 2), addWeeks(week, -20)]) {
      await expectProblem(await order({ make: true }, bearer, other), 409, 'not-reportable', 'week')
    }
    await stop()
  })

  test('a report is the same bytes for everyone, as JSON, CSV and a page', async () => {
    const { get, order, makeReport, stop } = await startGuarded()
    const { answer, bytes, tag } = await makeReport()
    await expectProblem(await order({ make: true }), 409, 'not-reportable', 'week')
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(answer.headers.get('cache-control')).toBe('public, max-age=60')
    const report = JSON.parse(bytes)
    expect(report).toMatchObject({ week, ...boundsOf(week), epsilon: 1, tables: [] })
    expect((await get(`/v1/reports/${week}`, tag)).status).toBe(304)
    const csv = await get(`/v1/reports/${week}?format=csv`)
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    const total = `${week},installations,,${report.total},${report.plus_minus}`
    expect(await csv.text()).toBe(`week,field,value,n,plus_minus\r\n${total}\r\n`)
    await expectProblem(await get(`/v1/reports/${week}?format=${CANARY}`), 400, 'not-a-query', 'format')
    const links = { page: `/report/${week}` }
    const listed = { week, ...boundsOf(week), state: 'published', deletions_since: 0, links }
    expect(await (await get('/v1/reports')).json()).toMatchObject({ reports: [listed], running_epsilon: 1 })
    for (const path of ['/report', `/report/${week}`]) {
      const text = await (await get(path)).text()
      expect(text, path).toContain(`Weekly report ${week}`)
      expect(text, path).not.toMatch(/<script|<style|style=|https?:/)
    }
    await stop()
  })

  test('a report that is held back is shown to nobody, and is as it was when it is released', async () => {
    const { get, order, makeReport, stop } = await startGuarded()
    const { bytes, tag } = await makeReport()
    expect(await (await order({ held: true })).json()).toEqual({ status: 'ok', week, state: 'held' })
    await expectProblem(await get(`/v1/reports/${week}`, tag), 404, 'report-held')
    const held = await get(`/report/${week}`)
    expect([held.status, (await held.text()).includes('held back')]).toEqual([404, true])
    expect(await (await get('/report')).text()).not.toContain('class="total"')
    const listed = await (await get('/v1/reports')).json()
    expect(listed).toMatchObject({ reports: [{ week, state: 'held' }], running_epsilon: 1 })
    await order({ held: false })
    expect(await (await get(`/v1/reports/${week}`)).text()).toBe(bytes)
    await stop()
  })
}
