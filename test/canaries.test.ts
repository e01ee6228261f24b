import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createHost, TelemetryClient } from 'voicemode-telemetry'
import { eventOf } from '../packages/server/test/events.ts'
import { talkToAssistant } from './canaries/assistant.ts'
import { canary, unplanted } from './canaries/canary.ts'
import { Drive, type MayStand } from './canaries/drive.ts'
import { REFUSAL, TO_EVENTS, TO_EXPORT, TO_FORGET } from './canaries/line.ts'
import { Mutant } from './canaries/mutant.ts'
import { DAYS, Person } from './canaries/person.ts'
import { PLACE_NAMES } from './canaries/places.ts'
import { attack } from './canaries/stranger.ts'

const PACKAGES = fileURLToPath(new URL('../packages', import.meta.url))
const LAST_DAY = DAYS[2] ?? ''

/** Where the contract lets a canary be: on the person's own screen and disk, or with whoever sent it. */
const MAY_STAND: readonly MayStand[] = [
  // Why an event waits or was refused is kept and shown, whoever says it; an assistant is told what `status` tells.
  {
    place: /: the field$|: what was expected$|: a reason, (its type|what was expected)$/,
    sink: /^stdout of (history|status)$|^answers of the MCP server$|reason\.json$/,
  },
  {
    place: /telemetry_state\.json, the last failure$/,
    sink: /^stdout of status$|^answers of the MCP server$/,
  },
  // A file of the queue is moved as it is.
  { place: /: the queue, (an unknown key|no JSON)$/, sink: /^file event_\*\.json$/ },
  // Who signs in goes on at the page URL that they came from.
  { place: /in the query$/, sink: /^answer to GET \/(sign-in|signed-in)?, strange$/ },
  // JSON-RPC tells the assistant which of its own requests it can't answer.
  { place: /^MCP client: (an unknown tool|a resource)$/, sink: /^answers of the MCP server$/ },
  // Somebody else has written it there.
  { place: /^server: a stored (event|report) that cannot be read$/, sink: /^telemetry\.db/ },
]

/** Something must have been there to be searched. */
const NOT_EMPTY = [
  ...[
    'what the client sent',
    "the server's log",
    'telemetry.db-wal while the server runs',
    'telemetry.db after its end',
  ],
  ...[
    'telemetry.db.backup while the server runs',
    'file event_*.json',
    'file event_*.reason.json',
    'file telemetry_state.json',
  ],
  ...[
    'answers of the MCP server',
    'answer to GET /metrics',
    'answer to GET /healthz',
    'answer to GET /report',
    'stdout of export',
  ],
]

async function showEverything(drive: Drive): Promise<void> {
  await Promise.all(
    [
      ['preview', '--day', LAST_DAY],
      ['preview', '--json'],
      ['status'],
      ['status', '--json'],
      ['history'],
      ['history', '--json'],
    ].map((args) => drive.client(args)),
  )
}

/** Sends to a server that is not ours, which answers whatever it likes. */
async function meetHostileServer(drive: Drive): Promise<void> {
  // A send tries an event three times.
  drive.line.answerWith(...Object.values(TO_EVENTS))
  for (const args of [['send'], ['send']]) await drive.client(args)
  const refused = await drive.add(new Person())
  drive.line.answerWith(REFUSAL)
  await drive.client(['send'], {}, refused)
  await Promise.all([['history'], ['status']].map((args) => drive.client(args, {}, refused)))
  drive.line.answerWith(TO_EXPORT)
  await drive.client(['export'])
  drive.line.answerWith(TO_FORGET)
  await drive.client(['forget'])
}

/** Persons in whose homes something is not as we write it, or whose environment says no. */
async function readSpoiltFiles(drive: Drive): Promise<void> {
  const of = 'file that the client reads back:'
  const spoilt = [
    'telemetry_state.json, no JSON',
    'telemetry_consent.json, no JSON',
    'telemetry_id',
    'telemetry_secret, another line',
  ] as const
  await Promise.all(
    spoilt.map(async (place) => {
      const person = await drive.add(new Person())
      const [name = ''] = place.split(',')
      const before = place.endsWith('another line') ? readFileSync(join(person.base, name), 'utf8') : ''
      person.write(`.voicemode/${name}`, before + canary(`${of} ${place}`))
      await drive.client(['send'], {}, person)
    }),
  )
}

