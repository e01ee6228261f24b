#!/usr/bin/env bash
# mixpanel 0.24.0: an event travels in the address of a GET request.
#
# track() puts the whole event, base64 in the query, into the URL, where proxies and servers write it into their access
# logs, which nobody counts as a store of events and which keep their own time.
# Any answer other than the body "1" is an error, so a proxy's own page with status 200 is noticed; a refusal is not retried.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . mixpanel@0.24.0
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import mixpanel from 'mixpanel'

const seen = []
const server = createServer((request, response) => {
  seen.push(request)
  response.writeHead(503, { 'retry-after': '1' }).end('0')
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const client = mixpanel.init('key', { protocol: 'http', host: `127.0.0.1:${server.address().port}` })
const failure = await new Promise((done) => client.track('used', { distinct_id: 'a', minutes: 25 }, done))
const { method, url } = seen[0]
const event = JSON.parse(Buffer.from(new URL(url, 'http://a').searchParams.get('data'), 'base64'))
console.log(method, url.split('?')[0], event, String(failure))
server.close()
assert.equal(method, 'GET')
assert.equal(event.properties.minutes, 25)
assert.ok(failure)
assert.equal(seen.length, 1)
JS
node try.mjs
