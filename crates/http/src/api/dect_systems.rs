//! DECT systems: bases of one customer that hand calls over, and their chain ID for those who may see it.
//! Their reboots are in `dect_reboots`.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tonalite_app::{App, DectSystemChange, DectSystemView, KnownChain};
use tonalite_core::access::Actor;
use tonalite_core::dect::{DectSystem, MAX_BASES};
use tonalite_core::device::Device;
use tonalite_core::error::FieldError;
use tonalite_core::id::{DectSystemId, DeviceId, PartyId};
use tonalite_core::page::{Cursor, Limit};
use tonalite_core::{Error, Result};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::device_json::SiteOfDevice;
use super::wire::{Listed, created, limit, time_text};
use crate::ctx::Ctx;
use crate::problem::{OrField, Problem};
use crate::read::{Body, Change, IfMatch, NoQuery, PathDeviceId, PathId, Query, etag, json_body, query};
use crate::state::HttpState;

/// Operations on DECT systems.
pub(super) fn routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new()
        .routes(routes!(list_dect_systems, create_dect_system))
        .routes(routes!(find_dect_system, update_dect_system, delete_dect_system))
        .routes(routes!(add_dect_base, remove_dect_base))
}

/// The chain ID as it stands in a body, for who may see it: the ID, from where it is known, whether it is the factory's.
pub(super) struct ChainFields {
    pub(super) chain_id: Option<Option<String>>,
    pub(super) source: Option<&'static str>,
    pub(super) is_factory_default: Option<bool>,
}

impl ChainFields {
    /// Fields that are absent, or filled.
    pub(super) fn of(known: Option<KnownChain>) -> ChainFields {
        let Some(known) = known else {
            return ChainFields { chain_id: None, source: None, is_factory_default: None };
        };
        ChainFields {
            chain_id: Some(known.map(|(chain_id, _)| chain_id.to_string())),
            source: Some(known.map_or("not_set", |(_, source)| source.as_str())),
            is_factory_default: Some(known.is_some_and(|(chain_id, _)| chain_id.is_factory_default())),
        }
    }
}

/// A DECT system.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DectSystem)]
struct DectSystemJson {
    /// Id of the system.
    #[schema(format = Uuid)]
    id: String,
    /// The customer whose it is.
    #[schema(format = Uuid)]
    party_id: String,
    /// Name of that customer.
    #[schema(examples("Clinique des Alpes"))]
    party_name: String,
    /// What people call it.
    #[schema(examples("Wards"))]
    name: String,
    /// Its *Multi Cell Chain ID*; `null` when it is not set. Absent for who may not see it.
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
    /// Its bases at all sites.
    #[schema(examples(3))]
    bases_total: u32,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// Counts its changes; the same as in `ETag`.
    #[schema(examples(1))]
    version: i64,
}

impl DectSystemJson {
    fn of(actor: &Actor, system: DectSystem) -> DectSystemJson {
        let known = App::may_see_chain_id(actor, system.tenancy).then_some(system.chain);
        let chain = ChainFields::of(known);
        DectSystemJson {
            id: system.id.to_string(),
            party_id: system.customer_id.to_string(),
            party_name: system.customer_name,
            name: system.name,
            chain_id: chain.chain_id,
            chain_id_source: chain.source,
            chain_id_is_factory_default: chain.is_factory_default,
            bases_total: system.bases,
            created_at: time_text(system.created_at),
            version: system.version,
        }
    }
}

/// One base of a system.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DectBase)]
struct DectBaseJson {
    /// The device.
    #[schema(format = Uuid)]
    device_id: String,
    /// Twelve lower-case hexadecimal digits.
    #[schema(examples("000413abcdef"))]
    mac: Option<String>,
    /// What people call it.
    #[schema(examples("Second floor"))]
    name: Option<String>,
    /// Where it stands.
    site: SiteOfDevice,
    /// `registered`, `aged` or `unregistered`.
    #[schema(examples("unregistered"))]
    status: &'static str,
    /// As for a device. `no_line` of a secondary base is as it should be: lines belong to the handsets.
    #[schema(examples("no_line"))]
    status_detail: Option<&'static str>,
    /// It has no line of its own, beside bases that may.
    #[schema(examples(true))]
    secondary: bool,
}

impl From<Device> for DectBaseJson {
    fn from(device: Device) -> DectBaseJson {
        DectBaseJson {
            device_id: device.id.to_string(),
            mac: device.mac.map(|mac| mac.to_string()),
            status: device.status.state.state.as_str(),
            status_detail: device.status.state.detail.map(|detail| detail.as_str()),
            secondary: device.secondary_base_of().is_some(),
            site: SiteOfDevice { id: device.site_id.to_string(), name: device.site_name },
            name: device.labels.name,
        }
    }
}

/// A DECT system with its bases.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DectSystemWithBases)]
struct DectSystemWithBasesJson {
    /// The system.
    #[serde(flatten)]
    system: DectSystemJson,
    /// Its bases at the sites that one sees, 250 at most.
    bases: Vec<DectBaseJson>,
}

