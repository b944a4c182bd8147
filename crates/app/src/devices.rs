//! Devices: list, add, change, remove, and what is known of one.

use std::collections::HashMap;

use tonalite_catalog::{PrefixFit, catalog};
use tonalite_core::access::{Actor, Identity, Manage, View};
use tonalite_core::audit::Action;
use tonalite_core::device::{Device, Labels, NewDevice, Warning, parse_mac_for_type, short};
use tonalite_core::error::{FieldError, FieldErrors};
use tonalite_core::filter::{DeviceFilter, StatusCounts};
use tonalite_core::id::{DeviceId, DeviceKey};
use tonalite_core::line::Line;
use tonalite_core::line_state::{Binding, LineState, StateDetail};
use tonalite_core::mac::Mac;
use tonalite_core::page::{Cursor, Limit, Page};
use tonalite_core::registration::DeviceRef;
use tonalite_core::site::Site;
use tonalite_core::time::Timestamp;
use tonalite_core::timeline::{TimelineEntry, TimelineKind};
use tonalite_core::{Error, Result};
use tonalite_store::{AuditRecord, DeviceFields, DeviceInsert, LineUser};

use crate::device_search::with_types;
use crate::{App, PhoneCommand};

/// A device to be added, as somebody typed it.
#[derive(Debug, Clone, Copy, Default)]
pub struct DeviceRequest<'a> {
    /// Address, in any notation; absent for types without one.
    pub mac: Option<&'a str>,
    /// Id of the device type.
    pub device_type_id: &'a str,
    /// Name.
    pub name: Option<&'a str>,
    /// Serial number.
    pub serial: Option<&'a str>,
    /// Inventory number.
    pub inventory_id: Option<&'a str>,
    /// Note.
    pub note: Option<&'a str>,
    /// Critical mark.
    pub critical: bool,
}

/// What is to change of a device: `None` keeps, an empty text clears.
#[derive(Debug, Clone, Default)]
pub struct DeviceChange {
    /// Name.
    pub name: Option<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// Inventory number.
    pub inventory_id: Option<String>,
    /// Note.
    pub note: Option<String>,
    /// Critical mark.
    pub critical: Option<bool>,
}

/// An assigned line and its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineView {
    /// The line.
    pub line: Line,
    /// Its state.
    pub state: LineState,
    /// More about the state.
    pub detail: Option<StateDetail>,
    /// Since when.
    pub since: Timestamp,
    /// Last renewal.
    pub registered_at: Option<Timestamp>,
    /// When the last live contact expires.
    pub expires_at: Option<Timestamp>,
}

/// A live contact of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactView {
    /// Port of its line.
    pub port: u16,
    /// The contact.
    pub binding: Binding,
}

impl App {
    /// A device that the actor sees.
    ///
    /// # Errors
    /// [`Error::NotFound`] for what is absent or outside the subtree.
    pub async fn find_device(&self, actor: &Actor, id: DeviceId, now: Timestamp) -> Result<View<Device>> {
        actor.view(self.store.find_device(id, self.ready_at, now).await?.ok_or(Error::NotFound)?)
    }

    /// A device that the actor sees, by its address.
    ///
    /// # Errors
    /// [`Error::NotFound`] for what is absent or outside the subtree.
    pub async fn find_device_by_mac(&self, actor: &Actor, mac: Mac, now: Timestamp) -> Result<View<Device>> {
        actor.view(self.store.find_device_by_mac(mac, self.ready_at, now).await?.ok_or(Error::NotFound)?)
    }

    /// One page of the devices that the actor sees.
    ///
    /// # Errors
    /// [`Error::Invalid`] `cursor_of_another_list`.
    pub async fn page_devices(
        &self,
        actor: &Actor,
        filter: &DeviceFilter,
        limit: Limit,
        after: Option<Cursor>,
        now: Timestamp,
    ) -> Result<Page<Device>> {
        let filter = &with_types(filter);
        self.store.page_devices(actor, filter, limit, after.as_ref(), self.ready_at, now).await
    }

    /// Devices that the actor sees, per class, whatever status the filter asks for; see `StatusCounts::at_least`.
    pub async fn count_devices(&self, actor: &Actor, filter: &DeviceFilter) -> Result<StatusCounts> {
        self.store.count_devices(actor, &with_types(filter)).await
    }

    /// Who uses the lines of each device of a page, by port.
    pub async fn users_of_devices(&self, devices: &[Device]) -> Result<HashMap<DeviceKey, Vec<LineUser>>> {
        let keys: Vec<DeviceKey> =
            devices.iter().filter(|device| device.lines_assigned > 0).map(|device| device.key).collect();
        let mut users: HashMap<DeviceKey, Vec<LineUser>> = HashMap::new();
        for user in self.store.find_users_of_devices(&keys).await? {
            users.entry(user.device).or_default().push(user);
        }
        Ok(users)
    }

