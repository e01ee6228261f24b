import { expect, test } from 'vitest'
import { daysAgo, newVisitor, openPage, signIn, usages } from './fixture.ts'
import { readHeadlines, settled } from './readPage.ts'

const POLL = { timeout: 30_000 }

export function urlTests(): void {
  test('holds every choice: back and forward undo and redo them, and it opens the same page again', async () => {
    const page = await openPage()
    const shown = async () => ({
      query: new URL(page.url()).search,
      days: await page.locator('.days').first().textContent(),
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
      page.getByLabel('Compare with').selectOption('previous'),
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
    expect(await page.getByLabel('Compare with').inputValue()).toBe('previous')
    expect(await page.title()).toMatch(
      new RegExp(`^${usages.at(-1)?.environment.os_type} · .* · VoiceMode telemetry$`),
    )
  })

  test('says which range it cannot show, and a reversed one is not taken', async () => {
    const page = await openPage(`?from=${daysAgo(3)}&to=${daysAgo(9)}`)
    await page.locator('main').getByText('The first day is after the last one.').waitFor()
    await page.getByLabel('From', { exact: true }).fill(daysAgo(3))
    await page.getByLabel('to', { exact: true }).fill(daysAgo(9))
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.getByRole('form').getByText('The first day is after the last one.').waitFor()
    expect(page.url()).toContain(`from=${daysAgo(3)}`)
  })

  test('leads through the sign-in to the same page', async () => {
    const visitor = await newVisitor()
    const page = await visitor.newPage()
    await signIn(page, '/?range=7&show=count')
    expect(new URL(page.url()).search).toBe('?range=7&show=count')
    await visitor.close()
  })
}
