#!/usr/bin/env node
// The command in a clone of the repository: a server shows the dashboard of the present sources. What is published starts
// with `src/main.ts`, and brings a built dashboard along.
import { buildDashboard } from '../../scripts/buildDashboard.ts'

const [first = '--'] = process.argv.slice(2)
if (first.startsWith('--') && first !== '--help' && first !== '--version') await buildDashboard()
await import('./src/main.ts')
