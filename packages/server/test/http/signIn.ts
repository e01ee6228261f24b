import { MAX_EVENT_BYTES } from '@voicemode-telemetry/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CANARY, expectProblem, type HttpServer, type HttpUnderTest, newEvent } from './httpUnderTest.ts'

/** Signing in. */
export function signInContract(http: HttpUnderTest): void {
  const { fetch, send, start } = http

  describe('the sign-in of maintainers', () => {
    let guarded: HttpServer
    beforeAll(async () => {
      guarded = await start({ adminToken: CANARY })
    })
    afterAll(() => guarded.stop())

    const FORM_TYPE = 'application/x-www-form-urlencoded'
    const submit = (path: string, token: string, headers: Record<string, string> = {}, url = guarded.url) =>
      fetch(url + path, {
        method: 'POST',
        body: new URLSearchParams({ token }).toString(),
        headers: { 'content-type': FORM_TYPE, origin: url, ...headers },
        redirect: 'manual',
      })
    const get = (path: string, cookie = '', url = guarded.url) =>
      fetch(url + path, { headers: { cookie }, redirect: 'manual' })
    const cookieOf = (answer: Response) => answer.headers.get('set-cookie')?.split(';')[0] ?? ''

    test('who comes without a session is shown a form that runs nothing and asks nobody else', async () => {
      const door = await get('/')
      expect([door.status, door.headers.get('location')]).toEqual([303, '/sign-in'])
      const page = await get('/sign-in')
      expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'self';/)
      expect(page.headers.get('cache-control')).toBe('no-store')
      const text = await page.text()
      expect([page.status, text.includes(CANARY)]).toEqual([200, false])
      expect(text).not.toMatch(/<script|<style|style=|https?:/)
      expect(text).toMatch(/<label for="token">/)
      const [, style = ''] = /<link rel="stylesheet" href="([^"]+)">/.exec(text) ?? []
      const styles = await get(style)
      expect(styles.headers.get('content-type')).toBe('text/css; charset=utf-8')
      expect(await styles.text()).toContain('color-scheme: light dark')
    })

    test('the token is exchanged for a session that opens dashboard and charts', async () => {
      const answer = await submit('/sign-in', CANARY, { origin: guarded.url })
      expect([answer.status, answer.headers.get('location')]).toEqual([303, '/signed-in'])
      expect(answer.headers.get('set-cookie')).toMatch(
        /^\w+=[\w.%-]+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/,
      )
      expect(answer.headers.get('set-cookie')).not.toContain(CANARY)
      const cookie = `other=1; ${cookieOf(answer)}; another=2`
      const kept = await get('/signed-in', cookie)
      expect([kept.status, kept.headers.get('location')]).toEqual([303, '/'])
      expect((await get('/', cookie)).status).toBe(200)
      const charts = await get('/v1/charts/daily', cookie)
      expect([charts.status, charts.headers.get('link')]).toEqual([200, '</sign-out>; rel="sign-out"'])
      expect(await (await get('/sign-in', cookie)).text()).toContain('action="/sign-out"')
    })

    test('a link to the dashboard leads through the sign-in to what it shows', async () => {
      const query = '?range=7&filter=environment.version:8.12'
      const door = await get(`/${query}`)
      expect(door.headers.get('location')).toBe(`/sign-in${query}`)
      const page = await (await get(`/sign-in${query}&x="><script>`)).text()
      expect(page).toContain('action="/sign-in?range=7&amp;filter=environment.version:8.12')
      expect(page).not.toContain('<script')
      const answer = await submit(`/sign-in${query}`, CANARY)
      expect(answer.headers.get('location')).toBe(`/signed-in${query}`)
      const kept = await get(`/signed-in${query}`, cookieOf(answer))
      expect(kept.headers.get('location')).toBe(`/${query}`)
      const inside = await get(`/sign-in${query}`, cookieOf(answer))
      expect(await inside.text()).toContain('href="/?range=7&amp;filter=')
    })

    test('with an admin token, charts and dashboard are for its holder and events for everyone', async () => {
      for (const path of ['/v1/charts/daily', '/v1/charts/segments', '/assets/x.js']) {
        for (const authorization of ['', 'Bearer', `Bearer x${CANARY}`, `Basic ${CANARY}`, CANARY]) {
          const answer = await fetch(guarded.url + path, { headers: { authorization } })
          expect(answer.headers.get('www-authenticate')).toBe('Bearer')
          await expectProblem(answer, 401, 'not-signed-in')
        }
      }
      const headers = { authorization: `Bearer ${CANARY}` }
      for (const path of ['/v1/charts/daily', '/']) {
        expect((await fetch(guarded.url + path, { headers })).status).toBe(200)
      }
      expect((await send(await newEvent(), {}, guarded.url)).status).toBe(200)
      expect((await fetch(`${guarded.url}/healthz`)).status).toBe(200)
    })

    test('a session holds on another server with the token and on none with another token', async () => {
      const cookie = cookieOf(await submit('/sign-in', CANARY))
      const [same, other] = [await start({ adminToken: CANARY }), await start({ adminToken: `${CANARY}x` })]
      expect((await get('/v1/charts/daily', cookie, same.url)).status).toBe(200)
      expect((await get('/v1/charts/daily', cookie, other.url)).status).toBe(401)
      await Promise.all([same.stop(), other.stop()])
    })

    test('a session that was changed in any part opens nothing', async () => {
      const cookie = cookieOf(await submit('/sign-in', CANARY))
      const [name = '', endsAt = '', mac = ''] = cookie.split(/[=.]/)
      for (const forged of [
        `${name}=${Number(endsAt) + 1}.${mac}`,
        `${name}=${endsAt}.${mac.replace(/^./, (digit) => (digit === 'a' ? 'b' : 'a'))}`,
        `${name}=${endsAt}.`,
        `${name}=0${endsAt}.${mac.slice(1)}`,
        `${name}=`,
        `x${cookie}`,
      ]) {
        expect((await get('/v1/charts/daily', forged)).status, forged).toBe(401)
        expect((await get('/', forged)).status, forged).toBe(303)
      }
    })

    test('who comes back without the session is told why, and can try again', async () => {
      const cookie = cookieOf(await submit('/sign-in', CANARY))
      const told = async (sent: string) => {
        const page = await get('/signed-in?range=7', sent)
        const text = await page.text()
        expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-store'])
        expect(text).toContain('action="/sign-in?range=7"')
        expect(text).not.toContain(CANARY)
        return /role="alert">([^<]*)</.exec(text)?.[1]
      }
      expect(await told('')).toMatch(/did not keep the session.*https.*ssh -L.*cookies.*Set-Cookie/)
      expect(await told(cookie.replace(/=./, '=9'))).toMatch(/of another token/)
    })

    test('signing out takes the session from the browser', async () => {
      const answer = await submit('/sign-out', '')
      expect([answer.status, answer.headers.get('location')]).toEqual([303, '/sign-in'])
      expect(answer.headers.get('set-cookie')).toMatch(
        /^\w+=; Max-Age=0; Path=\/; HttpOnly; SameSite=Strict$/,
      )
    })

    test('a wrong token is told on the form, which repeats nothing of it', async () => {
      for (const wrong of ['', `${CANARY}x`, CANARY.slice(1), '"><script>']) {
        const answer = await submit('/sign-in', wrong)
        const text = await answer.text()
        expect([answer.status, answer.headers.get('set-cookie')]).toEqual([401, null])
        expect(text).toContain('role="alert"')
        expect(text).not.toMatch(/canary|<script/)
      }
    })

    test('a form sent from another site is not taken', async () => {
      for (const headers of [
        { 'sec-fetch-site': 'cross-site', origin: 'null' },
        { 'sec-fetch-site': 'same-site', origin: 'https://evil.example' },
        { origin: 'https://evil.example' },
        { origin: 'null' },
      ] as Record<string, string>[]) {
        for (const path of ['/sign-in', '/sign-out']) {
          const answer = await submit(path, CANARY, headers)
          expect(answer.headers.get('set-cookie')).toBeNull()
          await expectProblem(answer, 403, 'other-site')
        }
      }
      const same = await submit('/sign-in', CANARY, { 'sec-fetch-site': 'same-origin', origin: 'null' })
      expect(same.status).toBe(303)
    })

    test('what is no form or too large is refused', async () => {
      await expectProblem(
        await submit('/sign-in', CANARY, { 'content-type': 'application/json' }),
        415,
        'not-a-form',
        'content-type',
      )
      await expectProblem(await submit('/sign-in', CANARY.repeat(MAX_EVENT_BYTES)), 413, 'too-large', '')
    })

    test('an address has 20 attempts an hour; then even the right token is told to wait', async () => {
      const fresh = await start({ adminToken: CANARY })
      const attempt = (token: string) => submit('/sign-in', token, {}, fresh.url)
      for (let n = 0; n < 20; n++) expect((await attempt('wrong')).status).toBe(401)
      const answer = await attempt(CANARY)
      const waitSeconds = Number(answer.headers.get('retry-after'))
      expect([answer.status, answer.headers.get('set-cookie')]).toEqual([429, null])
      expect(waitSeconds > 0 && waitSeconds <= 3600).toBe(true)
      expect(await answer.text()).toContain('role="alert"')
      await fresh.stop()
    })

    test('an address that has shown 20 wrong tokens as a bearer is told to wait with the right one too', async () => {
      const fresh = await start({ adminToken: CANARY })
      const show = (token: string) =>
        fetch(`${fresh.url}/v1/charts/daily`, { headers: { authorization: `Bearer ${token}` } })
      for (let n = 0; n < 30; n++) expect((await show(CANARY)).status).toBe(200)
      for (let n = 0; n < 20; n++) expect((await show('wrong')).status).toBe(401)
      for (const token of ['wrong', CANARY]) {
        await expectProblem(await show(token), 429, 'too-many-from-address')
      }
      await fresh.stop()
    })

    test('without an admin token there is nothing to sign in to', async () => {
      expect((await fetch(`${http.url}/v1/charts/daily`)).headers.get('link')).toBeNull()
      await expectProblem(await fetch(`${http.url}/sign-in`), 404, 'not-found')
      await expectProblem(await fetch(`${http.url}/signed-in`), 404, 'not-found')
      await expectProblem(await fetch(`${http.url}/sign-out`, { method: 'POST' }), 404, 'not-found')
    })
  })
}
