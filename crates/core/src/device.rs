//! Devices: the phones of the inventory.

use crate::dect::DectMember;
use crate::error::{FieldError, FieldErrors, Result};
use crate::id::{DeviceId, DeviceKey, PartyId, SiteId, SiteKey};
use crate::line_state::{DeviceState, LineState};
use crate::mac::Mac;
use crate::name;
use crate::party::Tenancy;
use crate::time::Timestamp;

/// A device as stored, with what is known of its registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Storage key.
    pub key: DeviceKey,
    /// Public id.
    pub id: DeviceId,
    /// Its address; `None` for types without one.
    pub mac: Option<Mac>,
    /// Id of the device type in the catalogue.
    pub device_type: String,
    /// The site.
    pub site_key: SiteKey,
    /// Public id of the site.
    pub site_id: SiteId,
    /// Name of the site.
    pub site_name: String,
    /// Public id of the customer.
    pub customer_id: PartyId,
    /// Name of the customer.
    pub customer_name: String,
    /// Place in the tree.
    pub tenancy: Tenancy,
    /// What people wrote about it.
    pub labels: Labels,
    /// Left out of bulk acts unless named: lift, alarm, reception.
    pub critical: bool,
    /// Ports of its type.
    pub lines_total: u16,
    /// Ports assigned to a user.
    pub lines_assigned: u16,
    /// The DECT system that it is a base of.
    pub dect: Option<DectMember>,
    /// When it was added.
    pub created_at: Timestamp,
    /// Version for concurrent edits.
    pub version: i64,
    /// What is known of its registration.
    pub status: DeviceStatus,
}

impl Device {
    /// Ports that can still be assigned.
    pub const fn lines_available(&self) -> u16 {
        self.lines_total.saturating_sub(self.lines_assigned)
    }

    /// The system of a base that has no line of its own beside bases that may: its lines belong to the handsets, and that
    /// it has none is as it should be.
    pub fn secondary_base_of(&self) -> Option<&DectMember> {
        self.dect.as_ref().filter(|member| member.has_others && self.lines_assigned == 0)
    }
}

/// The committed state of a device, as lists, events and exports show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceStatus {
    /// State and detail.
    pub state: DeviceState,
    /// Since when the state holds.
    pub since: Timestamp,
    /// Lines with a live registration.
    pub lines_registered: u16,
    /// Lines that are assigned, hence could be registered.
    pub lines_assigned: u16,
    /// Address that the newest message came from.
    pub last_ip: Option<String>,
    /// User-Agent of the newest registration: hostile text.
    pub user_agent: Option<String>,
    /// When the phone last registered anew or changed.
    pub last_seen: Option<Timestamp>,
}

impl DeviceStatus {
    /// Registered, but not with all its lines.
    pub fn is_partial(&self) -> bool {
        self.state.state == LineState::Registered && self.lines_registered < self.lines_assigned
    }
}

/// Free texts about a device.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Labels {
    /// Name, up to 80 characters.
    pub name: Option<String>,
    /// Serial number, up to 64 characters.
    pub serial: Option<String>,
    /// Inventory number of the owner, up to 64 characters.
    pub inventory_id: Option<String>,
    /// Note, up to 500 characters.
    pub note: Option<String>,
}

impl Labels {
    /// Checks every text, and notes what is wrong in `errors`.
    pub fn parse(
        name: Option<&str>,
        serial: Option<&str>,
        inventory_id: Option<&str>,
        note: Option<&str>,
        errors: &mut FieldErrors,
    ) -> Labels {
        let mut text = |field: &str, text: Option<&str>, max: usize| {
            errors.take(name::optional(field, text.unwrap_or_default(), max)).flatten()
        };
        Labels {
            name: text("name", name, 80),
            serial: text("serial", serial, 64),
            inventory_id: text("inventory_id", inventory_id, 64),
            note: text("note", note, 500),
        }
    }
}

/// A device to be added. The site and the type are resolved by the use case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDevice {
    /// Its address; `None` where the type has none.
    pub mac: Option<Mac>,
    /// Id of the device type.
    pub device_type: String,
    /// Free texts.
    pub labels: Labels,
    /// Critical mark.
    pub critical: bool,
}

/// A doubt that does not stop the adding of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// `W01` (prefix of another maker) or `W02` (locally administered).
    pub code: &'static str,
    /// Arguments of the text `warning-<code>`.
    pub args: Vec<(&'static str, String)>,
}

/// Reads the MAC of a device whose type is known to have one or not.
///
/// # Errors
/// The codes of [`crate::mac::MacError`], or `mac_not_for_type`.
pub fn parse_mac_for_type(text: Option<&str>, type_has_mac: bool) -> Result<Option<Mac>, FieldError> {
    let text = text.unwrap_or_default();
    match (Mac::parse(text), type_has_mac) {
        (Ok(mac), true) => Ok(Some(mac)),
        (Err(error), true) => Err(FieldError::new("mac", error.code()).with("value", short(text))),
        (Err(crate::mac::MacError::Missing), false) => Ok(None),
        (_, false) => Err(FieldError::new("mac", "mac_not_for_type")),
    }
}

/// What people typed may be a megabyte of hostile text; messages repeat at most 60 characters of it.
pub fn short(text: &str) -> String {
    let mut shown: String = text.chars().filter(|c| !c.is_control()).take(60).collect();
    if text.chars().count() > 60 {
        shown.push('…');
    }
    shown
}
