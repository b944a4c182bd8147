//! The registrar of the house: phones' sockets, REGISTER, and what follows from silence.
//! It knows phones by SIP and lines by their keys; inventory, rights and SQL are elsewhere (`app`, `store`).
//!
//! Inside, from the outside in: `worker` (a UDP socket and a thread) or `stream` and
//! `connection` (TCP) → `engine` (a datagram in, an answer out) → `screen`
//! (what the message alone decides) → `register` and `auth` (what the line decides) → `commit` (what must be on disk
//! before its answer). `timer` does what happens without a message, `lines` what the inventory says.
//!
//! The other way round: `commands` → `ask` (a question to one contact, and its end) → `outgoing` (its text), `exchanges`
//! (its copies, and who waits), `flows` (the way by which the contact registered).

mod answer;
mod app;
mod ask;
mod auth;
mod backend;
mod chance;
mod commands;
mod commit;
mod config;
mod connection;
mod connections;
mod date;
mod domains;
mod engine;
mod exchanges;
mod flows;
mod lines;
mod meters;
mod nonce_counts;
mod outgoing;
mod read;
mod register;
mod registrar;
mod replies;
mod screen;
mod socket;
mod stream;
mod table;
mod timer;
mod wheel;
mod worker;

#[cfg(test)]
mod tests;

pub use auth::Refusals;
pub use config::{RegistrarConfig, StartError};
pub use connections::StreamLimits;
pub use registrar::Registrar;
