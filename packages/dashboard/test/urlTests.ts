import { expect, test } from 'vitest'
import { daysAgo, openPage, usages } from './fixture.ts'
import { readHeadlines, settled } from './readPage.ts'

const POLL = { timeout: 30_000 }

export function urlTests(): void {
  test('holds every choice: back and forward undo and redo them, and it opens the same page again', async () => {
    const page = await openPage()
    const shown = async () => ({
      query: new URL(page.url()).search,
      days: await page.locator('.days').textContent(),
      headlines: await readHeadlines(page),
    })
    const system = `environment.os_type:${usages.at(-1)?.environment.os_type}`
    const range = `from=${daysAgo(20)}&to=${daysAgo(12)}`
    const steps = [await shown()]
    const step = async (query: string, act: () => Promise<unknown>) => {
      await act()
      await settled(page)
      steps.push(await shown())
      expect(steps.at(-1)?.query).toBe(query)
    }
    await step('?range=7', () => page.getByRole('link', { name: '7 days' }).click())
    await step(`?range=7&filter=${system}`, () => page.getByLabel('Filter').selectOption(system))
    await step(`?range=7&filter=${system}&show=count`, () =>
      page.getByRole('link', { name: 'Count' }).click(),
    )
    await step(`?range=7&filter=${system}&compare=previous&show=count`, () =>
      page.getByLabel(/^Compare with/).check(),
    )
    await step(`?${range}&filter=${system}&compare=previous&show=count`, async () => {
      await page.getByLabel('From', { exact: true }).fill(daysAgo(20))
      await page.getByLabel('to', { exact: true }).fill(daysAgo(12))
      await page.getByRole('button', { name: 'Show' }).click()
    })
    await step(`?${range}&filter=${system}&compare=previous&show=count&theme=dark`, () =>
      page.getByLabel('Theme').selectOption('dark'),
    )
    for (const at of steps.slice(0, -1).reverse()) {
      await page.goBack()
      await expect.poll(shown, POLL).toEqual(at)
    }
    for (const at of steps.slice(1)) {
      await page.goForward()
      await expect.poll(shown, POLL).toEqual(at)
    }
    await page.reload()
    await settled(page)
    expect(await shown()).toEqual(steps.at(-1))
    expect(await page.getByLabel('Filter').inputValue()).toBe(system)
    expect(await page.getByLabel(/^Compare with/).isChecked()).toBe(true)
  })
}
