import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { dayAt, deriveTelemetryId, MS_PER_DAY, SECRET_BYTES } from '@voicemode-telemetry/protocol'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { newestDueWeek } from '../src/report/dueWeeks.ts'
import { openSqlite } from '../src/store/drivers/sqlite.ts'
import { hashOf } from '../src/store/installation.ts'
import { migrate } from '../src/store/migrate.ts'
import { MIGRATIONS } from '../src/store/migrations.ts'
import { sql } from '../src/store/statement.ts'
import { eventOf } from './events.ts'
import { runCommand } from './runCommand.ts'
import { runServer, type ServerProcess, startServer } from './serverProcess.ts'
import { startReading } from './startReading.ts'

const STRONG_TOKEN = '0123456789abcdef0123456789abcdef'

let folder: string
let databasePath: string
let database: string[]
const servers: ServerProcess[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'commands-'))
  databasePath = join(folder, 'test.db')
  database = ['--database', `sqlite:${databasePath}`]
})
afterEach(async () => {
  for (const server of servers.splice(0)) await server.end('SIGKILL')
  rmSync(folder, { recursive: true })
})

async function start(env = {}): Promise<ServerProcess> {
  const server = await startServer(databasePath, [], env)
  servers.push(server)
  return server
}

async function run(args: string[], env = {}) {
  const child = runServer(args, env)
  const [stdout, stderr, exitCode] = await Promise.all([
    child.stdout?.toArray(),
    child.stderr?.toArray(),
    new Promise((resolve) => child.once('close', resolve)),
  ])
  return {
    exitCode,
    stdout: String(Buffer.concat(stdout ?? [])),
    stderr: String(Buffer.concat(stderr ?? [])),
  }
}

