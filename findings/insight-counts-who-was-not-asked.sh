#!/usr/bin/env bash
# insight 0.12.0: where nobody can be asked, it takes that for a yes.
#
# The package asks a person before it sends usage statistics. Without a terminal, in CI or with --no-insight, askPermission
# returns at once without an answer. What is then stored is neither a yes nor a no, and track() stops only at a no: the sender is
# started. So all the machines on which the question could not be shown are counted, and those of people who said no are not.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . insight@0.12.0
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import Insight from 'insight'

const memory = new Map([['clientId', 1]])
const config = { get: (key) => memory.get(key), set: (key, value) => memory.set(key, value) }
const insight = new Insight({ trackingCode: 'G-NONE', pkg: { name: 'a-tool', version: '1.0.0' }, config })

const sends = []
// What would start the process that sends: nothing leaves this machine.
insight._fork = (payload) => sends.push(Object.values(payload.queue).map(({ path }) => path))
const track = async (page) => {
  insight.track(page)
  await new Promise((resolve) => setTimeout(resolve, 300))
}

const answer = await insight.askPermission('May this tool send usage statistics?')
await track('not-asked')
insight.optOut = true
await track('said-no')

console.log('answer:', answer, ' optOut before the no:', undefined, ' started to send:', JSON.stringify(sends))
assert.equal(answer, undefined)
assert.deepEqual(sends, [['/not-asked']])
JS
node try.mjs < /dev/null | cat
