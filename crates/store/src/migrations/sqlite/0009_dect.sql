-- DECT systems: base devices of one customer that hand calls over to one another.

CREATE TABLE dect_system (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uid BLOB NOT NULL UNIQUE,
    customer_id BIGINT NOT NULL REFERENCES party (id),
    operator_id BIGINT,
    provider_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    chain_id BIGINT,
    chain_source TEXT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
-- 512 is what every base says as it leaves the factory.
CREATE UNIQUE INDEX dect_system_chain ON dect_system (customer_id, chain_id) WHERE chain_id <> 512;
CREATE INDEX dect_system_name ON dect_system (name_folded, id);
CREATE INDEX dect_system_customer ON dect_system (customer_id, name_folded, id);
CREATE INDEX dect_system_operator ON dect_system (operator_id, name_folded, id);
CREATE INDEX dect_system_provider ON dect_system (provider_id, name_folded, id);

ALTER TABLE device ADD COLUMN dect_system_id BIGINT REFERENCES dect_system (id);
CREATE INDEX device_dect_system ON device (dect_system_id, id);

-- The reboot of a whole system, one base after the other. Each base's own reboot is a row of operation.
CREATE TABLE dect_reboot (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uid BLOB NOT NULL UNIQUE,
    dect_system_id BIGINT NOT NULL REFERENCES dect_system (id) ON DELETE CASCADE,
    customer_id BIGINT NOT NULL,
    operator_id BIGINT,
    provider_id BIGINT NOT NULL,
    actor TEXT NOT NULL,
    portal_user_id BIGINT,
    token_uid BLOB,
    state TEXT NOT NULL,
    stop_reason TEXT,
    requested_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX dect_reboot_system ON dect_reboot (dect_system_id, id);
CREATE INDEX dect_reboot_state ON dect_reboot (state, id);

CREATE TABLE dect_reboot_base (
    dect_reboot_id BIGINT NOT NULL REFERENCES dect_reboot (id) ON DELETE CASCADE,
    place BIGINT NOT NULL,
    device_id BIGINT NOT NULL REFERENCES device (id) ON DELETE CASCADE,
    reboot_uid BLOB,
    PRIMARY KEY (dect_reboot_id, place)
);
CREATE INDEX dect_reboot_base_device ON dect_reboot_base (device_id);
