//! Device types, and which of them are approved where. A list narrows the one above; where there is none up to the root,
//! the whole catalogue is approved.

use std::collections::{BTreeSet, HashMap};

use tonalite_catalog::{DeviceType, catalog};
use tonalite_core::access::{Actor, Administer, View};
use tonalite_core::audit::Action;
use tonalite_core::error::FieldError;
use tonalite_core::feature::scope_of;
use tonalite_core::id::{PartyKey, SiteKey};
use tonalite_core::party::{Party, PartyKind};
use tonalite_core::site::Site;
use tonalite_core::time::Timestamp;
use tonalite_core::{Error, Result};
use tonalite_store::{AuditRecord, Owner, Place};

use crate::App;

impl App {
    /// Every type of the catalogue, vendor by vendor.
    pub fn device_types(&self) -> &'static [DeviceType] {
        catalog().types()
    }

    /// A type by its id.
    pub fn device_type(&self, id: &str) -> Option<&'static DeviceType> {
        catalog().get(id)
    }

    /// The firmware that a User-Agent of a known vendor names. A claim of the phone's, like the whole of it.
    pub fn firmware_of<'a>(&self, user_agent: &'a str) -> Option<&'a str> {
        catalog().firmware_of_user_agent(user_agent)
    }

    /// The types that may be added at a site.
    pub async fn approved_at_site(&self, site: &Site) -> Result<Vec<&'static DeviceType>> {
        let above = self.approved_down_to(site.customer_key).await?;
        let own = self.store.find_approved_device_types(Owner::Site(site.key)).await?;
        Ok(narrowed(above, &own))
    }

    /// The types that are approved for a party and what lies below it.
    pub async fn approved_for_party(&self, party: &Party) -> Result<Vec<&'static DeviceType>> {
        self.approved_down_to(party.key).await
    }

    /// Puts a site's own list in place; an empty one inherits again. Gives what holds now.
    ///
    /// # Errors
    /// [`Error::Invalid`] `device_type_unknown`, `type_not_approved_above`; [`Error::Stale`].
    pub async fn set_approved_at_site(
        &self,
        actor: &Actor,
        site: Administer<Site>,
        ids: Vec<String>,
        now: Timestamp,
    ) -> Result<Vec<&'static DeviceType>> {
        let above = self.approved_above_site(&site).await?;
        let ids = checked(&ids, &above)?;
        let before = self.store.find_approved_device_types(Owner::Site(site.key)).await?;
        let audit =
            AuditRecord::new(actor, site.customer_key, site.tenancy, Action::ApprovedDeviceTypesUpdate, now)
                .on("site", site.id.uuid())
                .detail(serde_json::json!({ "before": before, "after": ids }));
        self.store.replace_approved_device_types(Owner::Site(site.key), site.version, &ids, &audit).await?;
        self.approved_at_site(&site).await
    }

    /// Puts a party's own list in place; an empty one inherits again. Gives what holds now.
    ///
    /// # Errors
    /// As [`App::set_approved_at_site`]; [`Error::Forbidden`] when somebody sets the list of its own party.
    pub async fn set_approved_for_party(
        &self,
        actor: &Actor,
        party: Administer<Party>,
        ids: Vec<String>,
        now: Timestamp,
    ) -> Result<Vec<&'static DeviceType>> {
        if party.kind != PartyKind::Platform {
            // Its own admins could else take a list away that was put in place above them. Nobody is above the root.
            actor.administer_from_above(party.clone().into_inner())?;
        }
        let above = self.approved_above(&party).await?;
        let ids = checked(&ids, &above)?;
        let owner = Owner::Party(party.key);
        let before = self.store.find_approved_device_types(owner).await?;
        let audit = AuditRecord::new(actor, party.key, party.tenancy, Action::ApprovedDeviceTypesUpdate, now)
            .on("party", party.id.uuid())
            .detail(serde_json::json!({ "before": before, "after": ids }));
        self.store.replace_approved_device_types(owner, party.version, &ids, &audit).await?;
        self.approved_for_party(&party).await
    }

    /// The types that a party's own list may hold: what is approved for the party above; for the root, the whole catalogue.
    pub async fn approved_above(&self, party: &Party) -> Result<Vec<&'static DeviceType>> {
        match party.parent_key {
            Some(parent) => self.approved_down_to(parent).await,
            None => Ok(catalog().types().iter().collect()),
        }
    }

    /// The types that a site's own list may hold.
    pub async fn approved_above_site(&self, site: &Site) -> Result<Vec<&'static DeviceType>> {
        self.approved_down_to(site.customer_key).await
    }

    /// The lists of their own that parties and sites have, as they were set; who inherits is absent.
    pub async fn own_lists(
        &self,
        parties: impl IntoIterator<Item = PartyKey>,
        sites: impl IntoIterator<Item = SiteKey>,
    ) -> Result<HashMap<Owner, Vec<String>>> {
        let owners: Vec<Owner> =
            parties.into_iter().map(Owner::Party).chain(sites.into_iter().map(Owner::Site)).collect();
        self.store.find_lists_of_device_types(&owners).await
    }

    /// How many devices below a party there are of each of these types.
    pub async fn count_devices_of_types(
        &self,
        party: &View<Party>,
        types: &[&str],
    ) -> Result<Vec<(String, i64)>> {
        self.store.count_devices_of_types(Place::Below(scope_of(party)), types).await
    }

    /// The same at a site.
    pub async fn count_devices_of_types_at_site(
        &self,
        site: &View<Site>,
        types: &[&str],
    ) -> Result<Vec<(String, i64)>> {
        self.store.count_devices_of_types(Place::Site(site.key), types).await
    }

    pub(crate) async fn approved_down_to(&self, party: PartyKey) -> Result<Vec<&'static DeviceType>> {
        let mut approved: Vec<&'static DeviceType> = catalog().types().iter().collect();
        let chain = self.store.find_ancestry(party).await?;
        let owners: Vec<Owner> = chain.iter().map(|party| Owner::Party(party.key)).collect();
        let lists = self.store.find_lists_of_device_types(&owners).await?;
        for own in owners.iter().filter_map(|owner| lists.get(owner)) {
            approved = narrowed(approved, own);
        }
        Ok(approved)
    }
}

/// A list above may have been narrowed since: what it no longer holds is not approved below either.
pub(crate) fn narrowed(above: Vec<&'static DeviceType>, own: &[String]) -> Vec<&'static DeviceType> {
    if own.is_empty() { above } else { above.into_iter().filter(|t| own.contains(&t.id)).collect() }
}

pub(crate) fn checked(ids: &[String], above: &[&'static DeviceType]) -> Result<Vec<&'static str>> {
    let mut errors = Vec::new();
    let mut known = BTreeSet::new();
    for (i, id) in ids.iter().enumerate() {
        let field = format!("device_type_ids[{i}]");
        match catalog().get(id) {
            None => errors.push(
                FieldError::new(field, "device_type_unknown").with("value", tonalite_core::device::short(id)),
            ),
            Some(t) if !above.iter().any(|approved| approved.id == t.id) => {
                errors.push(FieldError::new(field, "type_not_approved_above").with("type", &t.name));
            }
            Some(t) => {
                known.insert(t.id.as_str());
            }
        }
    }
    if errors.is_empty() { Ok(known.into_iter().collect()) } else { Err(Error::Invalid(errors)) }
}
