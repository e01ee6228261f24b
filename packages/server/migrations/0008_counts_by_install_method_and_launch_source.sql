UPDATE days SET aggregated = 0 WHERE forgotten = 0;
INSERT INTO migrations (id, name) VALUES (8, 'counts by install method and launch source');
