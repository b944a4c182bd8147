//! When a line is registered, aged or unregistered: the transitions as a table, the rules for contacts one by one,
//! and what holds after any sequence of messages.

mod bench;
mod contacts;
mod grants;
mod invariants;
mod transitions;
