//! DECT systems: made, named, filled with bases, given a chain ID by people. Their reboots are in `dect_reboots`.

use tonalite_catalog::{Kind, catalog};
use tonalite_core::access::{Actor, Manage, View};
use tonalite_core::audit::Action;
use tonalite_core::dect::{ChainId, ChainSource, DectSystem, MAX_BASES, MAX_NAME};
use tonalite_core::device::Device;
use tonalite_core::error::{FieldError, FieldErrors};
use tonalite_core::filter::DeviceFilter;
use tonalite_core::id::{DectSystemId, DeviceKey};
use tonalite_core::page::{Cursor, Limit, Page};
use tonalite_core::party::{Party, PartyKind, Tenancy};
use tonalite_core::portal_user::Role;
use tonalite_core::time::Timestamp;
use tonalite_core::timeline::TimelineKind;
use tonalite_core::{Error, Result, name};
use tonalite_store::{AuditRecord, DectSystemInsert};

use crate::App;
use crate::parties::scope_of;

/// A system that the actor sees, with those of its bases that the actor sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DectSystemView {
    /// The system; it says how many bases it has at all sites.
    pub system: View<DectSystem>,
    /// Its bases, in the order in which they were added.
    pub bases: Vec<Device>,
}

/// What is to change of a system: `None` keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DectSystemChange {
    /// Name.
    pub name: Option<String>,
    /// Chain ID; an empty text clears it.
    pub chain_id: Option<String>,
}

/// What is known of the chain ID of a DECT device; `None` is *not set*.
pub type KnownChain = Option<(ChainId, ChainSource)>;

impl App {
    /// Whether the actor may know chain IDs of a customer: see [`Actor::may_see_chain_id`]. For all others they are absent.
    pub fn may_see_chain_id(actor: &Actor, customer: Tenancy) -> bool {
        actor.may_see_chain_id(customer)
    }

    /// Whether the actor may enter and clear chain IDs of a customer: who may see them, from managers up. It belongs to the
    /// customer as a whole, hence not to somebody who is narrowed to some sites.
    pub fn may_change_chain_id(actor: &Actor, customer: Tenancy) -> bool {
        actor.may_see_chain_id(customer) && actor.role.includes(Role::Manager) && actor.sites.is_none()
    }

    /// What is known of a device's chain ID. `None`: it is not for this person, or the device is no DECT base.
    pub async fn chain_of_device(&self, actor: &Actor, device: &Device) -> Result<Option<KnownChain>> {
        if !Self::may_see_chain_id(actor, device.tenancy) || !is_base(device) {
            return Ok(None);
        }
        Ok(Some(self.known_chain(device).await?))
    }

    pub(crate) async fn known_chain(&self, device: &Device) -> Result<KnownChain> {
        match &device.dect {
            None => Ok(None),
            Some(member) => {
                Ok(self.store.find_dect_system(member.system).await?.and_then(|system| system.chain))
            }
        }
    }

    /// A system that the actor sees. Who is narrowed to some sites sees those with a base there.
    ///
    /// # Errors
    /// [`Error::NotFound`] for what is absent or outside the subtree.
    pub async fn find_dect_system(
        &self,
        actor: &Actor,
        id: DectSystemId,
        now: Timestamp,
    ) -> Result<DectSystemView> {
        let system = actor.view(self.store.find_dect_system(id).await?.ok_or(Error::NotFound)?)?;
        let mut bases = self.store.find_dect_bases(system.key, self.ready_at, now).await?;
        bases.retain(|base| actor.sees(base.tenancy, Some(base.site_key)));
        if actor.sites.is_some() && bases.is_empty() {
            return Err(Error::NotFound);
        }
        Ok(DectSystemView { system, bases })
    }

    /// Systems that the actor sees, by name; narrowed to the subtree of a party.
    pub async fn page_dect_systems(
        &self,
        actor: &Actor,
        party: Option<&View<Party>>,
        limit: Limit,
        after: Option<Cursor>,
    ) -> Result<Page<DectSystem>> {
        self.store.page_dect_systems(actor, party.map(|party| scope_of(party)), limit, after.as_ref()).await
    }

    /// The DECT bases of a customer that the actor sees, to choose from; the first of many.
    pub async fn dect_bases_of(
        &self,
        actor: &Actor,
        customer: tonalite_core::id::PartyKey,
        limit: Limit,
        now: Timestamp,
    ) -> Result<Vec<Device>> {
        let bases = catalog().types().iter().filter(|kind| kind.kind == Kind::DectBase);
        let filter = DeviceFilter {
            party: Some((PartyKind::Customer, customer)),
            device_types: Some(bases.map(|kind| kind.id.clone()).collect()),
            ..DeviceFilter::default()
        };
        Ok(self.store.page_devices(actor, &filter, limit, None, self.ready_at, now).await?.items)
    }

