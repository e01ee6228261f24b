import type { Locator } from 'playwright-core'
import { expect, test } from 'vitest'
import { daysAgo, openPage, usages, YESTERDAY } from './fixture.ts'
import { figureOf, numberIn, settled } from './readPage.ts'
import { recountBreakdown } from './recount.ts'

export function breakdownTests(): void {
  test.each([
    ['Transport', 'livekit'],
    ['Where calls fail', 'transcribe'],
  ])('of “%s” matches an independent count, and leads to the filter', async (chart, value) => {
    const page = await openPage('?range=90')
    await figureOf(page, chart).getByRole('link', { name: value }).click()
    const dialog = page.getByRole('dialog')
    await dialog.locator('table').first().waitFor()
    const expected = recountBreakdown(usages, daysAgo(90), YESTERDAY, chart, value)
    expect(await readBreakdown(dialog)).toEqual(expected)
    expect(await dialog.locator('.trend svg').count()).toBe(1)

    await dialog.locator('table').first().locator('tbody a').first().click()
    await settled(page)
    expect(page.url()).toMatch(/filter=environment\./)
    expect(page.url()).not.toMatch(/breakdown=/)
    expect(await dialog.count()).toBe(0)
  })

  test('of all failed calls stands on the page, with its change on the previous period', async () => {
    const page = await openPage('?range=30')
    const rates = page.locator('.rates')
    const now = recountBreakdown(usages, daysAgo(30), YESTERDAY, 'Where calls fail', undefined)
    const before = recountBreakdown(usages, daysAgo(60), daysAgo(31), 'Where calls fail', undefined)
    expect(await readBreakdown(rates)).toEqual(now)
    const onlyUv = page.getByRole('link', { name: 'Show only uv' })
    const uv = rates.locator('tr', { has: onlyUv })
    const shareOf = ([n, of]: [number, number] = [0, 0]) => (100 * n) / of
    const change = shareOf(now['Install method'].uv) - shareOf(before['Install method'].uv)
    const said = (await uv.locator('td').last().textContent()) ?? ''
    // Whether a change is clear has tests of its own.
    if (said !== '≈')
      expect((said.startsWith('▲') ? 1 : -1) * (numberIn(said.slice(2)) ?? 0)).toBeCloseTo(change, 0.9)

    await page.setViewportSize({ width: 1280, height: 800 })
    await page.getByRole('link', { name: 'Failures', exact: true }).click()
    for (const name of ['Install method', 'Launched from']) {
      const box = await rates.locator('table', { hasText: name }).boundingBox()
      expect((box?.y ?? Number.NaN) + (box?.height ?? 0)).toBeLessThan(800)
    }

    // A filter that is chosen far down the page is said, and taken back, at its upper edge.
    await rates.locator(onlyUv).click()
    await settled(page)
    const choice = page.getByRole('link', { name: /^Only uv/ })
    expect((await choice.boundingBox())?.y).toBeLessThan(60)
    await choice.click()
    await settled(page)
    expect(page.url()).not.toMatch(/filter=/)
  })
}

/** By field and segment, how often it was counted and out of how many. */
async function readBreakdown(within: Locator) {
  const read = await within.locator('table').evaluateAll((tables) =>
    tables
      .filter((table) => !table.closest('.tooltip'))
      .map((table) => ({
        title: table.querySelector('thead th')?.textContent ?? '',
        rows: [...table.querySelectorAll('tbody tr')].map((row) =>
          [...row.children].map(
            (cell) => (cell.querySelector('.valueName, .counts') ?? cell).textContent ?? '',
          ),
        ),
      })),
  )
  return Object.fromEntries(
    read.map(({ title, rows }) => {
      const counted = rows.map(([segment, ...cells]) => [
        segment,
        cells
          .find((cell) => / of /.test(cell))
          ?.split(' of ')
          .map(numberIn),
      ])
      return [title, Object.fromEntries(counted)]
    }),
  )
}
