-- Somebody of a party above works in a customer's portal for a while. Its twin is in ../postgres.
ALTER TABLE session ADD COLUMN acting_for BIGINT;
ALTER TABLE session ADD COLUMN acting_until BIGINT;
ALTER TABLE audit ADD COLUMN acting_for BIGINT;
