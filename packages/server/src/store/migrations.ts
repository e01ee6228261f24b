import { ADD_EVENTS } from './addEventsAtOnce.ts'
import { ORDER_BY_BYTES } from './bytewise.ts'
import { DELETE_WELL, DELETE_WHATEVER_KEEPS_THE_TABLE } from './deletion.ts'
import type { Engine } from './driver.ts'

/** So many events are copied by one statement of a migration: some seconds, for D1 ends a statement after 30. */
const EVENTS_PER_COPY = 250_000
/** How often that is done: more events than D1 has room for. What SQLite has beyond is copied at once. */
const COPIES = 40

export interface Migration {
  /** Its place in the order. A migration that was ever released is never changed. */
  id: number
  name: string
  statements: readonly string[]
  /** The engines that need it: all where it is absent. The others just note that they have passed it. */
  only?: readonly Engine[]
}

const COPY_EVENTS = `INSERT INTO events (rowid, event_id, telemetry_id, day, body)
         SELECT rowid, event_id, telemetry_id, day, body FROM old_events
         WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid`

export const MIGRATIONS: readonly Migration[] = [
  {
    id: 1,
    name: 'events, limits, days and counts',
    statements: [
      `CREATE TABLE events (
         event_id TEXT NOT NULL PRIMARY KEY, telemetry_id TEXT NOT NULL, day TEXT NOT NULL, body TEXT NOT NULL)`,
      'CREATE INDEX events_by_day ON events (day, telemetry_id, event_id)',
      'CREATE TABLE quota (subject TEXT NOT NULL PRIMARY KEY, window_start BIGINT NOT NULL, n BIGINT NOT NULL)',
      `CREATE TABLE days (
         day TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, folded BIGINT NOT NULL,
         forgotten BIGINT NOT NULL, fold TEXT NOT NULL)`,
      `CREATE TABLE counts (
         day TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, n BIGINT NOT NULL,
         PRIMARY KEY (day, field, value))`,
    ],
  },
  {
    id: 2,
    name: 'rights: events of one installation, graves and counts of requests',
    statements: [
      'CREATE INDEX events_by_installation ON events (telemetry_id)',
      'CREATE TABLE graves (id_hash TEXT NOT NULL PRIMARY KEY, until BIGINT NOT NULL)',
      'CREATE TABLE rights (day TEXT NOT NULL, field TEXT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (day, field))',
    ],
  },
  {
    id: 3,
    name: 'a partition for each day of events',
    only: ['postgres'],
    // No event can be lost: this comes before the first one. An event's id holds its day, so that a key of both is enough.
    statements: [
      'DROP TABLE events',
      `CREATE TABLE events (
         event_id TEXT NOT NULL, telemetry_id TEXT NOT NULL, day TEXT NOT NULL, body TEXT NOT NULL,
         PRIMARY KEY (day, event_id)) PARTITION BY LIST (day)`,
      'CREATE INDEX events_by_day ON events (day, telemetry_id, event_id)',
      'CREATE INDEX events_by_installation ON events (telemetry_id)',
      // Attaching a partition does not wait for those who read and write others, creating one inside would.
      `CREATE FUNCTION open_day() RETURNS trigger LANGUAGE plpgsql AS $body$
       DECLARE partition TEXT := 'events_' || replace(NEW.day, '-', '_');
       BEGIN
         EXECUTE format('CREATE TABLE %I (LIKE events)', partition);
         EXECUTE format('ALTER TABLE events ATTACH PARTITION %I FOR VALUES IN (%L)', partition, NEW.day);
         RETURN NULL;
       END $body$`,
      `CREATE TRIGGER open_day AFTER INSERT ON days FOR EACH ROW WHEN (NEW.forgotten = 0)
       EXECUTE FUNCTION open_day()`,
      `CREATE FUNCTION drop_day() RETURNS trigger LANGUAGE plpgsql AS $body$
       BEGIN
         EXECUTE format('DROP TABLE IF EXISTS %I', 'events_' || replace(NEW.day, '-', '_'));
         RETURN NULL;
       END $body$`,
      `CREATE TRIGGER drop_day AFTER UPDATE ON days FOR EACH ROW WHEN (OLD.forgotten = 0 AND NEW.forgotten = 1)
       EXECUTE FUNCTION drop_day()`,
    ],
  },
  {
    id: 4,
    name: 'counts of addresses',
    only: ['postgres'],
    // Unlogged: they hold keyed hashes, which are to be in no log of writes, no copy and no backup.
    statements: [
      'CREATE UNLOGGED TABLE address_counts (subject TEXT NOT NULL PRIMARY KEY, hour BIGINT NOT NULL, n BIGINT NOT NULL)',
    ],
  },
  {
    id: 5,
    name: 'counts of segments and of activity',
    statements: [
      `CREATE TABLE segment_counts (
         segment TEXT NOT NULL, day TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, n BIGINT NOT NULL,
         PRIMARY KEY (segment, day, field, value))`,
      `INSERT INTO segment_counts (segment, day, field, value, n) SELECT '', day, field, value, n FROM counts`,
      'DROP TABLE counts',
      'ALTER TABLE segment_counts RENAME TO counts',
      // Holds all there is of a count, for a field in all segments is tens of thousands of rows.
      'CREATE INDEX counts_by_day ON counts (day, field, segment, value, n)',
      // Every day that still has its events is counted anew, by segments.
      'UPDATE days SET folded = 0 WHERE forgotten = 0',
      'CREATE TABLE activity (id BIGINT NOT NULL PRIMARY KEY, folded BIGINT NOT NULL, fold TEXT NOT NULL)',
      `INSERT INTO activity (id, folded, fold) VALUES (1, 0, '')`,
      'DROP INDEX events_by_installation',
      'CREATE INDEX events_by_installation ON events (telemetry_id, day)',
    ],
  },
  {
    id: 6,
    name: 'weekly reports, and the days they go by',
    // CURRENT_DATE is in UTC with every driver: the one for PostgreSQL sees to it.
    statements: [
      `CREATE TABLE reports (
         week TEXT NOT NULL PRIMARY KEY, body TEXT NOT NULL, made_on TEXT NOT NULL, held BIGINT NOT NULL)`,
      'CREATE TABLE milestones (name TEXT NOT NULL PRIMARY KEY, day TEXT NOT NULL)',
      `INSERT INTO milestones (name, day) VALUES ('set up', CAST(CURRENT_DATE AS TEXT))`,
    ],
  },
  {
    id: 7,
    name: 'tombstones, data requests, and days that are aggregated',
    statements: [
      'ALTER TABLE days RENAME COLUMN folded TO aggregated',
      'ALTER TABLE days RENAME COLUMN fold TO revision',
      'ALTER TABLE activity RENAME COLUMN folded TO aggregated',
      'ALTER TABLE activity RENAME COLUMN fold TO revision',
      'ALTER TABLE graves RENAME TO tombstones',
      'ALTER TABLE rights RENAME TO data_requests',
      'ALTER TABLE data_requests RENAME COLUMN field TO kind',
      `UPDATE data_requests SET kind = replace(kind, 'rights.', '')`,
    ],
  },
  {
    id: 8,
    name: 'counts by install method and launch source',
    // Every day that still has its events is counted anew, by the new segments too.
    statements: ['UPDATE days SET aggregated = 0 WHERE forgotten = 0'],
  },
  {
    id: 9,
    name: 'the last test event',
    statements: [
      'CREATE TABLE test_events (id BIGINT NOT NULL PRIMARY KEY, arrived_at BIGINT NOT NULL, version TEXT NOT NULL)',
    ],
  },
  {
    id: 12,
    name: 'the clock that is believed',
    statements: [
      `CREATE TABLE clock (
         id BIGINT NOT NULL PRIMARY KEY, believed_at BIGINT NOT NULL, doubted_since BIGINT NOT NULL, seen_at BIGINT NOT NULL)`,
    ],
  },
  {
    id: 14,
    name: 'text in the order of its bytes',
    only: ['postgres'],
    statements: ORDER_BY_BYTES,
  },
  {
    id: 15,
    name: 'deletions that wait for nobody and leave no bytes',
    only: ['postgres'],
    statements: DELETE_WELL,
  },
  {
    id: 16,
    name: 'one index less to write for each event',
    only: ['sqlite', 'd1'],
    // Of an installation's events there are few on each day, and the index by day finds them.
    statements: ['DROP INDEX events_by_installation'],
  },
  {
    id: 17,
    name: 'deletions whatever keeps the table',
    only: ['postgres'],
    statements: DELETE_WHATEVER_KEEPS_THE_TABLE,
  },
  {
    id: 18,
    name: 'one key of events and one of limits',
    only: ['sqlite', 'd1'],
    // An event's id derives from its installation and its time, which holds its day, so that a key of all three says the same. It
    // leads to the events of a day and of an installation, and what comes in one day is written to the same part of it.
    statements: [
      // An operator's view keeps to the name that it was made with.
      'PRAGMA legacy_alter_table = ON',
      'DROP INDEX events_by_day',
      'ALTER TABLE events RENAME TO old_events',
      `CREATE TABLE events (
         event_id TEXT NOT NULL, telemetry_id TEXT NOT NULL, day TEXT NOT NULL, body TEXT NOT NULL)`,
      ...Array.from({ length: COPIES }, () => `${COPY_EVENTS} LIMIT ${EVENTS_PER_COPY}`),
      COPY_EVENTS,
      'CREATE UNIQUE INDEX events_by_day ON events (day, telemetry_id, event_id)',
      'DROP TABLE old_events',
      'ALTER TABLE quota RENAME TO old_quota',
      `CREATE TABLE quota (
         subject TEXT NOT NULL PRIMARY KEY, window_start BIGINT NOT NULL, n BIGINT NOT NULL) WITHOUT ROWID`,
      'INSERT INTO quota (subject, window_start, n) SELECT subject, window_start, n FROM old_quota',
      'DROP TABLE old_quota',
      'PRAGMA legacy_alter_table = OFF',
    ],
  },
  {
    id: 19,
    name: 'one key of events',
    only: ['postgres'],
    // As above, in place of three indexes.
    statements: [
      'DROP INDEX events_by_day',
      'DROP INDEX events_by_installation',
      `DO $body$
       DECLARE name TEXT := (SELECT conname FROM pg_constraint WHERE conrelid = 'events'::regclass AND contype = 'p');
       BEGIN
         EXECUTE format('ALTER TABLE events DROP CONSTRAINT %I, ADD PRIMARY KEY (day, telemetry_id, event_id)', name);
       END $body$`,
    ],
  },
  {
    id: 20,
    name: 'a log of limits',
    only: ['sqlite', 'd1'],
    // D1 has it too, for a copy of its database may become that of a server on Node. Only such a server fills it.
    statements: [
      `CREATE TABLE limit_log (
         id INTEGER NOT NULL PRIMARY KEY, subject TEXT NOT NULL, window_start BIGINT NOT NULL, n BIGINT NOT NULL)`,
    ],
  },
  {
    id: 21,
    name: 'events are taken by a function',
    only: ['postgres'],
    statements: ADD_EVENTS,
  },
]
