-- How a party is reached by those below it, and the order and search of the list of parties. The names are folded by the
-- program when it opens the database: no engine folds accents as we do. Its twin is in ../sqlite.
ALTER TABLE party ADD COLUMN contact TEXT;
-- Sorted as bytes, as on the other engine.
ALTER TABLE party ADD COLUMN name_folded TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX party_names ON party (name_folded, id);
CREATE INDEX party_provider_names ON party (provider_id, name_folded, id);
CREATE INDEX party_operator_names ON party (operator_id, name_folded, id);
