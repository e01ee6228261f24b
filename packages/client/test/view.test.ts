import { createHash } from 'node:crypto'
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { addDays, type Day, startOfDay } from '@voicemode-telemetry/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { grantConsent } from '../src/consent/grant.ts'
import { sendDue } from '../src/send/send.ts'
import { detectEnvironment } from '../src/settings/detectEnvironment.ts'
import { previewDay, previewDays } from '../src/show/preview.ts'
import { findPage } from '../src/view/page.ts'
import { readView } from '../src/view/viewData.ts'
import { startViewer } from '../src/view/viewServer.ts'
import { run } from './commandLine.ts'
import { anyLogs, DAY, ENVIRONMENT, exchangeLine, Home, USED_DAY } from './logs.ts'
import { answerWith, Receiver, refuseWith, takeIt } from './receiver.ts'
import { inTerminal } from './terminal.ts'
import { Viewing } from './viewing.ts'

const page = findPage() ?? ''

/** Use on some days, one conversation each, and a line that can't be used. */
function useOn(home: Home, days: readonly Day[]): void {
  home.writeLogs({
    conversations: new Map(
      days.map((day) => [
        `exchanges_${day}.jsonl`,
        [exchangeLine({ at: `${day}T10:00:00Z`, id: day, metadata: { provider: 'kokoro' } }), 'broken'],
      ]),
    ),
    events: new Map(),
  })
}

/** Every file and folder below a home: names, bytes, modes and times of change. */
function snapshot(home: Home): string[] {
  return readdirSync(home.path, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const path = join(entry.parentPath, entry.name)
      const { mode, mtimeMs } = statSync(path)
      return `${path} ${mode} ${mtimeMs} ${entry.isFile() ? readFileSync(path, 'base64') : ''}`
    })
    .sort()
}

/** A home with a yes of long ago, and a day each that was sent, was refused, waits, and would be sent. */
async function homeOfEveryState(url: string, receiver: Receiver) {
  const home = new Home()
  const env = { VOICEMODE_TELEMETRY_ENDPOINT: url }
  const sendAt = (at: number) => sendDue(home.host({ env, now: () => at }), { environment: ENVIRONMENT })
  await grantConsent(home.host({ now: () => startOfDay(addDays(USED_DAY, -12)) }), 'command')
  const [old, sent, rejected, queued] = [-8, -4, -3, -2].map((n) => addDays(USED_DAY, n)) as [
    Day,
    Day,
    Day,
    Day,
  ]
  const refusal = { type: '/problems/not-an-event', problems: [{ field: 'usage', expected: 'less' }] }
  for (const [day, answer] of [
    [sent, takeIt],
    [rejected, refuseWith(refusal)],
    [queued, answerWith(503, { 'retry-after': '60' })],
  ] as const) {
    useOn(home, [day])
    receiver.answer = answer
    await sendAt(startOfDay(addDays(day, 1)) + 3_600_000)
  }
  useOn(home, [old, sent, rejected, queued, USED_DAY, addDays(USED_DAY, -20)])
  return { home, env, days: { old, sent, rejected, queued } }
}

