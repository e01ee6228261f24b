import { expect, test } from 'vitest'
import { type Incident, MS_PER_HOUR } from '../host.ts'
import { createProxyWatch, type UnbelievedProxy } from './proxyWatch.ts'

test('a proxy near by that is not trusted, or one that names nobody, is counted each time and logged once in an hour', () => {
  let now = Date.parse('2026-11-21T12:00:00Z')
  const logged: Incident[] = []
  const counted: UnbelievedProxy[] = []
  const watch = createProxyWatch({ now: () => now, log: (incident) => logged.push(incident) }, (from) =>
    counted.push(from),
  )
  for (const ipAddress of ['127.0.0.1', '::ffff:10.1.2.3', 'fd00::7']) watch(ipAddress, false)
  expect(counted).toEqual(['near', 'near', 'near'])
  expect(logged).toEqual([{ level: 'warning', event: 'proxy-not-trusted' }])
  now += MS_PER_HOUR
  watch('::1', false)
  expect(logged).toHaveLength(2)
  for (const ipAddress of ['::1', '203.0.113.9']) watch(ipAddress, true)
  expect(counted.slice(4)).toEqual(['trusted', 'trusted'])
  expect(logged.slice(2)).toEqual([{ level: 'warning', event: 'client-not-named' }])
})

test('from elsewhere it may be anybody, so it is only counted', () => {
  const counted: UnbelievedProxy[] = []
  const log = () => expect.unreachable('it must not be logged')
  const watch = createProxyWatch({ now: () => 0, log }, (from) => counted.push(from))
  for (const ipAddress of ['203.0.113.9', '2001:db8::1', 'unix', '']) watch(ipAddress, false)
  expect(counted).toEqual(['elsewhere', 'elsewhere', 'elsewhere', 'elsewhere'])
})
