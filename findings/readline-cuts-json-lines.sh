#!/usr/bin/env bash
# Node 26.10.0, node:readline: one line of a JSON Lines log arrives as two, and neither of them is JSON.
#
# U+2028 (line separator) may stand raw in a JSON string, and Python's json.dumps(..., ensure_ascii=False) writes it so: it comes
# into a log with a text that was pasted from a web page. readline, which Node's documentation shows for reading a file line by
# line, ends a line there. Whoever passes over lines that can't be read loses the call without a word. JSON.parse reads the
# line as it is, and so does splitting at "\n".
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . node@26.10.0
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'

const log = '{"call":1,"text":"one\u2028two"}\n{"call":2,"text":"three"}\n'
const callsIn = (lines) => lines.flatMap((line) => {
  try {
    return [JSON.parse(line).call]
  } catch {
    return []
  }
})
const lines = []
for await (const line of createInterface({ input: Readable.from([log]) })) lines.push(line)

console.log(process.version, 'readline:', lines.length, 'lines, calls', callsIn(lines), '; split: calls', callsIn(log.trim().split('\n')))
assert.equal(process.version, 'v26.10.0')
assert.equal(lines.length, 3)
assert.deepEqual(callsIn(lines), [2])
assert.deepEqual(callsIn(log.trim().split('\n')), [1, 2])
JS
node_modules/.bin/node try.mjs
