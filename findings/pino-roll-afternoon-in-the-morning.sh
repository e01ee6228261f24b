#!/usr/bin/env bash
# pino-roll 4.0.0: with the date format that its documentation gives for hourly files, 15 o'clock is written into the file of 3 o'clock.
#
# The example is 'yyyy-MM-dd-hh', and date-fns takes hh for hours of a twelve-hour clock. In the afternoon the rotation goes back to
# the names of the morning and appends. A day has 12 files instead of 24, a reader that takes a file for an hour counts two, and the
# file of midnight and noon is the last by name. 'yyyy-MM-dd-HH' gives 24.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . node@26.10.0 pino-roll@4.0.0
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { mock } from 'node:test'
import pinoRoll from 'pino-roll'

const HOUR_MS = 3_600_000
mock.timers.enable({ apis: ['Date', 'setTimeout'], now: Date.UTC(2026, 0, 5, 0, 30) })
const turn = () => new Promise((resolve) => setImmediate(resolve))

async function aDay(dateFormat) {
  const log = await pinoRoll({ file: `logs-${dateFormat}/calls`, frequency: 'hourly', dateFormat, mkdir: true, sync: true })
  for (let hour = 0; hour < 24; hour++) {
    log.write(`${hour} `)
    await turn()
    if (hour < 23) mock.timers.tick(HOUR_MS)
    await turn()
    await turn()
  }
  log.end()
  mock.timers.setTime(Date.UTC(2026, 0, 5, 0, 30))
  const files = readdirSync(`logs-${dateFormat}`)
  return Object.fromEntries(files.map((name) => [name, readFileSync(`logs-${dateFormat}/${name}`, 'utf8').trim()]))
}
const documented = await aDay('yyyy-MM-dd-hh')
console.log(documented)
assert.equal(Object.keys(documented).length, 12)
assert.equal(documented['calls.2026-01-05-03.1.log'], '3 15')
assert.equal(documented['calls.2026-01-05-12.1.log'], '0 12')
assert.equal(Object.keys(await aDay('yyyy-MM-dd-HH')).length, 24)
JS
TZ=UTC PATH=$PWD/node_modules/.bin:$PATH node try.mjs
