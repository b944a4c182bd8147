-- The orders of a list by status, and the search for an address. Its twin is in ../postgres.
DROP INDEX device_state_site;
DROP INDEX device_state_customer;
DROP INDEX device_state_provider;
CREATE INDEX device_state_site ON device_state (site_id, class, since, device_id);
CREATE INDEX device_state_customer ON device_state (customer_id, class, since, device_id);
CREATE INDEX device_state_operator ON device_state (operator_id, class, since, device_id);
CREATE INDEX device_state_provider ON device_state (provider_id, class, since, device_id);
CREATE INDEX device_state_class ON device_state (class, since, device_id);
CREATE INDEX device_state_ip ON device_state (last_ip);
