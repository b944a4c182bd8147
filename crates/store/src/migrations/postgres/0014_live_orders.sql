-- The orders of a list by status, and the search for an address. Its twin is in ../sqlite.
DROP INDEX live.device_state_site;
DROP INDEX live.device_state_customer;
DROP INDEX live.device_state_provider;
CREATE INDEX device_state_site ON live.device_state (site_id, class, since, device_id);
CREATE INDEX device_state_customer ON live.device_state (customer_id, class, since, device_id);
CREATE INDEX device_state_operator ON live.device_state (operator_id, class, since, device_id);
CREATE INDEX device_state_provider ON live.device_state (provider_id, class, since, device_id);
CREATE INDEX device_state_class ON live.device_state (class, since, device_id);
-- Beginnings of an address are ranges of bytes.
ALTER TABLE live.device_state ALTER COLUMN last_ip TYPE TEXT COLLATE "C";
CREATE INDEX device_state_ip ON live.device_state (last_ip);
