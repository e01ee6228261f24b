PRAGMA legacy_alter_table = ON;
DROP INDEX events_by_day;
ALTER TABLE events RENAME TO old_events;
CREATE TABLE events (
  event_id TEXT NOT NULL, telemetry_id TEXT NOT NULL, day TEXT NOT NULL, body TEXT NOT NULL);
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid LIMIT 250000;
INSERT INTO events (rowid, event_id, telemetry_id, day, body)
  SELECT rowid, event_id, telemetry_id, day, body FROM old_events
  WHERE rowid > (SELECT COALESCE(MAX(rowid), 0) FROM events) ORDER BY rowid;
CREATE UNIQUE INDEX events_by_day ON events (day, telemetry_id, event_id);
DROP TABLE old_events;
ALTER TABLE quota RENAME TO old_quota;
CREATE TABLE quota (
  subject TEXT NOT NULL PRIMARY KEY, window_start BIGINT NOT NULL, n BIGINT NOT NULL) WITHOUT ROWID;
INSERT INTO quota (subject, window_start, n) SELECT subject, window_start, n FROM old_quota;
DROP TABLE old_quota;
PRAGMA legacy_alter_table = OFF;
INSERT INTO migrations (id, name) VALUES (18, 'one key of events and one of limits');
