#!/usr/bin/env bash
# prom-client 15.1.3: a summary that nobody observed reports a 99th percentile of 0, the best value there is.
#
# Prometheus's text format has NaN for a value that there isn't. prom-client writes 0 instead, and with maxAgeSeconds it returns
# to 0 after each quiet time. So a server that gets no request, because it can't be reached, is drawn as the fastest, an average over
# servers falls, and an alert "slower than" stays silent.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . prom-client@15.1.3
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { Registry, Summary } from 'prom-client'

let nowMs = 0
Date.now = () => nowMs
const registry = new Registry()
const options = { name: 'answer_seconds', help: 'Time to answer.', registers: [registry], percentiles: [0.99], maxAgeSeconds: 600, ageBuckets: 5 }
const summary = new Summary(options)
const percentile = async () => (await registry.metrics()).match(/^answer_seconds\{quantile="0.99"\} (.*)$/m)[1]

const seen = { before: await percentile() }
summary.observe(4.2)
seen.observed = await percentile()
nowMs = 700_000
seen.later = await percentile()
console.log('99th percentile, in seconds:', seen)
assert.deepEqual(seen, { before: '0', observed: '4.2', later: '0' })
JS
node try.mjs
