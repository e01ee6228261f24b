import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { addDays, type Day } from '@voicemode-telemetry/protocol'
import { describe, expect, test } from 'vitest'
import { grantConsent } from '../src/consent/grant.ts'
import { whileRecording } from '../src/consent/record.ts'
import { withLock } from '../src/files/lock.ts'
import type { Env, Host } from '../src/host.ts'
import { listEvents } from '../src/queue/queue.ts'
import { resetIdentity, withdrawConsent } from '../src/rights/withdraw.ts'
import { type SenderState, updateState } from '../src/settings/state.ts'
import { findForeignFiles } from '../src/show/foreignFiles.ts'
import { readStatus } from '../src/show/status.ts'
import { MAIN, run } from './commandLine.ts'
import { grantedHome, LONG_AGO, usedHome } from './homes.ts'
import { Home, USED_DAY } from './logs.ts'
import { answerWith, Receiver, refuseWith, takeIt } from './receiver.ts'
import { hostOf, send } from './sending.ts'

const DAYS: Day[] = [addDays(USED_DAY, -2), addDays(USED_DAY, -1), USED_DAY]

type Whole<Value> = Value extends object ? { [Key in keyof Value]-?: Whole<NonNullable<Value[Key]>> } : Value

/** Every key that the state file can have. */
const STATE: Whole<SenderState> = {
  notBefore: 1,
  lastFailure: { at: 1, why: 'refused', remedy: 'wait' },
  lastProxy: 'http://127.0.0.1:9',
  lastBackgroundAt: 1,
  timeOfDayMs: 1,
  retryAt: 1,
  failedSends: 1,
  droppedUnsent: 1,
  lastDroppedAt: 1,
  clock: { believedAt: 1, doubt: { since: 1, seenAt: 1 } },
  caller: { mcpHost: 'goose' },
  environmentNo: { variable: 'DO_NOT_TRACK', at: 1 },
}

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

function git(home: Home, ...args: string[]): string {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' }
  return execFileSync('git', args, {
    cwd: home.base,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

/** What `git add --all` takes of a base directory, without VoiceMode's logs. */
function committed(home: Home): string[] {
  git(home, 'init')
  git(home, 'add', '--all')
  return git(home, 'ls-files')
    .split('\n')
    .filter((path) => path !== '' && !path.startsWith('logs/conversations/'))
}

const ignored = (home: Home) => readFileSync(join(home.base, '.gitignore'), 'utf8')

test('PRIVACY.md names every file that is written, and every key of the state', async () => {
  using home = usedHome(DAYS)
  const host = await live(home)
  updateState(host, STATE)
  const privacy = readFileSync(new URL('../../../PRIVACY.md', import.meta.url), 'utf8')
  const named = [...privacy.matchAll(/`([\w./]+)`/g)].map(([, name = '']) => name)
  const files = (await everything(home, host))
    .map(({ path }) => path.replace(/^\.voicemode\/?/, ''))
    .filter((path) => !/^(logs(\/(events|conversations.*|telemetry))?)?$/.test(path))
  expect(files).toEqual(
    expect.arrayContaining(['.gitignore', 'telemetry.lock', 'telemetry_consent.json.lock']),
  )
  const isNamed = (path: string) =>
    named.some((name) => path === name || `${path}/`.startsWith(`${name.replace(/\/?$/, '/')}`))
  expect(files.filter((path) => !isNamed(path))).toEqual([])
  const keysOf = (value: object): string[] =>
    Object.entries(value).flatMap(([key, part]) => [key, ...(typeof part === 'object' ? keysOf(part) : [])])
  expect(keysOf(STATE).filter((key) => !named.includes(key))).toEqual([])
})

describe('what belongs to this machine alone does not go into a repository of settings', () => {
  test('after a yes and a send, while a half-written file is left', async () => {
    using home = usedHome(DAYS)
    const host = await live(home)
    for (const name of ['telemetry_secret', 'voicemode.env'])
      home.write(`.voicemode/.${name}.0b9b4c7e.tmp`, 'half')
    expect(committed(home)).toEqual(['.gitignore', 'voicemode.env'])
    expect(readStatus(host)).toMatchObject({ own_folder: '~/.voicemode', ignored_by_git: true })
  })

  test('before the secret is drawn, when only a state is remembered', () => {
    using home = new Home()
    updateState(home.host(), { caller: { mcpHost: 'goose' } })
    expect(committed(home)).toEqual(['.gitignore'])
  })

  test("a person's own .gitignore keeps every byte, the lines come once, and a purge takes them out again", async () => {
    using home = new Home()
    home.write('.voicemode/.gitignore', 'cache/\r\n\u00ff')
    chmodSync(join(home.base, '.gitignore'), 0o644)
    const before = readFileSync(join(home.base, '.gitignore'))
    await grantConsent(home.host(), 'command')
    const after = ignored(home)
    expect(after.match(/^\/telemetry_\*$/gm)).toHaveLength(1)
    expect(readFileSync(join(home.base, '.gitignore')).subarray(0, before.length)).toEqual(before)
    expect(statSync(join(home.base, '.gitignore')).mode & 0o777).toBe(0o644)
    await resetIdentity(home.host())
    await grantConsent(home.host(), 'command')
    expect(ignored(home)).toBe(after)
    expect((await run(home, ['disable', '--purge'])).code).toBe(0)
    expect(ignored(home).slice(0, 'cache/\r\n'.length + 1)).toBe(`cache/\r\n${before.toString().slice(-1)}`)
    expect(ignored(home)).not.toContain('telemetry')
  })

  test('lines that a person took out come back with the next secret only', async () => {
    using home = await grantedHome()
    writeFileSync(join(home.base, '.gitignore'), '# mine\n')
    await grantConsent(home.host(), 'command')
    expect([ignored(home), readStatus(home.host()).ignored_by_git]).toEqual(['# mine\n', false])
    expect((await run(home, ['status'])).stdout.toString()).toContain('does NOT leave them out')
    await withdrawConsent(home.host(), 'command')
    await grantConsent(home.host(), 'command')
    expect(ignored(home)).toMatch(/^# mine\n.*\n\/telemetry_\*\n/)
  })

  test('a purge leaves nothing but the no', async () => {
    using home = usedHome(DAYS)
    const host = await live(home)
    await run(home, ['disable', '--purge'])
    const left = readdirSync(home.base).filter((name) => name !== 'logs')
    expect(left.sort()).toEqual(['telemetry_consent.json', 'voicemode.env'])
    expect(readdirSync(join(home.base, 'logs/telemetry'))).toEqual([])
    expect(readStatus(host).state).toBe('denied')
  })

  test('a .gitignore that cannot be written stops neither a yes nor a no', async () => {
    using home = new Home()
    mkdirSync(join(home.base, '.gitignore'), { recursive: true })
    expect((await grantConsent(home.host(), 'command')).state).toBe('granted')
    expect((await run(home, ['disable', '--purge'])).code).toBe(0)
  })
})

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
