CREATE TABLE clock (
  id BIGINT NOT NULL PRIMARY KEY, believed_at BIGINT NOT NULL, doubted_since BIGINT NOT NULL, seen_at BIGINT NOT NULL);
INSERT INTO migrations (id, name) VALUES (12, 'the clock that is believed');
