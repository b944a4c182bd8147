//! The export of line states through the whole router, on a clock that the test moves: each sentence of the contract, who
//! may, what a hang-up and a full disk leave, and the export that is followed.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod bench;
mod contract;
mod ends;
mod followed;
mod page;
mod rights;
