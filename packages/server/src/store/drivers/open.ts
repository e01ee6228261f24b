import type { Host } from '../../host.ts'
import { type AddressLimits, createAddressLimiter } from '../../limits/addressLimiter.ts'
import type { DatabaseLocation } from '../databaseLocation.ts'
import type { Driver } from '../driver.ts'
import { migrate } from '../migrate.ts'
import { openSqlite } from './sqlite.ts'

/**
 * Opens a database and brings it up to date. What PostgreSQL needs is loaded only where it is asked for.
 *
 * @throws where it cannot be opened.
 */
export async function openDatabase(address: DatabaseLocation): Promise<Driver> {
  const driver = await connect(address)
  try {
    await migrate(driver)
    return driver
  } catch (error) {
    await driver.close()
    throw error
  }
}

/** Counts addresses for all servers on a PostgreSQL database together; beside a SQLite file each process counts its own. */
export async function openAddressLimits(
  { databaseUrl }: DatabaseLocation,
  host: Host,
): Promise<AddressLimits> {
  if (databaseUrl === undefined) {
    return { limiter: (_purpose, perHour) => createAddressLimiter(host, perHour), close: async () => {} }
  }
  const { openPostgresAddresses } = await import('./postgresAddresses.ts')
  return openPostgresAddresses(databaseUrl, host.now)
}

async function connect({ databasePath, databaseUrl }: DatabaseLocation): Promise<Driver> {
  if (databaseUrl === undefined) return openSqlite(databasePath ?? '')
  const { openPostgres } = await import('./postgres.ts')
  return openPostgres(databaseUrl)
}
