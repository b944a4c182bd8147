//! Reading the audit log.

use tonalite_core::access::{Actor, View};
use tonalite_core::page::{Cursor, Limit, Page};
use tonalite_core::party::Party;
use tonalite_core::portal_user::Role;
use tonalite_core::{Error, Result};

use crate::parties::scope_of;
use crate::{App, AuditEntry};

impl App {
    /// Newest first, of the actor's subtree, narrowed to a party's.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for all but admins of a whole subtree.
    pub async fn page_audit(
        &self,
        actor: &Actor,
        party: Option<&View<Party>>,
        limit: Limit,
        after: Option<Cursor>,
    ) -> Result<Page<AuditEntry>> {
        if actor.role != Role::Admin || actor.sites.is_some() {
            return Err(Error::Forbidden);
        }
        self.store.page_audit(actor, party.map(|party| scope_of(party)), limit, after.as_ref()).await
    }
}
