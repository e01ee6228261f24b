#!/usr/bin/env bash
# @modelcontextprotocol/sdk 1.32.2: a host that sends an empty form back says "yes" where the form's default is yes.
#
# A server asks a person by elicitation, in a form with a required yes or no. If the host has declared applyDefaults, the SDK fills
# what the person left open with the schema's defaults before the answer goes back. The server gets { send: true } with the action
# accept, and can't tell it from a person's choice. Without applyDefaults the same answer is refused as incomplete. So a question of
# consent must not have a default that means yes.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . @modelcontextprotocol/sdk@1.32.2
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'

const requestedSchema = {
  type: 'object',
  properties: { send: { type: 'boolean', default: true } },
  required: ['send'],
}

async function answerOf(applyDefaults) {
  const server = new McpServer({ name: 'server', version: '1.0.0' })
  const client = new Client(
    { name: 'host', version: '1.0.0' },
    { capabilities: { elicitation: { form: { applyDefaults } } } },
  )
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: {} }))
  const [one, other] = InMemoryTransport.createLinkedPair()
  await Promise.all([server.connect(one), client.connect(other)])
  return server.server.elicitInput({ message: 'May it?', requestedSchema }).catch((error) => error.code)
}

const [without, withDefaults] = [await answerOf(false), await answerOf(true)]
console.log('without applyDefaults:', without, ' with it:', JSON.stringify(withDefaults))
assert.equal(without, -32602)
assert.deepEqual(withDefaults, { action: 'accept', content: { send: true } })
JS
node try.mjs
