#!/usr/bin/env bash
# ajv 8.20.0 and @cfworker/json-schema 4.1.6: of the 1,001 rates from 0 to 100 with one decimal, one validator refuses 348.
#
# A success rate is "a number from 0 to 100 with at most one decimal", and JSON Schema has multipleOf: 0.1 for that. Ajv
# divides, and 0.3 / 0.1 is no whole number in binary fractions, so 0.3, 0.6, 0.7 and 345 others are refused as they are written.
# The other validator takes all of them, and so does Ajv with its option multipleOfPrecision: two servers that publish the same
# schema disagree about a third of the events.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . ajv@8.20.0 @cfworker/json-schema@4.1.6
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { Validator } from '@cfworker/json-schema'
import Ajv from 'ajv/dist/2020.js'

const schema = { type: 'number', multipleOf: 0.1 }
const rates = Array.from({ length: 1001 }, (_, n) => n / 10)
const plain = new Ajv().compile(schema)
const precise = new Ajv({ multipleOfPrecision: 6 }).compile(schema)
const other = new Validator(schema)

const refused = rates.filter((rate) => !plain(rate))
const refusedByOther = rates.filter((rate) => !other.validate(rate).valid)
console.log(`ajv refuses ${refused.length} of ${rates.length}: ${refused.slice(0, 5).join(', ')}, ...`)
console.log(`with multipleOfPrecision: ${rates.filter((rate) => !precise(rate)).length}; the other: ${refusedByOther.length}`)
assert.equal(refused.length, 348)
assert.deepEqual(refused.slice(0, 3), [0.3, 0.6, 0.7])
assert.equal(rates.every((rate) => precise(rate)), true)
assert.deepEqual(refusedByOther, [])
JS
node try.mjs