    /// Makes a system of a customer's bases, which leave the systems that they were in.
    ///
    /// # Errors
    /// [`Error::Invalid`] with all that is wrong; [`Error::Taken`] `chain_id_taken`; [`Error::Forbidden`] for a chain ID from
    /// somebody who may not enter one.
    pub async fn create_dect_system(
        &self,
        actor: &Actor,
        customer: Manage<Party>,
        typed: DectSystemChange,
        bases: Vec<Manage<Device>>,
        now: Timestamp,
    ) -> Result<DectSystem> {
        if customer.kind != PartyKind::Customer {
            return Err(Error::invalid("party_id", "not_a_customer"));
        }
        let typed_chain = typed.chain_id.as_deref().unwrap_or_default();
        // Before it is read: what is wrong with it is not for them either.
        if !typed_chain.trim().is_empty() && !Self::may_change_chain_id(actor, customer.tenancy) {
            return Err(Error::Forbidden);
        }
        let mut errors = FieldErrors::new();
        let new_name =
            errors.take(name::required("name", typed.name.as_deref().unwrap_or_default(), MAX_NAME));
        let chain_id = errors.take(ChainId::parse(typed_chain)).flatten();
        let fits = |base: &&Manage<Device>| is_base(base) && base.tenancy.customer == Some(customer.key);
        if let Some(wrong) = bases.iter().find(|base| !fits(base)) {
            errors.push(wrong_base(wrong, "device_ids"));
        }
        let mut keys: Vec<DeviceKey> = Vec::with_capacity(bases.len());
        for base in &bases {
            if !keys.contains(&base.key) {
                keys.push(base.key);
            }
        }
        if keys.len() > MAX_BASES {
            errors.push(FieldError::new("device_ids", "dect_system_full").with("max", MAX_BASES));
        }
        errors.finish()?;
        let Some(new_name) = new_name else { return Err(Error::invalid("name", "required")) };
        let id = DectSystemId::from_uuid(self.new_id(now));
        let ids: Vec<String> = bases.iter().map(|base| base.id.to_string()).collect();
        let audit = AuditRecord::new(actor, customer.key, customer.tenancy, Action::DectSystemCreate, now)
            .on("dect_system", id.uuid())
            .detail(serde_json::json!({
                "name": new_name, "chain_id": chain_id.map(|chain_id| chain_id.to_string()), "bases": ids,
            }));
        let insert =
            DectSystemInsert { id, customer: &customer, name: &new_name, chain_id, bases: &keys, now };
        let made = self.store.insert_dect_system(&insert, &audit).await;
        let system = self.name_the_other(made, customer.key, chain_id).await?;
        for base in keys {
            self.live.note(base, actor.stamp(now), TimelineKind::Changed, None).await;
        }
        Ok(system)
    }

    /// Renames a system, enters or clears its chain ID.
    ///
    /// # Errors
    /// [`Error::Stale`], [`Error::Invalid`], [`Error::Taken`] `chain_id_taken`; [`Error::Forbidden`] for a chain ID from
    /// somebody who may not enter one.
    pub async fn update_dect_system(
        &self,
        actor: &Actor,
        system: Manage<DectSystem>,
        version: Option<i64>,
        change: DectSystemChange,
        now: Timestamp,
    ) -> Result<DectSystem> {
        if change.chain_id.is_some() && !Self::may_change_chain_id(actor, system.tenancy) {
            return Err(Error::Forbidden);
        }
        if version.is_some_and(|version| version != system.version) {
            return Err(Error::Stale);
        }
        let mut errors = FieldErrors::new();
        let new_name = match &change.name {
            Some(text) => errors.take(name::required("name", text, MAX_NAME)),
            None => Some(system.name.clone()),
        };
        let before = system.chain.map(|(chain_id, _)| chain_id);
        let chain_id = match &change.chain_id {
            Some(text) => errors.take(ChainId::parse(text)).flatten(),
            None => before,
        };
        errors.finish()?;
        let Some(new_name) = new_name else { return Err(Error::invalid("name", "required")) };
        let text = |chain_id: Option<ChainId>| chain_id.map(|chain_id| chain_id.to_string());
        let audit =
            AuditRecord::new(actor, system.customer_key, system.tenancy, Action::DectSystemUpdate, now)
                .on("dect_system", system.id.uuid())
                .detail(serde_json::json!({
                    "before": { "name": system.name, "chain_id": text(before) },
                    "after": { "name": new_name, "chain_id": text(chain_id) },
                }));
        let made = self.store.update_dect_system(&system, &new_name, chain_id, &audit).await;
        self.name_the_other(made, system.customer_key, chain_id).await
    }

