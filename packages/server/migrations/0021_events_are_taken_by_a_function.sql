INSERT INTO migrations (id, name) VALUES (21, 'events are taken by a function');
