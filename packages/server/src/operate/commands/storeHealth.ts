import { findLate } from '../../jobs/late.ts'
import { openSqlite } from '../../store/drivers/sqlite.ts'
import { createSqlStore } from '../../store/sqlStore.ts'
import type { Store } from '../../store/store.ts'
import type { Settings } from '../settings.ts'
import { type Finding, judgeLate, judgeRows, judgeUnreadable, skipped, type Verdict } from './finding.ts'
import { ageOfFile, findFault } from './sqliteFile.ts'

/** What is checked in a database of any engine, in the order in which it is told. */
const CHECKS: Record<string, (store: Store, settings: Settings, now: number) => Promise<Verdict>> = {
  events: async (store) => judgeUnreadable(await store.unreadableEvents()),
  rows: async (store) => judgeRows(await store.unreadableRows()),
  promises: async (store, { retentionDays }, now) => judgeLate(await findLate(store, now, retentionDays)),
}

/** Checks what is stored. Nothing is written. @param now in milliseconds since 1970. */
export async function examineStore(settings: Settings | undefined, now: number): Promise<Finding[]> {
  const store = settings && (await openStore(settings, now))
  const findings: Finding[] = []
  for (const [check, judge] of Object.entries(CHECKS)) {
    const verdict = store && (await judge(store, settings, now).catch(() => undefined))
    findings.push({ check, ...(verdict ?? skipped('the database could not be read, or is not up to date')) })
  }
  await store?.close()
  return findings
}

/** @returns undefined where a file cannot be read, or is not up to date. */
async function openStore(settings: Settings, now: number): Promise<Store | undefined> {
  const { databaseUrl, databasePath = '', eventsPerIdPerHour } = settings
  const isFile = databaseUrl === undefined
  if (isFile && (findFault(databasePath) || ageOfFile(databasePath) !== 'up to date')) return undefined
  const driver = isFile
    ? openSqlite(databasePath)
    : (await import('../../store/drivers/postgres.ts')).openPostgres(databaseUrl)
  // Nothing is written, so nothing is drawn.
  const host = {
    now: () => now,
    nextTurn: async () => {},
    giveWay: async () => {},
    randomBytes: (length: number) => new Uint8Array(length),
  }
  return createSqlStore({ driver, host, eventsPerIdPerHour })
}
