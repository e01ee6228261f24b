INSERT INTO migrations (id, name) VALUES (15, 'a day that somebody reads loses its rows now and its table later');
