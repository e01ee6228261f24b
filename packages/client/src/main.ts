#!/usr/bin/env -S node --max-semi-space-size=4
import { runCommandLine } from './cli.ts'
import { createHost } from './host.ts'
import { processTerminal } from './terminal.ts'

process.exitCode = await runCommandLine(process.argv.slice(2), createHost(), processTerminal())
