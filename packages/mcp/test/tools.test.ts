import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { environmentInfo, grantConsent, previewDay, readStatus, withdrawConsent } from 'voicemode-telemetry'
import { DAY, exchangeLine, Home } from '../../client/test/logs.ts'
import { answerWith, Receiver } from '../../client/test/receiver.ts'
import { Assistant, PROTOCOLS } from './assistant.ts'

const STATUS = 'voicemode://telemetry/status'
const OPT_IN_PROMPT = 'voicemode://telemetry/opt-in-prompt'
const PRIVATE = ['said in private', 'secret-project', '/home/ann', 'sk-12345']

function homeWithLogs(day = DAY): Home {
  const home = new Home()
  const lines = ['10:00:00', '10:00:20'].map((time) =>
    exchangeLine({
      at: `${day}T${time}Z`,
      metadata: { provider: 'openai', error: 'APIError: sk-12345 in /home/ann', project: 'secret-project' },
    }),
  )
  home.writeLogs({
    conversations: new Map([[`exchanges_${day}.jsonl`, [...lines, 'said in private, and damaged']]]),
    events: new Map(),
  })
  return home
}

describe.each(PROTOCOLS)('over protocol %s', (protocol) => {
  test('tools and resources are listed, described and marked for what they do', async () => {
    using home = new Home()
    await using assistant = await Assistant.start(home, { protocol })
    const { tools } = await assistant.client.listTools()
    const marks = Object.fromEntries(
      tools.map(({ name, annotations }) => [
        name,
        [annotations?.readOnlyHint, annotations?.destructiveHint ?? false, annotations?.openWorldHint],
      ]),
    )
    expect(marks).toEqual({
      telemetry_check_status: [true, false, false],
      telemetry_preview: [true, false, false],
      telemetry_set_preference: [false, true, false],
      telemetry_forget: [false, true, true],
    })
    for (const tool of tools) {
      expect(tool.title).toBeTruthy()
      expect(tool.description).toBeTruthy()
      expect(tool.outputSchema).toBeDefined()
    }
    const { resources } = await assistant.client.listResources()
    expect(resources.map(({ uri, mimeType }) => [uri, mimeType])).toEqual([
      [STATUS, 'application/json'],
      [OPT_IN_PROMPT, 'text/plain'],
    ])
    expect(assistant.client.getInstructions()).toContain('you cannot answer for them')
  })

  test('every tool refuses arguments that it does not know, and does nothing', async () => {
    using home = new Home()
    await using receiver = await Receiver.start()
    await grantConsent(home.host(), 'command')
    const before = readStatus(home.host()).telemetry_id
    const env = { VOICEMODE_TELEMETRY_ENDPOINT: receiver.url }
    await using assistant = await Assistant.start(home, {
      protocol,
      env,
      answer: () => ({ action: 'cancel' }),
    })
    const { tools } = await assistant.client.listTools()
    for (const { name, inputSchema } of tools) {
      expect(inputSchema, name).toMatchObject({ type: 'object', additionalProperties: false })
      const known = name === 'telemetry_set_preference' ? { enabled: true } : {}
      for (const unknown of [{ date: '2026-11-20' }, { dry_run: true }, { confirm: false }, { '': null }]) {
        const told = await assistant.call(name, { ...known, ...unknown }).catch(() => ({ isError: true }))
        expect(told.isError, name).toBe(true)
      }
    }
    expect([receiver.connections, assistant.forms]).toEqual([0, []])
    expect(readStatus(home.host()).telemetry_id).toBe(before)
  })

  test('the status is that of the library, as a resource and as a tool', async () => {
    using home = new Home()
    await grantConsent(home.host(), 'command')
    await using assistant = await Assistant.start(home, { protocol })
    const status = { ...readStatus(home.host()) }
    expect(JSON.parse(await assistant.read(STATUS))).toEqual(status)
    const told = await assistant.call('telemetry_check_status')
    expect(told.structured).toEqual(status)
    expect(told.texts[0]).toBe('Telemetry is on: you said yes (in voicemode.env).')
    expect(JSON.parse(told.texts[1] ?? '')).toEqual(status)
  })

  test('no private text of the logs is in any answer', async () => {
    const yesterday = new Date(Date.now() - 24 * 60 * 60 * 1000).toISOString().slice(0, 10)
    using home = homeWithLogs(yesterday)
    await using assistant = await Assistant.start(home, { protocol, answer: () => ({ action: 'cancel' }) })
    const answers: unknown[] = [
      await assistant.client.listTools(),
      await assistant.client.listResources(),
      await assistant.read(STATUS),
      await assistant.read(OPT_IN_PROMPT),
      await assistant.call('telemetry_check_status'),
      await assistant.call('telemetry_preview'),
      await assistant.enable(),
      assistant.forms,
      await assistant.call('telemetry_forget'),
      await assistant.disable(),
      assistant.stderr,
    ]
    const all = JSON.stringify(answers)
    expect(all).toContain('\\"total_sessions\\": 1')
    for (const text of [...PRIVATE, home.path]) expect(all).not.toContain(text)
  })
})

