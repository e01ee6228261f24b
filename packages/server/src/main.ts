#!/usr/bin/env node
import { createHost } from './createHost.ts'
import { ownVersion } from './node/assets.ts'
import { serve } from './node/serve.ts'
import { runCommand } from './operate/cli.ts'
import { helpText, parseSettings } from './operate/settings.ts'

const args = process.argv.slice(2)
const world = { env: process.env, fetch, now: Date.now, out: console.log, err: console.error }
const exitCode = await runCommand(args, world)
const command = parseSettings(args, process.env)
if (exitCode !== undefined) process.exitCode = exitCode
else if (command.outcome === 'help') console.log(helpText())
else if (command.outcome === 'version') console.log(ownVersion())
else if (command.outcome === 'wrong') quit(2, command.problems.join('\n'))
else {
  const serving = await serve(command.settings, createHost())
  if (serving.outcome === 'failed') quit(1, serving.message)
  const stop = () => serving.stop().finally(() => process.exit(0))
  process.on('SIGTERM', stop).on('SIGINT', stop)
  console.log(command.settings.json ? JSON.stringify({ url: serving.url }) : `Listening on ${serving.url}`)
}

function quit(exitCode: 1 | 2, message: string): never {
  console.error(message)
  process.exit(exitCode)
}
