#!/usr/bin/env bash
# Node 26.10.0: one NO_PROXY, two answers. http.get goes past the proxy for a range of IP addresses, and fetch does not.
#
# With NODE_USE_ENV_PROXY=1 both obey HTTP_PROXY and NO_PROXY. For NO_PROXY=127.0.0.1-127.0.0.9, a form that Node's documentation
# lists, http.get connects directly. fetch, which has a parser of its own, asks the proxy for the same URL. A network in CIDR form
# is known to neither.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . node@26.10.0
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { promisify } from 'node:util'

const target = createServer((_, response) => response.end('direct')).listen(0, '127.0.0.2')
const proxy = createServer((_, response) => response.end('by the proxy')).listen(0, '127.0.0.1')
await Promise.all([once(target, 'listening'), once(proxy, 'listening')])
const url = JSON.stringify(`http://127.0.0.2:${target.address().port}/`)
const WAYS = {
  fetch: `fetch(${url}).then((answer) => answer.text()).then(console.log)`,
  http: `require('node:http').get(${url}, (answer) => answer.setEncoding('utf8').on('data', console.log))`,
}

async function ask(way, NO_PROXY) {
  const env = { HTTP_PROXY: `http://127.0.0.1:${proxy.address().port}`, NO_PROXY, NODE_USE_ENV_PROXY: '1' }
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', WAYS[way]], { env })
  return stdout.trim()
}

const seen = {}
for (const exempt of ['127.0.0.2', '127.0.0.1-127.0.0.9', '127.0.0.0/8']) {
  seen[exempt] = [await ask('fetch', exempt), await ask('http', exempt)]
  console.log(`NO_PROXY=${exempt}: fetch ${seen[exempt][0]}, http.get ${seen[exempt][1]}`)
}
assert.equal(process.version, 'v26.10.0')
assert.deepEqual(seen, {
  '127.0.0.2': ['direct', 'direct'],
  '127.0.0.1-127.0.0.9': ['by the proxy', 'direct'],
  '127.0.0.0/8': ['by the proxy', 'by the proxy'],
})
process.exit(0)
JS
node_modules/.bin/node try.mjs
