#!/usr/bin/env bash
# @sanity/telemetry 1.1.0: what is in the buffer when a page is left is sent without asking for the consent.
#
# Each regular sending asks resolveConsent, and at "denied" throws the events away. endWithBeacon(), which the package's own
# registerLifecycleEvents() calls at pagehide, does not ask. So of a person who said no, the events since the last regular
# sending, by default up to 30 s of them, go out when the page is left. At "undetermined" it does so too.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . @sanity/telemetry@1.1.0
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { createBatchedStore, createSessionId, defineEvent, registerLifecycleEvents } from '@sanity/telemetry'

const opened = defineEvent({ name: 'Opened', version: 1 })
async function visit(status) {
  const counts = { asked: 0, sent: 0, beacon: 0 }
  const store = createBatchedStore(createSessionId(), {
    resolveConsent: async () => {
      counts.asked += 1
      return { status }
    },
    sendEvents: async (events) => {
      counts.sent += events.length
    },
    sendBeacon: (events) => {
      counts.beacon += events.length
      return true
    },
  })
  globalThis.window = Object.assign(new EventTarget(), { onpagehide: null })
  globalThis.document = new EventTarget()
  registerLifecycleEvents(store)
  store.logger.log(opened)
  await store.flush()
  store.logger.log(opened)
  window.dispatchEvent(new Event('pagehide'))
  return counts
}
const seen = { granted: await visit('granted'), denied: await visit('denied'), undetermined: await visit('undetermined') }
console.log(seen)
assert.deepEqual(seen, {
  granted: { asked: 1, sent: 1, beacon: 1 },
  denied: { asked: 1, sent: 0, beacon: 1 },
  undetermined: { asked: 1, sent: 0, beacon: 1 },
})
JS
node try.mjs
