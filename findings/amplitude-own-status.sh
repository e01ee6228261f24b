#!/usr/bin/env bash
# @amplitude/analytics-node 1.5.73: the status of the HTTP answer is not looked at.
#
# What counts is `code` in the JSON body. A real 403, 429 with Retry-After, or even a 200 whose body is `{}` (what a proxy or a
# stub in front of the service answers) all count as 500 and are sent again at once. So an event that a server took and
# acknowledged with 200 is delivered twice.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . @amplitude/analytics-node@1.5.73
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createInstance } from '@amplitude/analytics-node'

let status
let deliveries = []
const server = createServer(async (request, response) => {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const { events } = JSON.parse(Buffer.concat(chunks))
  deliveries.push(...events.map((event) => event.insert_id))
  response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '3600' }).end('{}')
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
for (status of [200, 403, 429]) {
  deliveries = []
  const client = createInstance()
  const serverUrl = `http://127.0.0.1:${server.address().port}/`
  await client.init('key', { serverUrl, flushQueueSize: 1, flushIntervalMillis: 20, flushMaxRetries: 2, logLevel: 0 }).promise
  const { code } = await client.track('used', {}, { device_id: 'a' }).promise
  const twice = deliveries.length === 2 && deliveries[0] === deliveries[1]
  console.log(`answered ${status}: taken for ${code}, the same event sent ${deliveries.length} times`)
  assert.ok(twice)
  assert.equal(code, 500)
}
server.close()
server.closeAllConnections()
JS
node try.mjs
