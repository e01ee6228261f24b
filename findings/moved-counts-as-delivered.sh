#!/usr/bin/env bash
# @segment/analytics-node 3.1.0, @rudderstack/rudder-sdk-node 3.0.13, @umami/node 0.4.0: a server that moved loses every event, and
# each of them counts as delivered.
#
# A proxy answers POST with 301 to the new URL, as most do from http to https. By the rules of fetch, which axios keeps too, the request
# that follows is a GET without a body. What stands there answers 200 to it, with a page, and nobody looks at that. The client
# reports success and keeps nothing. 308 would have kept the POST.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . @segment/analytics-node@3.1.0 @rudderstack/rudder-sdk-node@3.0.13 @umami/node@0.4.0
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { Analytics } from '@segment/analytics-node'
import Rudder from '@rudderstack/rudder-sdk-node'
import umamiModule from '@umami/node'

let requests = []
let status
const server = createServer(async (request, response) => {
  let size = 0
  for await (const part of request) size += part.length
  const moved = request.url.startsWith('/new')
  requests.push(`${request.method}${moved ? ' moved' : ''}${size > 0 ? ' with event' : ''}`)
  if (moved) response.end('<title>Hello</title>')
  else response.writeHead(status, { location: `/new${request.url}` }).end()
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const host = `http://127.0.0.1:${server.address().port}`

const clients = {
  async segment() {
    const client = new Analytics({ writeKey: 'key', host, maxRetries: 1, flushAt: 1 })
    return new Promise((resolve) => client.track({ event: 'used', anonymousId: 'a' }, (error) => resolve(error ?? 'delivered')))
  },
  async rudder() {
    const client = new Rudder('key', { dataPlaneUrl: host, retryCount: 0 })
    return new Promise((resolve) => client.track({ event: 'used', anonymousId: 'a' }, (error) => resolve(error ?? 'delivered')))
  },
  async umami() {
    const client = new umamiModule.Umami({ websiteId: 'site', hostUrl: host })
    const { ok } = await client.track('used')
    return ok && 'delivered'
  },
}
for (status of [301, 308]) {
  for (const [name, send] of Object.entries(clients)) {
    requests = []
    const outcome = await send()
    console.log(status, name, outcome, requests)
    assert.equal(outcome, 'delivered')
    assert.deepEqual(requests, ['POST with event', status === 301 ? 'GET moved' : 'POST moved with event'])
  }
}
server.close()
server.closeAllConnections()
JS
node try.mjs
