#!/usr/bin/env bash
# @sentry/node 11.12.0: with sendDefaultPii: false, each report names the machine, and says when it was started to the millisecond.
#
# The setting is about what could identify a person. A laptop's host name often holds its owner's name; it is sent as server_name.
# contexts.device.boot_time is the same in every report until the next restart and differs between machines, so it links reports
# like an id; the exact memory size and the processor's model come with it.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . @sentry/node@11.12.0
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { hostname } from 'node:os'
import * as Sentry from '@sentry/node'

let received = ''
const server = createServer(async (request, response) => {
  for await (const chunk of request) received += chunk
  response.end('{}')
}).listen(0, '127.0.0.1')
await once(server, 'listening')

Sentry.init({ dsn: `http://key@127.0.0.1:${server.address().port}/1`, sendDefaultPii: false })
Sentry.captureMessage('hello')
await Sentry.flush(5000)

const report = received
  .split('\n')
  .filter((line) => line.startsWith('{'))
  .map((line) => JSON.parse(line))
  .find(({ message }) => message === 'hello')
const { device } = report.contexts
console.log('fields:', Object.keys(report).join(' '))
console.log('server_name is the host name:', report.server_name === hostname(), ' device:', Object.keys(device).join(' '))
assert.equal(report.server_name, hostname())
assert.match(device.boot_time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
assert.equal(typeof device.memory_size, 'number')
process.exit(0)
JS
node try.mjs
