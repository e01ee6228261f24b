#!/usr/bin/env bash
# @modelcontextprotocol/inspector 2.12.0: --tool-arg send=yes calls the tool with false, and version=8.10 with 8.1.
#
# Every value is first read as JSON, whatever the tool's schema says, and a text that is left becomes a boolean by being "true" or not.
# So yes and on mean no, without an error, and a version that ends in 0 is another version, where the schema allows a number.
# Where it asks for a string, the call is refused. Who tries a tool by hand with the Inspector tries another call than the one typed.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --ignore-scripts --prefix . @modelcontextprotocol/inspector@2.12.0 @modelcontextprotocol/server@2.4.0
cat > server.mjs <<'JS'
import { fromJsonSchema, McpServer } from '@modelcontextprotocol/server'
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio'
const server = new McpServer({ name: 'a-server', version: '1.0.0' })
const properties = { send: { type: 'boolean' }, version: { type: ['string', 'number'] }, release: { type: 'string' } }
const inputSchema = fromJsonSchema({ type: 'object', properties, additionalProperties: false })
server.registerTool('record', { inputSchema }, async (given) => ({ content: [{ type: 'text', text: JSON.stringify(given) }] }))
await server.connect(new StdioServerTransport())
JS
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'

function received(argument) {
  const words = ['--cli', 'node', 'server.mjs', '--method', 'tools/call', '--tool-name', 'record', '--tool-arg', argument]
  const { stdout } = spawnSync('node_modules/.bin/mcp-inspector', words, { encoding: 'utf8' })
  const { content, isError } = JSON.parse(stdout)
  return isError ? 'refused' : content[0].text
}
const seen = Object.fromEntries(['send=yes', 'send=on', 'send=true', 'version=8.10', 'release=8.10'].map((argument) => [argument, received(argument)]))
console.log(seen)
assert.deepEqual(seen, {
  'send=yes': '{"send":false}',
  'send=on': '{"send":false}',
  'send=true': '{"send":true}',
  'version=8.10': '{"version":8.1}',
  'release=8.10': 'refused',
})
JS
HOME=$PWD node try.mjs
