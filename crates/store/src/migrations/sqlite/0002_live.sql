-- What phones tell us, and will tell again. Runs on the live file, which readers attach as schema `live`.
-- state: 0 unregistered, 1 aged, 2 registered. class: 0 registered, 1 partial, 2 aged, 3 unregistered, 4 no_line.

CREATE TABLE binding (
    id INTEGER PRIMARY KEY,
    line_id BIGINT NOT NULL,
    device_id BIGINT NOT NULL,
    contact TEXT NOT NULL,
    instance TEXT,
    reg_id BIGINT,
    call_id TEXT NOT NULL,
    cseq BIGINT NOT NULL,
    transport TEXT NOT NULL,
    source TEXT NOT NULL,
    path TEXT NOT NULL,
    user_agent TEXT,
    registered_at BIGINT NOT NULL,
    refreshed_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    granted BIGINT NOT NULL
);
CREATE INDEX binding_line ON binding (line_id);
CREATE INDEX binding_device ON binding (device_id);

CREATE TABLE line_state (
    line_id INTEGER PRIMARY KEY,
    device_id BIGINT NOT NULL,
    site_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    operator_id BIGINT,
    provider_id BIGINT NOT NULL,
    state BIGINT NOT NULL,
    detail TEXT,
    since BIGINT NOT NULL,
    registered_at BIGINT,
    expires_at BIGINT
);
CREATE INDEX line_state_device ON line_state (device_id);

CREATE TABLE device_state (
    device_id INTEGER PRIMARY KEY,
    site_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    operator_id BIGINT,
    provider_id BIGINT NOT NULL,
    state BIGINT NOT NULL,
    class BIGINT NOT NULL,
    detail TEXT,
    since BIGINT NOT NULL,
    lines_registered BIGINT NOT NULL,
    lines_assigned BIGINT NOT NULL,
    last_ip TEXT,
    user_agent TEXT,
    last_seen BIGINT,
    expires_at BIGINT
);
CREATE INDEX device_state_site ON device_state (site_id, class, device_id);
CREATE INDEX device_state_customer ON device_state (customer_id, class, device_id);
CREATE INDEX device_state_provider ON device_state (provider_id, class, device_id);

-- Kept with every change, so that counts are never counted.
CREATE TABLE site_count (
    site_id INTEGER PRIMARY KEY,
    customer_id BIGINT NOT NULL,
    operator_id BIGINT,
    provider_id BIGINT NOT NULL,
    registered BIGINT NOT NULL,
    partial BIGINT NOT NULL,
    aged BIGINT NOT NULL,
    unregistered BIGINT NOT NULL,
    no_line BIGINT NOT NULL
);
CREATE INDEX site_count_customer ON site_count (customer_id);
CREATE INDEX site_count_provider ON site_count (provider_id);

CREATE TABLE timeline (
    id INTEGER PRIMARY KEY,
    device_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    port BIGINT,
    ip TEXT
);
CREATE INDEX timeline_device ON timeline (device_id, id);
CREATE INDEX timeline_at ON timeline (at);
