-- Lines by state, for readers at every level of the tree: who knows a customer knows its provider. One index for all of
-- them, since each change of a state writes it. Its twin is in ../sqlite.
CREATE INDEX line_state_order ON live.line_state (state, provider_id, customer_id, site_id, line_id);
