//! What is known now of a device: its state, its lines, its live contacts. Nothing here asks the phone.

use axum::Json;
use serde::Serialize;
use tonalite_app::{ContactView, LineView};
use tonalite_core::id::DeviceId;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dect_systems::ChainFields;
use super::lines::SipJson;
use super::wire::time_text;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::read::{NoQuery, PathId};
use crate::state::HttpState;

/// Operations on the status of devices.
pub(super) fn routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new().routes(routes!(find_device_status))
}

/// What is known now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeviceStatus)]
struct DeviceStatusJson {
    /// Id of the device.
    #[schema(format = Uuid)]
    device_id: String,
    /// `registered`, `aged` or `unregistered`.
    #[schema(examples("registered"))]
    status: &'static str,
    /// `never_seen`, `withdrawn`, `ended`, `no_line`, `overdue`, `unconfirmed` or `null`.
    #[schema(examples(json!(null)))]
    status_detail: Option<&'static str>,
    /// Since when it has this status.
    #[schema(format = DateTime)]
    status_since: String,
    /// Assigned lines with a live registration.
    #[schema(examples(1))]
    lines_registered: u16,
    /// Lines assigned to a user.
    #[schema(examples(1))]
    lines_assigned: u16,
    /// *Multi Cell Chain ID* of its system; `null` when it is not set. Absent for who may not see it, and for all devices but
    /// DECT bases.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, examples("48213"))]
    chain_id: Option<Option<String>>,
    /// From where it is known: `entered` or `not_set`; absent as `chain_id` is. No phone is claimed to report it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(examples("entered"))]
    chain_id_source: Option<&'static str>,
    /// It is 512, which every base says as it leaves the factory: not unique. Absent as `chain_id` is.
    #[serde(skip_serializing_if = "Option::is_none")]
    chain_id_is_factory_default: Option<bool>,
    /// Assigned lines, by port.
    lines: Vec<LineStateJson>,
    /// Live contacts.
    contacts: Vec<ContactJson>,
}

/// One assigned line.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LineState)]
pub(super) struct LineStateJson {
    /// Id of the line.
    #[schema(format = Uuid)]
    line_id: String,
    /// Port of the device, from 1.
    #[schema(examples(1))]
    port: u16,
    /// Who has it.
    user: UserOfLine,
    /// How it registers.
    sip: SipJson,
    /// `registered`, `aged` or `unregistered`.
    #[schema(examples("registered"))]
    state: &'static str,
    /// `never_seen`, `withdrawn`, `ended`, `overdue`, `unconfirmed` or `null`.
    #[schema(examples(json!(null)))]
    state_detail: Option<&'static str>,
    /// Since when it has this state.
    #[schema(format = DateTime)]
    since: String,
    /// Last successful registration; `null` if none.
    #[schema(format = DateTime)]
    registered_at: Option<String>,
    /// When the last live contact expires; `null` without one.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
}

/// Who has the line.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UserOfLine {
    /// Id of the user.
    #[schema(format = Uuid)]
    pub(super) id: String,
    /// Name of the user.
    #[schema(examples("Anne Leroy"))]
    pub(super) name: String,
    /// Internal number.
    #[schema(examples("1001"))]
    pub(super) extension: String,
    /// Public number: `+` and digits.
    #[schema(examples("+33478000001"))]
    pub(super) number: Option<String>,
    /// `primary` or `shared`.
    #[schema(examples("primary"))]
    pub(super) r#use: &'static str,
}

/// One live contact of a line.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Contact)]
struct ContactJson {
    /// Port of the line, from 1.
    #[schema(examples(1))]
    port: u16,
    /// The URI that the phone gave.
    #[schema(examples("sip:k7m2p9x4q8@192.0.2.10:5062"))]
    contact: String,
    /// Where its messages come from.
    #[schema(examples("192.0.2.10:5062"))]
    address: String,
    /// `udp`, `tcp` or `tls`.
    #[schema(examples("udp"))]
    transport: &'static str,
    /// What it calls itself.
    #[schema(examples("Yealink SIP-T54W 96.86.0.70"))]
    user_agent: Option<String>,
    /// When it registered first.
    #[schema(format = DateTime)]
    registered_at: String,
    /// When it was last heard of.
    #[schema(format = DateTime)]
    refreshed_at: String,
    /// When it ends, unless it is renewed.
    #[schema(format = DateTime)]
    expires_at: String,
}

impl From<LineView> for LineStateJson {
    fn from(view: LineView) -> LineStateJson {
        let line = view.line;
        LineStateJson {
            line_id: line.id.to_string(),
            port: line.port,
            sip: SipJson::of(&line.sip),
            user: UserOfLine {
                id: line.user_id.to_string(),
                name: line.user_name,
                extension: line.extension,
                number: line.number,
                r#use: line.line_use.as_str(),
            },
            state: view.state.as_str(),
            state_detail: view.detail.map(|detail| detail.as_str()),
            since: time_text(view.since),
            registered_at: view.registered_at.map(time_text),
            expires_at: view.expires_at.map(time_text),
        }
    }
}

impl From<ContactView> for ContactJson {
    fn from(view: ContactView) -> ContactJson {
        let binding = view.binding;
        ContactJson {
            port: view.port,
            contact: binding.contact,
            address: binding.source.address.to_string(),
            transport: binding.source.transport.as_str(),
            user_agent: binding.user_agent,
            registered_at: time_text(binding.registered_at),
            refreshed_at: time_text(binding.refreshed_at),
            expires_at: time_text(binding.expires_at),
        }
    }
}

/// Read the status of a device
///
/// What is known now, without asking the phone.
#[utoipa::path(
    get, path = "/api/v1/devices/{id}/status", tag = "devices", params(("id" = uuid::Uuid, Path, description = "The device.")),
    responses((status = 200, description = "What is known now.", body = DeviceStatusJson))
)]
async fn find_device_status(
    ctx: Ctx,
    PathId(id): PathId<DeviceId>,
    _: NoQuery,
) -> Result<Json<DeviceStatusJson>, Problem> {
    let actor = ctx.actor()?;
    let device = ctx.app.find_device(actor, id, ctx.now).await?;
    let chain = ChainFields::of(ctx.app.chain_of_device(actor, &device).await?);
    let lines = ctx.app.lines_of_device(&device, ctx.now).await?;
    let contacts = ctx.app.contacts_of_device(&device).await?;
    Ok(Json(DeviceStatusJson {
        device_id: device.id.to_string(),
        status: device.status.state.state.as_str(),
        status_detail: device.status.state.detail.map(|detail| detail.as_str()),
        status_since: time_text(device.status.since),
        lines_registered: device.status.lines_registered,
        lines_assigned: device.status.lines_assigned,
        chain_id: chain.chain_id,
        chain_id_source: chain.source,
        chain_id_is_factory_default: chain.is_factory_default,
        lines: lines.into_iter().map(LineStateJson::from).collect(),
        contacts: contacts.into_iter().map(ContactJson::from).collect(),
    }))
}
