#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { createAddressLimiter } from './addressLimiter.ts'
import { createApp } from './app.ts'
import { findDashboard, serveDashboard } from './assets.ts'
import { runDailyJob } from './dailyJob.ts'
import type { Driver } from './driver.ts'
import { openSqlite } from './drivers/sqlite.ts'
import type { Host } from './host.ts'
import { migrate } from './migrations.ts'
import { listen, socketAddress } from './nodeServer.ts'
import { runNowAndDaily } from './schedule.ts'
import { helpText, parseSettings, type Settings } from './settings.ts'
import { createSqlStore } from './sqlStore.ts'

const host: Host = { now: Date.now, log: (line) => console.error(line) }
const command = parseSettings(process.argv.slice(2), process.env)
if (command.outcome === 'help') console.log(helpText())
else if (command.outcome === 'version') console.log(ownVersion())
else if (command.outcome === 'wrong') quit(2, command.problems.join('\n'))
else await serve(command.settings)

async function serve(settings: Settings): Promise<void> {
  const { retentionDays, eventsPerIdPerHour, eventsPerAddressPerHour, adminToken } = settings
  const driver = await openDatabase(settings.databasePath)
  const store = createSqlStore({ driver, now: host.now, eventsPerIdPerHour })
  const app = createApp({
    store,
    host,
    retentionDays,
    addresses: createAddressLimiter({ now: host.now, perHour: eventsPerAddressPerHour }),
    access: adminToken ? { by: 'token', token: adminToken } : { by: 'loopback' },
    addressOf: socketAddress,
    dashboard: serveDashboard(findDashboard()),
  })
  const server = await listen(app, settings).catch((error) =>
    quit(
      1,
      `Cannot listen on ${settings.host} port ${settings.port} (${error.code}): choose another --port or --host`,
    ),
  )
  let stopping: Promise<void> | undefined
  const stop = () => {
    stopping ??= server.stop().then(store.close)
    stopping.finally(() => process.exit(0))
  }
  process.on('SIGTERM', stop).on('SIGINT', stop)
  console.log(settings.json ? JSON.stringify({ url: server.url }) : `Listening on ${server.url}`)
  runNowAndDaily(() => runDailyJob(store, host.now(), retentionDays), host)
}

async function openDatabase(path: string): Promise<Driver> {
  try {
    const driver = openSqlite(path)
    await migrate(driver)
    return driver
  } catch (error) {
    return quit(
      1,
      `Cannot open the database ${path} (${(error as Error).message}): check that its folder may be written`,
    )
  }
}

function quit(exitCode: 1 | 2, message: string): never {
  console.error(message)
  process.exit(exitCode)
}

function ownVersion(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
}
