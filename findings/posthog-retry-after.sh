#!/usr/bin/env bash
# posthog-node 5.70.0: "429, come back in an hour" is asked again three times at once; then the event is gone.
#
# The Retry-After of a refusal is not read: all four tries come within fetchRetryDelay of each other (3 s by default), and after
# the last, as after a single 403 or 400, the event has left the queue, so that a flush once the server is well sends
# nothing. A failed
# send in the background is also written to the host program's stderr, twice.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . posthog-node@5.70.0
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { PostHog } from 'posthog-node'

let status
let requests = 0
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    requests += 1
    response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '3600' }).end('{}')
  })
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')

async function refused(code) {
  status = code
  requests = 0
  const client = new PostHog('key', { host: `http://127.0.0.1:${server.address().port}`, flushAt: 100, fetchRetryDelay: 10 })
  client.capture({ distinctId: 'a', event: 'used' })
  await client.flush().catch(() => {})
  const tries = requests
  status = 200
  await client.flush().catch(() => {})
  const later = requests - tries
  await client.shutdown()
  return { tries, later }
}
const seen = { 429: await refused(429), 403: await refused(403) }

let reports = 0
console.error = () => (reports += 1)
status = 403
const background = new PostHog('key', { host: `http://127.0.0.1:${server.address().port}`, flushAt: 1 })
background.capture({ distinctId: 'a', event: 'used' })
await background.shutdown()
console.log(seen, `reports on stderr: ${reports}`)
server.close()
server.closeAllConnections()
assert.deepEqual([seen[429].tries, seen[429].later], [4, 0])
assert.deepEqual([seen[403].tries, seen[403].later], [1, 0])
assert.equal(reports, 2)
JS
node try.mjs