async function send(url: string, installation: number) {
  const event = await eventOf({ installation, day: dayAt(Date.now()) })
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${url}/v1/events`, { method: 'POST', body: JSON.stringify(event), headers })
  return { event, answer: (await answer.json()) as { duplicate?: true } }
}

function countEvents(path: string): number {
  const opened = new DatabaseSync(path)
  const n = Number(opened.prepare('SELECT COUNT(*) AS n FROM events').get()?.n)
  opened.close()
  return n
}

describe('backup and restore', () => {
  const copyPath = () => join(folder, 'copy.db')

  test('what a running server has acknowledged is in a backup and is there again after a restore', async () => {
    const server = await start()
    for (let n = 0; n < 5; n++) await send(server.url, n)
    expect(await run(['backup', copyPath(), ...database, '--json'])).toEqual({
      exitCode: 0,
      stdout: '{"outcome":"done","message":"The copy is whole"}\n',
      stderr: '',
    })
    expect(statSync(copyPath()).mode & 0o777).toBe(0o600)
    expect(countEvents(copyPath())).toBe(5)
    await send(server.url, 6)
    await server.end('SIGKILL')

    expect((await run(['restore', copyPath(), ...database, '--force'])).exitCode).toBe(0)
    expect(readdirSync(folder).sort()).toEqual(['copy.db', 'test.db'])
    expect(statSync(databasePath).mode & 0o777).toBe(0o600)
    const again = await start()
    expect((await send(again.url, 0)).answer.duplicate).toBe(true)
    expect((await send(again.url, 6)).answer.duplicate).toBeUndefined()
  })

  test('a restore keeps the weekly reports that were made since the backup, so that no week gets two', async () => {
    const env = { TELEMETRY_ADMIN_TOKEN: STRONG_TOKEN }
    const week = newestDueWeek(dayAt(Date.now()))
    const server = await start(env)
    await run(['backup', copyPath(), ...database])
    await runCommand(['report', 'make', week, '--url', server.url], env)
    const report = async (url: string) => (await fetch(`${url}/v1/reports/${week}`)).text()
    const made = await report(server.url)
    await server.end()
    expect((await run(['restore', copyPath(), ...database, '--force'])).exitCode).toBe(0)
    expect(readdirSync(folder).sort()).toEqual(['copy.db', 'test.db'])
    expect(await report((await start(env)).url)).toBe(made)
  })

  test('a restore of what the first server wrote keeps reports too', async () => {
    const env = { TELEMETRY_ADMIN_TOKEN: STRONG_TOKEN }
    const week = newestDueWeek(dayAt(Date.now()))
    const server = await start(env)
    await runCommand(['report', 'make', week, '--url', server.url], env)
    const report = async (url: string) => (await fetch(`${url}/v1/reports/${week}`)).text()
    const made = await report(server.url)
    await server.end()
    const first = fileURLToPath(new URL('first-landed.db', import.meta.url))
    expect((await run(['restore', first, ...database, '--force'])).exitCode).toBe(0)
    expect(await report((await start(env)).url)).toBe(made)
  })

  test('where the database is lost, no week that may have had a report gets another', async () => {
    const env = { TELEMETRY_ADMIN_TOKEN: STRONG_TOKEN }
    const week = newestDueWeek(dayAt(Date.now()))
    const before = await start(env)
    await run(['backup', copyPath(), ...database])
    await runCommand(['report', 'make', week, '--url', before.url], env)
    await before.end()
    rmSync(databasePath)
    expect(await run(['restore', copyPath(), ...database])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('get no report'),
    })
    const after = await start(env)
    expect((await runCommand(['report', 'make', week, '--url', after.url], env)).exitCode).toBe(1)
    expect((await fetch(`${after.url}/v1/reports/${week}`)).status).toBe(404)
  })

  test('a restore carries out deletions since the backup, and keeps their numbers', async () => {
    const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES))
    const secret = Buffer.from(bytes).toString('base64url')
    const event = await eventOf({ installation: await deriveTelemetryId(bytes), day: dayAt(Date.now()) })
    const post = async (url: string, path: string, body: unknown) => {
      const headers = { 'content-type': 'application/json' }
      return (await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })).json()
    }
    const server = await start()
    await post(server.url, '/v1/events', event)
    await send(server.url, 1)
    await run(['backup', copyPath(), ...database])
    await post(server.url, '/v1/rights/delete', { secret })
    await server.end()
    expect((await run(['restore', copyPath(), ...database, '--force'])).exitCode).toBe(0)
    expect(countEvents(databasePath)).toBe(1)
    const { url } = await start()
    expect(await post(url, '/v1/rights/export', { secret })).toMatchObject({ events: [] })
    await post(url, '/v1/events', event)
    expect(await post(url, '/v1/rights/export', { secret })).toMatchObject({ events: [] })
    const told = (await (await fetch(`${url}/v1/transparency`)).json()) as unknown
    expect(JSON.stringify(told)).toMatch(/"(delete|deletions)":1/)
    const charts = (await (await fetch(`${url}/v1/charts/daily?field=installations`)).json()) as {
      counts: unknown[]
    }
    expect(charts.counts).toEqual([{ day: dayAt(Date.now()), field: 'installations', value: '', n: 1 }])
  })

  test('a restore carries out deletions also where an older server wrote the database that is replaced', async () => {
    const server = await start()
    const { event } = await send(server.url, 1)
    await send(server.url, 2)
    await run(['backup', copyPath(), ...database])
    await server.end()
    rmSync(databasePath)
    const older = openSqlite(databasePath)
    await migrate(
      older,
      MIGRATIONS.filter(({ id }) => id < 7),
    )
    const until = Date.now() + MS_PER_DAY
    await older.batch([sql`INSERT INTO graves VALUES (${hashOf(event.telemetry_id)}, ${until})`])
    await older.close()
    expect((await run(['restore', copyPath(), ...database, '--force'])).exitCode).toBe(0)
    expect(readdirSync(folder).sort()).toEqual(['copy.db', 'test.db'])
    expect(countEvents(databasePath)).toBe(1)
  })

  test('a restore over the database of a running server is refused, and the server goes on', async () => {
    const server = await start()
    await send(server.url, 1)
    await run(['backup', copyPath(), ...database])
    await send(server.url, 2)
    expect(await run(['restore', copyPath(), ...database, '--force'])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'The database is in use: stop the server first. Nothing was changed\n',
    })
    expect((await send(server.url, 3)).answer).toMatchObject({ status: 'ok' })
    expect(countEvents(databasePath)).toBe(3)
  })

  // Only root can give files to another user.
  test.skipIf(process.getuid?.() !== 0)(
    "run by root (needs root), what is written belongs to the server's user, beside a server that runs",
    async () => {
      const user = 12_345
      chownSync(folder, user, user)
      const owners = () => readdirSync(folder).map((name) => [name, statSync(join(folder, name)).uid])
      const server = await start()
      await send(server.url, 1)
      await run(['backup', copyPath(), ...database])
      expect(owners().filter(([, uid]) => uid !== user)).toEqual([])
      await server.end()
      expect((await run(['restore', copyPath(), ...database, '--force'])).exitCode).toBe(0)
      chownSync(folder, 0, 0)
      // A file that is replaced keeps its owner, wherever it is.
      expect((await run(['backup', copyPath(), ...database, '--force'])).exitCode).toBe(0)
      expect(owners()).toEqual([
        ['copy.db', user],
        ['test.db', user],
      ])
    },
  )

  test('a backup over the database itself is refused', async () => {
    const server = await start()
    expect(await run(['backup', databasePath, ...database, '--force'])).toMatchObject({ exitCode: 1 })
    expect((await send(server.url, 1)).answer).toMatchObject({ status: 'ok' })
  })

  test('nothing is overwritten without being asked to', async () => {
    const server = await start()
    await send(server.url, 1)
    await server.end()
    writeFileSync(copyPath(), 'mine')
    expect(await run(['backup', copyPath(), ...database])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('--force'),
    })
    expect((await run(['backup', copyPath(), ...database, '--force'])).exitCode).toBe(0)
    expect(await run(['restore', copyPath(), ...database])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('--force'),
    })
    expect(countEvents(databasePath)).toBe(1)
  })

  test.skipIf(process.platform === 'win32')(
    'what is no regular file is neither opened nor replaced',
    async () => {
      const pipe = join(folder, 'pipe')
      execFileSync('mkfifo', [pipe])
      const driver = openSqlite(databasePath)
      await migrate(driver)
      await driver.close()
      const onPipe = ['--database', `sqlite:${pipe}`]
      const ended = await Promise.all(
        [
          ['--port', '0', ...onPipe],
          ['doctor', ...onPipe],
          ['backup', copyPath(), ...onPipe],
          ['backup', pipe, ...database, '--force'],
          ['restore', pipe, ...database, '--force'],
          ['restore', databasePath, ...onPipe, '--force'],
        ].map((args) => run(args)),
      )
      for (const { exitCode, stdout, stderr } of ended) {
        expect([exitCode, stdout + stderr]).toEqual([1, expect.stringContaining('regular file')])
      }
      expect(statSync(pipe).isFIFO()).toBe(true)
    },
  )

  test('what is missing or no database is neither copied nor restored', async () => {
    writeFileSync(copyPath(), 'This is no database. '.repeat(100))
    const missing = ['--database', `sqlite:${join(folder, 'missing.db')}`]
    expect((await run(['backup', join(folder, 'new.db'), ...missing])).exitCode).toBe(1)
    for (const file of [copyPath(), join(folder, 'missing.db'), folder]) {
      expect((await run(['restore', file, ...database])).exitCode, file).toBe(1)
    }
    expect(readdirSync(folder)).toEqual(['copy.db'])
  })
})

describe('doctor', () => {
  interface Report {
    outcome: string
    findings: { check: string; outcome: string; found: string }[]
  }
  async function examine(args: string[], env = {}) {
    const { exitCode, stdout } = await run(['doctor', ...database, '--json', ...args], env)
    const report = JSON.parse(stdout) as Report
    const toFix = report.findings.filter(({ outcome }) => outcome === 'fix').map(({ check }) => check)
    return { exitCode, report, toFix, stdout }
  }

  test('a healthy deployment has nothing to fix until a deletion waits for a reader, and nothing is stored by asking', async () => {
    const env = { TELEMETRY_ADMIN_TOKEN: STRONG_TOKEN }
    const server = await start(env)
    const { exitCode, report, stdout } = await examine(['--url', `${server.url}/`], env)
    expect(report.findings.filter(({ outcome }) => outcome !== 'ok')).toEqual([])
    expect([exitCode, report.outcome]).toEqual([0, 'ok'])
    expect(stdout).not.toContain(STRONG_TOKEN)
    expect(countEvents(databasePath)).toBe(0)

    const reader = startReading(databasePath)
    const secret = Buffer.alloc(SECRET_BYTES).toString('base64url')
    const headers = { 'content-type': 'application/json' }
    await fetch(`${server.url}/v1/rights/delete`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ secret }),
    })
    expect((await examine(['--url', server.url], env)).toFix).toEqual(['deletions'])
    reader.close()
  })

  test('a server that does not answer, a database that is not there and a weak token are to be fixed', async () => {
    const { exitCode, toFix, stdout } = await examine(['--url', 'http://127.0.0.1:9'], {
      TELEMETRY_ADMIN_TOKEN: 'weak-canary',
    })
    expect([exitCode, toFix]).toEqual([
      1,
      [
        'admin token',
        'database',
        'health',
        'objection',
        'refusal',
        'charts',
        'server clock',
        'proxy',
        'deletions',
        'server events',
      ],
    ])
    expect(stdout).not.toContain('weak-canary')
  })

  test('wrong settings are named, and what needs them is not guessed', async () => {
    const { report, toFix } = await examine([], { TELEMETRY_RETENTION_DAYS: '91' })
    expect(toFix).toEqual(['settings'])
    expect(report.findings[0]?.found).toContain('TELEMETRY_RETENTION_DAYS')
    expect(report.findings.slice(1).every(({ outcome }) => outcome === 'skipped')).toBe(true)
  })

  test('an old, readable database and an open way to it are to be fixed', async () => {
    const server = await start()
    await server.end()
    const opened = new DatabaseSync(databasePath)
    opened.exec('DELETE FROM migrations WHERE id > 1')
    opened.close()
    expect((await examine(['--url', server.url])).toFix).toContain('migrations')
    chmodSync(databasePath, 0o644)
    expect((await examine(['--url', 'http://telemetry.invalid'])).toFix).toEqual(
      expect.arrayContaining(['database', 'migrations', 'https', 'health']),
    )
  })

  test('something else that answers everything with what it was sent is found out', async () => {
    const echo = createServer((request, response) => request.pipe(response)).listen(0, '127.0.0.1')
    await new Promise((resolve) => echo.once('listening', resolve))
    const { port } = echo.address() as { port: number }
    const { toFix } = await examine(['--url', `http://127.0.0.1:${port}`])
    expect(toFix).toEqual(['database', 'objection', 'refusal'])
    echo.close()
  })

  test('a server somewhere else is asked by its address alone, and no database is missed here', async () => {
    const server = await start()
    const { exitCode, stdout } = await runCommand(['doctor', '--url', server.url])
    expect(exitCode).toBe(0)
    const lines = stdout.trim().split('\n')
    expect(lines.filter((line) => !line.startsWith('ok'))).toEqual([
      expect.stringMatching(/^skipped {2}admin token: /),
      expect.stringMatching(/^skipped {2}database: /),
      expect.stringMatching(/^skipped {2}migrations: /),
      expect.stringMatching(/^skipped {2}clock: /),
      expect.stringMatching(/^skipped {2}events: /),
      expect.stringMatching(/^skipped {2}rows: /),
      expect.stringMatching(/^skipped {2}promises: /),
    ])
  })

  test('events that cannot be read, deletions that are late and machines with one id are named', async () => {
    const server = await start()
    const { event } = await send(server.url, 1)
    await send(server.url, 2)
    const body = JSON.stringify({ ...event, environment: { ...event.environment, os_type: 'Darwin' } })
    await fetch(`${server.url}/v1/events`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    })
    const opened = new DatabaseSync(databasePath)
    opened.prepare("UPDATE events SET body = '{' WHERE event_id = ?").run(event.event_id)
    opened.exec("UPDATE days SET version = version + 1; INSERT INTO days VALUES ('2020-01-01', 1, 1, 0, '')")
    opened.close()
    const day = event.timestamp.slice(0, 10)
    const charts = await fetch(`${server.url}/v1/charts/daily?field=installations`)
    expect((await charts.json()) as object).toMatchObject({ counts: [{ day, n: 1 }] })

    const { report, toFix } = await examine(['--url', server.url])
    expect(toFix).toEqual(['events', 'promises', 'health', 'server events'])
    const found = Object.fromEntries(report.findings.map((finding) => [finding.check, finding.found]))
    expect(found.events).toContain(`${day} (1)`)
    expect(found['server events']).toMatch(new RegExp(`${day} \\(1\\).*conflicting: 1 had the id`))
    expect(found.health).toMatch(/^forgetting is \d+ days behind/)
    opened.open()
    opened.exec("UPDATE days SET version = version + 1; DELETE FROM events WHERE body = '{'")
    opened.exec("DELETE FROM days WHERE day = '2020-01-01'")
    opened.close()
    expect((await examine(['--url', server.url])).stdout).toContain('conflicting: 1 had the id')
    const logged = server
      .output()
      .split('\n')
      .filter((line) => line.includes('events-unreadable'))
    expect(logged).toEqual([expect.stringContaining(`"day":"${day}","n":1`)])
  })

  test('a public server names who runs it on its page, or doctor says what is missing', async () => {
    const examinePublic = async (env: object) => {
      const { url } = await start(env)
      const fetchPublic: typeof fetch = (target, request) =>
        fetch(String(target).replace('https://telemetry.example.org', url), request)
      const run = await runCommand(
        ['doctor', '--url', 'https://telemetry.example.org'],
        {},
        { fetch: fetchPublic },
      )
      return {
        line: /^.* operator: .*$/m.exec(run.stdout)?.[0],
        page: await (await fetch(`${url}/privacy`)).text(),
      }
    }
    const half = await examinePublic({ TELEMETRY_CONTACT: 'privacy@example.org' })
    expect(half.line).toBe(
      "fix      operator: the page /privacy doesn't say who runs the server, who hosts it and where: set TELEMETRY_OPERATOR, TELEMETRY_HOSTING",
    )
    expect(half.page).toContain('privacy@example.org')
    expect(half.page).toContain('Not named yet.')
    const whole = await examinePublic({
      TELEMETRY_OPERATOR: 'A & B <Ltd>, 1 Example Road',
      TELEMETRY_CONTACT: 'privacy@example.org',
      TELEMETRY_HOSTING: 'A host in Norway',
    })
    expect(whole.line).toBe('ok       operator: the page /privacy says who runs the server')
    expect(whole.page).toContain('A &amp; B &lt;Ltd&gt;, 1 Example Road')
    expect(whole.page).not.toContain('Not named yet.')
  })

  test('a public server without a token is to be fixed, since nobody can read its charts', async () => {
    const { url } = await start()
    const proxy = createServer((request, response) => {
      const headers = { ...request.headers, 'x-forwarded-for': '198.51.100.1' }
      const onward = httpRequest(url + request.url, { method: request.method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(response)
      })
      request.pipe(onward)
    }).listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    const { port } = proxy.address() as { port: number }
    const { exitCode, stdout } = await runCommand(['doctor', '--url', `http://127.0.0.1:${port}`])
    proxy.close()
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^fix {6}charts: .*TELEMETRY_ADMIN_TOKEN/m)
  })

  test('people are told in lines, what was found beside what it was about', async () => {
    const { exitCode, stdout } = await run(['doctor', ...database, '--url', 'http://127.0.0.1:9'])
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^fix {6}database: it is not there: start the server once/m)
  })
})

