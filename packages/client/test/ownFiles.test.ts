import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, lstatSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { addDays, type Day } from '@voicemode-telemetry/protocol'
import { describe, expect, test } from 'vitest'
import { grantConsent } from '../src/consent/grant.ts'
import { whileRecording } from '../src/consent/record.ts'
import { withLock } from '../src/files/lock.ts'
import type { Env, Host } from '../src/host.ts'
import { listEvents } from '../src/queue/queue.ts'
import { withdrawConsent } from '../src/rights/withdraw.ts'
import { findForeignFiles } from '../src/show/foreignFiles.ts'
import { MAIN } from './commandLine.ts'
import { grantedHome, LONG_AGO, usedHome } from './homes.ts'
import { Home, USED_DAY } from './logs.ts'
import { answerWith, Receiver, refuseWith, takeIt } from './receiver.ts'
import { hostOf, send } from './sending.ts'

const DAYS: Day[] = [addDays(USED_DAY, -2), addDays(USED_DAY, -1), USED_DAY]

/** Says yes and sends three events, of which one is accepted, one refused, and one waits. */
async function live(home: Home): Promise<Host> {
  await grantConsent(home.host({ now: () => LONG_AGO }), 'command')
  await using receiver = await Receiver.start()
  const answers = [
    takeIt,
    refuseWith({ type: '/problems/event-invalid' }),
    answerWith(429, { 'retry-after': '9' }),
  ]
  receiver.answer = (response, body, nth, request) => answers[nth - 1]?.(response, body, nth, request)
  const host = hostOf(home, receiver.url)
  await send(host)
  for (const place of ['queue', 'sent', 'rejected'] as const) expect(listEvents(host, place)).toHaveLength(1)
  return host
}

/** What is in a home while both locks are held: paths below it, and their owners. */
async function everything(home: Home, host: Host): Promise<{ path: string; uid: number }[]> {
  const list = () =>
    readdirSync(home.path, { recursive: true, encoding: 'utf8' }).map((path) => ({
      path,
      uid: lstatSync(join(home.path, path)).uid,
    }))
  const found = await withLock(host.directories.ownBase, 0, async () => whileRecording(host, list))
  return found === 'busy' ? [] : found
}

const IS_ROOT = process.getuid?.() === 0
const PERSON = { uid: 12_345, gid: 12_346 }
/** Whether another user may read these sources; not so in a clone below root's home directory. */
const othersCanRun = () => spawnSync(process.execPath, ['--check', MAIN], PERSON).status === 0

const runAsPerson = (home: Home, args: string[], env: Env = {}) =>
  spawnSync(process.execPath, [MAIN, ...args], {
    ...PERSON,
    cwd: '/',
    env: { PATH: process.env.PATH, HOME: home.path, ...env } as NodeJS.ProcessEnv,
    encoding: 'utf8',
  })

function giveHomeTo({ uid, gid }: typeof PERSON, home: Home): void {
  for (const path of ['.', ...readdirSync(home.path, { recursive: true, encoding: 'utf8' })])
    chownSync(join(home.path, path), uid, gid)
}

// Only root can give files to another user.
describe.skipIf(!IS_ROOT)("run by root in a person's home (needs root)", () => {
  test('all that is written stays or becomes theirs, and a settings file keeps its group and mode', async () => {
    using home = usedHome(DAYS)
    home.write('.voicemode/voicemode.env', 'A=1\n')
    giveHomeTo(PERSON, home)
    const settings = join(home.base, 'voicemode.env')
    chownSync(settings, PERSON.uid, 7)
    chmodSync(settings, 0o640)
    const host = await live(home)
    const before = await everything(home, host)
    expect(before.length).toBeGreaterThan(15)
    const { mode, gid } = statSync(settings)
    expect([mode & 0o777, gid]).toEqual([0o640, 7])
    await withdrawConsent(host, 'command')
    const others = [...before, ...(await everything(home, host))].filter(({ uid }) => uid !== PERSON.uid)
    expect(others).toEqual([])
  })

  test('a home without a base directory gets one that is theirs', async () => {
    using home = new Home()
    giveHomeTo(PERSON, home)
    await grantConsent(home.host(), 'command')
    expect(statSync(home.base)).toMatchObject(PERSON)
  })

  test('what an earlier root has left is named by status and send, with what to do', async (context) => {
    if (!othersCanRun()) context.skip('another user may not read these sources')
    using home = usedHome(DAYS)
    await live(home)
    giveHomeTo(PERSON, home)
    const secret = join(home.base, 'telemetry_secret')
    const [queued] = listEvents(home.host(), 'queue')
    for (const path of [secret, queued?.path ?? '', join(home.base, 'telemetry_consent.json')])
      chownSync(path, 0, 0)
    const env = { VOICEMODE_TELEMETRY_ENDPOINT: 'http://127.0.0.1:9' }
    const named =
      'another user owns ~/.voicemode/telemetry_consent.json, ~/.voicemode/telemetry_secret, ~/.voicemode/telemetry_queue, so you can\'t use them. To make them yours: sudo chown -R "$USER" ~/.voicemode'
    for (const command of ['status', 'send'])
      expect(runAsPerson(home, [command], env).stdout).toContain(named)
    giveHomeTo(PERSON, home)
    expect(runAsPerson(home, ['status', '--json'], env).stdout).toContain('"foreign_files": null')
  })
})

describe('files of another user', () => {
  const closed = async (home: Home, base = '.voicemode') => {
    home.write(`${base}/telemetry_secret`, '')
    chmodSync(join(home.path, base, 'telemetry_secret'), 0)
    return {
      ...home.host({ env: { VOICEMODE_BASE_DIR: join(home.path, base) } }),
      userId: 1 + (process.getuid?.() ?? 0),
    }
  }

  // Root can use every file.
  test.skipIf(IS_ROOT)('are named one by one in a folder that may be used for other things', async () => {
    using home = new Home()
    expect(findForeignFiles(await closed(home, 'my data'))?.remedy).toBe(
      `sudo chown -R "$USER" '${home.path}/my data/telemetry_secret'`,
    )
  })

  test('are none of those that can be used, and none where users have no numbers', async () => {
    using home = await grantedHome()
    expect(findForeignFiles({ ...home.host(), userId: 4_321 })).toBeNull()
    expect(findForeignFiles({ ...(await closed(home)), userId: undefined })).toBeNull()
  })
})
