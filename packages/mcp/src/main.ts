#!/usr/bin/env node
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio'
import { processTerminal } from '@voicemode-telemetry/command-line'
import { createHost } from 'voicemode-telemetry'
import { runCommandLine } from './cli.ts'
import { serve } from './server.ts'
import { takeStdout } from './stdout.ts'

process.exitCode = await runCommandLine(process.argv.slice(2), processTerminal(), () => {
  // Before anything else can write to it.
  const stdout = takeStdout()
  serve(createHost(), new StdioServerTransport(process.stdin, stdout))
})