describe('report', () => {
  const env = { TELEMETRY_ADMIN_TOKEN: STRONG_TOKEN }
  const week = newestDueWeek(dayAt(Date.now()))

  test('reports of a running server are listed, made, held back and released', async () => {
    const { url } = await start(env)
    const report = (...args: string[]) => runCommand(['report', ...args, '--url', `${url}/`], env)
    expect(await report()).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^\S+ {2}comes on \S+\n$/),
    })
    expect(await report('hold', week)).toMatchObject({
      exitCode: 1,
      stderr: 'There is no report of that week\n',
    })
    expect(await report('make', week, '--json')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await report('make', week)).toMatchObject({
      exitCode: 1,
      stderr: 'No report can be made of this week: it must be one that has no report yet\n',
    })
    expect((await report('hold', week)).exitCode).toBe(0)
    expect((await fetch(`${url}/v1/reports/${week}`)).status).toBe(404)
    expect((await report('list')).stdout).toMatch(new RegExp(`^${week}  held  .*deletions since: 0$`, 'm'))
    expect((await report('release', week)).exitCode).toBe(0)
    const { stdout } = await report('list', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ reports: [{ week, state: 'published' }] })
    const wrong = await runCommand(['report', 'hold', week, '--url', url], {
      TELEMETRY_ADMIN_TOKEN: 'wrong-canary',
    })
    expect(wrong).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('TELEMETRY_ADMIN_TOKEN') })
    expect(wrong.stderr).not.toContain('canary')
  })

  test('what is said wrongly asks no server, and the token goes to nobody who is reached without https', async () => {
    for (const args of [
      ['hold'],
      ['hold', '2025-W53'],
      ['list', week],
      ['canary'],
      ['--url', 'ftp://canary'],
      ['hold', week, '--url', 'http://telemetry.invalid'],
    ]) {
      const { exitCode, stdout, stderr } = await runCommand(['report', ...args], env)
      expect([exitCode, stdout], args.join(' ')).toEqual([2, ''])
      expect(stderr).not.toMatch(/canary|0123/)
    }
    const unreachable = await runCommand(['report', '--url', 'http://127.0.0.1:9', '--json'], env)
    expect(unreachable).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('cannot be reached') })
  })
})

test('every command has its help, and one that is given wrongly says how', async () => {
  for (const name of ['doctor', 'backup', 'restore', 'report', 'clock']) {
    expect(await runCommand([name, '--help'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(`Usage: voicemode-telemetry-server ${name}`),
    })
    for (const args of [['a', 'b', 'c'], ['--nonsense'], ['--database']]) {
      expect(await runCommand([name, ...args])).toMatchObject({
        exitCode: 2,
        stdout: '',
        stderr: expect.stringMatching(/^voicemode-telemetry-server: .*--help\n$/s),
      })
    }
  }
  expect((await runCommand(['doctor', '--url', 'ftp://canary'])).exitCode).toBe(2)
})