    /// Adds a device to a site. Gives it with doubts that do not stop it.
    ///
    /// # Errors
    /// [`Error::Invalid`] with all wrong fields; [`Error::Taken`] `mac_taken`, which says more only of what the actor sees.
    pub async fn create_device(
        &self,
        actor: &Actor,
        site: Manage<Site>,
        request: DeviceRequest<'_>,
        now: Timestamp,
    ) -> Result<(Device, Vec<Warning>)> {
        let mut errors = FieldErrors::new();
        let device_type = match catalog().get(request.device_type_id) {
            None if request.device_type_id.is_empty() => {
                errors.take(Err(FieldError::new("device_type_id", "required")))
            }
            None => {
                let value = short(request.device_type_id);
                errors
                    .take(Err(FieldError::new("device_type_id", "device_type_unknown").with("value", value)))
            }
            Some(t) if !self.approved_at_site(&site).await?.iter().any(|approved| approved.id == t.id) => {
                let error = FieldError::new("device_type_id", "device_type_not_approved");
                errors.take(Err(error.with("type", &t.name).with("site", &site.name)))
            }
            Some(t) => Some(t),
        };
        let has_mac = device_type.is_none_or(|t| t.has_mac);
        let mac = errors.take(parse_mac_for_type(request.mac, has_mac)).flatten();
        let labels =
            Labels::parse(request.name, request.serial, request.inventory_id, request.note, &mut errors);
        errors.finish()?;
        let Some(device_type) = device_type else { return Err(Error::invalid("device_type_id", "required")) };
        self.check_probes(actor, now)?;

        let warnings = mac.map_or_else(Vec::new, |mac| doubts_about(mac, device_type));
        let new = NewDevice { mac, device_type: device_type.id.clone(), labels, critical: request.critical };
        let id = DeviceId::from_uuid(self.new_id(now));
        let audit = AuditRecord::new(actor, site.customer_key, site.tenancy, Action::DeviceCreate, now)
            .on("device", id.uuid())
            .detail(serde_json::json!({
                "mac": mac.map(|mac| mac.to_string()), "device_type": device_type.id, "site": site.name,
            }));
        let insert = DeviceInsert { id, site: &site, device: &new, lines_total: device_type.ports, now };
        let Some(key) = self.store.insert_device(&insert, &audit).await? else {
            return Err(match mac {
                Some(mac) => self.mac_taken(actor, mac, now).await?,
                None => Error::Stale,
            });
        };
        self.live
            .add_device(DeviceRef { key, id, site: site.key, tenancy: site.tenancy }, actor.stamp(now))
            .await;
        let device = self.store.find_device(id, self.ready_at, now).await?.ok_or(Error::NotFound)?;
        Ok((device, warnings))
    }

    /// Changes what people wrote about a device.
    ///
    /// # Errors
    /// [`Error::Stale`], [`Error::Invalid`].
    pub async fn update_device(
        &self,
        actor: &Actor,
        device: Manage<Device>,
        version: Option<i64>,
        change: DeviceChange,
        now: Timestamp,
    ) -> Result<Device> {
        if version.is_some_and(|version| version != device.version) {
            return Err(Error::Stale);
        }
        let before = &device.labels;
        let kept = |new: &Option<String>, old: &Option<String>| new.clone().or_else(|| old.clone());
        let mut errors = FieldErrors::new();
        let labels = Labels::parse(
            kept(&change.name, &before.name).as_deref(),
            kept(&change.serial, &before.serial).as_deref(),
            kept(&change.inventory_id, &before.inventory_id).as_deref(),
            kept(&change.note, &before.note).as_deref(),
            &mut errors,
        );
        errors.finish()?;
        let fields = DeviceFields { labels: &labels, critical: change.critical.unwrap_or(device.critical) };
        let audit = AuditRecord::new(actor, customer_key(&device), device.tenancy, Action::DeviceUpdate, now)
            .on("device", device.id.uuid())
            .detail(serde_json::json!({ "before": labels_json(before), "after": labels_json(&labels) }));
        self.store.update_device(&device, &fields, &audit).await?;
        self.live.note(device.key, actor.stamp(now), TimelineKind::Changed, None).await;
        self.store.find_device(device.id, self.ready_at, now).await?.ok_or(Error::NotFound)
    }

    /// Removes a device: its lines are unassigned, its registrations ended.
    ///
    /// # Errors
    /// [`Error::NotFound`] when somebody was faster.
    pub async fn remove_device(&self, actor: &Actor, device: Manage<Device>, now: Timestamp) -> Result<()> {
        let audit = AuditRecord::new(actor, customer_key(&device), device.tenancy, Action::DeviceDelete, now)
            .on("device", device.id.uuid())
            .detail(serde_json::json!({
                "mac": device.mac.map(|mac| mac.to_string()), "device_type": device.device_type, "site": device.site_name,
            }));
        let lines = self.store.delete_device(device.key, &audit).await?;
        let mut told = Ok(());
        for line in &lines {
            told = told.and(self.phones.command(|done| PhoneCommand::LineRemoved(*line, done)).await);
        }
        self.live.remove_device(device_ref(&device), lines).await;
        told
    }

