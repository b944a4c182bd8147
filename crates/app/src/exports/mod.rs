//! Exports: a file is made first, whole and in private, and sent then, so that a failure is never half a file.

mod devices;
mod pace;
mod spool;

use std::path::Path;
use std::sync::Arc;

use tonalite_core::access::{Actor, Identity};
use tonalite_core::time::Timestamp;
use tonalite_core::{Error, Result};
use tonalite_store::OpenError;

use crate::App;

pub use devices::DeviceSheet;
pub use spool::SpoolFile;

/// What all exports share.
pub(crate) struct Exports {
    spool: Arc<spool::Spool>,
    pace: pace::Pace,
}

impl Exports {
    /// Clears what a crash left in the folder.
    pub(crate) fn open(folder: &Path) -> Result<Exports, OpenError> {
        let spool = spool::Spool::open(folder, spool::Limits::default())
            .map_err(|source| OpenError::File { path: folder.to_owned(), source })?;
        Ok(Exports { spool, pace: pace::Pace::default() })
    }

    /// Whether this person may begin another one now. The program's own people at the command line need not wait.
    fn admit(&self, actor: &Actor, now: Timestamp) -> Result<()> {
        match actor.identity {
            Identity::PortalUser(key, _) | Identity::Token(key, _, _) => {
                self.pace.take(key, now).map_err(Error::TooMany)
            }
            Identity::CommandLine | Identity::System => Ok(()),
        }
    }
}

impl App {
    pub(crate) async fn begin_spool_file(&self) -> Result<spool::SpoolWriter> {
        self.exports.spool.begin(self.entropy.as_ref()).await
    }
}
