import { expect, test } from 'vitest'
import { readTelemetryId } from '../src/consent/record.ts'
import { exportFromServer, forgetAtServer } from '../src/rights/rights.ts'
import { grantedHome } from './homes.ts'
import { type Answer, answerWith, Receiver, WithoutEnd } from './receiver.ts'
import { hostOf } from './sending.ts'

const STRANGER = 'something other than a telemetry server answered'
const REDIRECTED =
  'what answered there redirects to somewhere else (307), which is not followed: sign in to this network, or ask whoever runs the server for its new address'
const NOT_HELD = 'what answered is not what a telemetry server holds'
const problem = (status: number, type: string) =>
  answerWith(status, { 'content-type': 'application/problem+json' }, JSON.stringify({ type }))

test('only what the server itself says is told as its word', async () => {
  using home = await grantedHome([])
  await using receiver = await Receiver.start()
  const host = hostOf(home, receiver.url)
  const cases: [Answer, string][] = [
    [problem(429, '/problems/too-many-from-address'), 'the server asked to wait; try again later'],
    [problem(422, '/problems/not-a-secret'), 'the server did not do it (422)'],
    [problem(403, 'about:blank'), `${STRANGER} (403)`],
    [answerWith(429, { 'retry-after': '60' }), `${STRANGER} (429)`],
    [answerWith(404, { 'content-type': 'text/html' }, '<html>'), `${STRANGER} (404)`],
    [answerWith(307, { location: 'https://sign-in.example' }), REDIRECTED],
    [answerWith(200, {}, '<html>'), NOT_HELD],
  ]
  for (const [answer, why] of cases) {
    receiver.answer = answer
    expect(await exportFromServer(host)).toEqual({ outcome: 'failed', why })
    if (why !== NOT_HELD) expect(await forgetAtServer(host)).toEqual({ outcome: 'failed', why })
  }
})

test('a deletion whose answer does not come through is asked for once more, and else is not known', async () => {
  using home = await grantedHome([])
  await using receiver = await Receiver.start()
  const host = hostOf(home, receiver.url)
  const telemetry_id = readTelemetryId(host)
  const deleted = answerWith(200, {}, JSON.stringify({ status: 'ok', telemetry_id }))
  const lost: Answer[] = [
    (response) => void response.destroy(),
    (response) =>
      void response.writeHead(200, { 'content-length': '99' }).end('{"status":', () => response.destroy()),
    answerWith(502, { 'content-type': 'text/html' }, '<html>'),
    // A database that fails may have done it, and only not have said so.
    problem(503, '/problems/store-unavailable'),
    answerWith(200, {}, '<html>'),
  ]
  for (const answer of lost) {
    receiver.bodies.length = 0
    receiver.answer = answer
    expect(await forgetAtServer(host)).toMatchObject({ outcome: 'unknown' })
    expect(receiver.bodies).toHaveLength(2)
    receiver.answer = (...asked) => (asked[2] % 2 === 1 ? answer : deleted)(...asked)
    expect(await forgetAtServer(host)).toEqual({ outcome: 'done', telemetry_id })
    const refused = problem(429, '/problems/too-many-from-address')
    receiver.answer = (...asked) => (asked[2] % 2 === 1 ? answer : refused)(...asked)
    expect(await forgetAtServer(host)).toMatchObject({ outcome: 'unknown' })
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
