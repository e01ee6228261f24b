DROP INDEX events_by_installation;
INSERT INTO migrations (id, name) VALUES (16, 'one index less to write for each event');
