#!/usr/bin/env bash
# cron 4.4.0, croner 11.0.0, cron-parser 5.10.5: when the clocks go forward, an hourly job runs once too often, and a nightly one never.
#
# In Berlin there is no time from 2:00 to 3:00 on 29 March 2026. For "at half past each hour" cron adds a run at 3:00 sharp, so that the
# day's 23 hours have 24 runs, and who adds up one hour per run counts one too many. "At 2:00 and 2:30" runs on that day
# twice by cron-parser, once by cron and not at all by croner, although croner runs a job at 2:30 alone, at 3:00. When the clocks
# go back, croner runs the pair four times.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . cron@4.4.0 croner@11.0.0 cron-parser@5.10.5 luxon@3.7.2
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { CronTime } from 'cron'
import { CronExpressionParser } from 'cron-parser'
import { Cron } from 'croner'
import { DateTime } from 'luxon'

const zone = 'Europe/Berlin'
const libraries = {
  cron: (line, from) => {
    const time = new CronTime(line, zone)
    let at = from
    return () => (at = time.getNextDateFrom(at, zone)).toJSDate()
  },
  'cron-parser': (line, from) => {
    const times = CronExpressionParser.parse(line, { tz: zone, currentDate: from.toJSDate() })
    return () => times.next().toDate()
  },
  croner: (line, from) => {
    const job = new Cron(line, { timezone: zone, paused: true })
    let at = from.toJSDate()
    return () => (at = job.nextRun(at))
  },
}
// The runs of a day, as the zone's clock shows them.
function runs(line, day) {
  const start = DateTime.fromISO(day, { zone })
  const timesOf = (next) => {
    const times = []
    for (let at = next(); at < start.plus({ days: 1 }).toJSDate(); at = next()) times.push(DateTime.fromJSDate(at, { zone }).toFormat('H:mm'))
    return times
  }
  return Object.fromEntries(Object.entries(libraries).map(([name, nextOf]) => [name, timesOf(nextOf(line, start.minus({ seconds: 1 })))]))
}
const hourly = runs('30 * * * *', '2026-03-29')
const counts = Object.fromEntries(Object.entries(hourly).map(([name, times]) => [name, times.length]))
const seen = {
  pair: runs('0,30 2 * * *', '2026-03-29'),
  alone: runs('30 2 * * *', '2026-03-29'),
  pairInAutumn: runs('0,30 2 * * *', '2026-10-25'),
}
console.log(counts, hourly.cron.slice(0, 4), seen)
assert.deepEqual(counts, { cron: 24, 'cron-parser': 23, croner: 23 })
assert.deepEqual(hourly.cron.slice(0, 4), ['0:30', '1:30', '3:00', '3:30'])
assert.deepEqual(seen, {
  pair: { cron: ['3:00'], 'cron-parser': ['3:00', '3:30'], croner: [] },
  alone: { cron: ['3:00'], 'cron-parser': ['3:30'], croner: ['3:00'] },
  pairInAutumn: { cron: ['2:00', '2:30'], 'cron-parser': ['2:00', '2:30'], croner: ['2:00', '2:30', '2:00', '2:30'] },
})
JS
node try.mjs