describe('the numbers and bytes of the page', () => {
  test('a link, a file of something else or a reason with more in it shows nothing of what it holds', async () => {
    await using receiver = await Receiver.start()
    const { home, env, days } = await homeOfEveryState(receiver.url, receiver)
    using _ = home
    const folder = '.voicemode/logs/telemetry'
    const view = () => readView(home.host({ env }), 30)
    const eventId = (await view()).history.find(({ outcome }) => outcome === 'sent')?.event_id ?? ''
    home.write('secret.txt', 'canary4711')
    rmSync(join(home.path, folder, `sent/event_${eventId}.json`))
    symlinkSync(join(home.path, 'secret.txt'), join(home.path, folder, `sent/event_${eventId}.json`))
    home.write(`${folder}/sent/event_0123456789abcdef.json`, 'canary4711')
    home.write(`${folder}/rejected/event_0123456789abcdef.json`, '{"canary4711":1}')
    home.write(
      `${folder}/rejected/event_0123456789abcdef.reason.json`,
      '{"status":422,"canary4711":1,"problems":[{"field":{"toString":1}}]}',
    )
    const data = await view()
    expect(JSON.stringify(data)).not.toContain('canary4711')
    expect(data.days.find(({ day }) => day === days.sent)?.state).not.toBe('sent')
    const refused = data.history.find(({ reason }) => reason?.problems?.[0]?.field === '')
    expect(refused).toMatchObject({
      body: null,
      reason: { status: 422, problems: [{ field: '', expected: '' }] },
    })
  })

  test('each day shows the bytes and the event that preview shows', async () => {
    using home = new Home()
    useOn(home, [addDays(USED_DAY, -1), USED_DAY])
    await using viewing = await Viewing.start(home, ['--days', '4', '--no-open'])
    await viewing.open()
    const { days, skipped_lines, log_files } = await viewing.data()
    expect(days).toHaveLength(5)
    const used = days.filter(({ body }) => body !== null)
    for (const { day, body } of used) {
      const previewed = JSON.parse((await run(home, ['preview', '--day', day, '--json'])).stdout.toString())
      expect(body).toBe(previewed.body)
      expect(JSON.parse(body ?? '')).toEqual(previewed.event)
    }
    for (const { body, bytes, sha256 } of days) {
      expect(bytes ?? 0).toBe(Buffer.byteLength(body ?? ''))
      expect(sha256).toBe(body === null ? null : createHash('sha256').update(body).digest('hex'))
    }
    expect(used.map(({ day }) => day)).toEqual([addDays(USED_DAY, -1), USED_DAY])
    expect({ skipped_lines, log_files }).toEqual({ skipped_lines: 2, log_files: 2 })
  })

  test('one reading of the logs tells of many days what a reading for each of them tells', async () => {
    const days = [-2, -1, 0, 1].map((n) => addDays(DAY, n))
    await fc.assert(
      fc.asyncProperty(anyLogs, async (logs) => {
        using home = new Home()
        home.writeLogs(logs)
        const host = home.host({ now: () => startOfDay(addDays(DAY, 2)) })
        const environment = detectEnvironment(host)
        const together = await Array.fromAsync(previewDays(host, days, environment))
        const apart = await Promise.all(days.map((day) => previewDay(host, day, environment)))
        expect(together.map(({ body }) => body)).toEqual(apart.map(({ body }) => body))
      }),
      { numRuns: 60 },
    )
  })

  test('a day is what became of it: sent, refused, waiting, to be sent, or not and why', async () => {
    await using receiver = await Receiver.start()
    const { home, env, days } = await homeOfEveryState(receiver.url, receiver)
    using _ = home
    const view = await readView(home.host({ env }), 30)
    const stateOn = (day: Day) => {
      const shown = view.days.find((each) => each.day === day)
      return shown && 'why' in shown ? `${shown.state}: ${shown.why}` : shown?.state
    }
    expect(
      [
        days.sent,
        days.rejected,
        days.queued,
        USED_DAY,
        days.old,
        addDays(USED_DAY, -20),
        addDays(USED_DAY, -1),
      ].map(stateOn),
    ).toEqual([
      ...['sent', 'rejected', 'queued', 'would be sent'],
      ...['would not be sent: too old', 'would not be sent: before the yes', 'no use'],
    ])
    expect(view.history.map(({ day, outcome }) => [day, outcome])).toEqual([
      [days.queued, 'queue'],
      [days.rejected, 'rejected'],
      [days.sent, 'sent'],
    ])
    expect(view.history[1]?.reason).toMatchObject({ status: 422, problems: [{ field: 'usage' }] })
    const wire = receiver.bodies.map((body) => body.toString())
    for (const { day, body } of view.history) {
      expect(wire).toContain(body)
      expect(view.days.find((each) => each.day === day)?.body).toBe(body)
    }

    const without = await readView(home.host(), 30)
    expect(without.days.find(({ day }) => day === USED_DAY)).toMatchObject({
      state: 'would not be sent',
      why: 'no endpoint',
    })
    const denied = await readView(home.host({ env: { ...env, DO_NOT_TRACK: '1' } }), 30)
    expect(denied.status).toMatchObject({
      state: 'denied',
      reason: 'you said no (DO_NOT_TRACK in the environment)',
    })
    expect(denied.days.find(({ day }) => day === days.sent)).toMatchObject({
      state: 'would not be sent',
      why: 'no consent',
      identified: false,
    })
    expect(denied.history).toHaveLength(3)
  })

  test('today is shown as far as it is, and said not to be over', async () => {
    using home = new Home()
    useOn(home, [USED_DAY])
    const now = () => startOfDay(USED_DAY) + 12 * 3_600_000
    const { days, today } = await readView(home.host({ now }), 3)
    expect(today).toBe(USED_DAY)
    expect(days.map(({ unfinished }) => unfinished)).toEqual([false, false, false, true])
    expect(JSON.parse(days.at(-1)?.body ?? '').usage.total_sessions).toBe(1)
  })

  test('nothing that a person said, owns or is called is in the data', async () => {
    using home = new Home()
    const at = `${USED_DAY}T10:00:00Z`
    const line = JSON.parse(exchangeLine({ at, metadata: { error: 'private word', provider: 'ann-tts' } }))
    home.writeLogs({
      conversations: new Map([
        [`exchanges_${USED_DAY}.jsonl`, [JSON.stringify({ ...line, project_path: '/home/ann/secret' })]],
      ]),
      events: new Map(),
    })
    const text = JSON.stringify(await readView(home.host(), 5))
    expect(text).toContain('total_sessions')
    for (const word of ['said', 'private', 'ann', 'secret', home.path]) expect(text).not.toContain(word)
  })
})

