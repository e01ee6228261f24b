#!/usr/bin/env bash
# dotenv 18.0.10 and Node 26.10.0 (util.parseEnv): the same line of a settings file is a no to one, and nothing to the other.
#
# "TELEMETRY: false" is a setting for dotenv, which takes a colon for an equals sign; Node finds no setting in it, so that the
# default applies. After a closing quote dotenv gives up and keeps both quotes in the value, where Node takes what was quoted. Whoever
# moves from the package to node --env-file changes what people's files say.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . dotenv@18.0.10 node@26.10.0
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { parseEnv } from 'node:util'
import dotenv from 'dotenv'

const lines = ['TELEMETRY=false # off', 'TELEMETRY: false', 'TELEMETRY="false";', "NAME='it''s'"]
const seen = lines.map((line) => [dotenv.parse(line), parseEnv(line)].map((read) => Object.values(read)[0]))
lines.forEach((line, n) => console.log(`${line}   dotenv: ${seen[n][0]}   Node: ${seen[n][1]}`))
assert.equal(process.version, 'v26.10.0')
assert.deepEqual(seen, [
  ['false', 'false'],
  ['false', undefined],
  ['"false";', 'false'],
  ["it''s", 'it'],
])
JS
node_modules/.bin/node try.mjs
