#!/usr/bin/env bash
# valibot 1.5.0 beside ajv-formats 3.0.1: a schema and the JSON Schema made from it accept different timestamps.
#
# @valibot/to-json-schema 1.8.0 writes isoTimestamp as format "date-time" and isoDate as "date". Valibot takes 31 February, which
# ajv refuses; ajv takes a leap second and ten digits of a second, both right by RFC 3339, which Valibot refuses. A
# client that checks with the published schema and a server that checks with the original refuse each other's events.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . valibot@1.5.0 @valibot/to-json-schema@1.8.0 ajv@8.20.0 ajv-formats@3.0.1
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { toJsonSchema } from '@valibot/to-json-schema'
import Ajv from 'ajv'
import addFormats from 'ajv-formats'
import * as v from 'valibot'

const ajv = new Ajv()
addFormats(ajv)
const cases = [
  [v.isoTimestamp(), '2026-11-20T10:00:00Z', true, true],
  [v.isoTimestamp(), '2026-02-31T00:00:00Z', true, false],
  [v.isoDate(), '2026-02-31', true, false],
  [v.isoTimestamp(), '2016-12-31T23:59:60Z', false, true],
  [v.isoTimestamp(), '2026-11-20T10:00:00.1234567890Z', false, true],
]
for (const [check, value, ...wanted] of cases) {
  const schema = v.pipe(v.string(), check)
  const seen = [v.is(schema, value), ajv.validate(toJsonSchema(schema), value)]
  console.log(value, { valibot: seen[0], ajv: seen[1] })
  assert.deepEqual(seen, wanted)
}
JS
node try.mjs
