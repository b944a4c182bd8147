//! What the registrar needs of the store: the lines at its start, and the secrets it verifies with.

use tonalite_core::Result;
use tonalite_core::id::LineId;
use tonalite_core::registration::{LineSecret, RegistrarLine, SealedSecret};
use tonalite_core::time::Timestamp;

use crate::App;

impl App {
    /// Gives every assigned line with its bindings; returns the highest binding key in use. Nobody ages because we were
    /// away: each binding lives at least until `ready_at` plus what it was granted.
    pub async fn load_registrar_lines(
        &self,
        ready_at: Timestamp,
        each: &mut (dyn FnMut(RegistrarLine) + Send),
    ) -> Result<u64> {
        let highest = self.store.load_registrar_lines(ready_at, each).await?;
        Ok(u64::try_from(highest).unwrap_or(0))
    }

    /// Opens the SIP secret of a line. About a microsecond: the registrar keeps what it derives from it.
    ///
    /// # Errors
    /// [`tonalite_core::Error::Internal`] with another key or a damaged row.
    pub fn open_secret(&self, line: LineId, secret: &SealedSecret) -> Result<LineSecret> {
        self.sealer.open(line, secret)
    }
}
