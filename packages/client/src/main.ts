#!/usr/bin/env node
import { processTerminal } from '@voicemode-telemetry/command-line'
import { runCommandLine } from './cli/cli.ts'
import { createHost } from './createHost.ts'

process.exitCode = await runCommandLine(process.argv.slice(2), createHost(), processTerminal())
