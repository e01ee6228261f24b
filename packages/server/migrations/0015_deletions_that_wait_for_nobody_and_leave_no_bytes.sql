INSERT INTO migrations (id, name) VALUES (15, 'deletions that wait for nobody and leave no bytes');
