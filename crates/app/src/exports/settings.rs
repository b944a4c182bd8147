//! What an installation says of its exports.

use std::pin::Pin;
use std::sync::Arc;

use tonalite_core::Result;
use tonalite_core::export_gate::Parameters;

/// What a run of the line states waits for before it reads them.
pub type BeforeRun = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<()>> + Send>> + Send + Sync>;

/// What an installation says of its exports.
#[derive(Clone)]
pub struct ExportSettings {
    /// The numbers of the export contract; those that the contract does not allow are refused when the program starts.
    pub contract: Parameters,
    /// Bytes of all files that are being made or sent.
    pub spool_bytes: u64,
    /// Nothing in a server. Tests hold a run here for as long as they need, or let it fail.
    pub before_run: Option<BeforeRun>,
}

impl Default for ExportSettings {
    fn default() -> Self {
        // Four exports of a million devices with every column fit.
        ExportSettings { contract: Parameters::default(), spool_bytes: 2 << 30, before_run: None }
    }
}
