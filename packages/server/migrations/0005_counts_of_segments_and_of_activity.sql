CREATE TABLE segment_counts (
  segment TEXT NOT NULL, day TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, n BIGINT NOT NULL,
  PRIMARY KEY (segment, day, field, value));
INSERT INTO segment_counts (segment, day, field, value, n) SELECT '', day, field, value, n FROM counts;
DROP TABLE counts;
ALTER TABLE segment_counts RENAME TO counts;
CREATE INDEX counts_by_day ON counts (day, field, segment, value, n);
UPDATE days SET folded = 0 WHERE forgotten = 0;
CREATE TABLE activity (id BIGINT NOT NULL PRIMARY KEY, folded BIGINT NOT NULL, fold TEXT NOT NULL);
INSERT INTO activity (id, folded, fold) VALUES (1, 0, '');
DROP INDEX events_by_installation;
CREATE INDEX events_by_installation ON events (telemetry_id, day);
INSERT INTO migrations (id, name) VALUES (5, 'counts of segments and of activity');
