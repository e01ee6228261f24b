INSERT INTO migrations (id, name) VALUES (17, 'deletions whatever keeps the table');
