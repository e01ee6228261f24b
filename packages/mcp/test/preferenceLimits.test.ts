import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client, type ElicitResult } from '@modelcontextprotocol/client'
import { InMemoryTransport } from '@modelcontextprotocol/server'
import { describe, expect, test } from 'vitest'
import { grantConsent, withdrawConsent } from 'voicemode-telemetry'
import { Home } from '../../client/test/logs.ts'
import { createServer } from '../src/server.ts'
import { Assistant, READING } from './assistant.ts'

const RECEIPT = 'telemetry_consent.json'

const yes = (): ElicitResult => ({ action: 'accept', content: { send: 'yes' } })

/** Somebody reads, and what is due every few seconds is due at once. */
const HASTE = [
  ...READING,
  '--import',
  `data:text/javascript,${encodeURIComponent('const { setInterval: start } = globalThis; globalThis.setInterval = (run) => start(run, 1)')}`,
]

function receiptOf(home: Home): Record<string, unknown> | undefined {
  const path = join(home.base, RECEIPT)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>) : undefined
}

/** A home in which telemetry is on, with an event in the queue. */
async function homeWithYes(): Promise<Home> {
  const home = new Home()
  await grantConsent(home.host(), 'command')
  home.write('.voicemode/telemetry_queue/event_0123456789abcdef.json', '{}')
  return home
}

test('after a no the person can still be asked, and change it', async () => {
  using home = new Home()
  await withdrawConsent(home.host(), 'prompt')
  await using assistant = await Assistant.start(home, { answer: yes })
  expect((await assistant.enable()).structured).toMatchObject({ outcome: 'yes recorded', state: 'granted' })
})

test.each<[string, string, Record<string, string>]>([
  ['DO_NOT_TRACK', 'DO_NOT_TRACK', { DO_NOT_TRACK: '1' }],
  ['the environment', 'VOICEMODE_TELEMETRY in the environment', { VOICEMODE_TELEMETRY: 'off' }],
  ['a CI machine', 'CI machine', { CI: 'true' }],
])('nobody is asked while a no of %s stands, and the answer names it', async (_, named, env) => {
  using home = new Home()
  await using assistant = await Assistant.start(home, { answer: yes, env })
  const told = await assistant.enable()
  expect(told.structured).toMatchObject({ outcome: 'nothing changed' })
  expect(told.text).toContain(named)
  expect(assistant.forms).toEqual([])
  expect(receiptOf(home)).toBeUndefined()
  expect((await assistant.disable()).structured).toMatchObject({ outcome: 'no recorded', state: 'denied' })
})

test('a remembered no of another environment is ended at a terminal, not in a form', async () => {
  using home = await homeWithYes()
  {
    await using shell = await Assistant.start(home, { env: { DO_NOT_TRACK: '1' } })
    expect((await shell.call('telemetry_check_status')).structured).toMatchObject({ state: 'denied' })
  }
  await using assistant = await Assistant.start(home, { answer: yes })
  const told = await assistant.enable()
  expect(told.structured).toMatchObject({ outcome: 'nothing changed', decided_by: 'remembered no' })
  expect(told.text).toContain('voicemode-telemetry enable, in a terminal where DO_NOT_TRACK is not set')
  expect(assistant.forms).toEqual([])
})

test('on a CI machine nobody is asked after a no either', async () => {
  using home = new Home()
  await withdrawConsent(home.host(), 'prompt')
  await using assistant = await Assistant.start(home, { answer: yes, env: { CI: 'true' } })
  expect((await assistant.enable()).text).toContain('CI machine')
  expect(assistant.forms).toEqual([])
})

test('a wider notice asks again and shows what is new', async () => {
  using home = await homeWithYes()
  const receipt = receiptOf(home) as { fields: string[] }
  const fields = receipt.fields.filter((term) => term !== 'environment.mcp_host=zed')
  writeFileSync(join(home.base, RECEIPT), JSON.stringify({ ...receipt, fields }))
  await using assistant = await Assistant.start(home, { answer: yes })
  expect(await assistant.read('voicemode://telemetry/opt-in-prompt')).toContain('+ Assistant: the word "zed"')
  expect((await assistant.enable()).structured).toMatchObject({ outcome: 'yes recorded' })
  expect(assistant.forms[0]?.message).toContain('New since your yes: Assistant: the word "zed"')
})

test('where a form has no room for what is new, the person is told the command', async () => {
  using home = await homeWithYes()
  const receipt = receiptOf(home) as { fields: string[] }
  const fields = receipt.fields.filter((term) => !term.startsWith('environment.'))
  writeFileSync(join(home.base, RECEIPT), JSON.stringify({ ...receipt, fields }))
  await using assistant = await Assistant.start(home, { answer: yes })
  expect((await assistant.enable()).structured).toMatchObject({
    outcome: 'nothing changed',
    command: 'voicemode-telemetry enable',
  })
  expect(assistant.forms).toEqual([])
})

test('a home that can’t be written records nothing, and says so without a path', async () => {
  using home = new Home()
  home.write('.voicemode', 'a file where the folder should be')
  await using assistant = await Assistant.start(home, { answer: yes })
  for (const told of [await assistant.enable(), await assistant.disable()]) {
    expect(told.isError).toBe(true)
    expect(told.text).toMatch(/failed/i)
    expect(told.text).not.toContain(home.path)
  }
  expect((await assistant.call('telemetry_check_status')).structured).toMatchObject({ state: 'unset' })
})

test('a no of the project stands above a yes, and nobody is asked', async () => {
  using home = new Home()
  using project = new Home()
  project.write('.voicemode.env', 'VOICEMODE_TELEMETRY=false\n')
  await using assistant = await Assistant.start(home, { answer: yes, workingDirectory: project.path })
  expect((await assistant.enable()).text).toContain("this project's .voicemode.env")
  expect(assistant.forms).toEqual([])
})

