import { cpSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MS_PER_DAY } from '@voicemode-telemetry/protocol'
import { problemType } from '@voicemode-telemetry/protocol/wire/problemKinds'
import { expect, test } from 'vitest'
import { readReceipt, readSecret, readTelemetryId } from '../src/consent/record.ts'
import { ensureIdentity } from '../src/consent/writeRecord.ts'
import { listEvents } from '../src/queue/queue.ts'
import { exportFromServer } from '../src/rights/rights.ts'
import { resetIdentity } from '../src/rights/withdraw.ts'
import { readStatus } from '../src/show/status.ts'
import { run } from './commandLine.ts'
import { grantedHome, LONG_AGO } from './homes.ts'
import { Home } from './logs.ts'
import { Receiver, refuseWith, takeIt } from './receiver.ts'
import { hostOf, outcomes, send } from './sending.ts'

const [ONE, OTHER] = ['1'.repeat(32), '2'.repeat(32)]

/** A home of a machine with an id of its own, after a yes. */
async function homeOf(machine: string): Promise<Home> {
  const home = await grantedHome()
  home.write('etc/machine-id', `${machine}\n`)
  await resetIdentity(home.host({ now: () => LONG_AGO }))
  return home
}

/** As {@link homeOf}, with an event that waits because a server cannot take it yet. */
async function waitingHome(receiver: Receiver): Promise<Home> {
  const home = await homeOf(ONE)
  receiver.answer = refuseWith({ type: problemType('unknown-fields') })
  expect(outcomes(await send(hostOf(home, receiver.url)))).toEqual(['queued'])
  receiver.answer = takeIt
  receiver.bodies.splice(0)
  return home
}

function copyOf(home: Home, machine: string): Home {
  const copy = new Home()
  cpSync(home.path, copy.path, { recursive: true, preserveTimestamps: true })
  copy.write('etc/machine-id', `${machine}\n`)
  return copy
}

const secretFile = (home: Home) => join(home.base, 'telemetry_secret')

test('a copy on another machine has no id, then draws its own, and sends nothing of the other', async () => {
  await using receiver = await Receiver.start()
  using home = await waitingHome(receiver)
  using copy = copyOf(home, OTHER)
  const id = readTelemetryId(home.host())
  const host = hostOf(copy, receiver.url)

  expect(readStatus(host)).toMatchObject({ telemetry_id: null, copy: 'found', state: 'granted', queued: 1 })
  expect((await run(copy, ['status'])).stdout.toString()).toContain('The next send makes an id')
  expect(await exportFromServer(host)).toMatchObject({ outcome: 'failed' })

  expect(outcomes(await send(host))).toEqual([])
  expect(receiver.bodies).toEqual([])
  const own = readTelemetryId(host)
  expect(own).not.toBe(id)
  expect(readStatus(host)).toMatchObject({ telemetry_id: own, copy: 'replaced', queued: 0, due_days: [] })
  expect(Date.parse(readReceipt(host)?.id_since ?? '')).toBeGreaterThan(Date.now() - MS_PER_DAY)

  expect(readTelemetryId(home.host())).toBe(id)
  expect(outcomes(await send(hostOf(home, receiver.url)))).toEqual(['sent'])
  expect(receiver.bodies[0]?.toString()).toContain(id)
  await exportFromServer(hostOf(home, receiver.url))
  const [secret = '', ...marks] = readFileSync(secretFile(home), 'utf8').split(/[=\s]+/)
  expect(receiver.bodies[1]?.toString()).toBe(JSON.stringify({ secret }))
  for (const mark of marks.filter(Boolean)) expect(JSON.stringify(receiver.headers)).not.toContain(mark)

  await resetIdentity(host)
  expect(readStatus(host).copy).toBeNull()
})

test('a copy in another folder of one machine is one too, and reset-id takes it over at once', async () => {
  using home = await homeOf(ONE)
  using copy = copyOf(home, ONE)
  expect(readStatus(copy.host()).copy).toBe('found')
  const drawn = await resetIdentity(copy.host())
  expect(drawn).toBe(readTelemetryId(copy.host()))
  expect(drawn).not.toBe(readTelemetryId(home.host()))
})

test.each([
  ['where the machine has an id, under another host name too', ONE, 'renamed'],
  ['where no machine id is known', '', undefined],
])('a backup restored to its place loses no id %s', async (_, machine, hostName) => {
  using home = await homeOf(machine)
  const id = readTelemetryId(home.host())
  restore(home)
  expect(readTelemetryId(home.host(hostName === undefined ? {} : { hostName }))).toBe(id)
})

test('a folder that is renamed keeps its id', async () => {
  using home = await homeOf(ONE)
  const id = readTelemetryId(home.host())
  using moved = new Home()
  rmSync(moved.path, { recursive: true })
  renameSync(home.path, moved.path)
  expect(readTelemetryId(moved.host())).toBe(id)
})

test('machines that share a folder do not take turns in drawing an id', async () => {
  using home = await homeOf(ONE)
  const onMachine = async (machine: string) => {
    home.write('etc/machine-id', machine)
    restore(home)
    return (await ensureIdentity(home.host()))?.telemetryId
  }
  const drawn = await onMachine(OTHER)
  expect([await onMachine(ONE), await onMachine(OTHER)]).toEqual([drawn, drawn])
})

test('a secret without a mark is adopted, and an earlier version still reads it', async () => {
  using home = await homeOf(ONE)
  const [bare] = readFileSync(secretFile(home), 'utf8').split('=')
  writeFileSync(secretFile(home), `${bare}\n`)
  home.write('etc/machine-id', OTHER)
  const [id, secret] = [readTelemetryId(home.host()), readSecret(home.host())]
  expect((await ensureIdentity(home.host()))?.telemetryId).toBe(id)
  const text = readFileSync(secretFile(home), 'utf8')
  expect(text).toMatch(/^[\w-]{43}=\n[0-9a-f]{16}( [0-9a-f]{16}){3}\n$/)
  expect(new Uint8Array(Buffer.from(text.trim(), 'base64url'))).toEqual(secret)
  expect(statSync(secretFile(home)).mode & 0o777).toBe(0o600)
  home.write('etc/machine-id', ONE)
  expect(readStatus(home.host()).copy).toBe('found')
})

test('only the exact bytes of an event are sent, shown or kept as one', async () => {
  await using receiver = await Receiver.start()
  using home = await waitingHome(receiver)
  const host = hostOf(home, receiver.url)
  const [queued] = listEvents(host, 'queue')
  const body = readFileSync(queued?.path ?? '', 'utf8')
  writeFileSync(queued?.path ?? '', body.replace('"os_type"', '"os_type": "my name",\n    "os_type"'))
  const day = (JSON.parse(body) as { timestamp: string }).timestamp.slice(0, 10)
  for (const args of [
    ['preview', '--day', day],
    ['history', '--json'],
    ['preview', '--json', '--day', day],
  ])
    expect((await run(home, args)).stdout.toString()).not.toContain('my name')

  expect(outcomes(await send(host))).toEqual(['rejected'])
  expect(receiver.bodies).toEqual([])
  for (const args of [
    ['history', '--json'],
    ['history', '--day', day],
  ])
    expect((await run(home, args)).stdout.toString()).not.toContain('my name')
})

/** As from a backup: the same bytes in another file. */
function restore(home: Home): void {
  const bytes = readFileSync(secretFile(home))
  writeFileSync(`${secretFile(home)}.restored`, bytes, { mode: 0o600 })
  renameSync(`${secretFile(home)}.restored`, secretFile(home))
}
