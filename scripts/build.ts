import { buildDashboard } from './buildDashboard.ts'

await buildDashboard({ always: true })
