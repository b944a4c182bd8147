//! Imports of devices: upload, reading, plan, one transaction that writes it, undo. Reading a file is `core::csv::import`;
//! here is what needs the store, and who may do what.

mod apply;
mod changes;
mod driver;
mod finding_json;
mod ground;
mod job;
mod judge;
mod read;
mod result_file;
mod rows;
mod settle;
mod spool;
mod undo;
mod upload;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, Semaphore};
use tonalite_core::id::{ImportId, ImportKey, PartyKey};
use tonalite_store::OpenError;

pub use job::{AlreadyApplied, ImportJob, KeptByUndo, UndoReport};
pub use rows::{ImportChange, ImportRow};
pub use upload::{ImportOrder, ImportUpload, OnError};

/// Imports that are read or written at once, in the whole installation.
const PLACES: usize = 2;

/// What all imports share.
pub(crate) struct Imports {
    spool: Arc<spool::Spool>,
    /// Wakes the driver: there is something new to do.
    wake: Notify,
    /// Tells who waits for a job that some job went a step further.
    moved: Notify,
    places: Semaphore,
    /// What is being worked on, so that nothing is worked on twice.
    at_work: Mutex<HashMap<ImportKey, PartyKey>>,
    /// Whether the driver runs; else whoever wants a job done does it.
    driven: std::sync::atomic::AtomicBool,
}

impl Imports {
    /// Removes files that belong to no job.
    pub(crate) fn open(folder: &Path, wanted: &[ImportId]) -> Result<Imports, OpenError> {
        let spool = spool::Spool::open(folder, wanted)
            .map_err(|source| OpenError::File { path: folder.to_owned(), source })?;
        Ok(Imports {
            spool,
            wake: Notify::new(),
            moved: Notify::new(),
            places: Semaphore::new(PLACES),
            at_work: Mutex::default(),
            driven: std::sync::atomic::AtomicBool::new(false),
        })
    }

    fn at_work(&self) -> std::sync::MutexGuard<'_, HashMap<ImportKey, PartyKey>> {
        self.at_work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
