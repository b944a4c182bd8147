//! What the registrar asks of the rest of the program while it answers phones: nothing here blocks.
//! A trait, because its tests must be able to make the store slow, full and broken at will.

use tonalite_core::id::{LineId, LineKey};
use tonalite_core::registration::{LineChange, LineSecret, Renewal, SealedSecret};

/// Called once, after the group commit that held a change: whether it is on disk. If not, the store keeps it and tries
/// again by itself. Must not block.
pub(crate) type Done = Box<dyn FnOnce(bool) + Send>;

/// The queue to the live writer has no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Full;

pub(crate) trait Backend: Send + Sync + 'static {
    /// Opens a line's SIP password, or the hash of it; `None` when the key does not fit, which is logged where it happens.
    fn open_secret(&self, line: LineId, secret: &SealedSecret) -> Option<LineSecret>;
    /// Submits a change; committed in the order submitted.
    fn change(&self, change: LineChange, done: Done) -> Result<(), Full>;
    /// Writes renewals behind, at most [`RENEWALS`] a call.
    fn renew(&self, renewals: Vec<Renewal>) -> Result<(), Full>;
    /// A phone used the new secret of its line, or the old one's time ran out.
    fn confirmed(&self, line: LineKey, secret: SealedSecret);
    /// Whether answers are being given that are not on disk.
    fn degraded(&self, degraded: bool);
}

/// Renewals that one call may carry.
pub(crate) const RENEWALS: usize = 500;
