//! Imports as use cases: what a file comes to, who may do what, what is written and taken back.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod chains;
mod changes;
mod ends;
mod fixture;
mod identity;
mod plans;
mod results;
mod rights;
