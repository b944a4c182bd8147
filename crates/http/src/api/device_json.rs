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
    #[schema(format = Uuid)]
    id: String,
    /// Twelve lower-case hexadecimal digits; `null` for types without an address.
    #[schema(examples("001565abcdef"))]
    mac: Option<String>,
    device_type: TypeOfDevice,
    site: SiteOfDevice,
    customer: CustomerOfDevice,
    name: Option<String>,
    serial: Option<String>,
    inventory_id: Option<String>,
    note: Option<String>,
    /// Lift, alarm, reception: left out of bulk acts unless named.
    critical: bool,
    /// Ports of its type.
    lines_total: u16,
    /// Ports assigned to a user.
    lines_assigned: u16,
    /// Ports that can still be assigned.
    lines_available: u16,
    /// Assigned ports with a live registration.
    lines_registered: u16,
    /// `registered`, `aged` or `unregistered`.
    #[schema(examples("registered"))]
    status: &'static str,
    /// `never_seen`, `withdrawn`, `ended`, `no_line`, `overdue`, `unconfirmed` or `null`.
    status_detail: Option<&'static str>,
    /// Registered, but not with all its lines.
    partial: bool,
    #[schema(format = DateTime)]
    status_since: String,
    /// When the phone last registered anew or changed; `null` if never.
    #[schema(format = DateTime)]
    last_seen: Option<String>,
    /// Address that its newest message came from.
    last_ip: Option<String>,
    /// What it calls itself.
    user_agent: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    version: i64,
}

/// Its model, in short.
#[derive(Debug, Serialize, ToSchema)]
struct TypeOfDevice {
    #[schema(examples("yealink-t54w"))]
    id: &'static str,
    #[schema(examples("Yealink T54W"))]
    name: &'static str,
    #[schema(examples("yealink"))]
    vendor: &'static str,
    #[schema(examples("desk"))]
    kind: &'static str,
}

/// Its site, in short.
#[derive(Debug, Serialize, ToSchema)]
struct SiteOfDevice {
    #[schema(format = Uuid)]
    id: String,
    name: String,
}

/// Its customer, in short.
#[derive(Debug, Serialize, ToSchema)]
struct CustomerOfDevice {
    #[schema(format = Uuid)]
    id: String,
    name: String,
}

impl DeviceJson {
    /// Joins the device with its model.
    ///
    /// # Errors
    /// A fault of ours when the catalogue has lost the model: ids are never taken out of it.
    pub(super) fn of(app: &App, device: Device) -> Result<DeviceJson> {
        let device_type = app.device_type(&device.device_type).ok_or_else(|| {
            let what = format!("device {}: the catalogue has no type `{}`", device.id, device.device_type);
            Error::Internal(Cause::new(what))
        })?;
        let status = &device.status;
        Ok(DeviceJson {
            id: device.id.to_string(),
            mac: device.mac.map(|mac| mac.to_string()),
            device_type: TypeOfDevice {
                id: &device_type.id,
                name: &device_type.name,
                vendor: &device_type.vendor,
                kind: device_type.kind.as_str(),
            },
            lines_total: device.lines_total,
            lines_assigned: device.lines_assigned,
            lines_available: device.lines_available(),
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
            user_agent: device.status.user_agent,
        })
    }
}

/// A doubt that did not stop the adding of a device.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Warning)]
pub(super) struct WarningJson {
    /// `W01`: prefix of another maker; `W02`: locally administered.
    code: &'static str,
    /// In the reader's language.
    message: String,
}

impl WarningJson {
    pub(super) fn of(warning: &Warning, locale: Locale) -> WarningJson {
        let args: Vec<(&str, Arg)> =
            warning.args.iter().map(|(name, value)| (*name, Arg::from(value.as_str()))).collect();
        WarningJson { code: warning.code, message: locale.with(&format!("warning-{}", warning.code), &args) }
    }
}
