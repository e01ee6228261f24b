/** Tables with text that is compared or ordered, besides `events`. */
const TABLES = [
  ...['days', 'counts', 'quota', 'tombstones', 'data_requests', 'reports', 'milestones'],
  ...['address_counts', 'test_events', 'activity'],
]

/**
 * Statements of PostgreSQL that have text ordered by its bytes, as every other engine and our own code order it. A database
 * takes its order from the locale of its host, and in Danish `aa` comes after `ff`. What is stored stays.
 */
export const ORDER_BY_BYTES: readonly string[] = [
  `DO $body$
   DECLARE changed RECORD;
   BEGIN
     FOR changed IN
       SELECT attrelid::regclass AS name,
         string_agg(format('ALTER COLUMN %I TYPE TEXT COLLATE "C"', attname), ', ') AS columns
       FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
       WHERE pg_table_is_visible(attrelid) AND relname IN (${TABLES.map((name) => `'${name}'`).join(', ')})
         AND atttypid = 'text'::regtype AND attnum > 0 AND NOT attisdropped AND attcollation <> '"C"'::regcollation
       GROUP BY attrelid
     LOOP
       EXECUTE format('ALTER TABLE %s %s', changed.name, changed.columns);
     END LOOP;
   END $body$`,
  // The order of a partition's key cannot be changed, so that the days get a new parent with the same columns and indexes.
  `DO $body$
   DECLARE
     parent CONSTANT REGCLASS := 'events'::regclass;
     columns TEXT;
     indexes TEXT[];
     names TEXT[];
     bounds TEXT[];
     statement TEXT;
   BEGIN
     IF (SELECT relkind FROM pg_class WHERE oid = parent) <> 'p' THEN RETURN; END IF;
     SELECT string_agg(format('%I %s%s%s', attname, format_type(atttypid, atttypmod),
         CASE WHEN atttypid = 'text'::regtype THEN ' COLLATE "C"' END, CASE WHEN attnotnull THEN ' NOT NULL' END),
         ', ' ORDER BY attnum)
       INTO columns FROM pg_attribute WHERE attrelid = parent AND attnum > 0 AND NOT attisdropped;
     SELECT array_agg(CASE WHEN conname IS NULL THEN replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ')
         ELSE format('ALTER TABLE events ADD CONSTRAINT %I %s', conname, pg_get_constraintdef(pg_constraint.oid)) END
         ORDER BY indexrelid)
       INTO indexes FROM pg_index LEFT JOIN pg_constraint ON conindid = indexrelid AND conrelid = parent
       WHERE indrelid = parent;
     SELECT array_agg(inhrelid::regclass::text ORDER BY inhrelid), array_agg(pg_get_expr(relpartbound, inhrelid) ORDER BY inhrelid)
       INTO names, bounds FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = parent;
     FOR n IN 1 .. COALESCE(array_length(names, 1), 0) LOOP
       EXECUTE format('ALTER TABLE events DETACH PARTITION %s', names[n]);
       SELECT string_agg(format('ALTER COLUMN %I TYPE TEXT COLLATE "C"', attname), ', ') INTO statement
         FROM pg_attribute WHERE attrelid = names[n]::regclass AND atttypid = 'text'::regtype AND attnum > 0 AND NOT attisdropped;
       EXECUTE format('ALTER TABLE %s %s', names[n], statement);
     END LOOP;
     DROP TABLE events;
     EXECUTE format('CREATE TABLE events (%s) PARTITION BY LIST (day)', columns);
     FOREACH statement IN ARRAY indexes LOOP
       EXECUTE statement;
     END LOOP;
     FOR n IN 1 .. COALESCE(array_length(names, 1), 0) LOOP
       EXECUTE format('ALTER TABLE events ATTACH PARTITION %s %s', names[n], bounds[n]);
     END LOOP;
   END $body$`,
  // A day was noted as the database writes dates, which is a setting of it.
  `UPDATE milestones SET day = to_char(to_date(day, CASE
       WHEN day LIKE '%.%' OR (SELECT reset_val FROM pg_settings WHERE name = 'DateStyle') LIKE '%DMY%' THEN 'DD MM YYYY'
       ELSE 'MM DD YYYY' END), 'YYYY-MM-DD')
     WHERE day ~ '^\\d\\d\\D\\d\\d\\D\\d{4}$'`,
]
