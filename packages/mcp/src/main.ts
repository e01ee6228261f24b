#!/usr/bin/env node
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio'
import { createHost } from 'voicemode-telemetry'
import { NAME, serve, VERSION } from './server.ts'
import { takeStdout } from './stdout.ts'

const HELP = `Usage: ${NAME}

Lets an assistant show VoiceMode's telemetry and carry the question; only you
can say yes. An assistant starts it by itself and speaks MCP with it over
standard input and output. In Claude Code:

  claude mcp add --scope user voicemode-telemetry -- ${NAME}

For yourself there is the command voicemode-telemetry.
`

const [option] = process.argv.slice(2)
if (option === undefined) {
  if (process.stdin.isTTY) process.stderr.write(`${NAME} waits for an assistant. See: ${NAME} --help\n`)
  const stdout = takeStdout()
  serve(createHost(), new StdioServerTransport(process.stdin, stdout))
} else if (option === '--help' || option === '-h') process.stdout.write(HELP)
else if (option === '--version') process.stdout.write(`${VERSION}\n`)
else {
  process.stderr.write(`${NAME}: there is no such option. See: ${NAME} --help\n`)
  process.exitCode = 2
}
