#!/usr/bin/env bash
# countly-sdk-nodejs 24.10.4: who somebody is, and what waits to be sent, lies in node_modules, and goes with the next npm ci.
#
# Without storage_path the device id and the queue are written to a folder data inside the package's own folder, not to the user's
# folders nor to the working folder. Installing the packages anew deletes both: the same machine comes back as another device. Programs
# that share a global installation share one device.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . countly-sdk-nodejs@24.10.4
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import Countly from 'countly-sdk-nodejs'

let tell
const told = new Promise((resolve) => (tell = resolve))
const server = createServer((request, response) => {
  tell(new URL(request.url, 'http://localhost').searchParams.get('device_id'))
  response.setHeader('content-type', 'application/json').end('{"result":"Success"}')
}).listen(0, '127.0.0.1')
await once(server, 'listening')
Countly.init({ app_key: 'key', url: `http://127.0.0.1:${server.address().port}` })
Countly.begin_session()
console.log(await told)
setTimeout(() => process.exit(0), 500)
JS
first=$(node try.mjs)
again=$(node try.mjs)
ls node_modules/countly-sdk-nodejs/data
rm -rf node_modules package-lock.json
npm install --silent --no-save --prefix . countly-sdk-nodejs@24.10.4
anew=$(node try.mjs)
echo "the same device at the next start: $([ "$first" = "$again" ] && echo yes || echo no); after a new installation: $([ "$first" = "$anew" ] && echo yes || echo no)"
[ -n "$first" ] && [ "$first" = "$again" ] && [ "$first" != "$anew" ]
[ -f node_modules/countly-sdk-nodejs/data/__cly_id.json ]
