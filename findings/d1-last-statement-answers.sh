#!/usr/bin/env bash
# Cloudflare D1 (miniflare 4.20260730.0) and node:sqlite (Node 26.10): two statements in one prepare().
#
# D1 runs both and gives the rows of the last. node:sqlite runs the first alone, gives its rows, and drops the rest
# without an error. What was written as one string and tried on one of them is half done on the other.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . node@26.10.0 miniflare@4.20260730.0
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { Miniflare } from 'miniflare'

const TWO = 'INSERT INTO t VALUES (1); SELECT 2 AS answer'
const worker = `export default { async fetch(request, { DB }) {
  await DB.prepare('CREATE TABLE t (x INTEGER)').run()
  const { results } = await DB.prepare(${JSON.stringify(TWO)}).all()
  return Response.json({ answered: results, ...(await DB.prepare('SELECT COUNT(*) AS stored FROM t').first()) })
} }`
const miniflare = new Miniflare({ modules: true, d1Databases: { DB: 'a' }, script: worker })
const d1 = await (await miniflare.dispatchFetch('http://a/')).json()
await miniflare.dispose()
const database = new DatabaseSync(':memory:')
database.exec('CREATE TABLE t (x INTEGER)')
const answered = database.prepare(TWO).all().map((row) => ({ ...row }))
const sqlite = { answered, ...database.prepare('SELECT COUNT(*) AS stored FROM t').get() }
console.log(JSON.stringify({ d1, sqlite }))
assert.deepEqual(d1, { answered: [{ answer: 2 }], stored: 1 })
assert.deepEqual(sqlite, { answered: [], stored: 1 })
JS
PATH=$PWD/node_modules/.bin:$PATH node try.mjs
