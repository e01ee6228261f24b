#!/usr/bin/env node
import manifest from '../package.json' with { type: 'json' }
import { createHost } from './createHost.ts'
import { serve } from './node/serve.ts'
import { runCommandLine } from './operate/cli.ts'

const host = createHost()
const { version } = manifest
const world = { env: process.env, fetch, version, now: host.now, out: console.log, err: console.error }
const line = await runCommandLine(process.argv.slice(2), world)
if (line.outcome === 'ended') process.exitCode = line.exitCode
else {
  const serving = await serve(line.settings, host)
  if (serving.outcome === 'failed') {
    console.error(serving.message)
    process.exit(1)
  }
  const stop = () => serving.stop().finally(() => process.exit(0))
  process.on('SIGTERM', stop).on('SIGINT', stop)
  console.log(line.settings.json ? JSON.stringify({ url: serving.url }) : `Listening on ${serving.url}`)
}
