INSERT INTO migrations (id, name) VALUES (14, 'text in the order of its bytes');
