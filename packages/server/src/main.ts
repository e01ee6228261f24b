#!/usr/bin/env node
import { ATTEMPTS_PER_HOUR, createApp } from './app.ts'
import { type Host, incidentLine } from './host.ts'
import { runDailyJob } from './jobs/dailyJob.ts'
import { runNowAndDaily } from './jobs/schedule.ts'
import { findDashboard, ownVersion, serveDashboard } from './node/assets.ts'
import { createAddressFinder, listen } from './node/nodeServer.ts'
import { runCommand } from './operate/commands/command.ts'
import { helpText, parseSettings, type Settings } from './operate/settings.ts'
import { openAddressLimits, openDatabase } from './store/drivers/open.ts'
import { createSqlStore } from './store/sqlStore.ts'
import { codeOf } from './store/store.ts'

const host: Host = { now: Date.now, log: (incident) => console.error(incidentLine(incident, Date.now())) }
const args = process.argv.slice(2)
const world = { env: process.env, fetch, now: Date.now, out: console.log, err: console.error }
const exitCode = await runCommand(args, world)
const command = parseSettings(args, process.env)
if (exitCode !== undefined) process.exitCode = exitCode
else if (command.outcome === 'help') console.log(helpText())
else if (command.outcome === 'version') console.log(ownVersion())
else if (command.outcome === 'wrong') quit(2, command.problems.join('\n'))
else await serve(command.settings)

async function serve(settings: Settings): Promise<void> {
  const { retentionDays, eventsPerIdPerHour, eventsPerAddressPerHour, adminToken } = settings
  const driver = await openDatabase(settings).catch((error: Error) =>
    quit(
      1,
      `Cannot open the database ${settings.databasePath ?? ''} (${error.message || codeOf(error)}): ${hintFor(settings)}`,
    ),
  )
  const store = createSqlStore({ driver, now: host.now, eventsPerIdPerHour })
  const limits = await openAddressLimits(settings, host.now)
  const app = createApp({
    store,
    host,
    retentionDays,
    addresses: limits.limiter('events', eventsPerAddressPerHour),
    attempts: limits.limiter('attempts', ATTEMPTS_PER_HOUR),
    access: adminToken ? { by: 'token', token: adminToken } : { by: 'loopback' },
    addressOf: createAddressFinder(settings.trustedProxies),
    dashboard: serveDashboard(findDashboard()),
    version: ownVersion(),
    inBackground: true,
  })
  const server = await listen(app, settings).catch((error) =>
    quit(
      1,
      `Cannot listen on ${settings.host} port ${settings.port} (${error.code}): choose another --port or --host`,
    ),
  )
  let stopping: Promise<void> | undefined
  const stop = () => {
    stopSchedule()
    stopping ??= server.stop().then(limits.close).then(store.close)
    stopping.finally(() => process.exit(0))
  }
  const stopSchedule = runNowAndDaily(() => runDailyJob(store, host.now(), retentionDays), host)
  process.on('SIGTERM', stop).on('SIGINT', stop)
  console.log(settings.json ? JSON.stringify({ url: server.url }) : `Listening on ${server.url}`)
}

function hintFor({ databaseUrl }: Settings): string {
  return databaseUrl
    ? 'check its address, user and password'
    : 'check that it is a database of this server, and that its folder may be written'
}

function quit(exitCode: 1 | 2, message: string): never {
  console.error(message)
  process.exit(exitCode)
}
