//! Imports: the job, what its rows come to, and the one transaction that writes them. Reading files and judging rows is
//! done elsewhere (`app`); what a finding says is text here.

mod apply;
mod chains;
mod check;
mod job;
mod prepare;
mod purge;
mod rows;
mod settle;
mod undo;

pub use apply::{ImportChains, ImportWritten};
pub use chains::ImportedChain;
pub use check::ChangedRow;
pub use job::{ImportInsert, ImportProgress, ImportRecord};
pub use prepare::PlannedDevice;
pub use rows::{KnownDevice, Occurrence, Placed, StagedFinding, StagedRow};
pub use settle::ImportedDevice;
pub use undo::KeptDevice;
