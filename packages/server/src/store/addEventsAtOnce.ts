/**
 * Statements of PostgreSQL that make the function `add_events`, by which events are taken: as a query of its own, which is a
 * transaction too, and whose plans are made once for a connection.
 *
 * What it is given of each event stands in a text, with U+001E between events: no key has that, and JSON writes it differently.
 * Its answer is the installations whose events were stored. The query has begun before it is its turn, so that only what comes
 * after the lock sees all that others stored: at READ COMMITTED each statement does. It looks at no event that is stored, so it
 * touches none but the days of those that come.
 */
export const ADD_EVENTS: readonly string[] = [
  `CREATE FUNCTION add_events(event_ids TEXT, telemetry_ids TEXT, event_days TEXT, id_hashes TEXT, bodies TEXT,
     at_ms BIGINT, hourly_limit BIGINT) RETURNS SETOF TEXT LANGUAGE plpgsql
   SET plan_cache_mode = force_generic_plan AS $body$
   DECLARE
     hour_ago CONSTANT BIGINT := at_ms - 3600000;
     given_days CONSTANT TEXT[] := string_to_array(event_days, chr(30));
     stored BIGINT;
   BEGIN
     IF current_setting('transaction_isolation') <> 'read committed' THEN
       RAISE 'events are added at READ COMMITTED' USING ERRCODE = 'invalid_transaction_state';
     END IF;
     PERFORM
       CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', true) END,
       CASE current_setting('lock_timeout') WHEN '0' THEN set_config('lock_timeout', '5s', true) END,
       pg_advisory_xact_lock(5180020261);
     LOOP
       RETURN QUERY WITH inserted AS (
           INSERT INTO events (event_id, telemetry_id, day, body)
           SELECT given.event_id, given.telemetry_id, given.day, given.body
           FROM unnest(string_to_array(event_ids, chr(30)), string_to_array(telemetry_ids, chr(30)), given_days,
             string_to_array(id_hashes, chr(30)), string_to_array(bodies, chr(30)))
             AS given (event_id, telemetry_id, day, id_hash, body)
           WHERE (SELECT forgotten FROM days WHERE days.day = given.day) = 0
             AND NOT EXISTS (SELECT 1 FROM tombstones WHERE tombstones.id_hash = given.id_hash AND until > at_ms)
             AND NOT EXISTS (SELECT 1 FROM quota WHERE subject = 'id:' || given.telemetry_id AND n >= hourly_limit
               AND window_start > hour_ago)
           ON CONFLICT DO NOTHING RETURNING telemetry_id, day),
         counted AS (
           INSERT INTO quota (subject, window_start, n)
           SELECT 'id:' || inserted.telemetry_id, at_ms, 1 FROM inserted
           ON CONFLICT (subject) DO UPDATE SET
             n = CASE WHEN quota.window_start <= hour_ago THEN 1 ELSE quota.n + 1 END,
             window_start = CASE WHEN quota.window_start <= hour_ago THEN excluded.window_start
               ELSE quota.window_start END),
         dated AS (
           UPDATE days SET version = version + added.n
           FROM (SELECT day, COUNT(*) AS n FROM inserted GROUP BY day) AS added WHERE days.day = added.day)
         SELECT telemetry_id FROM inserted;
       GET DIAGNOSTICS stored = ROW_COUNT;
       EXIT WHEN stored = cardinality(given_days);
       -- A day that nobody opened takes nothing.
       INSERT INTO days (day, version, aggregated, forgotten, revision)
         SELECT DISTINCT day, 0, 0, 0, '' FROM unnest(given_days) AS day ON CONFLICT DO NOTHING;
       EXIT WHEN NOT FOUND;
     END LOOP;
   END $body$`,
]
