#!/usr/bin/env bash
# Cloudflare D1 (miniflare 4.20260730.0): six SELECTs joined by UNION ALL are too many, and so is a LIKE pattern of 60 letters.
#
# SQLite takes 500 terms and patterns of 50,000 bytes. Statements that are built per table or per field, and were tried on SQLite,
# fail on D1 as soon as there are six of them. The local emulation has these limits too, so a test finds it before the deployment.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . node@26.10.0 miniflare@4.20260730.0
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { Miniflare } from 'miniflare'

const union = (terms) => Array(terms).fill('SELECT 1 AS a').join(' UNION ALL ')
const like = (letters) => `SELECT '${'x'.repeat(60)}' LIKE '${'x'.repeat(letters - 1)}%' AS a`
const STATEMENTS = [union(5), union(6), like(50), like(60)]
const worker = `export default { async fetch(request, { DB }) {
  const ask = (sql) => DB.prepare(sql).all().then(({ results }) => results.length, ({ message }) => message)
  return Response.json(await Promise.all((await request.json()).map(ask)))
} }`
const miniflare = new Miniflare({ modules: true, d1Databases: { DB: 'a' }, script: worker })
const d1 = await (await miniflare.dispatchFetch('http://a/', { method: 'POST', body: JSON.stringify(STATEMENTS) })).json()
await miniflare.dispose()
const sqlite = STATEMENTS.map((sql) => new DatabaseSync(':memory:').prepare(sql).all().length)
console.log({ sqlite, d1 })
assert.deepEqual(sqlite, [5, 6, 1, 1])
assert.equal(d1[0], 5)
assert.match(d1[1], /too many terms in compound SELECT/)
assert.equal(d1[2], 1)
assert.match(d1[3], /pattern too complex/)
JS
PATH=$PWD/node_modules/.bin:$PATH node try.mjs
