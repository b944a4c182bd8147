//! Wrong, empty, huge and hostile input in every field of every form, body and query: a clear answer in the person's
//! language, never a fault of ours, never markup.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod api;
mod pages;
mod values;
