/** Makes the trigger that drops a day's table. @param failures those at which the table stays, as PostgreSQL names them. */
const dropDay = (failures: string) =>
  `CREATE OR REPLACE FUNCTION drop_day() RETURNS trigger LANGUAGE plpgsql AS $body$
   DECLARE patience CONSTANT TEXT := current_setting('lock_timeout');
   BEGIN
     PERFORM set_config('lock_timeout', '50ms', true);
     BEGIN
       EXECUTE format('DROP TABLE IF EXISTS %I', 'events_' || replace(NEW.day, '-', '_'));
     EXCEPTION WHEN ${failures} THEN NULL;
     END;
     PERFORM set_config('lock_timeout', patience, true);
     RETURN NULL;
   END $body$`

/**
 * Statements of PostgreSQL by which deletions wait for nobody, and leave no bytes behind.
 *
 * A day's table is dropped only if it can be had within 50 ms: whoever waits for a table makes everyone wait behind it. The
 * rows go all the same, with the statement that deletes them. And the database keeps no samples of what is in a row, as it
 * does for its plans in a table that nobody but a superuser can clear.
 */
export const DELETE_WELL: readonly string[] = [
  dropDay('lock_not_available'),
  `CREATE FUNCTION keep_no_samples(name TEXT) RETURNS void LANGUAGE plpgsql AS $body$
   DECLARE columns CONSTANT TEXT := (
     SELECT string_agg(format('ALTER COLUMN %I SET STATISTICS 0', attname), ', ') FROM pg_attribute
     WHERE attrelid = to_regclass(name) AND attnum > 0 AND NOT attisdropped AND attname <> 'day');
   BEGIN
     IF columns IS NOT NULL THEN EXECUTE format('ALTER TABLE %I %s', name, columns); END IF;
   END $body$`,
  `SELECT keep_no_samples('events'), keep_no_samples('quota')`,
  `CREATE FUNCTION keep_no_samples_of_day() RETURNS trigger LANGUAGE plpgsql AS $body$
   BEGIN
     PERFORM keep_no_samples('events_' || replace(NEW.day, '-', '_'));
     RETURN NULL;
   END $body$`,
  // Triggers of a table go by their names: this one comes after the one that makes the day's table.
  `CREATE TRIGGER open_day_without_samples AFTER INSERT ON days FOR EACH ROW WHEN (NEW.forgotten = 0)
   EXECUTE FUNCTION keep_no_samples_of_day()`,
]

/** Whatever keeps a day's table, as a view of it does, keeps none of its rows. */
export const DELETE_WHATEVER_KEEPS_THE_TABLE: readonly string[] = [dropDay('OTHERS')]
