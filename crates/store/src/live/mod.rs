//! Live state: what phones tell us. One writer task folds what arrives into groups and commits each group in one
//! transaction of a handful of statements, whatever its size (`batch` folds, `apply` writes, `read` reads, `reconcile` mends).

mod apply;
mod batch;
mod read;
mod reconcile;
mod writer;

pub use apply::{CommitReport, Observed};
pub use read::LineStateRow;
pub(crate) use read::read_binding;
pub use writer::{Committed, Done, Full, LiveWriter};
