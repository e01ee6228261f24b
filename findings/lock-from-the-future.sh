#!/usr/bin/env bash
# proper-lockfile 4.1.2: a lock whose time lies in the future never becomes stale.
#
# A process takes the lock while the machine's clock is ahead (no battery, a resumed virtual machine), and is killed.
# The clock is set right. `stale: 10000` says that a lock not renewed for ten seconds may be taken over, and the same
# lock one hour old is taken over; but one that was left "in 300 days" refuses everybody with ELOCKED for 300 days.
# Only an age above the limit counts as stale, and its age is negative.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . proper-lockfile@4.1.2
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import lockfile from 'proper-lockfile'

async function takeOver(name, seconds) {
  writeFileSync(name, '')
  mkdirSync(`${name}.lock`)
  const time = Date.now() / 1000 + seconds
  utimesSync(`${name}.lock`, time, time)
  return lockfile.lock(name, { stale: 10_000 }).then(() => 'taken over', (error) => error.code)
}
const seen = [await takeOver('past', -3600), await takeOver('future', 300 * 86_400)]
console.log(`left an hour ago: ${seen[0]}; left in 300 days: ${seen[1]}`)
assert.deepEqual(seen, ['taken over', 'ELOCKED'])
process.exit(0)
JS
node try.mjs
