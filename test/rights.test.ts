import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { addDays, startOfDay } from '@voicemode-telemetry/protocol'
import { describe, expect, test } from 'vitest'
import { runCommandLine } from '../packages/client/src/cli/cli.ts'
import { grantConsent } from '../packages/client/src/consent/grant.ts'
import { readIdentity } from '../packages/client/src/consent/record.ts'
import { listEvents } from '../packages/client/src/queue/queue.ts'
import { sendDue } from '../packages/client/src/send/send.ts'
import { run } from '../packages/client/test/commandLine.ts'
import { ENVIRONMENT, exchangeLine, Home, USED_DAY } from '../packages/client/test/logs.ts'
import { answerWith, Receiver } from '../packages/client/test/receiver.ts'
import { recordingTerminal } from '../packages/command-line/test/recordingTerminal.ts'
import { startServer } from '../packages/server/test/serverProcess.ts'

const WEEK = Array.from({ length: 7 }, (_, n) => addDays(USED_DAY, n - 6))
/** A home whose owner said yes before a week of use, sent day by day to a real server. */
async function weekOfSends() {
  const home = new Home()
  const database = join(home.path, 'server.db')
  const server = await startServer(database)
  const env = { VOICEMODE_TELEMETRY_ENDPOINT: server.url }
  await grantConsent(home.host({ now: () => startOfDay(addDays(USED_DAY, -7)) }), 'command')
  home.writeLogs({
    conversations: new Map(
      WEEK.map((day) => [`exchanges_${day}.jsonl`, [exchangeLine({ at: `${day}T10:00:00Z`, id: day })]]),
    ),
    events: new Map(),
  })
  for (const day of WEEK.map((used) => addDays(used, 1))) {
    const now = () => startOfDay(day) + 3_600_000
    await sendDue(home.host({ env, now }), { environment: ENVIRONMENT })
  }
  return {
    home,
    env,
    storedEvents: () => {
      using sqlite = new DatabaseSync(database, { readOnly: true })
      return Number(sqlite.prepare('SELECT COUNT(*) AS n FROM events').get()?.n)
    },
    stopServer: () => server.end(),
    async [Symbol.asyncDispose]() {
      await server.end()
      home[Symbol.dispose]()
    },
  }
}

