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
    const read = await dialog.locator('table').evaluateAll((tables) =>
      tables.map((table) => ({
        title: table.querySelector('thead th')?.textContent ?? '',
        rows: [...table.querySelectorAll('tbody tr')].map((row) =>
          [...row.children].map((cell) => cell.textContent ?? ''),
        ),
      })),
    )
    const shown = read.map(({ title, rows }) => {
      const counted = rows.map(([segment, , both = '']) => [segment, both.split(' of ').map(numberIn)])
      return [title, Object.fromEntries(counted)]
    })
    const expected = recountBreakdown(usages, daysAgo(90), YESTERDAY, chart, value)
    expect(Object.fromEntries(shown)).toEqual(expected)

    await dialog.locator('table').first().locator('tbody a').first().click()
    await settled(page)
    expect(page.url()).toMatch(/filter=environment\./)
    expect(page.url()).not.toMatch(/breakdown=/)
    expect(await dialog.count()).toBe(0)
  })
}
