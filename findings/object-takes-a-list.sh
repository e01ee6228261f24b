#!/usr/bin/env bash
# valibot 1.5.0: object() accepts an array, the JSON Schema made from it does not.
#
# An object whose entries are all optional takes [], and gives back {}: a caller that sent the wrong thing is told
# that all is well, and its data are gone. The derived JSON Schema says type "object", which no validator of JSON Schema gives to
# an array. looseObject gives back {"0": …}: the list's items under their numbers.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . valibot@1.5.0 @valibot/to-json-schema@1.8.0 ajv@8.20.0
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { toJsonSchema } from '@valibot/to-json-schema'
import Ajv from 'ajv'
import * as v from 'valibot'

const seen = {}
for (const make of ['object', 'strictObject', 'looseObject']) {
  const schema = v[make]({ minutes: v.optional(v.number()) })
  const list = [25]
  const parsed = v.safeParse(schema, list)
  seen[make] = {
    valibot: parsed.success && parsed.output,
    empty: v.is(schema, []),
    jsonSchema: new Ajv().validate(toJsonSchema(schema), list),
  }
}
console.log(seen)
assert.deepEqual(seen.object, { valibot: {}, empty: true, jsonSchema: false })
assert.deepEqual(seen.strictObject, { valibot: false, empty: true, jsonSchema: false })
assert.deepEqual(seen.looseObject, { valibot: { 0: 25 }, empty: true, jsonSchema: false })
JS
node try.mjs
