CREATE TABLE reports (
  week TEXT NOT NULL PRIMARY KEY, body TEXT NOT NULL, made_on TEXT NOT NULL, held BIGINT NOT NULL);
CREATE TABLE milestones (name TEXT NOT NULL PRIMARY KEY, day TEXT NOT NULL);
INSERT INTO milestones (name, day) VALUES ('set up', CAST(CURRENT_DATE AS TEXT));
INSERT INTO migrations (id, name) VALUES (6, 'weekly reports, and the days they go by');
