import fc from 'fast-check'
import { expect, test } from 'vitest'
import { routeTo, shownProxy } from './proxy.ts'

const ENDPOINT = 'https://telemetry.example.org/v1/events'
const shown = (env: Record<string, string>, endpoint = ENDPOINT) => {
  const route = routeTo(env, endpoint)
  return route.way === 'proxy' ? shownProxy(route) : route.way
}

test.each<[Record<string, string>, string]>([
  [{}, 'direct'],
  [{ HTTPS_PROXY: 'http://proxy.example:3128' }, 'http://proxy.example:3128'],
  [{ https_proxy: 'http://proxy.example:3128' }, 'http://proxy.example:3128'],
  [{ HTTPS_PROXY: 'proxy.example:3128' }, 'http://proxy.example:3128'],
  [{ HTTPS_PROXY: 'user:pass@proxy.example:3128' }, 'http://proxy.example:3128'],
  [{ HTTPS_PROXY: 'https://user:pass@proxy.example:3128/' }, 'https://proxy.example:3128'],
  [{ HTTPS_PROXY: '[::1]:3128' }, 'http://[::1]:3128'],
  [{ ALL_PROXY: 'proxy.example:1' }, 'http://proxy.example:1'],
  [{ all_proxy: 'proxy.example:1' }, 'http://proxy.example:1'],
  [{ ALL_PROXY: 'far.example:1', HTTPS_PROXY: 'near.example:1' }, 'http://near.example:1'],
  [{ HTTPS_PROXY: '', https_proxy: 'proxy.example:1' }, 'http://proxy.example:1'],
  [{ https_proxy: '', HTTPS_PROXY: 'proxy.example:1' }, 'http://proxy.example:1'],
  [{ HTTPS_PROXY: '', ALL_PROXY: 'proxy.example:1' }, 'http://proxy.example:1'],
  [{ HTTPS_PROXY: ' ', ALL_PROXY: '' }, 'direct'],
  [{ HTTP_PROXY: 'proxy.example:1', http_proxy: 'proxy.example:1' }, 'direct'],
  [{ HTTPS_PROXY: 'socks5://proxy.example:1080' }, 'unusable proxy'],
  [{ HTTPS_PROXY: 'http://' }, 'unusable proxy'],
  [{ HTTPS_PROXY: ':3128' }, 'unusable proxy'],
  [{ HTTPS_PROXY: 'proxy.example:port' }, 'unusable proxy'],
  [{ HTTPS_PROXY: 'http://CORP\\me:pw@proxy.example:3128' }, 'http://proxy.example:3128'],
  [{ HTTPS_PROXY: 'CORP\\me:p@ss@proxy.example:3128' }, 'http://proxy.example:3128'],
  [{ HTTPS_PROXY: 'http://me:1234/s3cr3t@proxy.example:3128' }, 'unusable proxy'],
  [{ HTTPS_PROXY: 'me:12#s3@proxy.example:3128' }, 'unusable proxy'],
  [{ HTTPS_PROXY: 'http://me:12?s3@proxy.example:3128' }, 'unusable proxy'],
  [{ HTTPS_PROXY: 'http:/proxy.example:3128' }, 'unusable proxy'],
  [{ HTTPS_PROXY: 'http:\\\\proxy.example:3128' }, 'unusable proxy'],
  [{ HTTPS_PROXY: '"http://proxy.example:3128"' }, 'unusable proxy'],
  [{ HTTPS_PROXY: "'proxy.example'" }, 'unusable proxy'],
])('%j leads to %s', (env, expected) => {
  expect(shown(env)).toBe(expected)
})

test('an endpoint on this machine without TLS needs no proxy', () => {
  expect(shown({ ALL_PROXY: 'proxy.example:1' }, 'http://127.0.0.1:8787/v1/events')).toBe('direct')
})

const isExempt = (list: string, host = 'telemetry.example.org') =>
  shown({ HTTPS_PROXY: 'proxy.example:1', NO_PROXY: list }, `https://${host}/v1/events`) === 'direct'

test.each([
  ['*'],
  ['example.org'],
  ['.example.org'],
  ['*.example.org'],
  ['EXAMPLE.org.'],
  ['localhost, telemetry.example.org'],
  ['localhost telemetry.example.org'],
  ['telemetry.example.org:443'],
  ['10.0.0.0/8', '10.1.2.3'],
  ['10.1.2.3', '10.1.2.3'],
  ['fd00::/8', '[fd00::1]'],
  ['[::1]', '[::1]'],
])('NO_PROXY=%s exempts the endpoint', (list, host?: string) => {
  expect(isExempt(list, host)).toBe(true)
})

test.each([
  [''],
  [','],
  ['.'],
  ['ample.org'],
  ['elemetry.example.org'],
  ['other.telemetry.example.org'],
  ['telemetry.example.org:8443'],
  ['10.0.0.0/8,localhost'],
  ['10.0.0.0/8', '11.1.2.3'],
  ['10.0.0.0/99', '10.1.2.3'],
  ['fd00::/8', '10.1.2.3'],
])('NO_PROXY=%s does not exempt it', (list, host?: string) => {
  expect(isExempt(list, host)).toBe(false)
})

test('whatever the variables contain, there is a route, and it shows no user and no password', () => {
  const secret = fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9:/?#@\\]{1,9}$/))
  fc.assert(
    fc.property(secret, secret, fc.string(), (name, password, list) => {
      const route = routeTo({ HTTPS_PROXY: `${name}:${password}@proxy:1`, NO_PROXY: list }, ENDPOINT)
      expect(['http://proxy:1', undefined]).toContain(shownProxy(route))
    }),
  )
  fc.assert(fc.property(fc.string(), (text) => void routeTo({ HTTPS_PROXY: text }, ENDPOINT)))
})
