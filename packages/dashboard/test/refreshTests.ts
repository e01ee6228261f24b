import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { exampleEnvironment } from '../../../scripts/exampleEnvironment.ts'
import { NOON, newVisitor, openPageWithClock, report, signIn, usages, YESTERDAY } from './fixture.ts'
import { figureOf, readTables } from './readPage.ts'
import { eventOf, type Usage } from './usageFixtures.ts'

const MINUTE_MS = 60_000

export function refreshTests(): void {
  test('brings new numbers once a minute while the page is visible, and says so', async () => {
    const page = await openPageWithClock('?range=7')
    const sessions = async () => (await readTables(page)).Sessions?.rows[YESTERDAY]?.Sessions ?? 0
    const before = await sessions()
    await page.locator('summary').first().click()

    await page.clock.runFor(MINUTE_MS + 1000)
    await lastChecked(page, '12:01').waitFor()
    expect(await page.locator('[role=status]').textContent()).toBe('')

    await report(await eventOf(LATE_USAGE))
    usages.push(LATE_USAGE)
    await page.clock.runFor(MINUTE_MS)
    await page.getByText('New numbers at 12:02 UTC.').waitFor()
    expect(await sessions()).toBe(before + 1)
    expect(await page.locator('details').first().getAttribute('open')).not.toBeNull()
  })

  test('draws no picture again whose numbers are the same', async () => {
    const page = await openPageWithClock('?range=7')
    const picture = figureOf(page, 'Transport').locator('svg')
    await picture.evaluate((svg) => svg.setAttribute('data-same', ''))
    await page.clock.runFor(MINUTE_MS + 1000)
    await lastChecked(page, '12:01').waitFor()
    expect(await picture.getAttribute('data-same')).toBe('')
  })

  test('waits while the page is hidden, and comes when it is visible again', async () => {
    const page = await openPageWithClock('?range=7')
    let requests = 0
    page.on('request', () => requests++)
    await setVisibility(page, 'hidden')
    await page.clock.runFor(10 * MINUTE_MS)
    expect(requests).toBe(0)
    await setVisibility(page, 'visible')
    await lastChecked(page, '12:10').waitFor()
    expect(requests).toBeGreaterThan(0)
  })

  test('keeps the numbers while the server is away, and asks to sign in when the session has ended', async () => {
    const visitor = await newVisitor()
    const page = await visitor.newPage()
    await page.clock.install({ time: NOON })
    await signIn(page)
    await visitor.setOffline(true)
    await page.clock.runFor(MINUTE_MS + 1000)
    await page.locator('.days', { hasText: 'The server did not answer at 12:01 UTC.' }).waitFor()
    expect(await page.locator('main figure').count()).toBeGreaterThan(10)

    await visitor.setOffline(false)
    await visitor.clearCookies()
    await page.clock.runFor(MINUTE_MS)
    await page.getByRole('heading', { name: 'Sign in to see the numbers' }).waitFor()
    await page.getByRole('link', { name: 'Sign in' }).click()
    await page.getByLabel('Admin token').waitFor()
    await visitor.close()
  })
}

/** One session of an installation that had reported nothing before. */
const LATE_USAGE: Usage = {
  installation: 4711,
  day: YESTERDAY,
  hour: 1,
  environment: exampleEnvironment({ version: 'unknown', os_type: 'other', mcp_host: 'other' }),
  durations: ['<1min'],
  exchanges: ['1-5'],
  transports: [],
  ttsProviders: [],
  sttProviders: [],
  errors: [],
  operations: [null],
}

function lastChecked(page: Page, time: string) {
  return page.locator('.days', { hasText: `Last checked at ${time} UTC` })
}

function setVisibility(page: Page, state: 'visible' | 'hidden'): Promise<void> {
  return page.evaluate((visible) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, value: visible })
    document.dispatchEvent(new Event('visibilitychange'))
  }, state)
}
