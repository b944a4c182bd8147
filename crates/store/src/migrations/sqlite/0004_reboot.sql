-- What was asked of a device and how it ended: reboots, one row each, changed with every step.

CREATE TABLE operation (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uid BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    device_id BIGINT NOT NULL REFERENCES device (id) ON DELETE CASCADE,
    site_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    operator_id BIGINT,
    provider_id BIGINT NOT NULL,
    actor TEXT NOT NULL,
    portal_user_id BIGINT,
    token_uid BLOB,
    state TEXT NOT NULL,
    code BIGINT,
    reason TEXT,
    phrase TEXT,
    requested_at BIGINT NOT NULL,
    answered_at BIGINT,
    down_at BIGINT,
    back_at BIGINT,
    deadline BIGINT,
    updated_at BIGINT NOT NULL,
    snapshot TEXT NOT NULL
);
CREATE INDEX operation_device ON operation (device_id, id);
CREATE INDEX operation_state ON operation (state, id);
