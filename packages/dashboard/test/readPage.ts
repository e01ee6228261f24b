import type { Locator, Page } from 'playwright-core'

/** A table on the page: by row and column, the number in each cell; undefined for a dash. */
export interface ReadTable {
  columns: string[]
  rows: Record<string, Record<string, number | undefined>>
  /** The rows below the others. */
  foot: Record<string, Record<string, number | undefined>>
  /** By row and column, the percentage beside the number. */
  shares: Record<string, Record<string, number | undefined>>
}

/** Waits until the page shows the numbers for its URL. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main[aria-busy="false"]').waitFor()
  await page.locator('.headlines, .message h2').first().waitFor()
}

/** Every table of the page by the heading of its figure. */
export async function readTables(page: Page): Promise<Record<string, ReadTable>> {
  const read = await page.locator('main figure').evaluateAll((figures) =>
    figures.map((figure) => {
      const textsOf = (row: Element, cells: string) =>
        [...row.querySelectorAll(cells)].map((cell) => ({
          text: cell.firstChild?.textContent ?? '',
          part: cell.querySelector('.part')?.textContent ?? '',
        }))
      const rowsOf = (part: string) =>
        [...figure.querySelectorAll(`table ${part} tr`)].map((row) => ({
          label: row.querySelector('th')?.textContent ?? '',
          cells: textsOf(row, 'td'),
        }))
      return {
        title: figure.querySelector('h3')?.firstChild?.textContent?.trim() ?? '',
        columns: [...figure.querySelectorAll('table thead tr:last-child th')]
          .slice(1)
          .map((cell) => cell.textContent ?? ''),
        rows: rowsOf('tbody'),
        foot: rowsOf('tfoot'),
      }
    }),
  )
  return Object.fromEntries(
    read.map(({ title, columns, rows, foot }) => {
      const by = (of: typeof rows, pick: (cell: { text: string; part: string }) => string) =>
        Object.fromEntries(
          of.map(({ label, cells }) => [
            dayIn(label),
            Object.fromEntries(
              columns.map((column, n) => [column, numberIn(pick(cells[n] ?? { text: '', part: '' }))]),
            ),
          ]),
        )
      return [
        title,
        {
          columns,
          rows: by(rows, ({ text }) => text),
          foot: by(foot, ({ text }) => text),
          shares: by([...rows, ...foot], ({ part }) => part),
        },
      ]
    }),
  )
}

/** The texts of the headlines by their labels. */
export async function readHeadlines(
  page: Page,
): Promise<Record<string, { value: string; change: string; beside: string[] }>> {
  const read = await page.locator('.headlines > div').evaluateAll((cards) =>
    cards.map((card) => ({
      label: card.querySelector('dt')?.textContent ?? '',
      value: card.querySelector('.value')?.textContent ?? '',
      change: card.querySelector('.change')?.textContent ?? '',
      beside: [...card.querySelectorAll('.beside')].map((element) => element.textContent ?? ''),
    })),
  )
  return Object.fromEntries(read.map(({ label, ...rest }) => [label, rest]))
}

/** What a figure's legend or bars say about each value, for example `livekit`: `4.2%`. */
export async function readTotals(figure: Locator): Promise<Record<string, string>> {
  const read = await figure
    .locator('.legend li:has(strong), .bars li')
    .evaluateAll((items) =>
      items.map((item) => [
        item.querySelector('.valueName')?.textContent ?? '',
        item.querySelector('strong')?.textContent?.trim() ?? '',
      ]),
    )
  return Object.fromEntries(read)
}

export function figureOf(page: Page, title: string): Locator {
  return page.locator('main figure').filter({ has: page.getByRole('heading', { name: title }) })
}

/** `2026-11-21` of `21 Nov 2026`; anything else stays as it is. */
function dayIn(label: string): string {
  const ms = /^\d{1,2} \w+ \d{4}$/.test(label) ? Date.parse(`${label} UTC`) : Number.NaN
  return Number.isNaN(ms) ? label : new Date(ms).toISOString().slice(0, 10)
}

export function numberIn(text: string): number | undefined {
  const digits = text.replace(/[<,%\s]/g, '')
  return digits === '' || digits === '–' || digits === '…' ? undefined : Number(digits)
}
