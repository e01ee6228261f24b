import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { addDays } from '@voicemode-telemetry/protocol'
import { describe, expect, test } from 'vitest'
import { recordingTerminal } from '../../command-line/test/recordingTerminal.ts'
import { runCommandLine } from '../src/cli/cli.ts'
import { TelemetryCollector } from '../src/collector.ts'
import type { Decision, Receipt } from '../src/consent/consent.ts'
import { noteEnvironmentNo } from '../src/consent/environmentNo.ts'
import { grantConsent } from '../src/consent/grant.ts'
import { readDecision, readIdentity, readReceipt, readTelemetryId } from '../src/consent/record.ts'
import type { Env, Host } from '../src/host.ts'
import { enqueue } from '../src/queue/queue.ts'
import { withdrawConsent } from '../src/rights/withdraw.ts'
import { sendDue } from '../src/send/send.ts'
import { LONG_AGO, useOn } from './homes.ts'
import { ENVIRONMENT, exchangeLine, Home, USED_DAY } from './logs.ts'
import { answerWith, Receiver, takeIt } from './receiver.ts'

/**
 * Every surface a decision can come from, with every command, with and without a person at a terminal who types yes: what
 * holds, which layer is named, how the command ends, and how many connections reach a real socket.
 */

interface Surface {
  env?: Env
  projectFile?: string
  userFile?: string
  isCI?: boolean
  /** The record of an earlier answer: none, a person's yes or no, a yes to a notice that listed less, one of the environment. */
  receipt: 'none' | 'granted' | 'narrower' | 'denied' | 'environment'
  /** Whether the no of some other process's environment is remembered. */
  remembersNo?: boolean
  state: Decision['state']
  layer: Decision['decidedBy']
}

const YES = 'VOICEMODE_TELEMETRY=true\n'
const NO = 'VOICEMODE_TELEMETRY=false\n'
/** An endpoint at which nothing listens. */
const NOWHERE = { VOICEMODE_TELEMETRY_ENDPOINT: 'http://127.0.0.1:9' }
const YES_IN_ENV = { VOICEMODE_TELEMETRY: 'true' }

const SURFACES: Record<string, Surface> = {
  'nothing at all': { receipt: 'none', state: 'unset', layer: 'no answer' },
  'a receipt and no setting': { receipt: 'granted', state: 'unset', layer: 'removed setting' },
  'a no on the receipt and no setting': { receipt: 'denied', state: 'unset', layer: 'earlier no' },
  'ask in the file': {
    userFile: 'VOICEMODE_TELEMETRY=ask\n',
    receipt: 'none',
    state: 'unset',
    layer: 'no answer',
  },
  'an unknown word': {
    env: { VOICEMODE_TELEMETRY: 'perhaps' },
    receipt: 'none',
    state: 'unset',
    layer: 'no answer',
  },
  'a yes in the file and a receipt': {
    userFile: YES,
    receipt: 'granted',
    state: 'granted',
    layer: 'user file',
  },
  'a yes in the file, no receipt': {
    userFile: YES,
    receipt: 'none',
    state: 'unset',
    layer: 'unconfirmed setting',
  },
  'a yes in the file and in the environment, no receipt': {
    env: YES_IN_ENV,
    userFile: YES,
    receipt: 'none',
    state: 'unset',
    layer: 'unconfirmed setting',
  },
  'a yes in the file, a receipt of the environment': {
    userFile: YES,
    receipt: 'environment',
    state: 'unset',
    layer: 'unconfirmed setting',
  },
  'a yes in the environment': {
    env: YES_IN_ENV,
    receipt: 'environment',
    state: 'granted',
    layer: 'environment',
  },
  'a yes in the environment, no receipt yet': {
    env: YES_IN_ENV,
    receipt: 'none',
    state: 'granted',
    layer: 'environment',
  },
  'a yes in the environment and the project': {
    env: YES_IN_ENV,
    projectFile: YES,
    receipt: 'none',
    state: 'unset',
    layer: 'no answer',
  },
  'a yes in the project only': { projectFile: YES, receipt: 'none', state: 'unset', layer: 'no answer' },
  'a yes to a narrower notice': { userFile: YES, receipt: 'narrower', state: 'unset', layer: 'wider notice' },
  DO_NOT_TRACK: {
    env: { DO_NOT_TRACK: '1' },
    userFile: YES,
    receipt: 'granted',
    state: 'denied',
    layer: 'DO_NOT_TRACK',
  },
  'a no in the environment': {
    env: { VOICEMODE_TELEMETRY: 'off' },
    userFile: YES,
    receipt: 'granted',
    state: 'denied',
    layer: 'environment',
  },
  'a no in the project': {
    projectFile: NO,
    userFile: YES,
    receipt: 'granted',
    state: 'denied',
    layer: 'project file',
  },
  'a no in the file': { userFile: NO, receipt: 'denied', state: 'denied', layer: 'user file' },
  'a no behind export in the file': {
    userFile: `${YES}export ${NO}`,
    receipt: 'granted',
    state: 'denied',
    layer: 'user file',
  },
  'a remembered no': {
    remembersNo: true,
    userFile: YES,
    receipt: 'granted',
    state: 'denied',
    layer: 'remembered no',
  },
  'a CI machine': { isCI: true, userFile: YES, receipt: 'granted', state: 'denied', layer: 'CI' },
}

