INSERT INTO migrations (id, name) VALUES (19, 'one key of events');
