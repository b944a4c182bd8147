//! What a file is read against: the types of the catalogue, the sites that the person may manage, and which type is
//! approved where. As it is at that moment.

use std::collections::HashMap;

use tonalite_catalog::{DeviceType, Kind, catalog};
use tonalite_core::Result;
use tonalite_core::access::{Actor, Scope};
use tonalite_core::csv::import::{Directory, TypeFact, TypeFacts};
use tonalite_core::id::SiteKey;
use tonalite_core::page::Limit;
use tonalite_core::party::PartyKind;
use tonalite_core::site::Site;
use tonalite_store::ImportRecord;

use crate::App;

/// What types and sites are called. An index means the same here as in the [`Ground`].
#[derive(Default)]
pub(super) struct Names {
    pub(super) types: Directory,
    pub(super) facts: TypeFacts,
    pub(super) sites: Directory,
}

/// Types and sites by their index.
pub(super) struct Ground {
    pub(super) types: Vec<&'static DeviceType>,
    pub(super) sites: Vec<Site>,
    by_key: HashMap<SiteKey, usize>,
    approved: HashMap<usize, Vec<&'static str>>,
}

impl Ground {
    /// The index of a site, if the person may manage it.
    pub(super) fn site(&self, key: SiteKey) -> Option<usize> {
        self.by_key.get(&key).copied()
    }

    /// Whether a type may be added at a site.
    pub(super) async fn is_approved(&mut self, app: &App, site: usize, device_type: usize) -> Result<bool> {
        let (Some(place), Some(wanted)) = (self.sites.get(site), self.types.get(device_type)) else {
            return Ok(false);
        };
        let approved = match self.approved.entry(site) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(new) => {
                let approved = app.approved_at_site(place).await?;
                new.insert(approved.into_iter().map(|device_type| device_type.id.as_str()).collect())
            }
        };
        Ok(approved.contains(&wanted.id.as_str()))
    }
}

impl App {
    /// What an import of this person is read against now.
    pub(super) async fn import_ground(
        &self,
        actor: &Actor,
        record: &ImportRecord,
    ) -> Result<(Names, Ground)> {
        let mut names = Names::default();
        let types: Vec<&'static DeviceType> = self.device_types().iter().collect();
        for (index, device_type) in types.iter().enumerate() {
            names.types.insert(&device_type.name, index);
            names.types.insert_code(&device_type.id, index);
            for alias in &device_type.aliases {
                names.types.insert(alias, index);
            }
            names.facts.add(TypeFact {
                name: device_type.name.clone(),
                maker: device_type.vendor_name.clone(),
                has_mac: device_type.has_mac,
                is_dect_base: device_type.kind == Kind::DectBase,
            });
        }
        for vendor in catalog().vendors() {
            for prefix in &vendor.mac_prefixes {
                names.facts.own(*prefix, &vendor.name);
            }
        }
        let mut ground =
            Ground { types, sites: Vec::new(), by_key: HashMap::new(), approved: HashMap::new() };
        let customer = Scope { kind: PartyKind::Customer, party: record.customer };
        let mut after = None;
        loop {
            let page =
                self.store.page_sites(actor, Some(customer), Limit::at_most(200), after.as_ref()).await?;
            for site in page.items {
                if actor.manage(site.clone()).is_err() {
                    continue;
                }
                let index = ground.sites.len();
                names.sites.insert(&site.name, index);
                if let Some(code) = &site.code {
                    names.sites.insert_code(code, index);
                }
                ground.by_key.insert(site.key, index);
                ground.sites.push(site);
            }
            after = page.next;
            if after.is_none() {
                return Ok((names, ground));
            }
        }
    }
}
