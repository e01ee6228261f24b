import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { addDays, dayAt, MS_PER_DAY } from '@voicemode-telemetry/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { eventOf } from './events.ts'
import { runCommand } from './runCommand.ts'
import { type ServerProcess, startServer } from './serverProcess.ts'

const SHIFTED_CLOCK = new URL('shiftedClock.mjs', import.meta.url).href

let folder: string
let path: string
const servers: ServerProcess[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clock-'))
  path = join(folder, 'test.db')
})
afterEach(async () => {
  for (const server of servers.splice(0)) await server.end('SIGKILL')
  rmSync(folder, { recursive: true })
})

/** Starts a server whose clock is so many days ahead. */
async function startAhead(days: number): Promise<ServerProcess> {
  const env = { NODE_OPTIONS: `--import=${SHIFTED_CLOCK}`, CLOCK_AHEAD_MS: String(days * MS_PER_DAY) }
  const server = await startServer(path, [], env)
  servers.push(server)
  return server
}

/** Sends an event of a day, counted from today. */
async function send(url: string, installation: number, day = 0): Promise<Response> {
  const event = await eventOf({ installation, day: addDays(dayAt(Date.now()), day) })
  const headers = { 'content-type': 'application/json' }
  return fetch(`${url}/v1/events`, { method: 'POST', body: JSON.stringify(event), headers })
}

/** Runs something on the database that no server has open. */
function inDatabase(sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(path)
  const rows = database.prepare(sql).all()
  database.close()
  return rows
}

async function examine(url = 'http://127.0.0.1:9') {
  const { stdout } = await runCommand(['doctor', '--database', `sqlite:${path}`, '--url', url])
  return (check: string) => stdout.split('\n').find((line) => line.slice(9).startsWith(`${check}:`)) ?? ''
}

test('a server that starts 200 days ahead keeps every event, publishes nothing and says so; then all goes on', async () => {
  const right = await startAhead(0)
  for (const day of [-2, -1]) expect((await send(right.url, 1, day)).status).toBe(200)
  await right.end()

  const ahead = await startAhead(200)
  await expect.poll(() => ahead.output()).toContain('"event":"clock-not-believed"')
  const metrics = await (await fetch(`${ahead.url}/metrics`)).text()
  expect(metrics).toContain('voicemode_telemetry_clock_believed 0\n')
  expect((await examine(ahead.url))('server clock')).toMatch(/^fix .*clock-not-believed/)
  const refused = await send(ahead.url, 2)
  expect(await refused.json()).toMatchObject({ type: '/problems/past-retention' })
  const apartMs = Date.parse(refused.headers.get('date') ?? '') - Date.now()
  expect(Math.round(apartMs / MS_PER_DAY)).toBe(200)
  await ahead.end()

  expect(inDatabase('SELECT COUNT(*) AS n FROM events')).toEqual([{ n: 2 }])
  expect(inDatabase('SELECT * FROM reports')).toEqual([])
  const again = await startAhead(0)
  expect((await send(again.url, 2)).status).toBe(200)
  expect((await examine(again.url))('clock')).toMatch(/^ok /)
})

test('doctor finds what a wrong clock has left in the future, and a word of a person takes it back', async () => {
  const server = await startAhead(0)
  await send(server.url, 1, -1)
  await server.end()
  inDatabase(`UPDATE milestones SET day = '2999-01-01' WHERE name = 'forgotten before'`)
  inDatabase(`INSERT INTO reports VALUES ('2999-W01', '{}', '2999-01-20', 0)`)
  inDatabase(`UPDATE clock SET believed_at = believed_at - ${400 * MS_PER_DAY}`)
  expect((await examine())('clock')).toMatch(/^fix .*2999-W01.*deleted before 2999-01-01.*clock believe/)
  const database = ['--database', `sqlite:${path}`]
  expect(await runCommand(['clock', ...database])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('2999-W01'),
  })
  expect(await runCommand(['clock', 'believe', ...database])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/believed.*taken back: the report of 2999-W01, 2999-01-01/),
  })
  expect((await examine())('clock')).toMatch(/^ok /)
  expect(inDatabase('SELECT * FROM reports')).toEqual([])
})

test('a clock that has leapt is found by doctor, and is believed on a word', async () => {
  await (await startAhead(0)).end()
  inDatabase(`UPDATE clock SET believed_at = believed_at - ${30 * MS_PER_DAY}`)
  inDatabase("UPDATE milestones SET day = '2020-01-01'")
  expect((await examine())('clock')).toMatch(/^fix .*clock-not-believed/)
  expect((await runCommand(['clock', 'believe', '--database', `sqlite:${path}`])).exitCode).toBe(0)
  expect((await examine())('clock')).toMatch(/^ok /)
  expect((await runCommand(['clock', 'disbelieve', '--database', `sqlite:${path}`])).exitCode).toBe(2)
})

test.each([
  ['that nobody named', [], 'near', /^fix .*proxy-not-trusted.*--trusted-proxy/],
  [
    'that names nobody',
    ['--trusted-proxy', '127.0.0.1'],
    'trusted',
    /^fix .*client-not-named.*X-Forwarded-For/,
  ],
])(
  'a server behind a proxy %s says so in its log, its metrics and to doctor, without an IP address',
  async (_, flags, from, fix) => {
    const server = await startServer(path, flags)
    servers.push(server)
    const { url, output } = server
    for (const name of ['forwarded', 'x-real-ip', 'cf-connecting-ip']) {
      const headers = { 'content-type': 'application/json', [name]: '198.51.100.1' }
      await fetch(`${url}/v1/events`, { method: 'POST', body: '{}', headers })
    }
    expect(output().match(/"event":"(proxy-not-trusted|client-not-named)"/g)).toHaveLength(1)
    expect(output()).not.toContain('198.51')
    const metrics = await (await fetch(`${url}/metrics`)).text()
    expect(metrics).toContain(`voicemode_telemetry_untrusted_proxy_requests_total{from="${from}"} 3\n`)
    expect((await examine(url))('proxy')).toMatch(fix)
  },
)
