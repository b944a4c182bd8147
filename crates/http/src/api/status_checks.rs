//! The active check: the phone is asked, and its answers are told beside what is known.

use axum::Json;
use serde::Serialize;
use tonalite_app::{CheckedContact, CheckedLine, LONGEST_WAIT};
use tonalite_core::contact_request::ContactAnswer;
use tonalite_core::error::FieldError;
use tonalite_core::id::DeviceId;
use tonalite_core::time::Span;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dect_systems::ChainFields;
use super::status::LineStateJson;
use super::wire::time_text;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::read::{FromParameter, PathId, Query, QueryFault, query};
use crate::state::HttpState;

/// As long as a phone is asked for.
const DEFAULT_WAIT: Span = Span::from_secs(4);

/// Operations on status checks.
pub(super) fn routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new().routes(routes!(create_status_check))
}

/// Whole seconds, 0 to 10.
pub(crate) struct Wait(Span);

impl FromParameter for Wait {
    fn from_parameter(name: &str, text: &str) -> Result<Wait, QueryFault> {
        let most = LONGEST_WAIT.seconds_up();
        match text.parse::<u8>().map(i64::from) {
            Ok(seconds) if seconds <= most => Ok(Wait(Span::from_secs(seconds))),
            _ => Err(QueryFault::Wrong(FieldError::new(name, "wait_out_of_range").with("max", most))),
        }
    }
}

query! {
    /// How long to wait.
    struct CheckQuery {
        /// Seconds to wait for the phone, 0 to 10; 4 when nothing is said.
        #[param(value_type = Option<u8>, minimum = 0, maximum = 10, nullable = false)]
        wait: Option<Wait>,
    }
}

/// What is known after the phone was asked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StatusCheck)]
struct StatusCheckJson {
    /// The device.
    #[schema(format = Uuid)]
    device_id: String,
    /// `registered`, `aged` or `unregistered`.
    #[schema(examples("registered"))]
    status: &'static str,
    /// `never_seen`, `withdrawn`, `ended`, `no_line`, `overdue`, `unconfirmed` or `null`.
    #[schema(examples(json!(null)))]
    status_detail: Option<&'static str>,
    /// Since when the status holds.
    #[schema(format = DateTime)]
    status_since: String,
    /// Lines with a live contact.
    #[schema(examples(1))]
    lines_registered: u16,
    /// Lines that are assigned.
    #[schema(examples(1))]
    lines_assigned: u16,
    /// When the check was asked for.
    #[schema(format = DateTime)]
    checked_at: String,
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
    lines: Vec<CheckedLineJson>,
    /// Causes that were found; empty until they are worked out.
    #[schema(value_type = Vec<Object>, example = json!([]))]
    diagnosis: Vec<serde_json::Value>,
}

/// One assigned line, and what its contacts answered.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CheckedLine)]
struct CheckedLineJson {
    #[serde(flatten)]
    line: LineStateJson,
    /// Live contacts; empty without one.
    contacts: Vec<CheckedContactJson>,
}

/// One live contact, and its answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CheckedContact)]
struct CheckedContactJson {
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
    /// When it ends, unless it is renewed.
    #[schema(format = DateTime)]
    expires_at: String,
    /// What it answered.
    answer: AnswerJson,
}

/// What came of asking. A line that is registered and silent stays registered.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContactAnswer)]
struct AnswerJson {
    /// `answered`: somebody is there, whatever the code · `no_answer`: nothing in time · `no_path`: its connection is closed ·
    /// `busy`: not asked, too many requests are under way.
    #[schema(examples("answered"))]
    outcome: &'static str,
    /// Status code of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(examples(200))]
    code: Option<u16>,
    /// Milliseconds until the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(examples(23))]
    after_ms: Option<i64>,
}

impl From<ContactAnswer> for AnswerJson {
    fn from(answer: ContactAnswer) -> AnswerJson {
        let without = |outcome| AnswerJson { outcome, code: None, after_ms: None };
        match answer {
            ContactAnswer::Answered { code, after, .. } => {
                AnswerJson { outcome: "answered", code: Some(code), after_ms: Some(after.0) }
            }
            ContactAnswer::NoAnswer => without("no_answer"),
            ContactAnswer::NoPath => without("no_path"),
            ContactAnswer::Busy => without("busy"),
        }
    }
}

impl From<CheckedContact> for CheckedContactJson {
    fn from(checked: CheckedContact) -> CheckedContactJson {
        let binding = checked.binding;
        CheckedContactJson {
            contact: binding.contact,
            address: binding.source.address.to_string(),
            transport: binding.source.transport.as_str(),
            user_agent: binding.user_agent,
            expires_at: time_text(binding.expires_at),
            answer: checked.answer.into(),
        }
    }
}

impl From<CheckedLine> for CheckedLineJson {
    fn from(checked: CheckedLine) -> CheckedLineJson {
        CheckedLineJson {
            line: checked.view.into(),
            contacts: checked.contacts.into_iter().map(CheckedContactJson::from).collect(),
        }
    }
}

/// Check a device
///
/// Asks every live contact of the device (SIP OPTIONS over its own path) and answers when all have answered, or after `wait`
/// seconds. Changes nothing.
#[utoipa::path(
    post, path = "/api/v1/devices/{id}/status-checks", tag = "devices",
    params(("id" = uuid::Uuid, Path, description = "The device."), CheckQuery),
    responses((status = 200, description = "What is known, and what was answered.", body = StatusCheckJson))
)]
async fn create_status_check(
    ctx: Ctx,
    PathId(id): PathId<DeviceId>,
    Query(query): Query<CheckQuery>,
) -> Result<Json<StatusCheckJson>, Problem> {
    let actor = ctx.actor()?;
    let device = actor.operate(ctx.app.find_device(actor, id, ctx.now).await?.into_inner())?;
    let wait = query.wait.map_or(DEFAULT_WAIT, |Wait(wait)| wait);
    let chain = ChainFields::of(ctx.app.chain_of_device(actor, &device).await?);
    let check = ctx.app.check_device(device, wait, ctx.now).await?;
    let status = check.device.status;
    Ok(Json(StatusCheckJson {
        device_id: check.device.id.to_string(),
        status: status.state.state.as_str(),
        status_detail: status.state.detail.map(|detail| detail.as_str()),
        status_since: time_text(status.since),
        lines_registered: status.lines_registered,
        lines_assigned: status.lines_assigned,
        checked_at: time_text(check.checked_at),
        chain_id: chain.chain_id,
        chain_id_source: chain.source,
        chain_id_is_factory_default: chain.is_factory_default,
        lines: check.lines.into_iter().map(CheckedLineJson::from).collect(),
        diagnosis: Vec::new(),
    }))
}
