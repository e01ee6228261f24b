import { createServer, type ServerResponse } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'

/**
 * The peer of ingest: reads a body, parses it as JSON and answers. Prints where it listens.
 *
 * `node bareServer.ts [DATABASE]`: where a database is named, as the server's own setting names one, it first stores the body in a
 * table with one key, all that arrive together in one transaction, and does nothing else. So it is the limit of whatever stores.
 */
interface Waiting {
  event_id: string
  body: string
  response: ServerResponse
}

const store = process.argv[2] === undefined ? async () => {} : await openStore(process.argv[2])
let waiting: Waiting[] = []
let isStoring = false

async function storeWaiting(): Promise<void> {
  isStoring = true
  while (waiting.length > 0) {
    await new Promise(setImmediate)
    const group = waiting
    waiting = []
    await store(group)
    for (const { event_id, response } of group) answer(response, event_id)
  }
  isStoring = false
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString()
    const { event_id } = JSON.parse(body)
    if (process.argv[2] === undefined) return answer(response, event_id)
    waiting.push({ event_id, body, response })
    if (!isStoring) storeWaiting()
  })
})
server.listen(0, '127.0.0.1', () => {
  const bound = server.address()
  console.log(JSON.stringify({ url: `http://127.0.0.1:${typeof bound === 'object' && bound?.port}` }))
})

function answer(response: ServerResponse, event_id: string): void {
  const body = JSON.stringify({ status: 'ok', event_id })
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

async function openStore(database: string): Promise<(group: readonly Waiting[]) => Promise<void>> {
  const table = 'CREATE TABLE bare (event_id TEXT PRIMARY KEY, body TEXT)'
  if (database.startsWith('sqlite:')) {
    const sqlite = new DatabaseSync(database.slice('sqlite:'.length))
    sqlite.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${table}`)
    const insert = sqlite.prepare('INSERT INTO bare VALUES (?, ?) ON CONFLICT DO NOTHING')
    return async (group) => {
      sqlite.exec('BEGIN IMMEDIATE')
      for (const { event_id, body } of group) insert.run(event_id, body)
      sqlite.exec('COMMIT')
    }
  }
  const client = new pg.Client(database)
  await client.connect()
  await client.query(table)
  return async (group) => {
    await client.query({
      name: 'insert',
      text: 'INSERT INTO bare SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING',
      values: [group.map(({ event_id }) => event_id), group.map(({ body }) => body)],
    })
  }
}
