ALTER TABLE days RENAME COLUMN folded TO aggregated;
ALTER TABLE days RENAME COLUMN fold TO revision;
ALTER TABLE activity RENAME COLUMN folded TO aggregated;
ALTER TABLE activity RENAME COLUMN fold TO revision;
ALTER TABLE graves RENAME TO tombstones;
ALTER TABLE rights RENAME TO data_requests;
ALTER TABLE data_requests RENAME COLUMN field TO kind;
UPDATE data_requests SET kind = replace(kind, 'rights.', '');
INSERT INTO migrations (id, name) VALUES (7, 'tombstones, data requests, and days that are aggregated');
