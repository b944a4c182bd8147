//! What is kept about a person, handed out and forgotten: a user of a site, or somebody who signs in.

use tonalite_core::access::{Actor, Administer, Identity, Manage};
use tonalite_core::audit::Action;
use tonalite_core::id::PortalUserId;
use tonalite_core::party::Party;
use tonalite_core::portal_user::PortalUser;
use tonalite_core::time::Timestamp;
use tonalite_core::user::User;
use tonalite_core::{Error, Result};
use tonalite_store::{AuditRecord, PortalUserTraces, UserTraces};

use crate::App;

impl App {
    /// Somebody who signs in, for who administers its party.
    ///
    /// # Errors
    /// [`Error::NotFound`] for what is absent, forgotten or outside the subtree; [`Error::Forbidden`] for a lesser role.
    pub async fn find_administered(
        &self,
        actor: &Actor,
        id: PortalUserId,
    ) -> Result<(PortalUser, Administer<Party>)> {
        let user = self.store.find_portal_user_by_id(id).await?.ok_or(Error::NotFound)?;
        let party = self.store.find_party_by_key(user.party_key).await?.ok_or(Error::NotFound)?;
        let granted = actor.administer_portal_user(&user, party)?;
        Ok((user, granted))
    }

    /// What is kept about a user, beside its own entry.
    pub async fn user_personal_data(
        &self,
        actor: &Actor,
        user: &Manage<User>,
        now: Timestamp,
    ) -> Result<UserTraces> {
        let traces = self.store.find_user_traces(user).await?;
        self.store.add_audit(&about_user(actor, user, Action::UserExport, now)).await?;
        Ok(traces)
    }

    /// Forgets a user. Its lines must have been taken from it before: a phone that rings for nobody is a mistake.
    ///
    /// # Errors
    /// [`Error::Conflict`] `user_has_lines`.
    pub async fn erase_user(&self, actor: &Actor, user: Manage<User>, now: Timestamp) -> Result<()> {
        self.store.erase_user(&user, &about_user(actor, &user, Action::UserErase, now)).await
    }

    /// What is kept about somebody who signs in, beside the entry itself.
    pub async fn portal_user_personal_data(
        &self,
        actor: &Actor,
        user: &PortalUser,
        party: &Administer<Party>,
        now: Timestamp,
    ) -> Result<PortalUserTraces> {
        let traces = self.store.find_portal_user_traces(user).await?;
        self.store.add_audit(&about_portal_user(actor, user, party, Action::PortalUserExport, now)).await?;
        Ok(traces)
    }

    /// Forgets somebody who signs in: sessions and tokens end at once.
    ///
    /// # Errors
    /// [`Error::Refused`] `own_account`: nobody locks themselves out.
    pub async fn erase_portal_user(
        &self,
        actor: &Actor,
        user: &PortalUser,
        party: &Administer<Party>,
        now: Timestamp,
    ) -> Result<()> {
        if let Identity::PortalUser(key, _) | Identity::Token(key, _, _) = &actor.identity
            && *key == user.key
        {
            return Err(Error::Refused("own_account"));
        }
        let audit = about_portal_user(actor, user, party, Action::PortalUserErase, now);
        self.store.erase_portal_user(user, now, &audit).await
    }
}

/// Without the name: it is what goes.
fn about_user(actor: &Actor, user: &User, action: Action, now: Timestamp) -> AuditRecord {
    let customer = user.tenancy.customer.unwrap_or(actor.scope.party);
    AuditRecord::new(actor, customer, user.tenancy, action, now)
        .on("user", user.id.uuid())
        .detail(serde_json::json!({ "site_id": user.site_id.to_string() }))
}

fn about_portal_user(
    actor: &Actor,
    user: &PortalUser,
    party: &Party,
    action: Action,
    now: Timestamp,
) -> AuditRecord {
    AuditRecord::new(actor, party.key, party.tenancy, action, now).on("portal_user", user.id.uuid())
}
