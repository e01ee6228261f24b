#!/usr/bin/env node
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio'
import { createHost } from 'voicemode-telemetry'
import { NAME, serve, VERSION } from './server.ts'
import { takeStdout } from './stdout.ts'

const HELP = `Usage: ${NAME}

Lets an AI assistant show you VoiceMode's telemetry and ask you about it. Only
you can say yes. Your assistant starts it and talks to it over standard input
and output (MCP). To add it to Claude Code:

  claude mcp add --scope user voicemode-telemetry -- ${NAME}

For yourself, there is the command voicemode-telemetry.
`

const [option] = process.argv.slice(2)
if (option === undefined) {
  if (process.stdin.isTTY) process.stderr.write(`${NAME} waits for an assistant. See: ${NAME} --help\n`)
  const stdout = takeStdout()
  serve(createHost(), new StdioServerTransport(process.stdin, stdout))
} else if (option === '--help' || option === '-h') process.stdout.write(HELP)
else if (option === '--version') process.stdout.write(`${VERSION}\n`)
else {
  process.stderr.write(`${NAME}: no such option. See: ${NAME} --help\n`)
  process.exitCode = 2
}
