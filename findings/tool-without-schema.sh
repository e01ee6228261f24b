#!/usr/bin/env bash
# MCP SDK 2.4.0: a tool that is registered without an inputSchema accepts any arguments and hides them from its handler.
#
# The tool is listed as taking any object, so an assistant may call "delete everything" with {"dry_run": true} or {"day": "…"}. The
# call is accepted, and the handler, which gets only the context, deletes everything. A tool with a closed schema answers
# the same call with an error and is not run.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . @modelcontextprotocol/server@2.4.0 @modelcontextprotocol/client@2.4.0
cat > server.mjs <<'JS'
import { fromJsonSchema, McpServer } from '@modelcontextprotocol/server'
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio'

const server = new McpServer({ name: 'a', version: '1' })
const ran = (...given) => ({ content: [{ type: 'text', text: `ran, ${given.length} argument` }] })
server.registerTool('without', {}, ran)
const inputSchema = fromJsonSchema({ type: 'object', properties: {}, additionalProperties: false })
server.registerTool('closed', { inputSchema }, ran)
await server.connect(new StdioServerTransport())
JS
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'

const client = new Client({ name: 'c', version: '1' })
await client.connect(new StdioClientTransport({ command: process.execPath, args: ['server.mjs'] }))
const { tools } = await client.listTools()
const call = async (name) => {
  const result = await client.callTool({ name, arguments: { dry_run: true } })
  return result.isError ? 'refused' : result.content[0].text
}
const seen = { listed: tools.find(({ name }) => name === 'without').inputSchema, without: await call('without'), closed: await call('closed') }
console.log(seen)
assert.equal(seen.listed.additionalProperties, undefined)
assert.deepEqual([seen.without, seen.closed], ['ran, 1 argument', 'refused'])
process.exit(0)
JS
node try.mjs
