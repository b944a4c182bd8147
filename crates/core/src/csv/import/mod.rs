//! Reading the CSV of an import of devices: from bytes to drafts of devices, and what is wrong with them, by code.
//! Nothing here knows what the inventory holds: duplicates, approval, quotas and "already there" are said by others, with
//! the same [`Finding`].
//!
//! Two passes over the bytes: [`Sniffer`] tells the encoding, which only the last byte decides; [`Reader`] gives the
//! [`Head`] and then record after record. [`Drafter`] makes a [`Draft`] of each.

mod code;
mod column;
mod directory;
mod draft;
mod finding;
mod head;
mod lookup;
mod mac;
mod parser;
mod read;
mod record;
mod separate;
mod sniff;
mod type_facts;

pub use code::{Code, Severity};
pub use column::ImportColumn;
pub use directory::{Directory, Found};
pub use draft::{Cell, Draft, DraftOrComment, Drafter, Preset};
pub use finding::{Finding, shown};
pub use head::{Head, HeadColumn, HeadRules, Role};
pub use mac::{MacFault, read_mac};
pub use read::{ReadSummary, Reader};
pub use record::{Record, RecordBuffer};
pub use sniff::{Encoding, Sniffed, Sniffer};
pub use type_facts::{TypeFact, TypeFacts};

/// Most rows of devices in a file.
pub const MAX_ROWS: u64 = 1_000_000;
/// Most rows of devices in a workbook, whose cells are all in memory at once.
pub const MAX_WORKBOOK_ROWS: u64 = 100_000;
/// Most columns.
pub const MAX_COLUMNS: usize = 64;
/// Most characters in a cell, whatever the column.
pub const MAX_CELL: usize = 2_000;
/// Most bytes in a file: 200 MiB.
pub const MAX_BYTES: u64 = 200 << 20;

#[cfg(test)]
mod draft_tests;
