//! Line states: the ports of all devices, in the order of their addresses.

use axum::Json;
use serde::Serialize;
use tonalite_app::{App, ListedContact, ListedLine};
use tonalite_core::access::Actor;
use tonalite_core::error::FieldError;
use tonalite_core::filter::LineFilter;
use tonalite_core::id::{PartyId, SiteId};
use tonalite_core::line_state::LineState;
use tonalite_core::page::{Cursor, Limit};
use tonalite_core::search::Search;
use tonalite_core::{Error, Result};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::device_json::{CustomerOfDevice, SiteOfDevice, TypeOfDevice};
use super::devices::device_types;
use super::status::UserOfLine;
use super::wire::{limit, next_text, time_text};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::read::{Query, query};
use crate::state::HttpState;

/// Operations on line states.
pub(super) fn routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new().routes(routes!(list_line_states))
}

query! {
    /// What the list is narrowed to.
    struct LineStateQuery {
        /// Only ports of devices of this party and those below it.
        #[param(value_type = Option<String>, nullable = false)]
        party_id: Option<PartyId>,
        /// Only ports of devices of this site.
        #[param(value_type = Option<String>, nullable = false)]
        site_id: Option<SiteId>,
        /// `registered`, `aged`, or `unregistered`, to which devices without an assigned port belong.
        #[param(value_type = Option<String>, nullable = false, example = "aged")]
        state: Option<LineState>,
        /// Only models of this kind: `desk`, `conference`, `ata`, `dect_base` or `generic`.
        #[param(nullable = false)]
        kind: Option<String>,
        /// Only this model.
        #[param(nullable = false)]
        device_type_id: Option<String>,
        /// As for devices: the ports of those in which all of it is found.
        #[param(value_type = Option<String>, nullable = false, max_length = 100, example = "00:15:65:ab lyon")]
        q: Option<Search>,
        /// Rows of a page, 1 to 200; 50 when nothing is said.
        #[param(value_type = Option<u16>, minimum = 1, maximum = 200, nullable = false)]
        limit: Option<Limit>,
        /// `next` of the page before, with the same filter.
        #[param(value_type = Option<String>, nullable = false)]
        after: Option<Cursor>,
        /// `bindings`: each row with all its contacts, not only the newest.
        #[param(nullable = false, example = "bindings")]
        expand: Option<String>,
    }
}

/// One page of line states.
#[derive(Debug, Serialize, ToSchema)]
struct LineStateList {
    /// The rows of this page.
    items: Vec<ListedLineJson>,
    /// Pass it as `after`, with the same filter, for the next page; `null` at the end.
    #[schema(examples(json!(null)))]
    next: Option<String>,
    /// Rows that the filter lets through.
    #[schema(examples(1))]
    total: i64,
    /// `true`: counting ended at 10,001 rows or devices, hence there are at least `total`.
    #[schema(examples(false))]
    total_is_estimate: bool,
}

/// An assigned port with its state, or a device without one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListedLineState)]
struct ListedLineJson {
    /// The device.
    device: DeviceOfLine,
    /// Where it stands.
    site: SiteOfDevice,
    /// Whose it is.
    customer: CustomerOfDevice,
    /// Id of the line; `null` for a device without an assigned port.
    #[schema(format = Uuid)]
    line_id: Option<String>,
    /// Port of the device, from 1.
    #[schema(examples(1))]
    port: Option<u16>,
    /// Who has it.
    user: Option<UserOfLine>,
    /// `registered`, `aged` or `unregistered`.
    #[schema(examples("registered"))]
    state: &'static str,
    /// `never_seen`, `withdrawn`, `ended`, `no_line`, `overdue`, `unconfirmed` or `null`.
    #[schema(examples(json!(null)))]
    state_detail: Option<&'static str>,
    /// Since when it has this state.
    #[schema(format = DateTime)]
    since: String,
    /// Last renewal; `null` if it never registered.
    #[schema(format = DateTime)]
    registered_at: Option<String>,
    /// When the last live contact expires; `null` without one.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// Live contacts.
    #[schema(examples(1))]
    bindings: u16,
    /// The newest of them.
    contact: Option<ContactOfLine>,
    /// *Multi Cell Chain ID* of the DECT system of its device, `null` without one; absent for who may not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, examples("4711"))]
    dect_chain_id: Option<Option<String>>,
    /// All of them, the newest first: only with `expand=bindings`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    contacts: Option<Vec<ContactOfLine>>,
}

/// Its device, in short.
#[derive(Debug, Serialize, ToSchema)]
struct DeviceOfLine {
    /// Id of the device.
    #[schema(format = Uuid)]
    id: String,
    /// Twelve lower-case hexadecimal digits; `null` for types without an address.
    #[schema(examples("001565abcdef"))]
    mac: Option<String>,
    /// What people call it.
    #[schema(examples("Reception"))]
    name: Option<String>,
    /// Its model.
    device_type: TypeOfDevice,
}

