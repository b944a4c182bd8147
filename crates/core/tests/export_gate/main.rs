//! The export contract: its cases as a table, its sentences one by one, and what holds after any script.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod cases;
mod invariants;
mod sentences;
mod simulator;
