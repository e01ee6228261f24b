#!/usr/bin/env bash
# @medusajs/telemetry 2.21.2: after a no, events are written down all the same, and a later yes sends them.
#
# setTelemetryEnabled(false) stops the sending alone. Each event of the time of the no goes to events.json in the user's settings
# folder, with its time and the machine's id, for as long as the no lasts. Who turns telemetry on again, for whatever reason, sends
# them all. Only the variable MEDUSA_DISABLE_TELEMETRY stops the writing.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --ignore-scripts --prefix . @medusajs/telemetry@2.21.2
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { resolve } from 'node:path'

const received = []
const server = createServer(async (request, response) => {
  let body = ''
  for await (const part of request) body += part
  received.push(...JSON.parse(body).batch.map(({ type }) => type))
  response.end('{}')
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')

const home = resolve('home')
const file = resolve(home, 'medusa/events.json')
async function run(code, variables = {}) {
  const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: home, MEDUSA_TELEMETRY_HOST: `http://127.0.0.1:${server.address().port}`, ...variables }
  await once(spawn(process.execPath, ['-e', code], { env, stdio: 'ignore' }), 'exit')
}
const use = (code) => `const telemetry = require('@medusajs/telemetry'); ${code}; process.exit()`
const send = `require('@medusajs/telemetry/dist/util/send.js')`

await run(use(`telemetry.setTelemetryEnabled(false)`))
await run(use(`telemetry.track('used with variable')`), { MEDUSA_DISABLE_TELEMETRY: 'true' })
assert.equal(existsSync(file), false)
await run(use(`telemetry.track('used during a no')`))
await run(send)
const written = readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line))
console.log('during the no, sent:', received, 'written:', written.map(({ type }) => type))
assert.deepEqual(received, [])
assert.deepEqual(written.map(({ type }) => type), ['used during a no'])
assert.ok(written[0].machine_id && written[0].timestamp)

await run(use(`telemetry.setTelemetryEnabled(true)`))
await run(send)
console.log('after a yes, sent:', received)
assert.deepEqual(received, ['used during a no'])
server.close()
server.closeAllConnections()
JS
node try.mjs
