import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addDays, type Day, dayAt, type TelemetryEvent } from '@voicemode-telemetry/protocol'
import axe from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { openBrowser } from '../../../test/browser.ts'
import { type ServerProcess, startServer } from '../../server/test/serverProcess.ts'
import { settled } from './readPage.ts'
import { eventOf, usageFixtures } from './usageFixtures.ts'

const TOKEN = 'a-token-for-tests'
const TODAY: Day = dayAt(Date.now())
export const YESTERDAY = addDays(TODAY, -1)
/** The page's clock says noon, so that no test runs over midnight. */
export const NOON = new Date(`${TODAY}T12:00:00Z`)
const USED_DAYS = 85

/** To repeat a run, set SEED to the number in the tests' titles. */
export const SEED = Number(process.env.SEED ?? Date.now() % 1e6)

/** Everything that was reported to the server. */
export const usages = usageFixtures(SEED, YESTERDAY, USED_DAYS)

export function daysAgo(days: number): Day {
  return addDays(TODAY, -days)
}

/** The page URL's query for days before the first event. */
export const NO_EVENTS = `?from=${daysAgo(300)}&to=${daysAgo(290)}`

let server: ServerProcess
let browser: Browser
let context: BrowserContext

/** Runs one server with {@link usages} and one browser for all tests of the file, and fails a test whose page complains. */
export function useDashboard(): void {
  const folder = mkdtempSync(join(tmpdir(), 'dashboard-'))
  const complaints: string[] = []

  beforeAll(async () => {
    const limits = ['--events-per-id-per-hour', '100000', '--events-per-address-per-hour', '100000']
    ;[server, browser] = await Promise.all([
      startServer(join(folder, 'server.db'), limits, { TELEMETRY_ADMIN_TOKEN: TOKEN }),
      openBrowser(),
    ])
    const events = await Promise.all(usages.map(eventOf))
    await Promise.all(events.map((event) => report(event)))
    // The page shows UTC days in every time zone.
    context = await browser.newContext({
      baseURL: server.url,
      timezoneId: 'Pacific/Auckland',
      locale: 'en-GB',
    })
    await context.addInitScript({ content: axe.source })
    context.on('weberror', (error) => complaints.push(error.error().message))
    context.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    context.on('request', (request) => {
      if (new URL(request.url()).origin !== server.url) complaints.push(request.url())
    })
    const page = await context.newPage()
    await signIn(page)
    await page.close()
  })

  afterAll(async () => {
    await browser?.close()
    await server?.end()
    rmSync(folder, { recursive: true, force: true })
  })

  afterEach(async () => {
    for (const page of context.pages()) await page.close()
    expect(complaints.splice(0)).toEqual([])
  })
}

/** Sends an event to the server, as an installation does; a test event to another path. */
export async function report(event: TelemetryEvent, path = '/v1/events'): Promise<void> {
  const answer = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(event),
  })
  expect(answer.status).toBe(200)
}

/** A page of a maintainer who has signed in; its clock stands still at {@link NOON}. */
export async function openPage(query = '', viewport = { width: 1300, height: 900 }): Promise<Page> {
  const page = await context.newPage()
  await page.clock.setFixedTime(NOON)
  await page.setViewportSize(viewport)
  await page.goto(`/${query}`)
  await settled(page)
  return page
}

/** A page like that of {@link openPage}, whose clock the test moves. */
export async function openPageWithClock(query: string): Promise<Page> {
  const page = await context.newPage()
  await page.clock.install({ time: NOON })
  await page.goto(`/${query}`)
  await settled(page)
  return page
}

/** A browser that nobody has signed in with; its pages may complain. */
export function newVisitor(): Promise<BrowserContext> {
  return browser.newContext({ baseURL: server.url })
}

/** @param path what is opened, and seen after it. */
export async function signIn(page: Page, path = '/sign-in'): Promise<void> {
  await page.goto(path)
  await page.getByLabel('Admin token').fill(TOKEN)
  await page.keyboard.press('Enter')
  await settled(page)
}
