-- Lines by state, for readers at every level of the tree: who knows a customer knows its provider. One index for all of
-- them, since each change of a state writes it. Runs on the live file; its twin is in ../postgres.
CREATE INDEX line_state_order ON line_state (state, provider_id, customer_id, site_id, line_id);
