CREATE INDEX events_by_installation ON events (telemetry_id);
CREATE TABLE graves (id_hash TEXT NOT NULL PRIMARY KEY, until BIGINT NOT NULL);
CREATE TABLE rights (day TEXT NOT NULL, field TEXT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (day, field));
INSERT INTO migrations (id, name) VALUES (2, 'rights: events of one installation, graves and counts of requests');
