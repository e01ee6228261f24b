#!/usr/bin/env bash
# @rudderstack/rudder-sdk-node 3.0.13: after `await flush()`, 29 of 30 events have not left.
#
# A program tracks 30 events, waits for flush() and ends, as one does in a command. The first event starts a request at once. The
# twentieth takes the next 20 out of the queue, and they wait for that request. flush() waits for the same one, finds
# nothing in the queue, and says that it is done: the server has got one event. Up to 20 events all arrive, so a test with few
# finds nothing.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . @rudderstack/rudder-sdk-node@3.0.13
cat > program.cjs <<'JS'
const Analytics = require('@rudderstack/rudder-sdk-node')
const [dataPlaneUrl, count] = process.argv.slice(2)
const client = new Analytics('key', { dataPlaneUrl, gzip: false })
for (let i = 0; i < Number(count); i++) client.track({ event: 'used', anonymousId: 'a' })
client.flush().then(() => process.exit())
JS
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'

let received = 0
const server = createServer(async (request, response) => {
  let body = ''
  for await (const part of request) body += part
  received += JSON.parse(body).batch.length
  response.end('{}')
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')

async function receivedOf(count) {
  received = 0
  await once(spawn(process.execPath, ['program.cjs', `http://127.0.0.1:${server.address().port}`, count], { stdio: 'inherit' }), 'exit')
  return received
}
const seen = { 5: await receivedOf(5), 20: await receivedOf(20), 30: await receivedOf(30) }
console.log('tracked: received', seen)
server.close()
server.closeAllConnections()
assert.deepEqual(seen, { 5: 5, 20: 20, 30: 1 })
JS
node try.mjs
