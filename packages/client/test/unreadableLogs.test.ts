import { execFileSync } from 'node:child_process'
import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { addDays } from '@voicemode-telemetry/protocol'
import { expect, test } from 'vitest'
import { readStatus } from '../src/show/status.ts'
import { grantedHome } from './homes.ts'
import { USED_DAY } from './logs.ts'
import { Receiver } from './receiver.ts'
import { hostOf, outcomes, send } from './sending.ts'

/** A link to itself can be read by nobody, not even by the superuser. */
function makeUnreadable(path: string): void {
  rmSync(path, { recursive: true, force: true })
  symlinkSync(path, path)
}

/** What may stand in a log's place, and would take forever to be read or looks like nothing. */
const NO_FILES = [
  function folder(path: string) {
    mkdirSync(path)
  },
  function pipe(path: string) {
    execFileSync('mkfifo', [path])
  },
  function linkToSomethingEndless(path: string) {
    symlinkSync('/dev/zero', path)
  },
  function linkThatLeadsNowhere(path: string) {
    symlinkSync('not mounted', path)
  },
]

test('a day of which some logs cannot be read is not reported until they can, and other days are', async () => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  const host = hostOf(home, receiver.url)
  const earlier = addDays(USED_DAY, -3)
  const conversations = join(home.base, 'logs/conversations')
  const line = (day: string) =>
    JSON.stringify({ timestamp: `${day}T10:00:00+00:00`, conversation_id: 'a', type: 'tts' })
  home.write(`.voicemode/logs/conversations/exchanges_${earlier}.jsonl`, `${line(earlier)}\n`)
  const ended = { tool_name: 'converse', success: true }
  const events = ['TOOL_REQUEST_START', 'TOOL_REQUEST_END'].map((event_type, second) =>
    JSON.stringify({
      timestamp: `${USED_DAY}T10:00:0${second}+00:00`,
      event_type,
      session_id: 's',
      data: ended,
    }),
  )
  home.write(`.voicemode/logs/events/voicemode_events_${USED_DAY}.jsonl`, `${events.join('\n')}\n`)
  const log = join(conversations, `exchanges_${USED_DAY}.jsonl`)
  renameSync(log, `${log}.kept`)
  makeUnreadable(log)

  const report = await send(host)
  expect([outcomes(report), report]).toMatchObject([['sent'], { unreadable: true }])
  expect(JSON.parse(receiver.bodies[0]?.toString() ?? '').timestamp).toContain(earlier)

  for (const make of NO_FILES) {
    rmSync(log, { recursive: true })
    make(log)
    expect(await send(host), make.name).toMatchObject({ events: [], unreadable: true })
    expect(readStatus(host).log_folders[0], make.name).toMatchObject({ files: 2, unreadable_files: 1 })
  }
  rmSync(log)
  renameSync(conversations, `${conversations}.kept`)
  symlinkSync('not mounted', conversations)
  expect(await send(host)).toMatchObject({ events: [], unreadable: true })
  expect(readStatus(host).log_folders[0]).toMatchObject({ found: 'unreadable' })

  rmSync(conversations)
  renameSync(`${conversations}.kept`, conversations)
  symlinkSync(`${log}.kept`, log)
  expect(outcomes(await send(host))).toEqual(['sent'])
  const { usage } = JSON.parse(receiver.bodies[1]?.toString() ?? '')
  expect(usage).toMatchObject({ total_sessions: expect.any(Number), total_operations: 1 })
  expect(usage.total_sessions).toBeGreaterThan(0)
})

test('settings that cannot even be looked at say no', async () => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  makeUnreadable(join(home.base, 'telemetry_state.json'))
  expect(outcomes(await send(hostOf(home, receiver.url)))).toEqual(['no consent'])
  expect(receiver.bodies).toEqual([])
})
