#!/usr/bin/env bash
# A JSON object with one key twice: JavaScript reads the last value, SQLite 3.53 and DuckDB 1.5.6 read the first.
#
# Who checks a body with JSON.parse, stores its bytes, and later counts with the database's own JSON functions counts
# something that was never checked. SQLite keeps both keys in json() and gives both in json_each(); DuckDB's json_extract
# takes the first, and its read_json refuses the whole file with "duplicate key", although every other reader accepts it.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . node@26.10.0 @duckdb/node-api@1.5.6-r.1
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { DuckDBInstance } from '@duckdb/node-api'

const text = '{"a":1,"a":2}'
const sqlite = new DatabaseSync(':memory:')
  .prepare(`SELECT json_extract(:t, '$.a') AS got, (SELECT group_concat(value) FROM json_each(:t)) AS every, json(:t) AS kept`)
  .get({ ':t': text })
const duck = await (await DuckDBInstance.create(':memory:')).connect()
const ask = async (sql) => (await duck.runAndReadAll(sql)).getRowsJson()
writeFileSync('lines.jsonl', `${text}\n`)
const seen = {
  javascript: JSON.parse(text).a,
  sqlite: { ...sqlite },
  duckdb: (await ask(`SELECT CAST(json_extract('${text}', '$.a') AS VARCHAR)`))[0][0],
  file: await ask(`SELECT * FROM read_json('lines.jsonl')`).then(() => 'read', (error) => /has duplicate key/.test(error.message) && 'refused'),
}
console.log(seen)
assert.deepEqual(seen, {
  javascript: 2,
  sqlite: { got: 1, every: '1,2', kept: text },
  duckdb: '1',
  file: 'refused',
})
JS
PATH=$PWD/node_modules/.bin:$PATH node try.mjs
