import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { addDays, MS_PER_DAY } from '@voicemode-telemetry/protocol'
import { describe, expect, test } from 'vitest'
import { grantConsent } from '../packages/client/src/consent/grant.ts'
import { run } from '../packages/client/test/commandLine.ts'
import { exchangeLine, Home, USED_DAY } from '../packages/client/test/logs.ts'
import { startServer } from '../packages/server/test/serverProcess.ts'
import { openBrowser } from './browser.ts'

const DAYS = [addDays(USED_DAY, -2), addDays(USED_DAY, -1), USED_DAY]
/** A home whose owner said yes long ago, and who had one session a day since. */
async function usedHome(): Promise<Home> {
  const home = new Home()
  await grantConsent(home.host({ now: () => Date.now() - 20 * MS_PER_DAY }), 'command')
  home.writeLogs({
    conversations: new Map(
      DAYS.map((day) => [
        `exchanges_${day}.jsonl`,
        [
          exchangeLine({ at: `${day}T10:00:00Z`, metadata: { provider: 'kokoro', transport: 'livekit' } }),
          exchangeLine({ at: `${day}T10:00:09Z`, type: 'stt', metadata: { provider: 'whisper' } }),
        ],
      ]),
    ),
    events: new Map(),
  })
  return home
}

function storedEvents(databasePath: string): unknown[] {
  const database = new DatabaseSync(databasePath, { readOnly: true })
  try {
    return database.prepare('SELECT event_id, body FROM events ORDER BY day').all()
  } finally {
    database.close()
  }
}

/** A line to a server that breaks off after the server has answered and before the answer is passed on. */
async function breakingLine(serverUrl: string) {
  let breaks = true
  const line = createServer((client) => {
    const server = connect(Number(new URL(serverUrl).port), '127.0.0.1')
    client.pipe(server)
    server.on('data', (answer) => (breaks ? client.destroy() : client.write(answer)))
    const endBoth = () => [client, server].forEach((socket) => void socket.destroy())
    for (const socket of [client, server]) socket.on('error', endBoth).on('close', endBoth)
  })
  line.listen(0, '127.0.0.1')
  await once(line, 'listening')
  const address = line.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  return { url, mend: () => (breaks = false), close: () => line.close() }
}

describe('from a log line to the store', () => {
  test('each event is stored once and as the bytes that were previewed, also when two sends race', async () => {
    using home = await usedHome()
    const database = join(home.path, 'server.db')
    const server = await startServer(database)
    try {
      const env = { VOICEMODE_TELEMETRY_ENDPOINT: server.url }
      const previews = await Promise.all(DAYS.map((day) => run(home, ['preview', '--day', day], env)))
      const sends = await Promise.all([run(home, ['send'], env), run(home, ['send'], env)])
      expect(sends.map(({ code }) => code)).toEqual([0, 0])
      const bodies = storedEvents(database).map((row) => (row as { body: string }).body)
      expect(bodies).toEqual(previews.map(({ stdout }) => stdout.toString()))
    } finally {
      await server.end()
    }
  })

  test('an event whose answer was lost after the commit is stored once, and the next send finds out', async () => {
    using home = await usedHome()
    const database = join(home.path, 'server.db')
    const server = await startServer(database)
    const line = await breakingLine(server.url)
    try {
      const env = { VOICEMODE_TELEMETRY_ENDPOINT: line.url }
      const broken = await run(home, ['send'], env)
      expect(broken.stdout.toString()).toMatch(/queued: connection failed/)
      expect(storedEvents(database)).toHaveLength(1)
      line.mend()
      expect((await run(home, ['send'], env)).code).toBe(0)
      expect(storedEvents(database)).toHaveLength(DAYS.length)
    } finally {
      line.close()
      await server.end()
    }
  })
})

test('the dashboard draws what was sent, and asks nobody but its own server', async () => {
  using home = await usedHome()
  const server = await startServer(join(home.path, 'server.db'))
  const browser = await openBrowser()
  try {
    await run(home, ['send'], { VOICEMODE_TELEMETRY_ENDPOINT: server.url })
    const page = await browser.newPage()
    const complaints: string[] = []
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on(
      'request',
      (request) => new URL(request.url()).origin !== server.url && complaints.push(request.url()),
    )
    await page.goto(server.url)
    await page.locator('main svg').nth(4).waitFor()
    expect(await page.locator('main').textContent()).toMatch(/sessions/i)
    expect(await page.getByRole('button', { name: 'Sign out' }).count()).toBe(0)
    const tables = await page.locator('main table').allTextContents()
    expect(tables.join(' ')).toMatch(/kokoro/)
    expect(tables.join(' ')).toMatch(/livekit/)
    expect(complaints).toEqual([])
  } finally {
    await browser.close()
    await server.end()
  }
})