type Expected = {
  /** The exit code. */
  code: number
  /** Requests that reach the server. */
  requests: number
  /** The state afterwards. Default: as before. */
  after?: Decision['state']
  /** What it prints. Default: anything. */
  prints?: RegExp
  /** What the command deletes. Default: anything. */
  deletes?: readonly string[]
  /** What the receipt says afterwards. Default: anything. */
  receipt?: Partial<Receipt>
}

interface Situation extends Surface {
  interactive: boolean
  hasSecret: boolean
}

/** Layers that stand above a yes in the user's file. */
const ABOVE: Decision['decidedBy'][] = ['DO_NOT_TRACK', 'environment', 'project file', 'CI']

const afterYes = ({ state, layer }: Situation): Decision['state'] =>
  state === 'denied' && ABOVE.includes(layer) ? 'denied' : 'granted'

const NO_GIVEN: Partial<Expected> = {
  after: 'denied',
  deletes: ['telemetry_id', 'telemetry_secret', 'telemetry_queue'],
  receipt: { decision: 'denied', channel: 'command' },
}

/** The export of the receiver is no list of events, so it always fails once it was asked. */
const COMMANDS: Record<string, (situation: Situation) => Expected> = {
  status: ({ state }) => ({
    code: 0,
    requests: 0,
    prints: state === 'granted' ? /^Telemetry +on: / : /^Telemetry +off: /,
  }),
  preview: () => ({ code: 0, requests: 0 }),
  notice: () => ({ code: 0, requests: 0 }),
  history: () => ({ code: 0, requests: 0 }),
  'send --background': () => ({ code: 0, requests: 0 }),
  send: ({ state, receipt }) => ({ code: 0, requests: state !== 'granted' ? 0 : receipt === 'none' ? 0 : 2 }),
  ask: (situation) => {
    const asks = situation.interactive && situation.state === 'unset' && situation.receipt !== 'denied'
    return { code: 0, requests: 0, ...(asks && { after: 'granted' }) }
  },
  enable: (situation) =>
    situation.interactive ? { code: 0, requests: 0, after: afterYes(situation) } : { code: 1, requests: 0 },
  'disable --keep': () => ({ code: 0, requests: 0, ...NO_GIVEN }),
  'disable --forget': ({ hasSecret }) => ({
    code: hasSecret ? 0 : 1,
    requests: hasSecret ? 1 : 0,
    ...NO_GIVEN,
  }),
  forget: ({ hasSecret }) => ({ code: hasSecret ? 0 : 1, requests: hasSecret ? 1 : 0 }),
  export: ({ hasSecret }) => ({ code: 1, requests: hasSecret ? 1 : 0 }),
  'reset-id --keep': ({ hasSecret, state }) => ({
    code: hasSecret && state === 'granted' ? 0 : 1,
    requests: 0,
  }),
}

