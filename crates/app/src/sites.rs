//! Sites of customers.

use std::collections::HashMap;

use tonalite_core::access::{Actor, Manage, View};
use tonalite_core::audit::Action;
use tonalite_core::filter::StatusCounts;
use tonalite_core::id::{SiteId, SiteKey};
use tonalite_core::page::{Cursor, Limit, Page};
use tonalite_core::party::{Party, PartyKind};
use tonalite_core::search::Search;
use tonalite_core::site::{NewSite, Site};
use tonalite_core::time::Timestamp;
use tonalite_core::{Error, Result};
use tonalite_store::{AuditRecord, SiteRemainder};

use crate::App;
use crate::parties::scope_of;

impl App {
    /// A site that the actor sees.
    ///
    /// # Errors
    /// [`Error::NotFound`] for what is absent or outside the subtree.
    pub async fn find_site(&self, actor: &Actor, id: SiteId) -> Result<View<Site>> {
        actor.view(self.store.find_site(id).await?.ok_or(Error::NotFound)?)
    }

    /// Sites that the actor sees, by name; narrowed to the subtree of a party.
    pub async fn page_sites(
        &self,
        actor: &Actor,
        party: Option<&View<Party>>,
        limit: Limit,
        after: Option<Cursor>,
    ) -> Result<Page<Site>> {
        self.store.page_sites(actor, party.map(|party| scope_of(party)), limit, after.as_ref()).await
    }

    /// The same, of those that have each word in their name, their code or their customer's name.
    pub async fn search_sites(
        &self,
        actor: &Actor,
        party: Option<&View<Party>>,
        search: Option<&Search>,
        limit: Limit,
        after: Option<Cursor>,
    ) -> Result<Page<Site>> {
        self.store
            .search_sites(actor, party.map(|party| scope_of(party)), search, limit, after.as_ref())
            .await
    }

    /// How many devices of each of these sites are in which state: kept counts, in one statement. A site without devices may
    /// be absent.
    pub async fn counts_of_sites(
        &self,
        actor: &Actor,
        sites: &[SiteKey],
    ) -> Result<HashMap<SiteKey, StatusCounts>> {
        if sites.is_empty() {
            return Ok(HashMap::new());
        }
        Ok(self.store.find_counts_of_sites(actor, sites).await?.into_iter().collect())
    }

    /// What is at a site.
    pub async fn site_remainder(&self, site: &View<Site>) -> Result<SiteRemainder> {
        self.store.find_site_remainder(site.key).await
    }

    /// Makes a site of a customer.
    ///
    /// # Errors
    /// [`Error::Invalid`] `not_a_customer`, [`Error::Taken`] `site_name_taken`, `site_code_taken`.
    pub async fn create_site(
        &self,
        actor: &Actor,
        customer: Manage<Party>,
        new: NewSite,
        now: Timestamp,
    ) -> Result<Site> {
        if customer.kind != PartyKind::Customer {
            return Err(Error::invalid("party_id", "not_a_customer"));
        }
        let id = SiteId::from_uuid(self.new_id(now));
        let audit = AuditRecord::new(actor, customer.key, customer.tenancy, Action::SiteCreate, now)
            .on("site", id.uuid())
            .detail(serde_json::json!({ "name": new.name }));
        self.store.insert_site(id, &customer, &new, now, &audit).await
    }

    /// Changes a site.
    ///
    /// # Errors
    /// [`Error::Stale`], [`Error::Taken`].
    pub async fn update_site(
        &self,
        actor: &Actor,
        site: Manage<Site>,
        version: Option<i64>,
        new: NewSite,
        now: Timestamp,
    ) -> Result<Site> {
        if version.is_some_and(|version| version != site.version) {
            return Err(Error::Stale);
        }
        let mut detail = serde_json::Map::new();
        for (field, was, is) in [
            ("name", Some(site.name.as_str()), Some(new.name.as_str())),
            ("code", site.code.as_deref(), new.code.as_deref()),
            ("time_zone", Some(site.time_zone.as_str()), Some(new.time_zone.as_str())),
            ("language", Some(site.language.as_str()), Some(new.language.as_str())),
        ] {
            if was != is {
                detail.insert(field.to_owned(), serde_json::json!({ "before": was, "after": is }));
            }
        }
        let audit = AuditRecord::new(actor, site.customer_key, site.tenancy, Action::SiteUpdate, now)
            .on("site", site.id.uuid())
            .detail(detail.into());
        self.store.update_site(&site, &new, &audit).await
    }

    /// Deletes a site that holds nothing.
    ///
    /// # Errors
    /// [`Error::Conflict`] `site_not_empty`.
    pub async fn delete_site(&self, actor: &Actor, site: Manage<Site>, now: Timestamp) -> Result<()> {
        let audit = AuditRecord::new(actor, site.customer_key, site.tenancy, Action::SiteDelete, now)
            .on("site", site.id.uuid())
            .detail(serde_json::json!({ "name": site.name }));
        self.store.delete_site(&site, &audit).await
    }
}
