#!/usr/bin/env -S node --max-semi-space-size=2 --no-turbofan
// The command in a clone of the repository: its pages are those of the present sources. What is published starts with
// `src/main.ts`, and brings a built page along.
import { buildDashboard } from '../../scripts/buildDashboard.ts'

const args = process.argv.slice(2)
const showsPage = args[0] === 'view' || (args[0] === 'enable' && args.includes('--page'))
if (showsPage && !args.includes('--help')) await buildDashboard()
await import('./src/main.ts')
