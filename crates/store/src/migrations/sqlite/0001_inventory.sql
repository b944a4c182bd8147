-- What a person typed or may not lose. Keys are 64-bit, ids (uid) are UUIDv7, times are Unix milliseconds, flags are 0 or 1.
-- Its twin in ../postgres has the same tables, columns and indexes; a test compares them.
-- AUTOINCREMENT: a key is never given twice. What is still on its way for a device that is gone must not meet another.

CREATE TABLE party (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uid BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    parent_id BIGINT REFERENCES party (id),
    provider_id BIGINT,
    operator_id BIGINT,
    customer_id BIGINT,
    name TEXT NOT NULL,
    sip_domain TEXT UNIQUE,
    features TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX party_parent ON party (parent_id, id);
CREATE INDEX party_provider ON party (provider_id, id);
CREATE INDEX party_operator ON party (operator_id, id);

-- The root of the tree: made here, because everything hangs below it.
INSERT INTO party (id, uid, kind, name, features, version, created_at)
VALUES (1, x'00000000000000000000000000000000', 'platform', 'Tonalite', '{}', 1, 0);

CREATE TABLE site (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uid BLOB NOT NULL UNIQUE,
    customer_id BIGINT NOT NULL REFERENCES party (id),
    operator_id BIGINT,
    provider_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    code TEXT,
    time_zone TEXT NOT NULL,
    language TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX site_name ON site (customer_id, name_folded);
CREATE INDEX site_operator ON site (operator_id, id);
CREATE INDEX site_provider ON site (provider_id, id);

-- A list exists where at least one row does; without one the party or site inherits.
CREATE TABLE approved_device_type (
    owner_kind TEXT NOT NULL,
    owner_id BIGINT NOT NULL,
    device_type TEXT NOT NULL,
    PRIMARY KEY (owner_kind, owner_id, device_type)
);

CREATE TABLE device (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uid BLOB NOT NULL UNIQUE,
    mac BIGINT UNIQUE,
    device_type TEXT NOT NULL,
    site_id BIGINT NOT NULL REFERENCES site (id),
    customer_id BIGINT NOT NULL,
    operator_id BIGINT,
    provider_id BIGINT NOT NULL,
    name TEXT,
    serial TEXT,
    inventory_id TEXT,
    note TEXT,
    critical BIGINT NOT NULL,
    lines_total BIGINT NOT NULL,
    lines_assigned BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX device_site ON device (site_id, mac);
CREATE INDEX device_customer ON device (customer_id, mac);
CREATE INDEX device_operator ON device (operator_id, mac);
CREATE INDEX device_provider ON device (provider_id, mac);

CREATE TABLE "user" (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uid BLOB NOT NULL UNIQUE,
    site_id BIGINT NOT NULL REFERENCES site (id),
    customer_id BIGINT NOT NULL,
    operator_id BIGINT,
    provider_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    extension TEXT NOT NULL,
    number TEXT,
    email TEXT,
    language TEXT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX user_extension ON "user" (site_id, extension);
CREATE INDEX user_customer ON "user" (customer_id, id);
CREATE INDEX user_operator ON "user" (operator_id, id);
CREATE INDEX user_provider ON "user" (provider_id, id);

-- A line exists once it is assigned; an available port has no row.
CREATE TABLE line (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uid BLOB NOT NULL UNIQUE,
    device_id BIGINT NOT NULL REFERENCES device (id),
    port BIGINT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES "user" (id),
    line_use TEXT NOT NULL,
    sip_username TEXT NOT NULL,
    sip_domain TEXT NOT NULL,
    algorithms TEXT NOT NULL,
    secret BLOB NOT NULL,
    next_secret BLOB,
    next_until BIGINT,
    next_algorithms TEXT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX line_port ON line (device_id, port);
CREATE UNIQUE INDEX line_sip ON line (sip_username, sip_domain);
CREATE INDEX line_user ON line (user_id);

CREATE TABLE portal_user (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uid BLOB NOT NULL UNIQUE,
    party_id BIGINT NOT NULL REFERENCES party (id),
    username TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL,
    language TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX portal_user_party ON portal_user (party_id, id);

-- No row: the whole subtree.
CREATE TABLE portal_user_site (
    portal_user_id BIGINT NOT NULL REFERENCES portal_user (id),
    site_id BIGINT NOT NULL REFERENCES site (id),
    PRIMARY KEY (portal_user_id, site_id)
);

CREATE TABLE session (
    id_hash BLOB NOT NULL PRIMARY KEY,
    portal_user_id BIGINT NOT NULL REFERENCES portal_user (id),
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    address TEXT,
    user_agent TEXT
);
CREATE INDEX session_portal_user ON session (portal_user_id);
CREATE INDEX session_seen ON session (seen_at);

CREATE TABLE api_token (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uid BLOB NOT NULL UNIQUE,
    portal_user_id BIGINT NOT NULL REFERENCES portal_user (id),
    name TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    used_at BIGINT
);
CREATE INDEX api_token_portal_user ON api_token (portal_user_id, id);

-- Append-only: no statement of ours changes or deletes a row. Persons appear by key; their names live in portal_user.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    portal_user_id BIGINT,
    token_uid BLOB,
    party_id BIGINT NOT NULL,
    provider_id BIGINT,
    operator_id BIGINT,
    customer_id BIGINT,
    action TEXT NOT NULL,
    target_kind TEXT,
    target_uid BLOB,
    detail TEXT NOT NULL,
    address TEXT,
    result TEXT NOT NULL
);
CREATE INDEX audit_provider ON audit (provider_id, id);
CREATE INDEX audit_operator ON audit (operator_id, id);
CREATE INDEX audit_customer ON audit (customer_id, id);

-- What was answered to a POST that carried an Idempotency-Key, for a day.
CREATE TABLE idempotency (
    portal_user_id BIGINT NOT NULL,
    request_key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    status BIGINT,
    body TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (portal_user_id, request_key)
);
CREATE INDEX idempotency_created ON idempotency (created_at);