describe('the prompt to opt in', () => {
  test('is two sentences to speak, that only the person can say yes, and how', async () => {
    using home = new Home()
    await using assistant = await Assistant.start(home)
    const text = await assistant.read(OPT_IN_PROMPT)
    expect(text).toMatch(/\n\nVoiceMode can send [^.\n]*, under a random id\. Shall I [^.\n]*\?$/)
    expect(text).toContain('Only the person can say yes')
    expect(text).toContain('voicemode-telemetry enable')
    expect(text).toContain('You may tell the person about it once')
  })

  test('leaves the matter alone once the person has answered', async () => {
    using home = new Home()
    await withdrawConsent(home.host(), 'prompt')
    await using assistant = await Assistant.start(home)
    expect(await assistant.read(OPT_IN_PROMPT)).toContain('Do not mention it')
    writeFileSync(join(home.base, 'voicemode.env'), '')
    expect(await assistant.read(OPT_IN_PROMPT)).toContain('Do not mention it')
    await grantConsent(home.host(), 'prompt')
    expect(await assistant.read(OPT_IN_PROMPT)).toContain('There is nothing to ask')
  })

  test.each([{ DO_NOT_TRACK: '1' }, { CI: 'true' }])('leaves the matter alone under %j', async (env) => {
    using home = new Home()
    await using assistant = await Assistant.start(home, { env: env as Record<string, string> })
    expect(await assistant.read(OPT_IN_PROMPT)).toContain('Do not mention it')
  })
})

describe('the preview', () => {
  test('is the exact body of the library, with what to know about it', async () => {
    using home = homeWithLogs()
    await using assistant = await Assistant.start(home)
    const { body } = await previewDay(
      home.host(),
      DAY,
      environmentInfo(home.host(), { mcpHost: 'claude-code' }),
    )
    const told = await assistant.call('telemetry_preview', { day: DAY })
    expect(told.texts[0]).toBe(body)
    expect(told.structured).toMatchObject({ day: DAY, body, place: null })
    expect(told.texts[1]).toContain('This is an example, and it is not sent')
    expect(told.texts[1]).toContain('could not be used: 1')
  })

  test('of a day without logs says that nothing would be sent', async () => {
    using home = new Home()
    await using assistant = await Assistant.start(home)
    const told = await assistant.call('telemetry_preview', { day: DAY })
    expect(told.structured).toMatchObject({ body: null })
    expect(told.text).toMatch(/^There are no VoiceMode logs around 2026-11-20/)
  })

  test('of something that is no day is refused in a sentence', async () => {
    using home = new Home()
    await using assistant = await Assistant.start(home)
    for (const day of ['2026-02-31', '2026-2-3', 'yesterday', '', '+02026-11-20', '../../etc/passwd']) {
      const told = await assistant.call('telemetry_preview', { day })
      expect([told.isError, told.text]).toEqual([
        true,
        'The day must be a day of the calendar, written YYYY-MM-DD.',
      ])
    }
  })
})

describe('forgetting', () => {
  test('has the server delete what it holds, and goes on under a new id', async () => {
    using home = new Home()
    await using receiver = await Receiver.start()
    await grantConsent(home.host(), 'command')
    const before = readStatus(home.host()).telemetry_id
    const answer = { status: 'ok', telemetry_id: before }
    receiver.answer = answerWith(200, { 'content-type': 'application/json' }, JSON.stringify(answer))
    await using assistant = await Assistant.start(home, {
      env: { VOICEMODE_TELEMETRY_ENDPOINT: receiver.url },
    })
    const told = await assistant.call('telemetry_forget')
    expect(told).toMatchObject({ isError: false, structured: { outcome: 'done' } })
    expect(told.text).toContain('The server has deleted')
    const after = readStatus(home.host()).telemetry_id
    expect(after).not.toBe(before)
    expect(after).toBeTruthy()
  })

  test('offline says what could not be done, and keeps the secret that it needs to try again', async () => {
    using home = new Home()
    await grantConsent(home.host(), 'command')
    const secret = readFileSync(join(home.base, 'telemetry_secret'))
    await using assistant = await Assistant.start(home, {
      env: { VOICEMODE_TELEMETRY_ENDPOINT: 'http://127.0.0.1:2' },
    })
    const told = await assistant.call('telemetry_forget')
    expect(told).toMatchObject({ isError: true, structured: { outcome: 'failed' } })
    expect(told.text).toContain('NOT deleted its events: refused')
    expect(readFileSync(join(home.base, 'telemetry_secret'))).toEqual(secret)
  })

  test('without a secret says that there is nothing to ask for', async () => {
    using home = new Home()
    await using assistant = await Assistant.start(home)
    const told = await assistant.call('telemetry_forget')
    expect(told.isError).toBe(true)
    expect(told.text).toContain('no secret')
    expect(existsSync(home.base)).toBe(false)
  })
})
