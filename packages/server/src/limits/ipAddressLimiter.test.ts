import { expect, test } from 'vitest'
import { testHost } from '../../test/testHost.ts'
import { MS_PER_HOUR } from '../host.ts'
import { createIpAddressLimiter } from './ipAddressLimiter.ts'

test('an IP address has its number of requests in an hour that begins with the first of anyone', async () => {
  let now = 0
  const limiter = createIpAddressLimiter(
    testHost(() => now),
    2,
  )
  expect(await limiter.take('192.0.2.7')).toEqual({ outcome: 'within' })
  now = MS_PER_HOUR - 90_000
  expect(await limiter.take('::ffff:192.0.2.7')).toEqual({ outcome: 'within' })
  expect(await limiter.take('192.0.2.7')).toEqual({ outcome: 'limited', retryAfterSeconds: 90 })
  expect(await limiter.take('192.0.2.8')).toEqual({ outcome: 'within' })
  now = MS_PER_HOUR
  expect(await limiter.take('192.0.2.7')).toEqual({ outcome: 'within' })
})

test('of requests of one IP address at once exactly its number is within the limit', async () => {
  const limiter = createIpAddressLimiter(
    testHost(() => 0),
    10,
  )
  const verdicts = await Promise.all(Array.from({ length: 50 }, () => limiter.take('192.0.2.7')))
  expect(verdicts.filter(({ outcome }) => outcome === 'within')).toHaveLength(10)
})

test('a clock that was set back begins a new hour', async () => {
  let now = 10 * MS_PER_HOUR
  const limiter = createIpAddressLimiter(
    testHost(() => now),
    1,
  )
  await limiter.take('192.0.2.7')
  now -= MS_PER_HOUR
  expect(await limiter.take('192.0.2.7')).toEqual({ outcome: 'within' })
  expect(await limiter.take('192.0.2.7')).toEqual({ outcome: 'limited', retryAfterSeconds: 3600 })
})

test('what was counted is dropped when its hour is over, whether or not anybody comes', async () => {
  const dropping: { ms: number; run: () => void }[] = []
  const host = { now: () => 0, after: (ms: number, run: () => void) => dropping.push({ ms, run }) }
  const limiter = createIpAddressLimiter(host, 1)
  await limiter.take('192.0.2.7')
  expect(await limiter.take('192.0.2.7')).toMatchObject({ outcome: 'limited' })
  expect(dropping.map(({ ms }) => ms)).toEqual([MS_PER_HOUR])
  dropping[0]?.run()
  expect(await limiter.take('192.0.2.7')).toEqual({ outcome: 'within' })
})
