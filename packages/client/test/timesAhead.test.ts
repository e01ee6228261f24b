import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { addDays, MS_PER_DAY } from '@voicemode-telemetry/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { grantConsent } from '../src/consent/grant.ts'
import { correctTimes, readIdentity, readReceipt } from '../src/consent/record.ts'
import type { HostOptions } from '../src/createHost.ts'
import type { Host } from '../src/host.ts'
import { listEvents, PLACES } from '../src/queue/queue.ts'
import { maybeSendInBackground } from '../src/send/background.ts'
import { whyNotDue } from '../src/send/due.ts'
import { readStoredState, updateState } from '../src/settings/state.ts'
import { readStatus } from '../src/show/status.ts'
import { run } from './commandLine.ts'
import { grantedHome } from './homes.ts'
import { exchangeLine, Home, USED_DAY } from './logs.ts'
import { Receiver } from './receiver.ts'
import { hostOf, outcomes, send } from './sending.ts'

const NOWHERE = 'http://127.0.0.1:1'
const YEAR_AHEAD = Date.now() + 400 * MS_PER_DAY

/** A host whose server can't be reached, which tries again at once. */
function unreachable(home: Home, options: HostOptions = {}): Host {
  return { ...hostOf(home, NOWHERE, options), randomBytes: (length) => new Uint8Array(length) }
}

function stored(host: Host): unknown[] {
  const receipt = JSON.parse(readFileSync(join(host.directories.ownBase, 'telemetry_consent.json'), 'utf8'))
  const { notBefore = 0, lastFailure } = readStoredState(host)
  const stamps = PLACES.flatMap((place) => listEvents(host, place).map(({ stampedAt }) => stampedAt))
  return [Date.parse(receipt.decided_at), notBefore, lastFailure?.at, ...stamps]
}

test('a time ahead of the clock counts as now, status says so, and a send writes it down again', async () => {
  using home = await grantedHome()
  const host = unreachable(home)
  expect(outcomes(await send(host))).toEqual(['queued'])
  const path = join(home.base, 'telemetry_consent.json')
  const decided_at = new Date(YEAR_AHEAD).toISOString()
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), decided_at }))
  updateState(host, {
    notBefore: YEAR_AHEAD,
    lastFailure: { at: YEAR_AHEAD, why: 'it failed' },
    lastBackgroundAt: YEAR_AHEAD,
  })
  for (const { path } of listEvents(host, 'queue')) utimesSync(path, YEAR_AHEAD / 1000, YEAR_AHEAD / 1000)

  const now = Date.now()
  const status = readStatus({ ...host, now: () => now })
  expect(status).toMatchObject({
    answered_at: new Date(now).toISOString(),
    last_background_send: new Date(now).toISOString(),
    last_failure: { at: new Date(now).toISOString() },
    not_before: null,
    held_up: null,
    waiting: [{ dropped_after: new Date(now + 7 * MS_PER_DAY).toISOString() }],
  })
  expect(status.times_ahead.map(({ what }) => what)).toEqual([
    'your answer',
    'the wait that the server asked for',
    'the last failure',
    'the last background send',
    'an event in the queue or the history',
  ])
  const { stdout } = await run(home, ['status'], { VOICEMODE_TELEMETRY_ENDPOINT: NOWHERE })
  expect(Date.parse(readReceipt(host)?.decided_at ?? '')).toBeLessThanOrEqual(Date.now())
  expect(stdout.toString()).toContain(
    `Clock         times that lie ahead of this machine's clock count as now: your answer (${decided_at}), and 4 more\n`,
  )

  expect(outcomes(await send(host))).toEqual(['queued'])
  for (const at of stored(host)) expect(at).toBeLessThan(Date.now() + MS_PER_DAY)
  expect(readStatus(host).times_ahead.map(({ what }) => what)).toEqual([
    'your answer',
    'the last background send',
  ])
})

