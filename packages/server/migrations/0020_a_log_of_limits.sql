CREATE TABLE limit_log (
  id INTEGER NOT NULL PRIMARY KEY, subject TEXT NOT NULL, window_start BIGINT NOT NULL, n BIGINT NOT NULL);
INSERT INTO migrations (id, name) VALUES (20, 'a log of limits');
