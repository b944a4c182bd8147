-- Imports: the jobs, what each row of their files comes to, and the devices that one is about to write or has written.

CREATE TABLE import_job (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uid BLOB NOT NULL UNIQUE,
    customer_id BIGINT NOT NULL REFERENCES party (id),
    operator_id BIGINT,
    provider_id BIGINT NOT NULL,
    site_id BIGINT,
    actor TEXT NOT NULL,
    portal_user_id BIGINT,
    token_uid BLOB,
    address TEXT,
    -- Whose rights count for the writing, where somebody applied the plan.
    applier TEXT,
    applier_id BIGINT,
    applier_token BLOB,
    applier_address TEXT,
    mode TEXT NOT NULL,
    apply TEXT NOT NULL,
    state TEXT NOT NULL,
    -- 0: committed, but the search and the live rows do not all know of it yet.
    settled BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    purged BIGINT NOT NULL,
    file_name TEXT,
    sha256 TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    bytes_read BIGINT NOT NULL,
    rows_create BIGINT NOT NULL,
    rows_update BIGINT NOT NULL,
    rows_unchanged BIGINT NOT NULL,
    rows_rejected BIGINT NOT NULL,
    comments BIGINT NOT NULL,
    elsewhere BIGINT NOT NULL,
    report TEXT NOT NULL,
    undo TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    applied_at BIGINT
);
CREATE INDEX import_job_customer ON import_job (customer_id, id);
CREATE INDEX import_job_state ON import_job (state, id);

-- identity: the address; for a type without one a negative number made of site and name; 0 where there is neither.
CREATE TABLE import_row (
    import_id BIGINT NOT NULL,
    line BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    identity BIGINT NOT NULL,
    mac BIGINT,
    device_type TEXT,
    site_id BIGINT,
    name TEXT,
    serial TEXT,
    inventory_id TEXT,
    note TEXT,
    chain_id TEXT,
    lines_total BIGINT,
    device_id BIGINT,
    version BIGINT,
    findings TEXT,
    previous TEXT,
    PRIMARY KEY (import_id, line)
) WITHOUT ROWID;
CREATE INDEX import_row_identity ON import_row (import_id, identity, line);
CREATE INDEX import_row_outcome ON import_row (import_id, outcome, line);

-- Devices with their keys, in the order of their addresses: written in one statement, one beside the other in every index.
CREATE TABLE import_device (
    import_id BIGINT NOT NULL,
    device_id BIGINT NOT NULL,
    line BIGINT NOT NULL,
    identity BIGINT NOT NULL,
    uid BLOB NOT NULL,
    mac BIGINT,
    device_type TEXT NOT NULL,
    site_id BIGINT NOT NULL,
    name TEXT,
    serial TEXT,
    inventory_id TEXT,
    note TEXT,
    lines_total BIGINT NOT NULL,
    -- Undo leaves it: it is in use.
    kept BIGINT NOT NULL,
    PRIMARY KEY (import_id, device_id)
) WITHOUT ROWID;
