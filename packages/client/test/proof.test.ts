import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { recordingTerminal } from '../../command-line/test/recordingTerminal.ts'
import { runCommandLine } from '../src/cli/cli.ts'
import { run } from './commandLine.ts'
import { grantedHome, usedHome } from './homes.ts'
import type { Home } from './logs.ts'
import { Receiver } from './receiver.ts'

const WATCH = new URL('../src/watched/watch.ts', import.meta.url).href
const NOTHING = { sockets: 0, lookups: 0, processes: 0 }
const ONE_OF_EACH = { sockets: 1, lookups: 1, processes: 1 }

async function prove(home: Home, env: Record<string, string>) {
  const { code, stdout, stderr } = await run(home, ['status', '--prove', '--json'], env)
  return { code, stderr, proof: JSON.parse(stdout.toString()) }
}

test.each([
  ['no answer', usedHome, {}],
  ['a no over a yes', grantedHome, { DO_NOT_TRACK: '1' }],
])('with %s neither the library nor a command opens anything', async (_, makeHome, no) => {
  using home = await makeHome()
  await using receiver = await Receiver.start()
  const env = { VOICEMODE_TELEMETRY_ENDPOINT: receiver.url, ...no }
  const { code, stderr, proof } = await prove(home, env)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(proof).toMatchObject({ outcome: 'nothing seen', control: { seen: ONE_OF_EACH } })
  for (const { ran, seen } of proof.runs) expect({ ran, seen }).toEqual({ ran, seen: NOTHING })
  expect(proof.runs.map(({ ran }: { ran: string }) => ran)).toContain('voicemode-telemetry send --background')
  expect(receiver.connections).toBe(0)
})

test.each([
  ['Something was opened without your yes', { control: ONE_OF_EACH, library: { ...NOTHING, lookups: 1 } }],
  ['This proves nothing', { control: ONE_OF_EACH, library: null }],
  ['This proves nothing', { control: { ...ONE_OF_EACH, sockets: 0 }, library: NOTHING }],
])('%s: so it says of %j, and fails', async (verdict, sightings) => {
  using home = usedHome()
  const terminal = recordingTerminal()
  const seen = { main: NOTHING, ...sightings }
  const host = { ...home.host(), runWatched: async (program: keyof typeof seen) => seen[program] }
  expect(await runCommandLine(['status', '--prove'], host, terminal)).toBe(1)
  expect(terminal.written.out).toContain(verdict)
})

test('with a yes the same watch sees the send and its process, and there is nothing to prove', async () => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  const env = { ...process.env, CI: undefined, HOME: home.path, USERPROFILE: home.path }
  const host = home.host({ env: { ...env, VOICEMODE_TELEMETRY_ENDPOINT: receiver.url } })
  const proof = await prove(home, { VOICEMODE_TELEMETRY_ENDPOINT: receiver.url })
  expect(proof).toMatchObject({ code: 1, proof: { outcome: 'telemetry is on', runs: [] } })
  expect(receiver.connections).toBe(0)

  const arrived = receiver.nextRequest()
  expect(await host.runWatched('main', ['send', '--background'])).toEqual({ ...NOTHING, processes: 1 })
  await arrived
  expect(await host.runWatched('main', ['send', '--test'])).toEqual({ ...NOTHING, sockets: 1 })
})

test('the watch sees every way to open something', () => {
  const program = `
    const { spawnSync } = require('node:child_process')
    spawnSync(process.execPath, ['--version'])
    require('node:child_process').fork('data:,', { stdio: 'ignore' }).on('error', () => {})
    new (require('node:worker_threads').Worker)('', { eval: true })
    require('node:dgram').createSocket('udp4').close()
    const server = require('node:net').createServer((socket) => socket.destroy())
    server.listen(0, '127.0.0.1', () => {
      fetch('http://localhost:' + server.address().port).catch(() => {}).then(() => server.close())
    })`
  const { output, status } = spawnSync(process.execPath, ['--import', WATCH, '--eval', program], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    encoding: 'utf8',
  })
  expect(status).toBe(0)
  const seen = JSON.parse(output[3] ?? '')
  expect(seen).toMatchObject({ lookups: 1, processes: 3 })
  expect(seen.sockets).toBeGreaterThanOrEqual(3)
})
