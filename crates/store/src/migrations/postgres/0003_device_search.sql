-- Where devices are searched, and the orders of their list. Its twin makes the same names; what an index over trigrams is,
-- each engine says in its own way.

-- One row a device, by its key: address, type, labels, site, and who uses its lines, folded. Written by our own statements
-- in the transaction of the change.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE TABLE device_search (
    rowid BIGINT PRIMARY KEY,
    document TEXT NOT NULL
);
CREATE INDEX device_search_document ON device_search USING gin (document gin_trgm_ops);

-- What an index that is filled after a migration has still to do: the row goes when it is complete.
CREATE TABLE unfinished_index (
    name TEXT NOT NULL PRIMARY KEY,
    after_key BIGINT NOT NULL
);
INSERT INTO unfinished_index (name, after_key) VALUES ('device_search', 0);

-- Sorted as bytes, as on the other engine.
ALTER TABLE device ALTER COLUMN device_type TYPE TEXT COLLATE "C";

-- 2^48 is greater than any address: devices without one come last, in one order on both engines.
DROP INDEX device_site;
DROP INDEX device_customer;
DROP INDEX device_operator;
DROP INDEX device_provider;
CREATE INDEX device_site ON device (site_id, COALESCE(mac, 281474976710656), id);
CREATE INDEX device_customer ON device (customer_id, COALESCE(mac, 281474976710656), id);
CREATE INDEX device_operator ON device (operator_id, COALESCE(mac, 281474976710656), id);
CREATE INDEX device_provider ON device (provider_id, COALESCE(mac, 281474976710656), id);
CREATE INDEX device_address ON device (COALESCE(mac, 281474976710656), id);
CREATE INDEX device_type_order ON device (device_type, id);
CREATE INDEX device_provider_type ON device (provider_id, device_type, id);
CREATE INDEX device_lines ON device ((lines_total - lines_assigned), id);
CREATE INDEX device_provider_lines ON device (provider_id, (lines_total - lines_assigned), id);
CREATE INDEX device_critical ON device (provider_id, id) WHERE critical = 1;

CREATE INDEX site_operator_name ON site (operator_id, name_folded, id);
CREATE INDEX site_provider_name ON site (provider_id, name_folded, id);
CREATE INDEX site_all_names ON site (name_folded, id);
CREATE INDEX user_of_extension ON "user" (extension);