    /// The assigned lines of a device, by port.
    pub async fn lines_of_device(&self, device: &View<Device>, now: Timestamp) -> Result<Vec<LineView>> {
        self.lines_of(device, now).await
    }

    pub(crate) async fn lines_of(&self, device: &Device, now: Timestamp) -> Result<Vec<LineView>> {
        let lines = self.store.find_lines_of_device(device.key).await?;
        let states = self.store.find_line_states_of_device(device.key, self.ready_at, now).await?;
        let view = |line: Line| match states.iter().find(|state| state.line == line.key) {
            Some(state) => LineView {
                state: state.state,
                detail: state.detail,
                since: state.since,
                registered_at: state.registered_at,
                expires_at: state.expires_at,
                line,
            },
            None => LineView {
                state: LineState::Unregistered,
                detail: Some(StateDetail::NeverSeen),
                since: device.created_at,
                registered_at: None,
                expires_at: None,
                line,
            },
        };
        Ok(lines.into_iter().map(view).collect())
    }

    /// The live contacts of a device, by port.
    pub async fn contacts_of_device(&self, device: &View<Device>) -> Result<Vec<ContactView>> {
        let lines = self.store.find_lines_of_device(device.key).await?;
        let bindings = self.store.find_bindings_of_device(device.key).await?;
        let port_of = |key| lines.iter().find(|line| line.key == key).map(|line| line.port);
        let mut contacts: Vec<ContactView> = bindings
            .into_iter()
            .filter_map(|(line, binding)| Some(ContactView { port: port_of(line)?, binding }))
            .collect();
        contacts.sort_by_key(|contact| (contact.port, contact.binding.id));
        Ok(contacts)
    }

    /// The newest rows of a device's timeline, newest first.
    pub async fn timeline_of_device(
        &self,
        device: &View<Device>,
        limit: Limit,
    ) -> Result<Vec<TimelineEntry>> {
        self.store.find_timeline(device.key, limit).await
    }

    /// Doubts about a device that is in the inventory: those that were told when it was added.
    pub fn doubts_about(&self, device: &Device) -> Vec<Warning> {
        match (device.mac, self.device_type(&device.device_type)) {
            (Some(mac), Some(device_type)) => doubts_about(mac, device_type),
            _ => Vec::new(),
        }
    }

    /// The error for an address that is in the inventory: with the device for who sees it, else only that it is in use.
    async fn mac_taken(&self, actor: &Actor, mac: Mac, now: Timestamp) -> Result<Error> {
        let error = FieldError::new("mac", "mac_taken").with("mac", mac.with_colons());
        let holder = self.store.find_device_by_mac(mac, self.ready_at, now).await?;
        let visible = holder.and_then(|device| actor.view(device).ok());
        Ok(Error::Taken(match visible {
            Some(device) => {
                error.with("where", "here").with("device_id", device.id).with("site", &device.site_name)
            }
            None => {
                if let Identity::PortalUser(key, _) | Identity::Token(key, _, _) = actor.identity {
                    self.probes.hit(key, now);
                }
                error.with("where", "elsewhere").with("site", "")
            }
        }))
    }

    pub(crate) fn check_probes(&self, actor: &Actor, now: Timestamp) -> Result<()> {
        match actor.identity {
            Identity::PortalUser(key, _) | Identity::Token(key, _, _) => self.probes.check(key, now),
            Identity::CommandLine | Identity::System => Ok(()),
        }
    }
}

pub(crate) fn device_ref(device: &Device) -> DeviceRef {
    DeviceRef { key: device.key, id: device.id, site: device.site_key, tenancy: device.tenancy }
}

pub(crate) fn customer_key(device: &Device) -> tonalite_core::id::PartyKey {
    // Every stored device has a customer; the platform stands in so that nothing is lost if that were ever untrue.
    device.tenancy.customer.unwrap_or(tonalite_core::id::PartyKey::PLATFORM)
}

fn labels_json(labels: &Labels) -> serde_json::Value {
    serde_json::json!({
        "name": labels.name, "serial": labels.serial, "inventory_id": labels.inventory_id, "note": labels.note,
    })
}

fn doubts_about(mac: Mac, device_type: &tonalite_catalog::DeviceType) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if let PrefixFit::OtherMaker(maker) = catalog().prefix_fit(device_type, mac.prefix()) {
        let args = vec![
            ("mac", mac.with_colons()),
            ("maker", maker.name.clone()),
            ("type", device_type.name.clone()),
        ];
        warnings.push(Warning { code: "W01", args });
    }
    if mac.is_locally_administered() {
        warnings.push(Warning { code: "W02", args: vec![("mac", mac.with_colons())] });
    }
    warnings
}
