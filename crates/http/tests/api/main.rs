//! The API through the whole router: real store, real use cases, no sockets.

mod acting;
mod answers;
mod dect;
mod docs;
mod edges;
mod events;
mod examples;
mod imports;
mod line_states;
mod once;
mod parties;
mod portal;
mod problems;
mod reboots;
mod schema;
mod status_checks;
mod tenancy;