describe('without any yes', () => {
  test.each<[string, string | undefined, Record<string, string>]>([
    ['nobody answered', undefined, {}],
    ['CI', 'VOICEMODE_TELEMETRY=true\n', { CI: 'true' }],
    ['a yes that nobody has confirmed', 'VOICEMODE_TELEMETRY=true\n', {}],
    ['a yes of the environment that no send has followed yet', undefined, { VOICEMODE_TELEMETRY: 'true' }],
  ])('it shows all, writes nothing and connects to nobody: %s', async (_, settings, env) => {
    using home = new Home()
    useOn(home, [USED_DAY])
    if (settings) home.write('.voicemode/voicemode.env', settings)
    await using receiver = await Receiver.start()
    const before = snapshot(home)
    await using viewing = await Viewing.start(home, [], {
      ...env,
      VOICEMODE_TELEMETRY_ENDPOINT: receiver.url,
    })
    await viewing.open()
    const { days } = await viewing.data()
    expect(days.find(({ day }) => day === USED_DAY)).toMatchObject({
      state: 'would not be sent',
      why: env.VOICEMODE_TELEMETRY ? 'before the yes' : 'no consent',
    })
    const ended = await viewing.interrupt()
    expect(ended.code).toBe(0)
    expect(ended.stderr).toMatch(
      /It opens once. .*ssh -L (\d+):127.0.0.1:\1 .* Nothing is sent.*was opened.*Ended/s,
    )
    expect(receiver.connections).toBe(0)
    expect(snapshot(home)).toEqual(before)
  })
})

test('a browser is opened from a terminal with a screen, at the address that is printed', async () => {
  using home = new Home()
  home.write('bin/xdg-open', `#!/bin/sh\nexec ${process.execPath} -e 'fetch(process.argv[1])' "$1"\n`)
  chmodSync(join(home.path, 'bin/xdg-open'), 0o755)
  const session = inTerminal(home, ['view'], {
    columns: 200,
    env: { DISPLAY: ':0', PATH: `${join(home.path, 'bin')}:${process.env.PATH}` },
  })
  await session.sees('Opening it in your browser.')
  await session.sees('The page was opened')
  session.type('\u0003')
  expect((await session.ends()).screen).toMatch(/Ended\.\s*$/)
})

test('the browser that BROWSER names is opened, also without a screen', async () => {
  using home = new Home()
  await using receiver = await Receiver.start()
  receiver.answer = answerWith(200)
  home.write('bin/browse', `#!/bin/sh\nexec ${process.execPath} -e 'fetch(process.argv[1])' "$2"\n`)
  chmodSync(join(home.path, 'bin/browse'), 0o755)
  const PATH = join(home.path, 'bin')
  for (const BROWSER of ['browse --new', 'missing:browse --new %s', 'browse --new:missing']) {
    const arrived = receiver.nextRequest()
    const host = home.host({ env: { PATH: `${PATH}:/bin`, BROWSER } })
    expect(await host.openInBrowser(receiver.url)).toBe(true)
    await arrived
  }
})

test('without a screen or an opener no browser is opened', async () => {
  using home = new Home()
  for (const env of [{}, { DISPLAY: ':0' }, { BROWSER: '' }, { BROWSER: 'none' }]) {
    const host = home.host({ env: { PATH: '/nonexistent', ...env } })
    expect(await host.openInBrowser('http://127.0.0.1:9/')).toBe(false)
  }
})

test('it ends by itself when nobody asks any more', async () => {
  using home = new Home()
  const viewer = await startViewer(home.host(), { page, days: 1, port: 0, idleMs: 1 })
  await viewer.ended
  await expect(fetch(viewer.url)).rejects.toThrow()
})

test('a port that is taken is said, and so is a wrong option', async () => {
  using home = new Home()
  await using receiver = await Receiver.start()
  const taken = await run(home, ['view', '--port', String(receiver.port)])
  expect(taken.code).toBe(1)
  expect(taken.stderr).toMatch(/^Port \d+ is in use\. Leave out --port to take a free one\.\n$/)
  for (const wrong of ['--days=0', '--days=91', '--port=70000', '--port=x']) {
    const { code, stderr } = await run(home, ['view', wrong])
    expect(code).toBe(2)
    expect(stderr).toMatch(/: --(days|port) takes a whole number from 1 to (90|65535)\.\n/)
  }
})
