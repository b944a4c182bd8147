//! The store at its boundary, by noun; every test runs on SQLite and on PostgreSQL.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod approved;
mod audit;
mod audit_filter;
mod audit_seal;
mod dect_systems;
mod device_export;
mod device_lists;
mod device_orders;
mod device_search;
mod devices;
mod fixture;
mod groups;
mod idempotency;
mod imports;
mod line_lists;
mod line_orders;
mod lines;
mod live;
mod parties;
mod party_lists;
mod people;
mod raw;
mod reboots;
mod retention;
mod sites;
mod start;
mod states;
mod twins;
mod users;
mod writer;