impl DectSystemWithBasesJson {
    fn of(actor: &Actor, shown: DectSystemView) -> DectSystemWithBasesJson {
        DectSystemWithBasesJson {
            system: DectSystemJson::of(actor, shown.system.into_inner()),
            bases: shown.bases.into_iter().map(DectBaseJson::from).collect(),
        }
    }
}

query! {
    /// What the list is narrowed to.
    struct DectSystemQuery {
        /// Only systems of this party and those below it.
        #[param(value_type = Option<String>, nullable = false)]
        party_id: Option<PartyId>,
        /// Rows of a page, 1 to 200; 50 when nothing is said.
        #[param(value_type = Option<u16>, minimum = 1, maximum = 200, nullable = false)]
        limit: Option<Limit>,
        /// `next` of the page before.
        #[param(value_type = Option<String>, nullable = false)]
        after: Option<Cursor>,
    }
}

/// List DECT systems
///
/// Of everybody below one's own party, or of one party, by name.
#[utoipa::path(
    get, path = "/api/v1/dect-systems", tag = "DECT systems", params(DectSystemQuery),
    responses((status = 200, description = "One page.", body = Listed<DectSystemJson>))
)]
async fn list_dect_systems(
    ctx: Ctx,
    Query(query): Query<DectSystemQuery>,
) -> Result<Json<Listed<DectSystemJson>>, Problem> {
    let actor = ctx.actor()?;
    let party = match query.party_id {
        Some(id) => Some(ctx.app.find_party(actor, id).await?),
        None => None,
    };
    let page = ctx.app.page_dect_systems(actor, party.as_ref(), limit(query.limit), query.after).await?;
    Ok(Json(Listed::of(page, |system| DectSystemJson::of(actor, system))))
}

json_body! {
    /// A system to be made.
    struct NewDectSystemBody {
        /// The customer whose it is.
        #[schema(value_type = String, format = Uuid)]
        party_id: PartyId,
        /// What to call it.
        #[schema(max_length = 80, examples("Wards"))]
        name: String,
        /// Its *Multi Cell Chain ID*, 1 to 10 digits: from customer admins, and from managers and above of the parties above.
        #[schema(max_length = 10, examples("48213"))]
        chain_id: Option<String>,
        /// Its first bases, DECT bases of the customer at whatever site; they leave the systems that they were in.
        #[schema(max_items = 250, example = json!(["019ac2f0-0000-7000-8000-000000000001"]))]
        device_ids: Option<Vec<String>>,
    }
}

/// Create a DECT system
///
/// Bases of one customer that hand calls over to one another; they may stand at several sites.
#[utoipa::path(
    post, path = "/api/v1/dect-systems", tag = "DECT systems", request_body = NewDectSystemBody,
    responses(
        (status = 201, description = "Created.", body = DectSystemWithBasesJson, headers(("location" = String, description = "Its address."))),
        (status = 409, description = "Another system of the customer has the chain ID, and 512 it is not: `chain_id_taken`."),
    )
)]
async fn create_dect_system(ctx: Ctx, Body(body): Body<NewDectSystemBody>) -> Result<Response, Problem> {
    let actor = ctx.actor()?;
    let customer = ctx.app.find_party(actor, body.party_id).await.or_field("party_id")?;
    let customer = actor.manage(customer.into_inner())?;
    let ids = body.device_ids.unwrap_or_default();
    if ids.len() > MAX_BASES {
        let error = FieldError::new("device_ids", "dect_system_full").with("max", MAX_BASES);
        return Err(Error::Invalid(vec![error]).into());
    }
    let mut bases = Vec::with_capacity(ids.len());
    for id in ids {
        let id = id.parse::<DeviceId>().map_err(|_| Error::invalid("device_ids", "not_found"))?;
        let device = ctx.app.find_device(actor, id, ctx.now).await.or_field("device_ids")?;
        bases.push(actor.manage(device.into_inner())?);
    }
    let typed = DectSystemChange { name: Some(body.name), chain_id: body.chain_id };
    let system = ctx.app.create_dect_system(actor, customer, typed, bases, ctx.now).await?;
    let shown = ctx.app.find_dect_system(actor, system.id, ctx.now).await?;
    created(&format!("/api/v1/dect-systems/{}", system.id), DectSystemWithBasesJson::of(actor, shown))
}

/// Read a DECT system
///
/// With its bases, and its version for a later change.
#[utoipa::path(
    get, path = "/api/v1/dect-systems/{id}", tag = "DECT systems", params(("id" = uuid::Uuid, Path, description = "The system.")),
    responses((status = 200, description = "The system.", body = DectSystemWithBasesJson, headers(("etag" = String, description = "Its version."))))
)]
async fn find_dect_system(
    ctx: Ctx,
    PathId(id): PathId<DectSystemId>,
    _: NoQuery,
) -> Result<Response, Problem> {
    let actor = ctx.actor()?;
    let shown = ctx.app.find_dect_system(actor, id, ctx.now).await?;
    Ok((etag(shown.system.version), Json(DectSystemWithBasesJson::of(actor, shown))).into_response())
}

