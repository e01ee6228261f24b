#!/usr/bin/env bash
# bloom-filters 3.0.4: its HyperLogLog counts 10 different values as 4, and 100 as 44.
#
# With 128 registers the error should be about 9 %, and small numbers, for which the algorithm counts empty registers, should be nearly
# exact. From a thousand on the counts are good, so a test with large numbers finds nothing. Whoever counts installations of a young
# program so sees less than half of them.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . bloom-filters@3.0.4
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import bloomFilters from 'bloom-filters'

const counted = [10, 100, 1_000, 10_000].map((n) => {
  const sketch = new bloomFilters.HyperLogLog(128)
  for (let k = 0; k < n; k++) sketch.update(`id${k}`)
  return [n, sketch.count(true)]
})
for (const [n, found] of counted) console.log(`${n} values: counted ${found}`)
assert.deepEqual(counted, [[10, 4], [100, 44], [1_000, 1_003], [10_000, 9_811]])
JS
node try.mjs
