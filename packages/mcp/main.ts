#!/usr/bin/env node
// The server in a clone of the repository: the page on which it asks is that of the present sources. What is published starts
// with `src/main.ts`.
import { buildDashboard } from '../../scripts/buildDashboard.ts'

if (process.argv.length === 2) await buildDashboard()
await import('./src/main.ts')