    /// Deletes a system; its bases stay. With it goes its chain ID, hence only for who may change that: for others the answer
    /// must not tell whether there is one.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`] when somebody was faster.
    pub async fn delete_dect_system(
        &self,
        actor: &Actor,
        system: Manage<DectSystem>,
        now: Timestamp,
    ) -> Result<()> {
        if !Self::may_change_chain_id(actor, system.tenancy) {
            return Err(Error::Forbidden);
        }
        let chain_id = system.chain.map(|(chain_id, _)| chain_id.to_string());
        let audit =
            AuditRecord::new(actor, system.customer_key, system.tenancy, Action::DectSystemDelete, now)
                .on("dect_system", system.id.uuid())
                .detail(serde_json::json!({ "name": system.name, "chain_id": chain_id }));
        self.store.delete_dect_system(system.key, &audit).await
    }

    /// Puts a base into a system; it leaves the one that it was in.
    ///
    /// # Errors
    /// [`Error::Conflict`] for what is no DECT base, or of another customer, and `dect_system_full`.
    pub async fn add_dect_base(
        &self,
        actor: &Actor,
        system: &Manage<DectSystem>,
        base: Manage<Device>,
        now: Timestamp,
    ) -> Result<()> {
        if !is_base(&base) || base.tenancy.customer != Some(system.customer_key) {
            return Err(Error::Conflict(wrong_base(&base, "device_id")));
        }
        if base.dect.as_ref().is_some_and(|member| member.system == system.id) {
            return Ok(());
        }
        let audit = self.base_audit(actor, system, &base, Action::DectSystemAddBase, now);
        self.store.add_dect_base(system, base.key, &audit).await?;
        self.live.note(base.key, actor.stamp(now), TimelineKind::Changed, None).await;
        Ok(())
    }

    /// Takes a base out of a system, which stays, even without bases: what people wrote of it is not lost while the last
    /// base is replaced.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not in it.
    pub async fn remove_dect_base(
        &self,
        actor: &Actor,
        system: &Manage<DectSystem>,
        base: Manage<Device>,
        now: Timestamp,
    ) -> Result<()> {
        let audit = self.base_audit(actor, system, &base, Action::DectSystemRemoveBase, now);
        self.store.remove_dect_base(system.key, base.key, &audit).await?;
        self.live.note(base.key, actor.stamp(now), TimelineKind::Changed, None).await;
        Ok(())
    }

    fn base_audit(
        &self,
        actor: &Actor,
        system: &DectSystem,
        base: &Device,
        action: Action,
        now: Timestamp,
    ) -> AuditRecord {
        AuditRecord::new(actor, system.customer_key, system.tenancy, action, now)
            .on("dect_system", system.id.uuid())
            .detail(serde_json::json!({
                "name": system.name, "device_id": base.id.to_string(), "mac": base.mac.map(|mac| mac.to_string()),
            }))
    }

    /// Says which system has a chain ID that is taken. Only who may see chain IDs comes here.
    async fn name_the_other(
        &self,
        made: Result<DectSystem>,
        customer: tonalite_core::id::PartyKey,
        chain_id: Option<ChainId>,
    ) -> Result<DectSystem> {
        let (Err(Error::Taken(error)), Some(chain_id)) = (&made, chain_id) else { return made };
        let error = error.clone().with("chain_id", chain_id);
        let other = self.store.find_dect_system_by_chain(customer, chain_id).await?;
        let (name, id) = other.map(|other| (other.name, other.id.to_string())).unwrap_or_default();
        Err(Error::Taken(error.with("system", name).with("dect_system_id", id)))
    }
}

/// Whether the device is of a type that hands calls over.
pub(crate) fn is_base(device: &Device) -> bool {
    catalog().get(&device.device_type).is_some_and(|kind| kind.kind == Kind::DectBase)
}

fn wrong_base(device: &Device, field: &str) -> FieldError {
    let code = if is_base(device) { "dect_base_of_another_customer" } else { "not_a_dect_base" };
    let label = device.mac.map_or_else(|| device.device_type.clone(), |mac| mac.with_colons());
    FieldError::new(field, code).with("device", label)
}
