INSERT INTO migrations (id, name) VALUES (4, 'counts of addresses');
