import type { Host } from '../../host.ts'
import { createIpAddressLimiter, type IpAddressLimits } from '../../limits/ipAddressLimiter.ts'
import type { DatabaseLocation } from '../databaseLocation.ts'
import type { Driver } from '../driver.ts'
import { migrate } from '../migrate.ts'
import { openSqlite } from './sqlite.ts'

/**
 * Opens a database and brings it up to date. What PostgreSQL needs is loaded only where it is asked for.
 *
 * @throws where it cannot be opened.
 */
export async function openDatabase(location: DatabaseLocation): Promise<Driver> {
  const driver = await connect(location)
  try {
    await migrate(driver)
    return driver
  } catch (error) {
    await driver.close()
    throw error
  }
}

/** Counts IP addresses for all servers on a PostgreSQL database together; beside a SQLite file each process counts its own. */
export async function openIpAddressLimits(
  { databaseUrl }: DatabaseLocation,
  host: Host,
): Promise<IpAddressLimits> {
  if (databaseUrl === undefined) {
    return { limiter: (_purpose, perHour) => createIpAddressLimiter(host, perHour), close: async () => {} }
  }
  const { openPostgresIpAddresses } = await import('./postgresIpAddresses.ts')
  return openPostgresIpAddresses(databaseUrl, host)
}

async function connect({ databasePath, databaseUrl }: DatabaseLocation): Promise<Driver> {
  if (databaseUrl === undefined) return openSqlite(databasePath ?? '')
  const { openPostgres } = await import('./postgres.ts')
  return openPostgres(databaseUrl)
}
