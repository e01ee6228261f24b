#!/usr/bin/env node
import { EXIT, processTerminal } from '@voicemode-telemetry/command-line'
import manifest from '../package.json' with { type: 'json' }
import { createHost } from './createHost.ts'
import { createLineWriter } from './node/lineWriter.ts'
import { serve } from './node/serve.ts'
import { runCommandLine, type Serve } from './operate/cli.ts'

const host = createHost(createLineWriter(process.stderr))
const world = { env: process.env, fetch, version: manifest.version, now: host.now }

const serveUntilTold: Serve = async (settings, { terminal, json }) => {
  const serving = await serve(settings, host)
  if (serving.outcome === 'failed') {
    terminal.err(`${serving.message}\n`)
    return EXIT.failed
  }
  // A server goes on when nobody reads what it prints; other commands end.
  process.stdout.removeAllListeners('error').on('error', () => {})
  // A second signal changes nothing: what is under way is still answered and stored.
  const told = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => resolve())
  })
  terminal.out(`${json ? JSON.stringify({ url: serving.url }) : `Listening on ${serving.url}`}\n`)
  await told
  await serving.stop()
  process.exit(EXIT.ok)
}

process.exitCode = await runCommandLine(process.argv.slice(2), world, processTerminal(), serveUntilTold)
