#!/usr/bin/env node
import { EXIT, processTerminal } from '@voicemode-telemetry/command-line'
import manifest from '../package.json' with { type: 'json' }
import { createHost } from './createHost.ts'
import { serve } from './node/serve.ts'
import { runCommandLine, type Serve } from './operate/cli.ts'

const host = createHost()
const world = { env: process.env, fetch, version: manifest.version, now: host.now }

const serveUntilTold: Serve = async (settings, { terminal, json }) => {
  const serving = await serve(settings, host)
  if (serving.outcome === 'failed') {
    terminal.err(`${serving.message}\n`)
    return EXIT.failed
  }
  const interrupted = terminal.interrupted()
  terminal.out(`${json ? JSON.stringify({ url: serving.url }) : `Listening on ${serving.url}`}\n`)
  await interrupted
  await serving.stop()
  process.exit(EXIT.ok)
}

process.exitCode = await runCommandLine(process.argv.slice(2), world, processTerminal(), serveUntilTold)
