-- The seals of the audit log, what it holds of persons (erasable), and the ways in which it is read. Its twin is in ../sqlite.

-- One row for each batch of the log, in order: `digests` is the id (8 bytes) and the SHA-256 of each row, `hash` is over
-- them and the hash before. Rows of the log go with their whole batch; its seal stays, with `removed_at`.
CREATE TABLE audit_seal (
    id BIGINT PRIMARY KEY,
    last_id BIGINT NOT NULL,
    row_count BIGINT NOT NULL,
    newest_at BIGINT NOT NULL,
    at BIGINT NOT NULL,
    digests BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    removed_at BIGINT
);

-- What a row of the log says of persons. No seal covers it. `subject`: the user or portal user that it is about.
CREATE TABLE audit_personal (
    audit_id BIGINT PRIMARY KEY,
    subject UUID,
    at BIGINT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX audit_personal_subject ON audit_personal (subject);
CREATE INDEX audit_personal_at ON audit_personal (at) WHERE subject IS NULL;

-- Newest first, whoever reads it and whatever it is narrowed to.
DROP INDEX audit_provider;
DROP INDEX audit_operator;
DROP INDEX audit_customer;
CREATE INDEX audit_at ON audit (at, id);
CREATE INDEX audit_provider ON audit (provider_id, at, id);
CREATE INDEX audit_operator ON audit (operator_id, at, id);
CREATE INDEX audit_customer ON audit (customer_id, at, id);
CREATE INDEX audit_portal_user ON audit (portal_user_id, at, id);
CREATE INDEX audit_target ON audit (target_uid, at, id);
-- Addresses go before their rows do.
CREATE INDEX audit_address ON audit (at) WHERE address IS NOT NULL;

-- Somebody who was forgotten: the row stays, so that what the log says of one person is not taken for another's.
ALTER TABLE portal_user ADD COLUMN erased_at BIGINT;
