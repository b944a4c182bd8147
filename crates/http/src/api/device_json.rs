//! A device on the wire.

use serde::Serialize;
use tonalite_app::App;
use tonalite_core::device::{Device, Warning};
use tonalite_core::error::{Cause, Error, Result};
use tonalite_core::text::{Arg, Locale};
use utoipa::ToSchema;

use super::wire::time_text;

/// A device.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Device)]
pub(super) struct DeviceJson {
    /// Id of the device.
    #[schema(format = Uuid)]
    id: String,
    /// Twelve lower-case hexadecimal digits; `null` for types without an address.
    #[schema(examples("001565abcdef"))]
    mac: Option<String>,
    /// Its model.
    device_type: TypeOfDevice,
    /// Where it stands.
    site: SiteOfDevice,
    /// Whose it is.
    customer: CustomerOfDevice,
    /// What people call it.
    #[schema(examples("Reception"))]
    name: Option<String>,
    /// Serial number, as on its label.
    #[schema(examples("3117A21005B4"))]
    serial: Option<String>,
    /// Number in one's own inventory.
    #[schema(examples("INV-0042"))]
    inventory_id: Option<String>,
    /// Anything worth knowing.
    #[schema(examples("Beside the lift"))]
    note: Option<String>,
    /// Lift, alarm, reception: left out of bulk acts unless named.
    critical: bool,
    /// Ports of its type.
    #[schema(examples(16))]
    lines_total: u16,
    /// Ports assigned to a user.
    #[schema(examples(1))]
    lines_assigned: u16,
    /// Ports that can still be assigned.
    #[schema(examples(15))]
    lines_available: u16,
    /// Assigned ports with a live registration.
    #[schema(examples(1))]
    lines_registered: u16,
    /// The DECT system that it is a base of; absent for all others.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = DectSystemOfDevice, required = false)]
    dect_system: Option<DectSystemOfDevice>,
    /// `registered`, `aged` or `unregistered`.
    #[schema(examples("registered"))]
    status: &'static str,
    /// `never_seen`, `withdrawn`, `ended`, `no_line`, `overdue`, `unconfirmed` or `null`. `no_line` of a secondary base
    /// (`dect_system.secondary`) is as it should be: lines belong to the handsets.
    #[schema(examples(json!(null)))]
    status_detail: Option<&'static str>,
    /// Registered, but not with all its lines.
    partial: bool,
    /// Since when it has this status.
    #[schema(format = DateTime)]
    status_since: String,
    /// When the phone last registered anew or changed; `null` if never.
    #[schema(format = DateTime)]
    last_seen: Option<String>,
    /// Address that its newest message came from.
    #[schema(examples("192.0.2.10"))]
    last_ip: Option<String>,
    /// What it calls itself.
    #[schema(examples("Yealink SIP-T54W 96.86.0.70"))]
    user_agent: Option<String>,
    /// The version that it names in `user_agent`; `null` where none is recognised.
    #[schema(examples("96.86.0.70"))]
    firmware: Option<String>,
    /// When it was added.
    #[schema(format = DateTime)]
    created_at: String,
    /// Counts its changes; the same as in `ETag`.
    #[schema(examples(1))]
    version: i64,
}

/// Its model, in short.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TypeOfDevice {
    /// Id in the catalogue.
    #[schema(examples("yealink-t54w"))]
    id: &'static str,
    /// Maker and model.
    #[schema(examples("Yealink T54W"))]
    name: &'static str,
    /// Id of the maker.
    #[schema(examples("yealink"))]
    vendor: &'static str,
    /// `desk`, `conference`, `ata`, `dect_base` or `generic`.
    #[schema(examples("desk"))]
    kind: &'static str,
}

/// Its site, in short.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SiteOfDevice {
    /// Id of the site.
    #[schema(format = Uuid)]
    pub(super) id: String,
    /// Name of the site.
    #[schema(examples("Lyon Part-Dieu"))]
    pub(super) name: String,
}

/// Its customer, in short.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CustomerOfDevice {
    /// Id of the customer.
    #[schema(format = Uuid)]
    pub(super) id: String,
    /// Name of the customer.
    #[schema(examples("Boulangerie Martin"))]
    pub(super) name: String,
}

impl TypeOfDevice {
    /// The model by its id.
    ///
    /// # Errors
    /// A fault of ours when the catalogue has lost the model: ids are never taken out of it.
    pub(super) fn of(app: &App, id: &str) -> Result<TypeOfDevice> {
        let device_type = app
            .device_type(id)
            .ok_or_else(|| Error::Internal(Cause::new(format!("the catalogue has no type `{id}`"))))?;
        Ok(TypeOfDevice {
            id: &device_type.id,
            name: &device_type.name,
            vendor: &device_type.vendor,
            kind: device_type.kind.as_str(),
        })
    }
}

/// Its DECT system, in short.
#[derive(Debug, Serialize, ToSchema)]
struct DectSystemOfDevice {
    /// Id of the system.
    #[schema(format = Uuid)]
    id: String,
    /// Name of the system.
    #[schema(examples("Wards"))]
    name: String,
    /// The device has no line of its own, beside bases that may.
    #[schema(examples(true))]
    secondary: bool,
}

impl DeviceJson {
    /// Joins the device with its model.
    ///
    /// # Errors
    /// As [`TypeOfDevice::of`].
    pub(super) fn of(app: &App, device: Device) -> Result<DeviceJson> {
        let device_type = TypeOfDevice::of(app, &device.device_type)?;
        let status = &device.status;
        let lines_available = device.lines_available();
        let secondary = device.secondary_base_of().is_some();
        let firmware =
            status.user_agent.as_deref().and_then(|agent| app.firmware_of(agent)).map(str::to_owned);
        Ok(DeviceJson {
            id: device.id.to_string(),
            mac: device.mac.map(|mac| mac.to_string()),
            device_type,
            dect_system: device.dect.map(|member| DectSystemOfDevice {
                id: member.system.to_string(),
                name: member.name,
                secondary,
            }),
            lines_total: device.lines_total,
            lines_assigned: device.lines_assigned,
            lines_available,
            lines_registered: status.lines_registered,
            status: status.state.state.as_str(),
            status_detail: status.state.detail.map(|detail| detail.as_str()),
            partial: status.is_partial(),
            status_since: time_text(status.since),
            last_seen: status.last_seen.map(time_text),
            created_at: time_text(device.created_at),
            critical: device.critical,
            version: device.version,
            site: SiteOfDevice { id: device.site_id.to_string(), name: device.site_name },
            customer: CustomerOfDevice { id: device.customer_id.to_string(), name: device.customer_name },
            name: device.labels.name,
            serial: device.labels.serial,
            inventory_id: device.labels.inventory_id,
            note: device.labels.note,
            last_ip: device.status.last_ip,
            firmware,
            user_agent: device.status.user_agent,
        })
    }
}

/// A doubt that did not stop the adding of a device.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Warning)]
pub(super) struct WarningJson {
    /// `W01`: prefix of another maker; `W02`: locally administered.
    #[schema(examples("W02"))]
    code: &'static str,
    /// In the reader's language.
    #[schema(examples(
        "00:15:65:ab:cd:ef was set by software, not by a maker: is it a phone’s own address?"
    ))]
    message: String,
}

impl WarningJson {
    pub(super) fn of(warning: &Warning, locale: Locale) -> WarningJson {
        let args: Vec<(&str, Arg)> =
            warning.args.iter().map(|(name, value)| (*name, Arg::from(value.as_str()))).collect();
        WarningJson { code: warning.code, message: locale.with(&format!("warning-{}", warning.code), &args) }
    }
}
