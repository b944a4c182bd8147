//! Portal users.

use tonalite_core::access::{Actor, Administer, View};
use tonalite_core::audit::Action;
use tonalite_core::error::FieldErrors;
use tonalite_core::id::PortalUserId;
use tonalite_core::page::{Cursor, Limit, Page};
use tonalite_core::party::Party;
use tonalite_core::portal_user::{PortalUser, Role, Username, check_password};
use tonalite_core::secret::Secret;
use tonalite_core::text::Language;
use tonalite_core::time::Timestamp;
use tonalite_core::{Error, Result};
use tonalite_store::{AuditRecord, PortalUserInsert};

use crate::parties::scope_of;
use crate::{App, Session};

impl App {
    /// Portal users of the parties that the actor sees, by name; narrowed to the subtree of one.
    pub async fn page_portal_users(
        &self,
        actor: &Actor,
        below: Option<&View<Party>>,
        limit: Limit,
        after: Option<Cursor>,
    ) -> Result<Page<PortalUser>> {
        self.store.page_portal_users(actor, below.map(|party| scope_of(party)), limit, after.as_ref()).await
    }

    /// Makes a portal user of a party.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::Taken`] `username_taken`.
    #[expect(clippy::too_many_arguments, reason = "each is a field that a person types")]
    pub async fn create_portal_user(
        &self,
        actor: &Actor,
        party: Administer<Party>,
        username: &str,
        password: Secret<String>,
        role: Role,
        language: Option<Language>,
        now: Timestamp,
    ) -> Result<PortalUser> {
        let mut errors = FieldErrors::new();
        let username = errors.take(Username::parse(username));
        errors.take(check_password(password.expose()));
        errors.finish()?;
        let Some(username) = username else { return Err(Error::invalid("username", "required")) };
        let id = PortalUserId::from_uuid(self.new_id(now));
        let password_hash = self.passwords.hash(password, self.entropy.as_ref()).await?;
        let audit = AuditRecord::new(actor, party.key, party.tenancy, Action::PortalUserCreate, now)
            .on("portal_user", id.uuid())
            .detail(serde_json::json!({ "role": role.as_str() }));
        let insert = PortalUserInsert {
            id,
            party: party.key,
            username: &username,
            password_hash: &password_hash,
            role,
            language,
            now,
        };
        let key = self.store.insert_portal_user(&insert, &audit).await?;
        self.store.find_portal_user(key).await?.ok_or(Error::NotFound)
    }

    /// Whether anybody can sign in at all: a fresh installation has nobody.
    pub async fn has_portal_users(&self) -> Result<bool> {
        self.store.has_portal_users().await
    }

    /// The command line acting in a portal user's name, to make a token for it.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such portal user.
    pub async fn session_from_command_line(&self, username: &str) -> Result<Session> {
        let username = Username::parse(username).map_err(|error| Error::Invalid(vec![error]))?;
        let user = self.store.find_portal_user_by_name(&username).await?.ok_or(Error::NotFound)?;
        let mut session = self.session_of(user, None, None).await?.ok_or(Error::NotFound)?;
        session.actor.identity = tonalite_core::access::Identity::CommandLine;
        Ok(session)
    }
}
