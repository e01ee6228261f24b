#!/usr/bin/env bash
# @datadog/sketches-js 2.1.1: a sketch that was sent and read back has its quantiles and count, but its sum is 0 and its minimum Infinity.
#
# toProto() and fromProto() are how a DDSketch gets from the machine that observes to the one that adds up. The format has the
# bins alone, and what stands beside them is not made from them again: an average is 0. Merged into a sketch of the
# receiver, the count grows and the sum doesn't, so the average is too low by the share that came from elsewhere, and nothing warns.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . @datadog/sketches-js@2.1.1 protobufjs@7.5.4
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import sketches from '@datadog/sketches-js'

const { DDSketch } = sketches
const of = (...values) => {
  const sketch = new DDSketch()
  for (const value of values) sketch.accept(value)
  return sketch
}
const facts = (sketch) => ({ count: sketch.count, sum: sketch.sum, min: sketch.min, max: sketch.max, median: Math.round(sketch.getValueAtQuantile(0.5)) })

const sent = of(10, 20, 30, 40, 50)
const received = DDSketch.fromProto(sent.toProto())
const merged = of(100)
merged.merge(received)
console.log({ sent: facts(sent), received: facts(received), merged: facts(merged) })
assert.deepEqual(facts(sent), { count: 5, sum: 150, min: 10, max: 50, median: 30 })
assert.deepEqual(facts(received), { count: 5, sum: 0, min: Infinity, max: -Infinity, median: 30 })
assert.deepEqual(facts(merged), { count: 6, sum: 100, min: 100, max: 100, median: 30 })
JS
node try.mjs
