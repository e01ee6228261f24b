import { expect, test } from 'vitest'
import { exportFromServer, forgetAtServer } from '../src/rights/rights.ts'
import { grantedHome } from './homes.ts'
import { type Answer, answerWith, Receiver, WithoutEnd } from './receiver.ts'
import { hostOf } from './sending.ts'

const STRANGER = 'something other than a telemetry server answered'
const problem = (status: number, type: string) =>
  answerWith(status, { 'content-type': 'application/problem+json' }, JSON.stringify({ type }))

test('only what the server itself says is told as its word', async () => {
  using home = await grantedHome([])
  await using receiver = await Receiver.start()
  const host = hostOf(home, receiver.url)
  const cases: [Answer, string][] = [
    [problem(429, '/problems/too-many-from-address'), 'the server asked to wait; try again later'],
    [problem(503, '/problems/store-unavailable'), 'the server did not do it (503)'],
    [problem(403, 'about:blank'), `${STRANGER} (403)`],
    [answerWith(429, { 'retry-after': '60' }), `${STRANGER} (429)`],
    [answerWith(404, { 'content-type': 'text/html' }, '<html>'), `${STRANGER} (404)`],
    [answerWith(307, { location: 'https://sign-in.example' }), `${STRANGER} (307)`],
    [answerWith(200, {}, '<html>'), STRANGER],
  ]
  for (const [answer, why] of cases) {
    receiver.answer = answer
    expect(await exportFromServer(host)).toEqual({ outcome: 'failed', why })
    if (why !== STRANGER) expect(await forgetAtServer(host)).toEqual({ outcome: 'failed', why })
  }
})

test('an answer without end is read no further than a whole export takes', async () => {
  using home = await grantedHome([])
  await using receiver = await Receiver.start()
  const endless = new WithoutEnd()
  receiver.answer = endless.answer
  expect(await exportFromServer(hostOf(home, receiver.url))).toMatchObject({ outcome: 'failed' })
  expect(endless.written).toBeLessThan(32 * 1024 * 1024)
})