test('after a yes by a clock that was ahead, what status promises is made', async () => {
  using home = new Home()
  await grantConsent(home.host({ now: () => YEAR_AHEAD }), 'command')
  // At noon of a day, with use in the afternoon.
  const noon = Date.parse(`${USED_DAY}T12:00:00Z`)
  const at = (now: number) => unreachable(home, { now: () => now })
  home.writeLogs({
    conversations: new Map([
      [`exchanges_${USED_DAY}.jsonl`, [exchangeLine({ at: `${USED_DAY}T15:00:00Z` })]],
    ]),
    events: new Map(),
  })
  expect(maybeSendInBackground({ ...at(noon), startDetached: () => true })).toBe('started')
  const { next_report } = readStatus(at(noon))
  expect(next_report?.day).toBe(USED_DAY)
  expect(outcomes(await send(at(Date.parse(next_report?.after ?? ''))))).toEqual(['queued'])
})

test('a clock that is 400 days behind for one send loses nothing, and reports nothing from before the yes', async () => {
  using home = await grantedHome([addDays(USED_DAY, -1), USED_DAY])
  await using receiver = await Receiver.start()
  await send(hostOf(home, receiver.url))
  await grantConsent(home.host(), 'command')
  const host = hostOf(home, receiver.url)
  const [since, before] = [readIdentity(host)?.since, PLACES.map((place) => listEvents(host, place))]
  const behind = hostOf(home, receiver.url, { now: () => Date.now() - 400 * MS_PER_DAY })
  expect(outcomes(await send(behind))).toEqual([])
  expect(readStatus(behind)).toMatchObject({ clock_not_believed: true, held_up: null })
  expect(readIdentity(host)?.since).toBe(since)
  expect(PLACES.map((place) => listEvents(host, place))).toEqual(before)
  expect(readStatus(host)).toMatchObject({ clock_not_believed: false, times_ahead: [] })
})

test('a clock that was set back and goes on is believed, and writes down again when files were put there', async () => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  const day = (n: number) => Date.now() + n * MS_PER_DAY
  expect(outcomes(await send(hostOf(home, receiver.url)))).toEqual(['sent'])
  for (const [n, isBelieved] of [
    [-10, false],
    [-9, false],
    [-8, true],
  ] as const) {
    const host = hostOf(home, receiver.url, { now: () => day(n) })
    await send(host)
    expect(readStatus(host)).toMatchObject({ clock_not_believed: !isBelieved })
    expect(listEvents(host, 'sent').every(({ at, stampedAt }) => at === stampedAt)).toBe(isBelieved)
  }
})

test('what status promises can be made then, whatever holds a send up now', async () => {
  using home = await grantedHome()
  const now = Date.parse('2026-11-20T12:00:00Z')
  const path = join(home.base, 'telemetry_consent.json')
  const receipt = JSON.parse(readFileSync(path, 'utf8'))
  const hours = fc.integer({ min: -100, max: 100 })
  fc.assert(
    fc.property(hours, hours, fc.integer({ min: 0, max: 24 * 60 }), (yes, wait, minutes) => {
      const at = (n: number) => now + n * 3_600_000
      writeFileSync(path, JSON.stringify({ ...receipt, decided_at: new Date(at(yes)).toISOString() }))
      writeFileSync(join(home.base, 'telemetry_state.json'), JSON.stringify({ notBefore: at(wait) }))
      const host = unreachable(home, { now: () => now + minutes * 60_000 })
      correctTimes(host)
      const { next_report, held_up } = readStatus(host)
      const then = Date.parse(next_report?.after ?? '')
      const since = readIdentity({ ...host, now: () => then })?.since ?? 0
      expect(whyNotDue(next_report?.day ?? '', then, since)).toBeUndefined()
      expect(then).toBeGreaterThanOrEqual(Date.parse(held_up?.until ?? '') || 0)
    }),
    { numRuns: 50 },
  )
})

test('status says that another send is running, and until when that holds', async () => {
  using home = await grantedHome()
  mkdirSync(join(home.base, 'telemetry.lock'))
  const { held_up } = readStatus(unreachable(home))
  expect(held_up?.why).toBe('another send is running')
  const { stdout } = await run(home, ['status'], { VOICEMODE_TELEMETRY_ENDPOINT: NOWHERE })
  expect(stdout.toString()).toMatch(
    new RegExp(`^Held up +another send is running, until ${held_up?.until}$`, 'm'),
  )
})
