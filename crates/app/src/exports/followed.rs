//! What is told of an export that is followed.

use std::sync::Arc;

use tonalite_core::export_gate::{ExportState, Refusal};
use tonalite_core::id::ExportId;
use tonalite_core::party::Party;
use tonalite_core::site::Site;
use tonalite_core::time::{Span, Timestamp};
use uuid::Uuid;

use super::line_states::LineSheet;

/// A followed export as its owner sees it at one moment.
#[derive(Clone)]
pub struct FollowedExport {
    /// Its id.
    pub id: ExportId,
    /// Whose line states.
    pub customer: Party,
    /// Of one site, or of all.
    pub site: Option<Site>,
    /// What the file looks like.
    pub sheet: Arc<LineSheet>,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// Where it stands.
    pub state: ExportState,
    /// Its place in the queue, from 1.
    pub place: Option<usize>,
    /// How long until the delay ends, or until the queue gives it up.
    pub left: Option<Span>,
    /// How old the states are, once they are being read.
    pub age: Option<Span>,
    /// Whether another request began the run.
    pub shared: bool,
    /// Who began the run that is shared, for those of a party above theirs.
    pub shared_with: Option<String>,
    /// For who was refused: when to ask again, and why.
    pub refused: Option<(Span, Refusal)>,
    /// Finds the failure in the log.
    pub failure: Option<Uuid>,
    /// Rows, once it is ready.
    pub rows: Option<u64>,
    /// When it is forgotten, once it has ended.
    pub expires_at: Option<Timestamp>,
}

/// What became of the wish to follow an export.
pub enum BegunExport {
    /// It is under way, or ready already.
    Followed(Box<FollowedExport>),
    /// Refused on arrival: there is nothing to follow.
    Rejected {
        /// When to ask again.
        retry_after: Span,
        /// Why.
        refusal: Refusal,
    },
}