describe.each(Object.entries(SURFACES))('with %s', (_, surface) => {
  describe.each([true, false])('a person at a terminal: %s', (interactive) => {
    test.each(Object.entries(COMMANDS))('%s', async (command, expectedOf) => {
      using home = new Home()
      await using receiver = await Receiver.start()
      receiver.answer = (response, body, nth, request) =>
        request.url === '/v1/events'
          ? takeIt(response, body, nth, request)
          : answerWith(
              200,
              { 'content-type': 'application/json' },
              JSON.stringify({ status: 'ok', telemetry_id: before }),
            )(response, body, nth, request)
      const host = await hostWith(home, surface, receiver.url)
      const before = readTelemetryId(host)
      const started: string[][] = []
      const watched: Host = { ...host, startDetached: (args) => started.push(args) > 0 }
      const terminal = recordingTerminal({ isInteractive: interactive, ask: async () => 'y' })
      expect(readDecision(host)).toMatchObject({ state: surface.state, decidedBy: surface.layer })

      const hasSecret = readIdentity(host) !== undefined
      const expected = expectedOf({ ...surface, interactive, hasSecret })
      const code = await runCommandLine(command.split(' '), watched, terminal)

      expect({ code, requests: receiver.bodies.length }).toEqual({
        code: expected.code,
        requests: expected.requests,
      })
      expect(receiver.connections > 0).toBe(expected.requests > 0)
      expect(readDecision(host).state).toBe(expected.after ?? surface.state)
      expect(started).toEqual(
        command === 'send --background' && surface.state === 'granted' ? [['send', '--detached']] : [],
      )
      expect(terminal.written.out).toMatch(expected.prints ?? '')
      const { deletes = [] } = expected
      expect(deletes.filter((name) => existsSync(join(home.base, name)))).toEqual([])
      expect(readReceipt(host) ?? {}).toMatchObject(expected.receipt ?? {})
      // Without a yes no id is drawn, whatever the command.
      if (readDecision(host).state !== 'granted') expect([before, undefined]).toContain(readTelemetryId(host))
    })
  })
})

/** A home with use on one day and an event in the queue, and what the surface says. */
async function hostWith(home: Home, surface: Surface, url: string): Promise<Host> {
  const project = join(home.path, 'project')
  home.write('project/src/.keep', '')
  useOn(home, [USED_DAY])
  if (surface.receipt !== 'none') await recordEarlierYes(home, surface.receipt)
  home.write('.voicemode/voicemode.env', surface.userFile ?? '')
  if (surface.remembersNo) noteEnvironmentNo(home.host({ env: { DO_NOT_TRACK: '1' } }))
  if (surface.projectFile) home.write('project/.voicemode.env', surface.projectFile)
  return home.host({
    env: { VOICEMODE_TELEMETRY_ENDPOINT: url, ...surface.env },
    workingDirectory: join(project, 'src'),
    isCI: surface.isCI ?? false,
  })
}

async function recordEarlierYes(home: Home, receipt: Exclude<Surface['receipt'], 'none'>): Promise<void> {
  if (receipt === 'environment')
    await sendDue(home.host({ env: { ...YES_IN_ENV, ...NOWHERE }, now: () => LONG_AGO }), {
      environment: ENVIRONMENT,
    })
  else await grantConsent(home.host({ now: () => LONG_AGO }), 'command')
  const day = addDays(USED_DAY, -1)
  home.write(
    `.voicemode/logs/conversations/exchanges_${day}.jsonl`,
    `${exchangeLine({ at: `${day}T10:00:00Z`, id: 'conv_b' })}\n`,
  )
  const host = home.host({ env: receipt === 'environment' ? YES_IN_ENV : {} })
  const event = await new TelemetryCollector(host).collectTelemetryEvent(day)
  if (event) enqueue(host, event)
  const path = join(home.base, 'telemetry_consent.json')
  const whole = JSON.parse(readFileSync(path, 'utf8'))
  if (receipt === 'narrower') writeFileSync(path, JSON.stringify({ ...whole, fields: whole.fields.slice(1) }))
  if (receipt === 'denied') await withdrawConsent(home.host(), 'command')
}
