-- Parties can be closed; they are found by any part of name or SIP domain; codes of sites are unique within a customer.
-- Its twin makes the same names; what an index over trigrams is, each engine says in its own way.
ALTER TABLE party ADD COLUMN closed_at BIGINT;

-- One row a party, by its key: name and SIP domain, folded. Filled for good when the program opens the database, since no
-- engine folds accents as we do.
CREATE VIRTUAL TABLE party_search USING fts5 (document, tokenize = 'trigram', detail = 'none');

-- As people hold two codes for one. Of codes that were twice a customer's, the first keeps its place.
ALTER TABLE site ADD COLUMN code_folded TEXT;
UPDATE site SET code_folded = lower(code)
WHERE code IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM site earlier
    WHERE earlier.customer_id = site.customer_id AND earlier.id < site.id AND lower(earlier.code) = lower(site.code)
);
CREATE UNIQUE INDEX site_code ON site (customer_id, code_folded);
CREATE INDEX audit_of_target ON audit (target_uid, id);