/// A live contact, in short.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct ContactOfLine {
    /// Where its messages come from.
    #[schema(examples("192.0.2.10:5062"))]
    address: String,
    /// `udp`, `tcp` or `tls`.
    #[schema(examples("udp"))]
    transport: &'static str,
    /// What it calls itself.
    #[schema(examples("Yealink SIP-T54W 96.86.0.70"))]
    user_agent: Option<String>,
    /// When it was last heard of.
    #[schema(format = DateTime)]
    refreshed_at: String,
    /// When it ends, unless it is renewed.
    #[schema(format = DateTime)]
    expires_at: String,
}

impl From<&ListedContact> for ContactOfLine {
    fn from(contact: &ListedContact) -> ContactOfLine {
        ContactOfLine {
            address: contact.source.address.to_string(),
            transport: contact.source.transport.as_str(),
            user_agent: contact.user_agent.clone(),
            refreshed_at: time_text(contact.refreshed_at),
            expires_at: time_text(contact.expires_at),
        }
    }
}

impl ListedLineJson {
    fn of(app: &App, row: ListedLine, expanded: bool, sees_chain_ids: bool) -> Result<ListedLineJson> {
        let device_type = TypeOfDevice::of(app, &row.device_type)?;
        let mut contacts = row.contacts.iter().map(ContactOfLine::from);
        Ok(ListedLineJson {
            line_id: row.line.as_ref().map(|line| line.id.to_string()),
            port: row.line.as_ref().map(|line| line.port),
            state: row.state.as_str(),
            state_detail: row.detail.map(|detail| detail.as_str()),
            since: time_text(row.since),
            registered_at: row.registered_at.map(time_text),
            expires_at: row.expires_at.map(time_text),
            bindings: u16::try_from(row.contacts.len()).unwrap_or(u16::MAX),
            contact: contacts.next(),
            dect_chain_id: sees_chain_ids.then(|| row.chain_id.map(|chain_id| chain_id.to_string())),
            contacts: expanded.then(|| row.contacts.iter().map(ContactOfLine::from).collect()),
            user: row.line.map(|line| UserOfLine {
                id: line.user_id.to_string(),
                name: line.user_name,
                extension: line.extension,
                number: line.number,
                r#use: line.line_use.as_str(),
            }),
            device: DeviceOfLine {
                id: row.device_id.to_string(),
                mac: row.mac.map(|mac| mac.to_string()),
                name: row.device_name,
                device_type,
            },
            site: SiteOfDevice { id: row.site_id.to_string(), name: row.site_name },
            customer: CustomerOfDevice { id: row.customer_id.to_string(), name: row.customer_name },
        })
    }
}

/// List line states
///
/// One row for each assigned port, and one for a device without any, so that no device is missing; by address, device and
/// port. `next` goes on after the last row. With `state`, a line that changes meanwhile may be listed twice or not at all.
#[utoipa::path(
    get, path = "/api/v1/line-states", tag = "line states", params(LineStateQuery),
    responses((status = 200, description = "One page.", body = LineStateList))
)]
async fn list_line_states(
    ctx: Ctx,
    Query(query): Query<LineStateQuery>,
) -> Result<Json<LineStateList>, Problem> {
    let actor = ctx.actor()?;
    let (limit, after) = (limit(query.limit), query.after.clone());
    let expanded = match query.expand.as_deref() {
        None => false,
        Some("bindings") => true,
        Some(word) => {
            let value = tonalite_core::device::short(word);
            let error = FieldError::new("expand", "unknown_value").with("value", value);
            return Err(Error::Invalid(vec![error]).into());
        }
    };
    let filter = resolve(&ctx.app, actor, query).await?;
    let page = ctx.app.page_line_states(actor, &filter, limit, after, ctx.now).await?;
    let count = ctx.app.count_line_states(actor, &filter).await?;
    // Each row is of a customer in the reader's subtree.
    let sees_chain_ids = actor.may_see_chain_ids();
    let items: Result<Vec<_>> = page
        .items
        .into_iter()
        .map(|row| ListedLineJson::of(&ctx.app, row, expanded, sees_chain_ids))
        .collect();
    Ok(Json(LineStateList {
        items: items?,
        next: next_text(page.next),
        total: count.total,
        total_is_estimate: count.at_least,
    }))
}

/// Turns ids into keys that the reader may see.
async fn resolve(app: &App, actor: &Actor, query: LineStateQuery) -> Result<LineFilter> {
    let party = match query.party_id {
        Some(id) => Some(app.find_party(actor, id).await?),
        None => None,
    };
    let site = match query.site_id {
        Some(id) => Some(app.find_site(actor, id).await?),
        None => None,
    };
    Ok(LineFilter {
        party: party.map(|party| (party.kind, party.key)),
        site: site.map(|site| site.key),
        state: query.state,
        device_types: device_types(app, query.device_type_id, query.kind)?,
        search: query.q,
    })
}