json_body! {
    /// What changes about a system. What is left out stays; `null` clears the chain ID.
    struct DectSystemPatch {
        /// What to call it.
        #[schema(max_length = 80, examples("Wards"))]
        name: Option<String>,
        /// Its *Multi Cell Chain ID*, 1 to 10 digits: from customer admins, and from managers and above of the parties above.
        #[schema(max_length = 10, value_type = Option<String>, examples("48213"))]
        chain_id: Change,
    }
}

/// Change a DECT system
///
/// With `If-Match`, only if nobody changed it meanwhile.
#[utoipa::path(
    patch, path = "/api/v1/dect-systems/{id}", tag = "DECT systems", request_body = DectSystemPatch,
    params(("id" = uuid::Uuid, Path, description = "The system.")),
    responses(
        (status = 200, description = "Changed.", body = DectSystemWithBasesJson),
        (status = 409, description = "Another system of the customer has the chain ID, and 512 it is not: `chain_id_taken`."),
    )
)]
async fn update_dect_system(
    ctx: Ctx,
    PathId(id): PathId<DectSystemId>,
    if_match: IfMatch,
    Body(body): Body<DectSystemPatch>,
) -> Result<Response, Problem> {
    let actor = ctx.actor()?;
    let system = ctx.app.find_dect_system(actor, id, ctx.now).await?.system;
    let system = actor.manage(system.into_inner())?;
    let version = if_match.version(system.version)?.or(Some(system.version));
    let change = DectSystemChange { name: body.name, chain_id: body.chain_id.0 };
    ctx.app.update_dect_system(actor, system, version, change, ctx.now).await?;
    let shown = ctx.app.find_dect_system(actor, id, ctx.now).await?;
    Ok((etag(shown.system.version), Json(DectSystemWithBasesJson::of(actor, shown))).into_response())
}

/// Delete a DECT system
///
/// Its bases stay, on their own. With it goes its chain ID, hence only for who may change that.
#[utoipa::path(
    delete, path = "/api/v1/dect-systems/{id}", tag = "DECT systems", params(("id" = uuid::Uuid, Path, description = "The system.")),
    responses((status = 204, description = "Deleted."))
)]
async fn delete_dect_system(ctx: Ctx, PathId(id): PathId<DectSystemId>) -> Result<StatusCode, Problem> {
    let actor = ctx.actor()?;
    let system = ctx.app.find_dect_system(actor, id, ctx.now).await?.system;
    ctx.app.delete_dect_system(actor, actor.manage(system.into_inner())?, ctx.now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Add a base to a DECT system
///
/// It leaves the system that it was in. One that is in it already stays.
#[utoipa::path(
    put, path = "/api/v1/dect-systems/{id}/bases/{device_id}", tag = "DECT systems",
    params(
        ("id" = uuid::Uuid, Path, description = "The system."),
        ("device_id" = uuid::Uuid, Path, description = "The base."),
    ),
    responses(
        (status = 204, description = "It is a base of the system."),
        (status = 409, description = "It is none, or of another customer: `not_a_dect_base`, `dect_base_of_another_customer`. There are 250 already: `dect_system_full`."),
    )
)]
async fn add_dect_base(
    ctx: Ctx,
    PathId(id): PathId<DectSystemId>,
    PathDeviceId(device): PathDeviceId,
    _: NoQuery,
) -> Result<StatusCode, Problem> {
    let actor = ctx.actor()?;
    let system = ctx.app.find_dect_system(actor, id, ctx.now).await?.system;
    let device = ctx.app.find_device(actor, device, ctx.now).await?;
    let system = actor.manage(system.into_inner())?;
    let device = actor.manage(device.into_inner())?;
    ctx.app.add_dect_base(actor, &system, device, ctx.now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Remove a base from a DECT system
///
/// It stays in the inventory; the system stays, too, even without bases.
#[utoipa::path(
    delete, path = "/api/v1/dect-systems/{id}/bases/{device_id}", tag = "DECT systems",
    params(
        ("id" = uuid::Uuid, Path, description = "The system."),
        ("device_id" = uuid::Uuid, Path, description = "The base."),
    ),
    responses((status = 204, description = "It is none of its bases any more."))
)]
async fn remove_dect_base(
    ctx: Ctx,
    PathId(id): PathId<DectSystemId>,
    PathDeviceId(device): PathDeviceId,
    _: NoQuery,
) -> Result<StatusCode, Problem> {
    let actor = ctx.actor()?;
    let system = ctx.app.find_dect_system(actor, id, ctx.now).await?.system;
    let device = ctx.app.find_device(actor, device, ctx.now).await?;
    let system = actor.manage(system.into_inner())?;
    let device = actor.manage(device.into_inner())?;
    ctx.app.remove_dect_base(actor, &system, device, ctx.now).await?;
    Ok(StatusCode::NO_CONTENT)
}
