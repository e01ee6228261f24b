import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { VERSION } from '../packages/client/src/version.ts'
import { run } from '../packages/client/test/commandLine.ts'
import { Home } from '../packages/client/test/logs.ts'
import { startServer } from '../packages/server/test/serverProcess.ts'

test('a test event arrives without a yes, leaves nothing on the machine, and is no event of the server', async () => {
  using home = new Home()
  const server = await startServer(join(home.path, 'server.db'))
  try {
    const env = { VOICEMODE_TELEMETRY_ENDPOINT: server.url }
    const { code, stdout } = await run(home, ['send', '--test'], env)
    expect(stdout.toString()).toContain(`A test event has arrived at ${server.url}.`)
    expect(code).toBe(0)
    expect(await (await fetch(`${server.url}/v1/events/test`)).json()).toMatchObject({
      last: { version: VERSION },
    })
    const charts = await fetch(`${server.url}/v1/charts/daily`)
    expect(await charts.json()).toMatchObject({ counts: [] })
    expect(existsSync(home.base)).toBe(false)
  } finally {
    await server.end()
  }
})

test('a test event that is not sent or does not arrive says why', async () => {
  using home = new Home()
  const send = async (env: Record<string, string>) => {
    const { code, stdout } = await run(home, ['send', '--test', '--json'], env)
    return { code, report: JSON.parse(stdout.toString()) }
  }
  expect(await send({})).toMatchObject({ code: 1, report: { outcome: 'withheld', why: 'no endpoint' } })
  const nowhere = { VOICEMODE_TELEMETRY_ENDPOINT: 'http://127.0.0.1:2' }
  expect(await send({ ...nowhere, DO_NOT_TRACK: '1' })).toMatchObject({
    code: 1,
    report: { outcome: 'withheld', why: 'no consent' },
  })
  expect(await send(nowhere)).toMatchObject({
    code: 1,
    report: { outcome: 'failed', why: expect.stringMatching('^refused: ') },
  })
})
