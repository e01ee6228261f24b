import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { NO_EVENTS, newVisitor, openPage, signIn } from './fixture.ts'
import { settled } from './readPage.ts'

const PHONE = { width: 375, height: 800 }
const WIDE = { width: 1700, height: 1000 }
const NO_COUNTS = '?range=7&filter=environment.version:99.0&compare=previous'
const BREAKDOWN = '?breakdown=usage.transport_usage:livekit'

/** What to open, and what to wait for. */
const PAGES: [name: string, query: string, ready: string, viewport: typeof PHONE][] = [
  ['with all charts', '?compare=previous&theme=dark', 'main figure', PHONE],
  ['with all charts', '?theme=light', 'main figure', WIDE],
  ['without events', `${NO_EVENTS}&theme=light`, 'text=No events on these days', PHONE],
  ['with empty charts', `${NO_COUNTS}&theme=dark`, '.nothing', WIDE],
  ['with a breakdown', `${BREAKDOWN}&theme=light`, 'dialog table', PHONE],
  ['with a breakdown', `${BREAKDOWN}&theme=dark`, 'dialog table', WIDE],
]

export function accessTests(): void {
  test.each(PAGES)('fits its window and is accessible: %s, %#', async (_, query, ready, viewport) => {
    const page = await openPage(query, viewport)
    await page.locator(ready).first().waitFor()
    expect(await overflowPx(page)).toBe(0)
    expect(await violations(page)).toEqual([])
  })

  test('says in each chart that nothing was counted, and where the filter does not apply', async () => {
    const page = await openPage(NO_COUNTS)
    expect(await page.locator('.nothing').count()).toBeGreaterThan(10)
    expect(await page.getByText('The filter does not apply here.').count()).toBe(2)
  })

  test('folds its controls into one line on a phone, which stays in sight', async () => {
    const page = await openPage('?range=7', PHONE)
    const line = page.getByRole('button', { name: /· all · share$/ })
    expect(await page.getByLabel('Filter').isVisible()).toBe(false)
    await line.click()
    await page.getByLabel('Filter').waitFor()
    expect(await violations(page)).toEqual([])
    expect(await overflowPx(page)).toBe(0)
    // What was asked for is in view at once.
    await page.getByRole('link', { name: 'Last week', exact: true }).click()
    await settled(page)
    expect(await page.getByLabel('Filter').isVisible()).toBe(false)
    expect(await line.evaluate((element) => element === document.activeElement)).toBe(true)
    expect(await bottomOf(page.locator('.changes h2'))).toBeLessThan(PHONE.height)
    await page.mouse.wheel(0, 3000)
    await page.waitForFunction(() => scrollY > 1000)
    expect((await line.boundingBox())?.y).toBeLessThan(60)
  })

  test('tells all values of the day under the cursor, beside it', async () => {
    const page = await openPage('?range=30')
    const picture = page
      .locator('main figure', { has: page.getByRole('heading', { name: 'Transport' }) })
      .locator('.picture')
    await picture.scrollIntoViewIfNeeded()
    const { x, y, width, height } = (await picture.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
    await page.mouse.move(x + width / 3, y + height / 2)
    const tooltip = picture.locator('.tooltip')
    await tooltip.waitFor()
    expect(await tooltip.locator('tr').count()).toBe(4)
    expect((await tooltip.boundingBox())?.x).toBeGreaterThan(x + width / 3)
    await page.mouse.move(x, y - 30)
    await tooltip.waitFor({ state: 'detached' })
  })

  test.each([375, 700, 1024, 1200])('has its tooltips within a window of %i px', async (width) => {
    const page = await openPage('?range=30&compare=previous', { width, height: 900 })
    for (const name of [/^Version/, /^Speech-to-text/]) {
      const picture = page
        .locator('main figure', { has: page.getByRole('heading', { name }) })
        .locator('.picture')
      const box = (await picture.boundingBox()) ?? { width: 0, height: 0 }
      for (const part of [0.3, 0.95]) {
        await picture.hover({ position: { x: box.width * part, y: box.height / 2 } })
        const tooltip = await picture.locator('.tooltip').boundingBox()
        expect(tooltip?.x).toBeGreaterThanOrEqual(0)
        expect(await overflowPx(page)).toBe(0)
      }
    }
  })

  test('keeps what a finger tapped until it taps elsewhere, or scrolls', async () => {
    const page = await openPage('?range=30', PHONE)
    const picture = page.locator('.picture').first()
    const finger = { pointerType: 'touch', clientX: 200, clientY: 300 }
    const tap = async () => {
      await picture.dispatchEvent('pointerdown', finger)
      await picture.dispatchEvent('pointerleave', finger)
      await picture.locator('.tooltip').waitFor()
    }
    await tap()
    expect(await overflowPx(page)).toBe(0)
    await page.locator('h1').dispatchEvent('pointerdown', finger)
    await picture.locator('.tooltip').waitFor({ state: 'detached' })
    await tap()
    await picture.dispatchEvent('pointercancel', finger)
    await picture.locator('.tooltip').waitFor({ state: 'detached' })
  })

  test('says that totals are a lower bound, and what its arrows compare with or why there are none', async () => {
    const page = await openPage('?range=30')
    await page.getByText('every total is a lower bound').waitFor()
    await page.getByText('▲ and ▼ compare with the previous period').waitFor()
    expect(await page.locator('.headlines .change').count()).toBeGreaterThan(3)
    expect(await bottomOf(page.locator('.changes'))).toBeLessThan(
      (await page.locator('.headlines').boundingBox())?.y ?? 0,
    )
    await page.getByText('can still grow').waitFor()
    await page.getByRole('link', { name: 'Local Whisper' }).click()
    expect(page.url()).toMatch(/#speech-to-text-stt-provider$/)
    const chart = page.locator('#speech-to-text-stt-provider')
    // Below the bar that stays in sight.
    const bar = await page.locator('.pageBar').boundingBox()
    await expect
      .poll(async () => (await chart.boundingBox())?.y)
      .toBeGreaterThanOrEqual((bar?.y ?? 0) + (bar?.height ?? 0))
    for (const link of await page.locator('.headlines a, .changes li a, .pageBar nav a').all()) {
      expect(await page.locator((await link.getAttribute('href')) ?? '').count()).toBe(1)
    }
    // What is under a question mark moves no other chart.
    const [asked, beside] = [page.locator('figure .about').first(), page.locator('.picture').nth(1)]
    const placeOf = () =>
      beside.evaluate((element) => element.getBoundingClientRect().top + document.documentElement.scrollTop)
    const place = await placeOf()
    await asked.locator('summary').click()
    await asked.locator('p').first().waitFor()
    expect(await placeOf()).toBe(place)
    const old = await openPage('?range=90')
    await old.getByText('there is no previous period for ▲ and ▼').waitFor()
    expect(await old.locator('.headlines .change').count()).toBe(0)
  })

  test('is light or dark, as the system is set or as its reader chooses', async () => {
    const page = await openPage()
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    await page.emulateMedia({ colorScheme: 'light' })
    const light = await background()
    await page.emulateMedia({ colorScheme: 'dark' })
    const dark = await background()
    expect(dark).not.toBe(light)
    await page.getByLabel('Theme').selectOption('light')
    expect(await background()).toBe(light)
    await page.emulateMedia({ colorScheme: 'light' })
    await page.getByLabel('Theme').selectOption('dark')
    expect(await background()).toBe(dark)
  })

  test('prints in light, without controls', async () => {
    const page = await openPage('?theme=dark', { width: 760, height: 1000 })
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('.controls').isVisible()).toBe(false)
    expect(await page.locator('figure').first().isVisible()).toBe(true)
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('light')
    expect(await overflowPx(page)).toBe(0)
  })

  test('lets its reader sign out, and then shows no numbers', async () => {
    const visitor = await newVisitor()
    const page = await visitor.newPage()
    await signIn(page)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Admin token').waitFor()
    await page.goto('/')
    await page.getByLabel('Admin token').waitFor()
    await visitor.close()
  })
}

async function bottomOf(part: Locator): Promise<number> {
  const { y, height } = (await part.boundingBox()) ?? { y: Number.NaN, height: 0 }
  return y + height
}

/** How far the page, or a dialog on it, is wider than its window. */
function overflowPx(page: Page): Promise<number> {
  return page.evaluate(() => {
    const elements = [document.documentElement, ...document.querySelectorAll('dialog')]
    return Math.max(...elements.map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth))
  })
}

interface Violation {
  id: string
  nodes: { html: string; failureSummary: string }[]
}

async function violations(page: Page) {
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(part: ParentNode): Promise<{ violations: Violation[] }> }
    }
    // Nothing behind an open dialog can be reached.
    return (await axe.run(document.querySelector('dialog') ?? document)).violations
  })
  return found.map(({ id, nodes }) => ({
    id,
    nodes: nodes.map(({ html, failureSummary }) => [html, failureSummary]),
  }))
}
