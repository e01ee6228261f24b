import { expect, test } from 'vitest'
import { raw, read } from '../../src/store/statement.ts'
import { columnsOf, tablesOf } from '../../src/store/tables.ts'
import type { OpenStore } from './testStore.ts'

/** What the tables are, which `move` and `restore` read from their description. */
export function tablesContract(open: () => Promise<OpenStore>): void {
  test('each table has the columns that are described and no other', async () => {
    const { driver } = await open()
    for (const name of tablesOf(driver.engine)) {
      const one = read`SELECT * FROM (SELECT 1 AS one) AS row LEFT JOIN ${raw(name)} ON 1 = 0`
      const [[row] = []] = await driver.batch([one])
      expect(Object.keys(row ?? {}).toSorted(), name).toEqual(['one', ...columnsOf(name)].toSorted())
    }
  })
}
