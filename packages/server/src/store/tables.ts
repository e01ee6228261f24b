import type { Day } from '@voicemode-telemetry/protocol'
import type { Engine, Row } from './driver.ts'
import { list, raw, type Statement, sql } from './statement.ts'

export interface Table {
  /** The columns that name a row. */
  key: readonly string[]
  others: readonly string[]
  /**
   * What becomes of its rows when a database is copied into another: they are copied where this is absent. `replace` puts them
   * in place of those that a new database has before its first event; `leave` copies none, since they come anew; `to quota` puts
   * each into that table.
   */
  onMove?: 'replace' | 'leave' | 'to quota'
  /** What a restored backup takes of the database that it replaces: nothing where this is absent. */
  onRestore?: 'every row' | 'higher n'
  /** The engine that has no such table. */
  notOn?: Engine
}

/**
 * Every table except `migrations`, in an order in which they can be filled. `days` comes before `events`, because inserting an
 * open day makes PostgreSQL create the table for that day's events.
 */
const TABLES = {
  days: { key: ['day'], others: ['version', 'aggregated', 'forgotten', 'revision'], onMove: 'replace' },
  events: { key: ['day', 'telemetry_id', 'event_id'], others: ['body'] },
  counts: { key: ['segment', 'day', 'field', 'value'], others: ['n'] },
  activity: { key: ['id'], others: ['aggregated', 'revision'], onMove: 'leave' },
  test_events: { key: ['id'], others: ['arrived_at', 'version'], onMove: 'leave' },
  quota: { key: ['subject'], others: ['window_start', 'n'] },
  limit_log: { key: ['id'], others: ['subject', 'window_start', 'n'], onMove: 'to quota', notOn: 'postgres' },
  tombstones: { key: ['id_hash'], others: ['until'], onRestore: 'every row' },
  data_requests: { key: ['day', 'kind'], others: ['n'], onRestore: 'higher n' },
  reports: { key: ['week'], others: ['body', 'made_on', 'held'], onRestore: 'every row' },
  clock: {
    key: ['id'],
    others: ['believed_at', 'doubted_since', 'seen_at'],
    onMove: 'leave',
    onRestore: 'every row',
  },
  milestones: { key: ['name'], others: ['day'], onMove: 'replace', onRestore: 'every row' },
} satisfies Record<string, Table>

export type TableName = keyof typeof TABLES

export const TABLE_NAMES = Object.keys(TABLES) as TableName[]

export function tableOf(name: TableName): Table {
  return TABLES[name]
}

/** The tables that an engine has, in that order. */
export function tablesOf(engine: Engine): TableName[] {
  return TABLE_NAMES.filter((name) => tableOf(name).notOn !== engine)
}

/** The tables by which limits are kept. */
export function limitTables(engine: Engine): Statement[] {
  const names: TableName[] = ['quota', 'limit_log']
  return names.filter((name) => tableOf(name).notOn !== engine).map(raw)
}

/** A table's columns, those of its key first. */
export function columnsOf(name: TableName): string[] {
  const { key, others } = tableOf(name)
  return [...key, ...others]
}

/** Inserts a row as it is; it fails where there is one of that key. */
export function insertRow(name: TableName, row: Row): Statement {
  const columns = columnsOf(name)
  const values = list(columns.map((column) => row[column] ?? null))
  return sql`INSERT INTO ${raw(name)} (${raw(columns.join(', '))}) VALUES (${values})`
}

/** As {@link insertRow}, in place of the row of that key where there is one. */
export function putRow(name: TableName, row: Row): Statement {
  const { key, others } = tableOf(name)
  const taken = others.map((column) => `${column} = excluded.${column}`)
  return sql`${insertRow(name, row)} ON CONFLICT (${raw(key.join(', '))}) DO UPDATE SET ${raw(taken.join(', '))}`
}

/** The row of a day that is open for events. @param version see `DayVersion`: 0 while it has none. */
export function openDayRow(day: Day, version = 0): Row {
  return { day, version, aggregated: 0, forgotten: 0, revision: '' }
}

/** Makes a day known. By itself, PostgreSQL then makes the table of that day's events. */
export function openDay(day: Day): Statement {
  return sql`${insertRow('days', openDayRow(day))} ON CONFLICT DO NOTHING`
}
