//! Every operation of the OpenAPI document and every page of the route table, tried by everybody: nobody, each role at home,
//! above, below, beside, and narrowed to one site. What is foreign is answered like what does not exist.
//!
//! Who adds an operation or a page adds its line in `rows.rs`; who adds a noun adds how it is made in `world.rs`.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod calls;
mod cross_site;
mod foreign;
mod headers;
mod lists;
mod own;
mod parties;
mod rows;
mod secrets;
mod world;

use std::collections::BTreeSet;

#[test]
fn there_is_a_row_for_everything_and_nothing_else() {
    let existing: BTreeSet<String> = calls::existing().into_keys().collect();
    let rows: Vec<&str> = rows::OPERATIONS.iter().chain(rows::PAGES).map(|row| row.what).collect();
    let described: BTreeSet<String> = rows.iter().map(|what| (*what).to_owned()).collect();
    let untried: Vec<&String> = existing.difference(&described).collect();
    let gone: Vec<&String> = described.difference(&existing).collect();
    assert!(untried.is_empty(), "nothing tries these; describe them in rows.rs: {untried:#?}");
    assert!(gone.is_empty(), "these rows of rows.rs name nothing: {gone:#?}");
    assert_eq!(rows.len(), described.len(), "a row stands twice in rows.rs");
    assert!(existing.len() > 120, "{} are too few to be all", existing.len());
}
