import { rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { MS_PER_DAY } from '@voicemode-telemetry/protocol'
import { expect, test } from 'vitest'
import { grantConsent } from '../src/consent/grant.ts'
import { listEvents } from '../src/queue/queue.ts'
import { run } from './commandLine.ts'
import { grantedHome, usedHome } from './homes.ts'
import { Home, USED_DAY } from './logs.ts'
import { answerWith, Receiver } from './receiver.ts'
import { inTerminal } from './terminal.ts'

async function statusOf(home: Home, env: Record<string, string> = {}) {
  const text = (await run(home, ['status'], env)).stdout.toString()
  const json = JSON.parse((await run(home, ['status', '--json'], env)).stdout.toString())
  return { text, json }
}

test('status says which days are due, and that nothing sends them by itself', async () => {
  using home = await grantedHome()
  const { text, json } = await statusOf(home, { VOICEMODE_TELEMETRY_ENDPOINT: 'http://127.0.0.1:2' })
  expect(json.due_days).toContain(USED_DAY)
  expect(text).toMatch(/^What sends +nothing yet; .*\nSend now .*\nSend every day .* send --background$/m)
  expect(json.last_background_send).toBeNull()
})

test('after a yes a person is told the same as by status', async () => {
  using home = new Home()
  const env = { VOICEMODE_TELEMETRY_ENDPOINT: 'http://127.0.0.1:2' }
  const session = inTerminal(home, ['enable'], { env })
  await session.sees('(details)')
  session.type('y\r')
  const told = (await session.ends()).screen.replace(/\s+/g, ' ')
  const { text } = await statusOf(home, env)
  const rows = text.matchAll(/^(Days to send|Next report|What sends|Send now|Send every day) +(.*)$/gm)
  const sentences = [...rows].map(([, name, row]) => `${name}: ${row}`)
  expect(sentences).toHaveLength(5)
  expect(told).toContain(`Thank you. ${sentences.join(' ')} To stop: voicemode-telemetry disable`)
})

test('after a yes preview and send say that what was before it does not count', async () => {
  using home = usedHome()
  const env = { VOICEMODE_TELEMETRY_ENDPOINT: 'http://127.0.0.1:2' }
  expect((await run(home, ['preview', '--day', USED_DAY], env)).stderr).toContain('This is an example')
  await grantConsent(home.host(), 'command')
  const preview = await run(home, ['preview', '--day', USED_DAY], env)
  expect([preview.stdout.length, preview.stderr]).toEqual([
    0,
    expect.stringMatching(`^Nothing is sent for ${USED_DAY}: only what happened after your yes`),
  ])
  expect((await run(home, ['send'], env)).stdout.toString()).toMatch(
    /if VoiceMode was used on it after your yes/,
  )
})

test('status says why an event waits and when it is deleted unsent, and its day is no longer due', async () => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  receiver.answer = answerWith(429, { 'retry-after': '3600' })
  const env = { VOICEMODE_TELEMETRY_ENDPOINT: receiver.url }
  await run(home, ['send'], env)
  const { text, json } = await statusOf(home, env)
  const [file] = listEvents(home.host(), 'queue')
  const dropped_after = new Date((file?.at ?? 0) + 7 * MS_PER_DAY).toISOString()
  expect(json.waiting[0]).toMatchObject({ dropped_after })
  expect(json.due_days).not.toContain(json.waiting[0].day)
  expect(text).toContain(`the oldest after ${dropped_after}`)
  expect(text).toMatch(/^Why +the server asked to wait until /m)
  expect(text.includes(home.path)).toBe(false)
  home.write('.voicemode/telemetry_state.json', '{"lastFailure":{"at":"x","why":"y"}}')
  expect((await statusOf(home, env)).json.last_failure).toBeNull()
})

test('without an endpoint status says that this is why events wait', async () => {
  using home = await grantedHome()
  await run(home, ['send'], { VOICEMODE_TELEMETRY_ENDPOINT: 'http://127.0.0.1:2' })
  expect((await statusOf(home)).text).toMatch(/^Why +VOICEMODE_TELEMETRY_ENDPOINT is not set/m)
})

test('logs that cannot be read are not taken for logs that are not there', async () => {
  using home = new Home()
  const folder = join(home.base, 'logs/conversations')
  const name = `exchanges_${USED_DAY}.jsonl`
  expect((await statusOf(home)).text).toMatch(/^Reads +~\S*conversations: no such folder$/m)
  home.write(`.voicemode/logs/conversations/${name}`, '')
  expect((await statusOf(home)).text).toMatch(/^Reads +~\S*conversations: 1 log$/m)
  // A link to itself can be read by nobody, not even by the superuser.
  rmSync(join(folder, name))
  symlinkSync(name, join(folder, name))
  expect((await statusOf(home)).text).toMatch(/conversations: 1 log, of which 1 can't be read$/m)
  const preview = await run(home, ['preview', '--day', USED_DAY])
  expect([preview.code, preview.stderr]).toEqual([
    0,
    `Some of VoiceMode's logs around ${USED_DAY} can't be read, so nothing is sent for that day until they can. To see which: voicemode-telemetry status\n`,
  ])
  rmSync(folder, { recursive: true })
  symlinkSync('conversations', folder)
  expect((await statusOf(home)).text).toMatch(/conversations: can't be read$/m)
  expect((await run(home, ['preview', '--day', USED_DAY])).stderr).toContain("can't be read")
})
