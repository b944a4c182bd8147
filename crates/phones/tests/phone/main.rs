//! The state machine of a phone, on a clock of its own.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod answer;
mod bench;
mod hostile;
mod life;
mod reboot;
mod register;
