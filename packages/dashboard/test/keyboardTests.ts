import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { openPage } from './fixture.ts'
import { settled } from './readPage.ts'

export function keyboardTests(): void {
  test('reaches everything, opens a breakdown and comes back to where it was', async () => {
    const page = await openPage()
    await tabTo(page, /^Theme/)
    await tabTo(page, /^Sign out$/)
    await tabTo(page, /^7 days$/)
    await page.keyboard.press('Enter')
    await settled(page)
    expect(await page.getByRole('link', { name: '7 days' }).getAttribute('aria-current')).toBe('true')
    expect(await focused(page)).toBe('7 days')
    await tabTo(page, /^From/)
    await tabTo(page, /^Show$/)
    await tabTo(page, /^Filter/)
    await tabTo(page, /^Count$/)
    await tabTo(page, /^Compare with$/)
    await page.getByLabel('Compare with').selectOption('previous')
    await settled(page)
    expect(page.url()).toMatch(/compare=previous/)
    await tabTo(page, /^Numbers of Active installations/)
    await page.keyboard.press('Enter')
    await tabTo(page, /^Active installations per UTC day$/)
    await tabTo(page, /^livekit$/)
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').locator('table').first().waitFor()
    expect(await page.evaluate(() => document.activeElement?.closest('dialog') !== null)).toBe(true)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await focused(page)).toBe('livekit')
    expect(page.url()).not.toMatch(/breakdown=/)
    await tabTo(page, /About Retention$/)
    await page.keyboard.press('Enter')
    await page.getByText('Week 1 is that week.').waitFor()
  })

  test('goes from a link above the headlines on in that section', async () => {
    const page = await openPage('?range=7')
    await tabTo(page, /^Failures$/)
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    expect(await focused(page)).toMatch(/About Who fails most$/)
    expect(page.url()).toMatch(/\?range=7#failures$/)
  })
}

/** The name of the element that has the focus. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement
    const label = (element as HTMLInputElement | null)?.labels?.[0]?.textContent
    return (element?.getAttribute('aria-label') ?? label ?? element?.textContent ?? '').trim()
  })
}

async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 200; presses++) {
    await page.keyboard.press('Tab')
    if (name.test(await focused(page))) return
  }
  throw new Error(`Tab does not reach ${name}`)
}
