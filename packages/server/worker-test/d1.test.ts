import { env } from 'cloudflare:workers'
import { type D1Binding, openD1 } from '../src/store/drivers/d1.ts'
import { raw, read, sql } from '../src/store/statement.ts'
import { storeContract } from '../test/storeContract.ts'

const { DB } = env as unknown as { DB: D1Binding }

storeContract('D1 in workerd', async () => {
  const driver = openD1(DB)
  const [tables = []] = await driver.batch([
    read`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'`,
  ])
  for (const { name } of tables) await driver.batch([sql`DROP TABLE ${raw(String(name))}`])
  return { connect: async () => openD1(DB), remove: async () => {} }
})
