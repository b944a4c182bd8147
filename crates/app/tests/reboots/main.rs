//! Reboots and status checks against phones that the test plays, on a clock that the test moves: every end there is.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bench;
mod checks;
mod ends;
mod ours;
mod systems;
