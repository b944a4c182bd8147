-- What users are found and ordered by: name, extension, number and e-mail address, folded by the program, which fills the
-- column for older rows when it opens the database: no engine folds accents as we do. Its twin is in ../sqlite.
-- Sorted as bytes, as on the other engine.
ALTER TABLE "user" ADD COLUMN found_by TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX user_order ON "user" (found_by, id);
CREATE INDEX user_site_order ON "user" (site_id, found_by, id);
CREATE INDEX user_customer_order ON "user" (customer_id, found_by, id);
CREATE INDEX user_operator_order ON "user" (operator_id, found_by, id);
CREATE INDEX user_provider_order ON "user" (provider_id, found_by, id);
