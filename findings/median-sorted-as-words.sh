#!/usr/bin/env bash
# gatsby-telemetry 4.13.1: its median of 9, 10 and 100 is 100.
#
# aggregateStats() makes a build's figures for the report. It sorts the numbers with Array.sort() without a comparison, so as words:
# 10, 100, 9. Values that all have as many digits give the right median, which hides it, and the caller's own array comes back in
# the order of the words. The maximum starts from 0, so of negative numbers it is 0.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --ignore-scripts --prefix . gatsby-telemetry@4.13.1
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { aggregateStats } from 'gatsby-telemetry'

const sizes = [9, 10, 100]
const figures = (values) => {
  const { median, max } = aggregateStats(values)
  return { median, max }
}
const seen = { mixed: figures(sizes), sameDigits: figures([30, 10, 20]), negative: figures([-3, -2, -1]) }
console.log(seen, sizes)
assert.deepEqual(seen, { mixed: { median: 100, max: 100 }, sameDigits: { median: 20, max: 30 }, negative: { median: -2, max: 0 } })
assert.deepEqual(sizes, [10, 100, 9])
JS
GATSBY_TELEMETRY_DISABLED=1 HOME=$PWD XDG_CONFIG_HOME=$PWD node try.mjs
