#!/usr/bin/env bash
# MCP SDK 2.4.0: the client's time limit of a tool call runs on while it shows the form that this very call asked for.
#
# A tool asks the person a question (elicitation/create). The client's request time-out of tools/call, 60 s by default, does not
# stop while its own handler waits for the person. A person who reads for longer is not heard: the call fails with a
# time-out, and the answer, a no too, goes nowhere. Here the limit is 300 ms and the person takes 900 ms. Signs of progress with
# resetTimeoutOnProgress keep the call alive.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . @modelcontextprotocol/server@2.4.0 @modelcontextprotocol/client@2.4.0
cat > server.mjs <<'JS'
import { McpServer } from '@modelcontextprotocol/server'
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio'

const server = new McpServer({ name: 'a', version: '1' })
server.registerTool('ask', {}, async (context) => {
  const ask = context.mcpReq.elicitInput({ mode: 'form', message: 'Well?', requestedSchema: { type: 'object', properties: { a: { type: 'string' } } } })
  const token = context.mcpReq._meta?.progressToken
  let progress = 0
  const sign = () => token !== undefined && context.mcpReq.notify({ method: 'notifications/progress', params: { progressToken: token, progress: ++progress } })
  const signs = setInterval(sign, 100)
  const answer = await ask.finally(() => clearInterval(signs))
  return { content: [{ type: 'text', text: answer.content.a }] }
})
await server.connect(new StdioServerTransport())
JS
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'

async function call(options) {
  const client = new Client({ name: 'c', version: '1' }, { capabilities: { elicitation: { form: {} } } })
  client.setRequestHandler('elicitation/create', async () => {
    await new Promise((done) => setTimeout(done, 900))
    return { action: 'accept', content: { a: 'no' } }
  })
  await client.connect(new StdioClientTransport({ command: process.execPath, args: ['server.mjs'] }))
  const got = await client.callTool({ name: 'ask', arguments: {} }, { timeout: 300, ...options }).then(
    (result) => result.content[0].text,
    (error) => error.code,
  )
  await client.close()
  return got
}
const plain = await call({})
const kept = await call({ onprogress: () => {}, resetTimeoutOnProgress: true })
console.log({ plain, kept })
assert.deepEqual({ plain, kept }, { plain: 'REQUEST_TIMEOUT', kept: 'no' })
process.exit(0)
JS
node try.mjs
