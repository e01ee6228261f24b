import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ElicitRequestFormParams, ElicitResult } from '@modelcontextprotocol/client'
import { describe, expect, test } from 'vitest'
import { grantConsent, readStatus, withdrawConsent } from 'voicemode-telemetry'
import { describeSchedule } from '../../client/src/show/schedule.ts'
import { Home } from '../../client/test/logs.ts'
import { Assistant, type AssistantOptions, PROTOCOLS } from './assistant.ts'

const RECEIPT = 'telemetry_consent.json'

const yes = (): ElicitResult => ({ action: 'accept', content: { send: 'yes' } })
const no = (): ElicitResult => ({ action: 'accept', content: { send: 'no' } })

function receiptOf(home: Home): Record<string, unknown> | undefined {
  const path = join(home.base, RECEIPT)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>) : undefined
}

function settingsOf(home: Home): string {
  const path = join(home.base, 'voicemode.env')
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

/** A home in which telemetry is on, with an event in the queue. */
async function homeWithYes(): Promise<Home> {
  const home = new Home()
  await grantConsent(home.host(), 'command')
  home.write('.voicemode/telemetry_queue/event_0123456789abcdef.json', '{}')
  return home
}

const UNCLEAR: Record<string, () => unknown> = {
  'not now': () => ({ action: 'accept', content: { send: 'later' } }),
  'a decline': () => ({ action: 'decline' }),
  'a decline that holds a yes all the same': () => ({ action: 'decline', content: { send: 'yes' } }),
  'a cancel': () => ({ action: 'cancel' }),
  'an answer without content': () => ({ action: 'accept' }),
  'an answer without the choice': () => ({ action: 'accept', content: {} }),
  'an answer to another question': () => ({ action: 'accept', content: { enabled: 'yes' } }),
  'another word': () => ({ action: 'accept', content: { send: 'YES' } }),
  'a yes of another type': () => ({ action: 'accept', content: { send: true } }),
  'several words': () => ({ action: 'accept', content: { send: ['yes'] } }),
  'an unknown action': () => ({ action: 'agree', content: { send: 'yes' } }),
  'no answer at all': () => ({}),
  'an error of the host': () => {
    throw new Error('the window broke')
  },
}

describe.each(PROTOCOLS)('over protocol %s', (protocol) => {
  const start = (home: Home, options: AssistantOptions = {}) =>
    Assistant.start(home, { protocol, ...options })

  test.each([
    ['stats.example.org', 'They go to stats.example.org.'],
    [`${'a'.repeat(60)}.${'b'.repeat(60)}.example.org`, `${'b'.repeat(58)}.example.org.`],
  ])('the person is shown three short lines and a choice that starts at not now (%s)', async (to, said) => {
    using home = new Home()
    const env = { VOICEMODE_TELEMETRY_ENDPOINT: `https://${to}` }
    await using assistant = await start(home, { answer: yes, env })
    await assistant.enable()
    const [form] = assistant.forms as [ElicitRequestFormParams]
    const lines = form.message.split('\n')
    expect(lines).toHaveLength(3)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(90)
    expect(form.message).toContain(said)
    expect(form.requestedSchema.properties.send).toMatchObject({
      enumNames: ['Not now', 'Yes', 'No, and don’t ask again'],
      default: (form.requestedSchema.properties.send as { enum: string[] }).enum[0],
    })
    expect(form.requestedSchema.required).toEqual(['send'])
    expect(assistant.forms).toHaveLength(1)
  })

  test.each([
    ['without modes', {}],
    ['for forms', { form: {} }],
  ])(
    'a yes of the person is recorded with its channel, by a host that shows forms (%s)',
    async (_, elicitation) => {
      using home = new Home()
      await using assistant = await start(home, { answer: yes, elicitation, name: 'cursor-vscode' })
      const told = await assistant.enable()
      expect(told.structured).toMatchObject({ outcome: 'yes recorded', state: 'granted' })
      expect(told.isError).toBe(false)
      expect(told.text).toContain(describeSchedule(readStatus(home.host())))
      expect(receiptOf(home)).toMatchObject({ decision: 'granted', channel: 'mcp' })
      expect(settingsOf(home)).toContain('VOICEMODE_TELEMETRY=true')
      expect(readFileSync(join(home.base, 'telemetry_state.json'), 'utf8')).toContain('"mcpHost": "cursor"')
      const again = await assistant.enable()
      expect(again.structured).toMatchObject({ outcome: 'nothing changed', state: 'granted' })
      expect(assistant.forms).toHaveLength(1)
    },
  )

  test('a yes while no server is set is none to a server that is set later', async () => {
    using home = new Home()
    await using assistant = await start(home, { answer: yes })
    expect((await assistant.enable()).structured).toMatchObject({ outcome: 'yes recorded' })
    expect(readStatus(home.host()).state).toBe('granted')
    const env = { VOICEMODE_TELEMETRY_ENDPOINT: 'https://stats.example.org' }
    expect(readStatus(home.host({ env }))).toMatchObject({ state: 'unset', decided_by: 'another server' })
  })

  test('a yes that comes back faster than anybody reads records nothing', async () => {
    using home = new Home()
    await using assistant = await start(home, { answer: yes, reads: false })
    const told = await assistant.enable()
    expect(told.structured).toMatchObject({
      outcome: 'nothing changed',
      state: 'unset',
      command: 'voicemode-telemetry enable',
    })
    expect(existsSync(home.base)).toBe(false)
  })

  test.each(['no', 'No, and don’t ask again', false])(
    'a no counts however fast it is, and however it is spelled (%j)',
    async (send) => {
      using home = new Home()
      const answer = () => ({ action: 'accept' as const, content: { send } })
      await using assistant = await start(home, { answer, reads: false })
      expect((await assistant.enable()).structured).toMatchObject({ outcome: 'no recorded' })
    },
  )

  test.each(['Not now', 'Yes'])('%j is neither a yes nor a no', async (send) => {
    using home = new Home()
    await using assistant = await start(home, { answer: () => ({ action: 'accept', content: { send } }) })
    expect((await assistant.enable()).structured).toMatchObject({ outcome: 'nothing changed' })
    expect(existsSync(home.base)).toBe(false)
  })

  test('a yes to a form that was shown before a no records nothing and asks nothing again', async () => {
    using home = new Home()
    await using assistant = await start(home, {
      answer: async () => {
        await withdrawConsent(home.host(), 'command')
        return yes()
      },
    })
    const told = await assistant.enable()
    expect(told.structured).toMatchObject({ outcome: 'nothing changed', state: 'denied' })
    expect(told.text).toContain('a no was recorded')
    expect(assistant.forms).toHaveLength(1)
    expect(receiptOf(home)).toMatchObject({ decision: 'denied', channel: 'command' })
  })

  test('a no in a form that was shown before a yes is recorded', async () => {
    using home = new Home()
    await using assistant = await start(home, {
      answer: async () => {
        await grantConsent(home.host(), 'command')
        return no()
      },
    })
    expect((await assistant.enable()).structured).toMatchObject({ outcome: 'no recorded', state: 'denied' })
    expect(receiptOf(home)).toMatchObject({ decision: 'denied', channel: 'mcp' })
  })

  test('a clear no of the person is recorded as one', async () => {
    using home = new Home()
    await using assistant = await start(home, { answer: no })
    expect((await assistant.enable()).structured).toMatchObject({ outcome: 'no recorded', state: 'denied' })
    expect(receiptOf(home)).toMatchObject({ decision: 'denied', channel: 'mcp' })
  })

  test('nothing is recorded of anything but a clear answer', async () => {
    using home = new Home()
    let given: () => unknown = yes
    await using assistant = await start(home, { answer: () => given() as ElicitResult })
    for (const [what, answer] of Object.entries(UNCLEAR)) {
      given = answer
      // Of these some reach the server, and some the client refuses to pass on.
      const told = await assistant.enable().catch(() => undefined)
      if (told && !told.isError) expect(told.structured, what).toMatchObject({ outcome: 'nothing changed' })
      expect(receiptOf(home), what).toBeUndefined()
    }
    expect(assistant.forms).toHaveLength(Object.keys(UNCLEAR).length)
    expect(settingsOf(home)).toBe('')
    expect((await assistant.call('telemetry_check_status')).structured).toMatchObject({ state: 'unset' })
  })

  test.each<[string, Pick<AssistantOptions, 'answer' | 'elicitation'>]>([
    ['that has no elicitation', {}],
    ['that opens pages only', { answer: yes, elicitation: { url: {} } }],
  ])('no call can turn it on in a host %s', async (_, options) => {
    using home = new Home()
    await using assistant = await start(home, options)
    const { tools } = await assistant.client.listTools()
    const tries: Record<string, unknown>[] = [
      {},
      { enabled: true },
      { enabled: 'true' },
      { enabled: 1 },
      { enabled: true, send: 'yes' },
      { enabled: true, confirmed: true, consent: { action: 'accept', content: { send: 'yes' } } },
      { day: '2026-11-20' },
    ]
    for (const { name } of tools) {
      for (const args of tries) {
        await assistant.call(name, args).catch(() => undefined)
        expect(receiptOf(home)).toBeUndefined()
      }
    }
    expect(settingsOf(home)).toBe('')
    expect(existsSync(join(home.base, 'telemetry_secret'))).toBe(false)
    expect(assistant.forms.filter((asked) => !('url' in asked))).toEqual([])
    const told = await assistant.enable()
    expect(told.structured).toMatchObject({
      outcome: 'nothing changed',
      command: 'voicemode-telemetry enable',
    })
    expect(told.text).toContain('voicemode-telemetry enable')
  })

  test('a no of the assistant counts beside words that are not known', async () => {
    using home = await homeWithYes()
    await using assistant = await start(home)
    const told = await assistant.call('telemetry_set_preference', { enabled: false, reason: 'private' })
    expect(told).toMatchObject({ isError: false, structured: { outcome: 'no recorded', state: 'denied' } })
    expect(told.text).not.toContain('private')
    expect(receiptOf(home)).toMatchObject({ decision: 'denied', channel: 'mcp' })
  })

  test('a no counts in any type, and nothing else does', async () => {
    using home = await homeWithYes()
    await using assistant = await start(home)
    const set = (enabled: unknown) => assistant.call('telemetry_set_preference', { enabled })
    for (const unclear of [null, '', 'nothing', 1, 'true', {}, { toString: 1 }, [false]]) {
      expect(await set(unclear)).toMatchObject({ isError: true })
      expect(receiptOf(home)).toMatchObject({ decision: 'granted' })
    }
    for (const no of ['false', ' No', 'off', '0', 0]) {
      await grantConsent(home.host(), 'command')
      expect((await set(no)).structured).toMatchObject({ outcome: 'no recorded', state: 'denied' })
    }
  })

  test('a no is taken from the assistant at once, and leaves no queue, id or secret', async () => {
    using home = await homeWithYes()
    await using assistant = await start(home)
    expect((await assistant.disable()).structured).toMatchObject({ outcome: 'no recorded', state: 'denied' })
    expect(receiptOf(home)).toMatchObject({ decision: 'denied', channel: 'mcp' })
    for (const name of ['telemetry_queue', 'telemetry_id', 'telemetry_secret'])
      expect(existsSync(join(home.base, name))).toBe(false)
    expect(assistant.forms).toEqual([])
  })
})
