//! `cargo xtask tidy`: what the compiler does not check, but the architecture promises. Each rule in its file.

mod direction;
mod documents;
mod heads;
mod migrations;
mod promises;
mod rooms;
mod words;

use crate::Outcome;
use crate::report::report;
use crate::steps::say;
use crate::workspace::{files, metadata, root};

pub(crate) fn run() -> Outcome {
    let files = files("")?;
    let mut faults = direction::check(&metadata()?);
    faults.extend(rooms::check(&files));
    faults.extend(migrations::check(&files));
    faults.extend(documents::check(&files, root()));
    faults.extend(promises::check(&files));
    faults.extend(heads::check(&files));
    faults.extend(words::check(&files));
    for warning in heads::long(&files) {
        say(&warning);
    }
    report(&faults, &format!("{} files", files.len()))
}
