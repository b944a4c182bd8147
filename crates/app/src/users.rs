//! Users of sites.

use tonalite_core::access::{Actor, Manage, View};
use tonalite_core::audit::Action;
use tonalite_core::id::UserId;
use tonalite_core::page::{Cursor, Limit, Page};
use tonalite_core::site::Site;
use tonalite_core::time::Timestamp;
use tonalite_core::user::{NewUser, User};
use tonalite_core::{Error, Result};
use tonalite_store::AuditRecord;

use crate::App;

impl App {
    /// A user that the actor sees.
    ///
    /// # Errors
    /// [`Error::NotFound`] for what is absent or outside the subtree.
    pub async fn find_user(&self, actor: &Actor, id: UserId) -> Result<View<User>> {
        actor.view(self.store.find_user(id).await?.ok_or(Error::NotFound)?)
    }

    /// Users that the actor sees, narrowed to one site.
    pub async fn page_users(
        &self,
        actor: &Actor,
        site: Option<&View<Site>>,
        limit: Limit,
        after: Option<Cursor>,
    ) -> Result<Page<User>> {
        self.store.page_users(actor, site.map(|site| site.key), limit, after.as_ref()).await
    }

    /// Makes a user of a site.
    ///
    /// # Errors
    /// [`Error::Taken`] `extension_taken`.
    pub async fn create_user(
        &self,
        actor: &Actor,
        site: Manage<Site>,
        new: NewUser,
        now: Timestamp,
    ) -> Result<User> {
        let id = UserId::from_uuid(self.new_id(now));
        // Names stay out of the audit log: they are a person's, and erasable.
        let audit = AuditRecord::new(actor, site.customer_key, site.tenancy, Action::UserCreate, now)
            .on("user", id.uuid())
            .detail(serde_json::json!({ "site": site.name, "extension": new.extension.as_str() }));
        self.store.insert_user(id, &site, &new, now, &audit).await
    }
}
