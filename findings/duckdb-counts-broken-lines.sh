#!/usr/bin/env bash
# @duckdb/node-api 1.5.6-r.1 (DuckDB 1.5): "ignore errors" counts a line that was cut short, and one NaN makes every sum NaN.
#
# read_ndjson with ignore_errors does not pass over a log line that is no JSON: it becomes a row in which everything is NULL, so that
# count(*) counts a call that nobody can know. Python's json module writes NaN bare; DuckDB reads it as a number though JSON has
# no such number, and then sum, avg and max of the whole log are NaN, without a warning. (A JavaScript reader loses that line.)
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . @duckdb/node-api@1.5.6-r.1
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'

writeFileSync('cut.jsonl', '{"call":1,"seconds":1.5}\n{"call":2,"sec\n{"call":3,"seconds":2.5}\n')
writeFileSync('nan.jsonl', '{"call":1,"seconds":1.5}\n{"call":2,"seconds":NaN}\n{"call":3,"seconds":2.5}\n')
const connection = await (await DuckDBInstance.create()).connect()
const rowOf = async (query) => (await connection.runAndReadAll(query)).getRowsJson()[0]

const cut = await rowOf(`SELECT count(*), count(call) FROM read_ndjson('cut.jsonl', ignore_errors = true)`)
const nan = await rowOf(`SELECT typeof(any_value(seconds)), sum(seconds), avg(seconds), max(seconds) FROM read_ndjson('nan.jsonl')`)
console.log('two whole lines and one cut line: count(*)', cut[0], ' count(call)', cut[1])
console.log('with one NaN:', nan.join(' '))
assert.deepEqual(cut, ['3', '2'])
assert.deepEqual(nan, ['DOUBLE', 'NaN', 'NaN', 'NaN'])
JS
node try.mjs
