//! Exports: a file is made first, whole and in private, and sent then, so that a failure is never half a file.

mod credentials;
mod devices;
mod followed;
mod form;
mod gate;
mod line_export;
mod line_export_jobs;
mod line_record;
mod line_states;
mod pace;
mod settings;
mod spool;
mod steady;

use std::path::Path;
use std::sync::Arc;

use tonalite_core::access::{Actor, Identity};
use tonalite_core::time::Timestamp;
use tonalite_core::world::Entropy;
use tonalite_core::{Error, Result};
use tonalite_store::OpenError;

use crate::App;

pub use devices::DeviceSheet;
pub use followed::{BegunExport, FollowedExport};
pub use form::SheetForm;
pub use gate::Asker;
pub use line_export::{LineExport, LineExportOrder, refused_code};
pub use line_states::{LineSheet, NeutralFile};
pub use settings::{BeforeRun, ExportSettings};
pub use spool::SpoolFile;

/// Rows are written to disk in pieces of this size.
pub(crate) const PIECE: usize = 64 * 1024;

/// What all exports share.
pub(crate) struct Exports {
    spool: Arc<spool::Spool>,
    pace: pace::Pace,
    gate: Arc<gate::GateDriver<NeutralFile>>,
    jobs: Arc<line_export_jobs::Jobs>,
    before_run: Option<BeforeRun>,
}

impl Exports {
    /// Clears what a crash left in the folder.
    pub(crate) fn open(
        folder: &Path,
        settings: &ExportSettings,
        entropy: &Arc<dyn Entropy>,
    ) -> Result<Exports, OpenError> {
        let limits = spool::Limits { bytes: settings.spool_bytes, ..spool::Limits::default() };
        let spool = spool::Spool::open(folder, limits)
            .map_err(|source| OpenError::File { path: folder.to_owned(), source })?;
        Ok(Exports {
            spool,
            pace: pace::Pace::default(),
            gate: gate::GateDriver::new(settings.contract, Arc::clone(entropy)),
            jobs: Arc::default(),
            before_run: settings.before_run.clone(),
        })
    }

    /// Whether this person may begin another one now. The program's own people at the command line need not wait.
    pub(crate) fn admit(&self, actor: &Actor, now: Timestamp) -> Result<()> {
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
        self.exports.spool.begin(spool::Work::Read, self.entropy.as_ref()).await
    }
}