describe('an answer that nobody was asked for', () => {
  const consent = { action: 'accept', content: { send: 'yes' } }

  test('does not count: the person is asked first', async () => {
    using home = new Home()
    await using assistant = await Assistant.start(home, {
      protocol: '2026-07-28',
      answer: () => ({ action: 'cancel' }),
    })
    for (const requestState of [undefined, '', 'guessed']) {
      await assistant.client.callTool({
        name: 'telemetry_set_preference',
        arguments: { enabled: true },
        inputResponses: { consent },
        ...(requestState !== undefined && { requestState }),
      } as never)
      expect(receiptOf(home)).toBeUndefined()
    }
    expect(assistant.forms).toHaveLength(3)
  })

  test('does not count a second time, after a no', async () => {
    using home = new Home()
    await using assistant = await Assistant.start(home, { protocol: '2026-07-28', answer: yes })
    const ask = (more: object) =>
      assistant.client.callTool(
        { name: 'telemetry_set_preference', arguments: { enabled: true }, ...more } as never,
        { allowInputRequired: true } as never,
      ) as Promise<unknown> as Promise<{ resultType?: string; requestState?: string }>
    const { requestState } = await ask({})
    expect(requestState).toBeTypeOf('string')
    await assistant.disable()
    for (const name of [requestState, requestState, 'of an earlier process']) {
      const late = await ask({ requestState: name, inputResponses: { consent } })
      expect(late.requestState).toBeUndefined()
      expect(receiptOf(home)).toMatchObject({ decision: 'denied' })
    }
  })

  test('counts if it is a no, also to a question of another process', async () => {
    using home = await homeWithYes()
    await using assistant = await Assistant.start(home, { protocol: '2026-07-28', answer: yes })
    await assistant.client.callTool({
      name: 'telemetry_set_preference',
      arguments: { enabled: true },
      inputResponses: { consent: { action: 'accept', content: { send: 'no' } } },
      requestState: 'of an earlier process',
    } as never)
    expect(receiptOf(home)).toMatchObject({ decision: 'denied', channel: 'mcp' })
    expect(assistant.forms).toEqual([])
  })
})

test('a question that nobody answers is taken back, and nothing is recorded', async () => {
  using home = new Home()
  const [ours, theirs] = InMemoryTransport.createLinkedPair()
  const server = createServer(home.host(), 50)
  await server.connect(theirs)
  const client = new Client({ name: 'test', version: '1' }, { capabilities: { elicitation: {} } })
  client.setRequestHandler('elicitation/create', () => new Promise<ElicitResult>(() => {}))
  await client.connect(ours as never)
  const told = await client.callTool({ name: 'telemetry_set_preference', arguments: { enabled: true } })
  expect(told.isError).toBe(true)
  expect(receiptOf(home)).toBeUndefined()
  await client.close()
})

test('a yes to a question that the host has taken back is not recorded', async () => {
  using home = new Home()
  const taken = new AbortController()
  let answered = () => {}
  const answer = new Promise<void>((resolve) => {
    answered = resolve
  })
  await using assistant = await Assistant.start(home, {
    answer: async () => {
      taken.abort()
      await answer
      return yes()
    },
  })
  await expect(
    assistant.client.callTool(
      { name: 'telemetry_set_preference', arguments: { enabled: true } },
      { signal: taken.signal },
    ),
  ).rejects.toThrow()
  answered()
  const told = await assistant.call('telemetry_check_status')
  expect(told.structured).toMatchObject({
    state: 'unset',
    open_question: expect.stringMatching(
      /no answer yet.*voicemode-telemetry enable.*voicemode-telemetry disable$/,
    ),
  })
  expect(told.text).toContain('A question to the person has no answer yet')
  expect(receiptOf(home)).toBeUndefined()
  await withdrawConsent(home.host(), 'command')
  expect((await assistant.call('telemetry_check_status')).text).not.toContain('has no answer yet')
})

test('after any answer no question is told to be open', async () => {
  using home = new Home()
  const answers: ElicitResult[] = [
    { action: 'decline' },
    { action: 'accept', content: { send: 'later' } },
    { action: 'accept', content: { send: 'no' } },
  ]
  await using assistant = await Assistant.start(home, {
    answer: () => answers.shift() ?? { action: 'cancel' },
  })
  while (answers.length > 0) {
    await assistant.enable()
    expect((await assistant.call('telemetry_check_status')).structured).not.toHaveProperty('open_question')
  }
})

test('while the person reads, the assistant gets the signs of progress that it asked for', async () => {
  using home = new Home()
  await using assistant = await Assistant.start(home, {
    nodeArgs: HASTE,
    answer: async () => {
      await signs.promise
      return yes()
    },
  })
  const signs = Promise.withResolvers<void>()
  const call = { name: 'telemetry_set_preference', arguments: { enabled: true } }
  const onprogress = ({ progress }: { progress: number }) => {
    if (progress === 3) signs.resolve()
  }
  expect((await assistant.client.callTool(call, { onprogress })).structuredContent).toMatchObject({
    outcome: 'yes recorded',
  })
})

test('a home that is missing is made by a yes, and not before', async () => {
  using parent = new Home()
  const path = join(parent.path, 'missing')
  await using assistant = await Assistant.start({ path }, { answer: yes })
  expect((await assistant.call('telemetry_check_status')).structured).toMatchObject({ state: 'unset' })
  expect(existsSync(path)).toBe(false)
  mkdirSync(path)
  expect((await assistant.enable()).structured).toMatchObject({ outcome: 'yes recorded' })
})
