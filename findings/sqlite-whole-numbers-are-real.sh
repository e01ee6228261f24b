#!/usr/bin/env bash
# node:sqlite (Node 26.10) and Cloudflare D1 (miniflare 4.20260730.0): a bound whole number arrives as a REAL.
#
# `? / 2` with 5 is 2.5 on both, although 5 / 2 written in the statement is 2. A declared column hides it by its type; arithmetic
# on the parameter itself, as for a bucket's number, doesn't. For node:sqlite a bigint is the way to an INTEGER, but D1
# refuses a bigint, so that CAST(? AS INTEGER) is what works on both. On the way out D1 rounds integers above 2^53 without a word,
# where node:sqlite throws.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . node@26.10.0 miniflare@4.20260730.0
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { Miniflare } from 'miniflare'

const HALF = 'SELECT ? / 2 AS half'
const BIG = 'SELECT 9007199254740993 AS big'
const worker = `export default { async fetch(request, { DB }) {
  const { half } = await DB.prepare('${HALF}').bind(5).first()
  const bigint = await (async () => DB.prepare('${HALF}').bind(5n).first())().catch(() => 'refused')
  return Response.json({ half, bigint, ...(await DB.prepare('${BIG}').first()) })
} }`
const miniflare = new Miniflare({ modules: true, d1Databases: { DB: 'a' }, script: worker })
const d1 = await (await miniflare.dispatchFetch('http://a/')).json()
await miniflare.dispose()

const database = new DatabaseSync(':memory:')
const read = (sql, ...values) => database.prepare(sql).get(...values)
const sqlite = { half: read(HALF, 5).half, bigint: read(HALF, 5n).half }
assert.throws(() => read(BIG), { code: 'ERR_OUT_OF_RANGE' })
console.log({ sqlite, d1 })
assert.deepEqual(sqlite, { half: 2.5, bigint: 2 })
assert.deepEqual(d1, { half: 2.5, bigint: 'refused', big: 9007199254740992 })
JS
PATH=$PWD/node_modules/.bin:$PATH node try.mjs
