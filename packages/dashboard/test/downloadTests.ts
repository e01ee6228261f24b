import type { APIRequestContext, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { openPage, usages } from './fixture.ts'
import { readTables } from './readPage.ts'
import { minor, type Table } from './recount.ts'

interface Row {
  day: string
  field: string
  value: string
  n: number
}

/** The charts whose numbers are derived from their downloads. */
const DERIVED_CHARTS = [
  'Active in 7 and 30 days',
  'New and returning',
  'Operations',
  'Success rate',
  'Retention',
]

export function downloadTests(): void {
  test('have the numbers of their table, with a filter too', async () => {
    const page = await openPage(`?range=30&filter=environment.os_type:${usages.at(-1)?.environment.os_type}`)
    const tables = await readTables(page)
    const links = await readLinks(page)
    expect(new Set(links.map(({ title }) => title))).toEqual(new Set(Object.keys(tables)))
    const rowsOf: Record<string, Row[]> = {}
    for (const { title, files } of links) {
      expect(files.map(({ download }) => download.split('.').at(-1))).toEqual(['csv', 'json'])
      const [csv = '', json = ''] = files.map(({ href }) => href)
      rowsOf[title] = await downloadBoth(page.request, csv, json)
    }
    const direct = Object.entries(tables).filter(([title]) => !DERIVED_CHARTS.includes(title))
    expect(direct.length).toBeGreaterThan(10)
    for (const [title, table] of direct) {
      expect(withoutZeros(table.rows), title).toEqual(withoutZeros(tableOf(rowsOf[title] ?? [], title)))
    }
  })
}

function readLinks(page: Page) {
  return page.locator('main figure .downloads li').evaluateAll((items) =>
    items.map((item) => ({
      title: item.closest('figure')?.querySelector('h3')?.firstChild?.textContent?.trim() ?? '',
      files: [...item.querySelectorAll('a')].map(({ href, download }) => ({ href, download })),
    })),
  )
}

/** Downloads the rows of a field, and expects the CSV to have the rows of the JSON. */
async function downloadBoth(request: APIRequestContext, csv: string, json: string): Promise<Row[]> {
  const [csvAnswer, jsonAnswer] = await Promise.all([request.get(csv), request.get(json)])
  const { counts } = (await jsonAnswer.json()) as { counts: Row[] }
  const [head, ...lines] = (await csvAnswer.text()).trim().split('\r\n')
  expect(head).toBe('day,field,value,n')
  expect(lines.sort()).toEqual(
    counts.map(({ day, field, value, n }) => `${day},${field},${value},${n}`).sort(),
  )
  return counts
}

/** The rows as a table; a plain number stands under its chart's title. */
function tableOf(rows: readonly Row[], title: string): Table {
  const table: Table = {}
  for (const { day, field, value, n } of rows) {
    const column = field === 'environment.version' ? minor(value) : value || title
    table[day] = { ...table[day], [column]: (table[day]?.[column] ?? 0) + n }
  }
  return table
}

function withoutZeros(table: Record<string, Record<string, number | undefined>>): [string, string, number][] {
  return Object.entries(table)
    .flatMap(([day, row]) =>
      Object.entries(row).map(([value, n = 0]): [string, string, number] => [day, value, n]),
    )
    .filter(([, , n]) => n !== 0)
    .sort()
}