/** One whose proxy has a password, and whose environment says no afterwards. */
async function useEnvironment(drive: Drive): Promise<void> {
  const of = 'environment variable: HTTPS_PROXY'
  const HTTPS_PROXY = `http://${canary(`${of} user`)}:${canary(`${of} password`)}@127.0.0.1:9`
  const VOICEMODE_TELEMETRY_ENDPOINT = 'https://telemetry.invalid'
  const person = await drive.add(new Person(), VOICEMODE_TELEMETRY_ENDPOINT)
  await drive.client(['send', '--background'], { HTTPS_PROXY, VOICEMODE_TELEMETRY_ENDPOINT }, person)
  await drive.client(['status'], { HTTPS_PROXY, VOICEMODE_TELEMETRY_ENDPOINT }, person)
  await drive.client(['status'], { DO_NOT_TRACK: canary('environment variable: DO_NOT_TRACK') }, person)
}

async function useLibrary(drive: Drive): Promise<void> {
  const { home, project } = drive.person
  const host = createHost({
    env: drive.environment,
    homeDirectory: home,
    workingDirectory: project,
    isCI: false,
  })
  const event = await eventOf({ installation: 1 })
  const os_type = canary('library: a value of an event')
  for (const wrong of [
    { ...event, [canary('library: an unknown key of an event')]: 1 },
    { ...event, environment: { os_type } },
  ]) {
    const error = await new TelemetryClient(host).sendEvent(wrong as typeof event).catch((thrown) => thrown)
    drive.sinks.add('an error of the library', `${error.stack} ${JSON.stringify(error)}`)
  }
}

/** The commands of the server, with settings that are right and wrong. */
async function operate(drive: Drive): Promise<void> {
  const [user, password, name] = ['user', 'password', 'name'].map((part) =>
    canary(`server: ${part} in the database URL` as 'server: user in the database URL'),
  )
  const TELEMETRY_DATABASE = `postgres://${user}:${password}@127.0.0.1:9/${name}`
  const wrong = canary('server: a wrong setting')
  await Promise.all([
    drive.operate(['backup', `${drive.databasePath}.backup`]),
    drive.operate(['doctor', '--url', drive.serverUrl]),
    drive.operate(['report', 'list']),
    drive.failToStart({ TELEMETRY_DATABASE }),
    drive.operate(['doctor', '--json'], { TELEMETRY_DATABASE }),
    drive.operate(['move', '--from', `sqlite:${drive.databasePath}`], { TELEMETRY_DATABASE }),
    drive.operate(['--port', '0'], {
      TELEMETRY_RETENTION_DAYS: wrong,
      TELEMETRY_DATABASE: wrong,
      TELEMETRY_TRUSTED_PROXY: wrong,
    }),
  ])
}

test('no canary leaves, and none is anywhere else than where it was', async () => {
  await using drive = await Drive.begin(PACKAGES)
  await drive.startServer()
  await Promise.all([meetHostileServer(drive), attack(drive), useLibrary(drive), useEnvironment(drive)])
  drive.person.writeReadBack()
  await Promise.all([showEverything(drive), talkToAssistant(drive)])
  drive.line.leadTo(drive.serverUrl)
  await Promise.all([drive.client(['send']), readSpoiltFiles(drive)])
  drive.spoilDatabase()
  await Promise.all([drive.client(['export']), drive.readEverything(), operate(drive)])
  drive.readDatabase('while the server runs')
  await drive.client(['forget'])
  drive.readFiles()
  await Promise.all([drive.client(['disable']), drive.stopServer()])
  drive.readDatabase('after its end')
  expect(drive.sinks.leaks(MAY_STAND)).toEqual([])
  expect(unplanted()).toEqual([])
  expect(PLACE_NAMES.length).toBeGreaterThanOrEqual(100)
  expect(drive.sinks.names).toEqual(expect.arrayContaining(NOT_EMPTY))
})

test('a field of free text, and a log that names who asks, are found', async () => {
  using mutant = await Mutant.make()
  await using drive = await Drive.begin(mutant.packages)
  await drive.startServer()
  await Promise.all([drive.client(['preview', '--day', LAST_DAY]), drive.client(['send'])])
  const headers = {
    'content-type': 'application/json',
    'user-agent': canary('header of a request: User-Agent'),
  }
  await drive.ask('/v1/events', { method: 'POST', body: '{}', headers })
  drive.readDatabase('while the server runs')
  await drive.stopServer()
  drive.readFiles()
  const leaks = drive.sinks.leaks(MAY_STAND)
  const text = 'conversation log: text, as it is'
  expect(leaks).toEqual(
    expect.arrayContaining([
      `stdout of preview <- ${text}`,
      `what the client sent <- ${text}`,
      `file event_*.json <- ${text}`,
      `telemetry.db-wal while the server runs <- ${text}`,
      "the server's log <- header of a request: User-Agent, as it is",
    ]),
  )
})
