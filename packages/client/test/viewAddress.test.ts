import { describe, expect, test } from 'vitest'
import { Home } from './logs.ts'
import { Viewing } from './viewing.ts'

describe('the URL', () => {
  test('opens once, in one browser, and reloads there', async () => {
    using home = new Home()
    await using viewing = await Viewing.here(home)
    expect((await viewing.get('data.json')).status).toBe(403)
    const opened = await viewing.open()
    expect(opened.status).toBe(200)
    expect(opened.headers.get('set-cookie')).toMatch(/; HttpOnly; SameSite=Strict$/)
    expect(opened.headers.get('set-cookie')).toContain(`Path=${new URL(viewing.url).pathname.slice(0, -1)};`)
    expect((await viewing.get('')).status).toBe(200)
    expect((await viewing.get('data.json')).status).toBe(200)
    for (const path of ['', 'data.json', 'report.json']) {
      for (const headers of [{}, { cookie: 'view=guessed' }]) {
        const again = await fetch(viewing.url + path, { headers })
        expect(again.status).toBe(403)
        expect(again.headers.get('set-cookie')).toBeNull()
        expect(await again.text()).not.toContain('assets')
      }
    }
  })

  test('is refused without a hint where the token is wrong, lacks or is cut', async () => {
    using home = new Home()
    await using viewing = await Viewing.here(home)
    await viewing.open()
    const { origin, pathname } = new URL(viewing.url)
    const answers = await Promise.all(
      [
        ...['/', '/data.json', '/assets/', `/${'A'.repeat(43)}/`, `/${'A'.repeat(43)}/data.json`],
        ...[pathname.slice(0, -2), `${pathname.slice(0, -1)}A/`, `//${pathname}`, `/x${pathname}`],
      ].map(async (path) => {
        const answer = await fetch(origin + path, { redirect: 'manual' })
        return `${answer.status} ${await answer.text()}`
      }),
    )
    expect(new Set(answers).size).toBe(1)
    expect(answers[0]).toMatch(/^404 /)
    expect(answers[0]).not.toMatch(/voicemode|telemetry|token/i)
  })

  test("is refused under a name that isn't this machine's, also with token and cookie, and let in on any port, as through a tunnel", async () => {
    using home = new Home()
    await using viewing = await Viewing.here(home)
    await viewing.open()
    const { port } = new URL(viewing.url)
    const hosts = [
      `127.0.0.1:${port}`,
      `localhost:${port}`,
      'localhost:9000',
      '127.0.0.1',
      '[::1]:9000',
      'evil.example',
      `evil.example:${port}`,
      `localhost.evil.example:${port}`,
      `127.0.0.1.evil.example`,
      'localhost:port',
    ]
    expect(await Promise.all(hosts.map((host) => viewing.statusUnder(host)))).toEqual([
      200, 200, 200, 200, 200, 404, 404, 404, 404, 404,
    ])
  })

  test('takes GET and HEAD only, and serves nothing but the page', async () => {
    using home = new Home()
    home.write('secret.css', 'private')
    await using viewing = await Viewing.here(home)
    expect((await fetch(viewing.url, { method: 'HEAD' })).status).toBe(403)
    await viewing.open()
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      expect((await viewing.get('data.json', { method })).status).toBe(405)
    }
    expect((await viewing.get('', { method: 'HEAD' })).status).toBe(200)
    expect((await viewing.get('report.json', { method: 'HEAD' })).status).toBe(405)
    for (const path of [
      'view.html',
      'index.html',
      'assets',
      'assets/',
      'assets/..%2f..%2fpackage.json',
      'package.json',
    ]) {
      expect((await viewing.get(path)).status).toBe(404)
    }
    const html = await (await viewing.get('')).text()
    const assets = [...html.matchAll(/"\.\/(assets\/[^"]+)"/g)].map(([, path = '']) => path)
    expect(assets.length).toBeGreaterThan(2)
    for (const path of assets) {
      const answer = await viewing.get(path)
      expect(answer.status).toBe(200)
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/)
      expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
      expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin')
    }
  })

  test('is another one at each start', async () => {
    using home = new Home()
    await using first = await Viewing.here(home)
    await using second = await Viewing.here(home)
    expect(new URL(first.url).pathname).toMatch(/^\/[\w-]{43}\/$/)
    expect(new URL(second.url).pathname).not.toBe(new URL(first.url).pathname)
  })
})
