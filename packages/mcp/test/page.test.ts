import { existsSync } from 'node:fs'
import type { ElicitResult } from '@modelcontextprotocol/client'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readStatus, withdrawConsent } from 'voicemode-telemetry'
import { openBrowser } from '../../../test/browser.ts'
import { Home } from '../../client/test/logs.ts'
import { Assistant, type AssistantOptions, PROTOCOLS } from './assistant.ts'

/** What a host that opens pages is asked for. */
interface PageRequest {
  mode?: string
  message: string
  url: string
  elicitationId?: string
}

/** A host that says it could open the page, and holds a yes out as well. */
const ACCEPT: ElicitResult = { action: 'accept', content: { send: 'yes', press: 'yes' } }

let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser.close())

/** Opens a page in a browser of its own. */
async function visit(url: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await page.goto(url)
  return page
}

async function press(page: Page, button: string, told: RegExp): Promise<void> {
  await page.getByRole('button', { name: button, exact: true }).click()
  await page.getByRole('status').filter({ hasText: told }).waitFor()
}

describe.each(PROTOCOLS)('over protocol %s', (protocol) => {
  /** An assistant that opens pages. */
  const start = (
    home: Home,
    answer: (page: PageRequest) => ElicitResult | Promise<ElicitResult>,
    more = {},
  ) =>
    Assistant.start(home, {
      protocol,
      elicitation: { form: {}, url: {} },
      answer: (asked) => answer(asked as unknown as PageRequest),
      ...more,
    } satisfies AssistantOptions)

  test('the host is asked to open a page, in one short line, and accepting that records nothing', async () => {
    using home = new Home()
    await using assistant = await start(home, () => ACCEPT)
    const told = await assistant.enable()
    expect(told.structured).toMatchObject({
      outcome: 'nothing changed',
      state: 'unset',
      command: 'voicemode-telemetry enable',
    })
    expect(told.text).toContain('nothing is recorded yet')
    const [asked] = assistant.forms as unknown as PageRequest[]
    expect(asked).toMatchObject({ mode: 'url', url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:/) })
    expect(asked?.message).toMatch(/^.{1,89}$/)
    expect(told.text).not.toContain('127.0.0.1')
    expect(existsSync(home.base)).toBe(false)
  })

  test.each([
    ['Yes', /Thank you/, 'yes recorded', 'granted'],
    ['No', /Your no is recorded/, 'no recorded', 'denied'],
    ['Not now', /Nothing is recorded/, 'nothing changed', 'unset'],
  ])('a click on %s is told when the call comes back', async (button, shown, outcome, state) => {
    using home = new Home()
    await using assistant = await start(home, async ({ url }) => {
      await press(await visit(url), button, shown)
      return ACCEPT
    })
    const told = await assistant.enable()
    expect(told.structured).toMatchObject({ outcome, state })
    expect(readStatus(home.host())).toMatchObject({
      state,
      answered_by: state === 'unset' ? null : 'page',
    })
  })

  test('a page is answered after the call, and opens in one browser only', async () => {
    using home = new Home()
    await using assistant = await start(home, () => ACCEPT)
    await assistant.enable()
    const [asked] = assistant.forms as unknown as [PageRequest]
    const page = await visit(asked.url)
    expect((await fetch(asked.url)).status).toBe(403)
    expect((await assistant.enable()).text).toContain('nothing is recorded yet')
    await press(page, 'Yes', /Thank you/)
    expect(readStatus(home.host())).toMatchObject({ state: 'granted', answered_by: 'page' })
    await expect(fetch(asked.url)).rejects.toThrow()
    expect(assistant.forms).toHaveLength(1)
  })

  test('a page that the person does not want ends, and leaves them askable', async () => {
    using home = new Home()
    await using assistant = await start(home, () => ({ action: 'decline' }), { reads: false })
    expect((await assistant.enable()).text).toContain('did not open the page')
    const [first] = assistant.forms as unknown as [PageRequest]
    await expect(fetch(first.url)).rejects.toThrow()
    await assistant.enable()
    expect(assistant.forms).toHaveLength(2)
    expect(existsSync(home.base)).toBe(false)
  })

  test('a yes on a page that was shown before a no records nothing', async () => {
    using home = new Home()
    await using assistant = await start(home, async ({ url }) => {
      const page = await visit(url)
      await withdrawConsent(home.host(), 'command')
      await press(page, 'Yes', /a no was recorded/)
      return ACCEPT
    })
    expect((await assistant.enable()).structured).toMatchObject({
      outcome: 'nothing changed',
      state: 'denied',
    })
  })

  test('over SSH, where the browser is on another machine, the command is named', async () => {
    using home = new Home()
    await using assistant = await start(home, () => ACCEPT, { env: { SSH_CONNECTION: '::1 1 ::1 22' } })
    expect((await assistant.enable()).structured).toMatchObject({ command: 'voicemode-telemetry enable' })
    expect(assistant.forms).toEqual([])
  })
})

test('a host of the older protocol is told when the person has answered', async () => {
  using home = new Home()
  await using assistant = await Assistant.start(home, {
    elicitation: { url: {} },
    answer: async (asked) => {
      const { url, elicitationId } = asked as unknown as PageRequest
      const done = new Promise((resolve) =>
        assistant.client.setNotificationHandler('notifications/elicitation/complete', ({ params }) =>
          resolve(params.elicitationId),
        ),
      )
      await press(await visit(url), 'No', /Your no is recorded/)
      expect(await done).toBe(elicitationId)
      return ACCEPT
    },
  })
  expect((await assistant.enable()).structured).toMatchObject({ outcome: 'no recorded' })
})

test('a page that is still open does not keep the server alive', async () => {
  using home = new Home()
  await using assistant = await Assistant.start(home, { elicitation: { url: {} }, answer: () => ACCEPT })
  await assistant.enable()
  const [asked] = assistant.forms as unknown as [PageRequest]
  expect((await fetch(asked.url)).status).toBe(200)
  await assistant.client.close()
  await expect(fetch(asked.url)).rejects.toThrow()
})
