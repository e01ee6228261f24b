CREATE TABLE test_events (id BIGINT NOT NULL PRIMARY KEY, arrived_at BIGINT NOT NULL, version TEXT NOT NULL);
INSERT INTO migrations (id, name) VALUES (9, 'the last test event');
