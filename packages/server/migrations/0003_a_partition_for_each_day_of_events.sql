INSERT INTO migrations (id, name) VALUES (3, 'a partition for each day of events');