describe('after a week of sends', () => {
  test('export and history agree, and a changed byte in the history is noticed', async () => {
    await using week = await weekOfSends()
    const { home, env } = week
    const agreed = await run(home, ['export'], env)
    expect(agreed.stderr).toBe('Server and history agree: the server holds 7 events of this installation.\n')
    expect(agreed.code).toBe(0)
    const history = await Promise.all(WEEK.map((day) => run(home, ['history', '--day', day], env)))
    expect(agreed.stdout.toString()).toBe(history.map(({ stdout }) => stdout.toString()).join(''))

    const [file] = listEvents(home.host(), 'sent')
    const path = file?.path ?? ''
    writeFileSync(path, readFileSync(path, 'utf8').replace('"total_operations": 1', '"total_operations": 2'))
    const changed = await run(home, ['export'], env)
    expect(changed.stderr).toBe(
      `${file?.eventId}: not the same bytes\nServer and history DIFFER: the server holds 7 events of this installation.\n`,
    )
    expect(changed.code).toBe(1)
  })

  test('what the server has forgotten as promised is told apart from what is missing', async () => {
    await using week = await weekOfSends()
    const { home, env } = week
    const [first, second] = WEEK as [string, string]
    await using relay = await Receiver.start()
    relay.answer = async (response, body) => {
      const answer = await fetch(`${env.VOICEMODE_TELEMETRY_ENDPOINT}/v1/rights/export`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: body.toString(),
      })
      const told = (await answer.json()) as { events: { timestamp: string }[]; kept_since: string }
      expect(told.kept_since < first).toBe(true)
      const events = told.events.filter(({ timestamp }) => timestamp.slice(0, 10) > second)
      response.end(JSON.stringify({ ...told, events, kept_since: keptSince }))
    }
    const relayed = { VOICEMODE_TELEMETRY_ENDPOINT: relay.url }
    let keptSince = addDays(second, 1)
    const agreed = await run(home, ['export'], relayed)
    expect(agreed.stderr).toBe(
      `Forgotten by the server, as promised: 2. It keeps events from ${keptSince} on.\nServer and history agree: the server holds 5 events of this installation.\n`,
    )
    expect(agreed.code).toBe(0)
    keptSince = second
    const differs = await run(home, ['export', '--json'], relayed)
    expect(JSON.parse(differs.stdout.toString())).toMatchObject({
      differences: [{ difference: 'only in the history' }],
      forgotten_as_promised: 1,
      kept_since: second,
    })
    expect(differs.code).toBe(1)
  })

  test('disable --forget leaves nothing on the machine that could send, and nothing on the server', async () => {
    await using week = await weekOfSends()
    const { code, stdout } = await run(week.home, ['disable', '--forget', '--purge'], week.env)
    expect(stdout.toString()).toMatch(/The server has deleted its events of this installation/)
    expect(code).toBe(0)
    expect(week.storedEvents()).toBe(0)
    expect(readIdentity(week.home.host())).toBeUndefined()

    // What is asked afterwards gets no answer that is untrue.
    const told = async (command: string) => {
      const { stdout, stderr } = await run(week.home, [command], week.env)
      return stdout.toString() + stderr
    }
    const gone = 'this machine has no id and no secret now'
    expect(await told('export')).toMatch(`Not exported: ${gone}`)
    expect(await told('forget')).toMatch(`The server was not asked: ${gone}`)
    expect(await told('status')).toMatch(/^Last sent +nothing in this machine's history$/m)
    expect(await told('history')).toBe('There is no history of sent events on this machine.\n')
  })

  test('whoever keeps a copy of the secret can check a deletion', async () => {
    await using week = await weekOfSends()
    const secret = readFileSync(join(week.home.base, 'telemetry_secret'), 'utf8').slice(0, 43)
    const held = async () => {
      const answer = await fetch(`${week.env.VOICEMODE_TELEMETRY_ENDPOINT}/v1/rights/export`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ secret }),
      })
      return ((await answer.json()) as { events: unknown[] }).events.length
    }
    expect(await held()).toBe(7)
    await run(week.home, ['disable', '--forget'], week.env)
    expect(await held()).toBe(0)
  })

  test('disable --forget works offline too, and says what could not be done', async () => {
    await using week = await weekOfSends()
    await week.stopServer()
    const { code, stdout } = await run(week.home, ['disable', '--forget'], week.env)
    expect(stdout.toString()).toMatch(
      /Telemetry is off.*deleted\.\nThe server has NOT deleted its events: refused/s,
    )
    expect(code).toBe(1)
    expect(readIdentity(week.home.host())).toBeUndefined()
  })

  test('disable says where the history stays, and --purge deletes it', async () => {
    await using week = await weekOfSends()
    const kept = await run(week.home, ['disable', '--keep'], week.env)
    const folder = '~/.voicemode/logs/telemetry'
    expect(kept.stdout.toString()).toContain(`The history on this machine stays, in ${folder}.`)
    expect(listEvents(week.home.host(), 'sent')).toHaveLength(7)
    const purged = await run(week.home, ['disable', '--keep', '--purge', '--json'], week.env)
    expect(JSON.parse(purged.stdout.toString())).toMatchObject({ history: 'deleted', undone: [] })
    expect(listEvents(week.home.host(), 'sent')).toEqual([])
  })

  test('the offer of a deletion names the server and the number of events, and that it is the last chance', async () => {
    await using week = await weekOfSends()
    const terminal = recordingTerminal({ isInteractive: true, columns: 40, ask: async () => 'y' })
    await runCommandLine(['disable'], week.home.host({ env: week.env }), terminal)
    const { host } = new URL(week.env.VOICEMODE_TELEMETRY_ENDPOINT)
    const { out, err } = terminal.written
    expect((out + err).split('\n').filter((line) => line.length > 40)).toEqual([])
    const offer = err.replace(/\s+/g, ' ')
    expect(offer).toMatch(`${host} took 7 events from this installation`)
    expect(offer).toMatch("you can't ask later")
    expect(week.storedEvents()).toBe(0)
  })

  test('a deletion is believed only from a server that names the id', async () => {
    await using week = await weekOfSends()
    await using receiver = await Receiver.start()
    receiver.answer = answerWith(200, { 'content-type': 'application/json' }, '{"status":"ok"}')
    const before = readIdentity(week.home.host())
    const told = await run(week.home, ['forget'], { VOICEMODE_TELEMETRY_ENDPOINT: receiver.url })
    expect(told.stdout.toString()).toMatch(
      /NOT KNOWN whether the server has deleted its events: what answered did not say.*Ask again/s,
    )
    expect(readIdentity(week.home.host())).toEqual(before)
  })

  test.each(['forget', 'disable --forget', 'reset-id --forget'])(
    '%s leaves the person the id that the server named, which every file of the history has',
    async (line) => {
      await using week = await weekOfSends()
      const id = readIdentity(week.home.host())?.telemetryId ?? 'none'
      const { code, stdout } = await run(week.home, line.split(' '), week.env)
      expect([code, week.storedEvents()]).toEqual([0, 0])
      expect(stdout.toString()).toContain(
        `The server has deleted its events of this installation, and named its id: ${id}.`,
      )
      const history = await run(week.home, ['history', '--json'], week.env)
      const bodies = (JSON.parse(history.stdout.toString()) as { body: string }[]).map(({ body }) => body)
      expect(bodies).toHaveLength(7)
      expect(bodies.filter((body) => !body.includes(id))).toEqual([])
    },
  )

  test('under a no, forget deletes the id and draws none, and reset-id changes nothing', async () => {
    await using week = await weekOfSends()
    const env = { ...week.env, DO_NOT_TRACK: '1' }
    const before = readIdentity(week.home.host())
    expect((await run(week.home, ['reset-id', '--keep'], env)).code).toBe(1)
    expect(readIdentity(week.home.host())).toEqual(before)
    expect((await run(week.home, ['forget'], env)).code).toBe(0)
    expect(week.storedEvents()).toBe(0)
    expect(readIdentity(week.home.host())).toBeUndefined()
  })

  test('disable --keep and a script without an answer leave the server alone', async () => {
    await using week = await weekOfSends()
    expect((await run(week.home, ['disable', '--keep'], week.env)).code).toBe(0)
    expect(week.storedEvents()).toBe(7)
  })

  test('forget goes on under a new id, and no day is told under two', async () => {
    await using week = await weekOfSends()
    const before = readIdentity(week.home.host())?.telemetryId
    const forgotten = await run(week.home, ['forget', '--json'], week.env)
    expect(JSON.parse(forgotten.stdout.toString())).toEqual({ outcome: 'done', telemetry_id: before })
    expect(readIdentity(week.home.host())?.telemetryId).not.toBe(before)
    await run(week.home, ['send'], week.env)
    expect(week.storedEvents()).toBe(0)
    const exported = await run(week.home, ['export', '--json'], week.env)
    expect(JSON.parse(exported.stdout.toString())).toMatchObject({
      events: [],
      differences: [],
      under_earlier_ids: 7,
    })
  })
})
