CREATE TABLE IF NOT EXISTS migrations (id BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE events (
  event_id TEXT NOT NULL PRIMARY KEY, telemetry_id TEXT NOT NULL, day TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX events_by_day ON events (day, telemetry_id, event_id);
CREATE TABLE quota (subject TEXT NOT NULL PRIMARY KEY, window_start BIGINT NOT NULL, n BIGINT NOT NULL);
CREATE TABLE days (
  day TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, folded BIGINT NOT NULL,
  forgotten BIGINT NOT NULL, fold TEXT NOT NULL);
CREATE TABLE counts (
  day TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, n BIGINT NOT NULL,
  PRIMARY KEY (day, field, value));
INSERT INTO migrations (id, name) VALUES (1, 'events, limits, days and counts');
