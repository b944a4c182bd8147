-- Who did what the timeline tells, where it was a person; and for which customer that person was acting. Its twin is in
-- ../postgres.
ALTER TABLE timeline ADD COLUMN portal_user_id BIGINT;
ALTER TABLE timeline ADD COLUMN acting_for BIGINT;
