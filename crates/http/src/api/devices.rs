//! Devices: the list, one device, adding, changing, removing. What is known of its lines is in `status.rs`.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tonalite_app::{App, DeviceChange, DeviceRequest};
use tonalite_core::access::Actor;
use tonalite_core::error::FieldError;
use tonalite_core::filter::{DeviceFilter, DeviceSort, StatusCounts, StatusFilter};
use tonalite_core::id::{DeviceId, PartyId, SiteId};
use tonalite_core::page::{Cursor, Limit};
use tonalite_core::search::Search;
use tonalite_core::{Error, Result};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::device_json::{DeviceJson, WarningJson};
use super::wire::{created, limit, next_text};
use crate::ctx::Ctx;
use crate::problem::{OrField, Problem};
use crate::read::{Body, Change, IfMatch, NoQuery, PathId, Query, etag, json_body, query};
use crate::state::HttpState;

/// Operations on devices.
pub(super) fn routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new().routes(routes!(list_devices, create_device)).routes(routes!(
        find_device,
        update_device,
        delete_device
    ))
}

query! {
    /// What the list is narrowed to.
    struct DeviceQuery {
        /// Only devices of this party and those below it.
        #[param(value_type = Option<String>, nullable = false)]
        party_id: Option<PartyId>,
        /// Only devices of this site.
        #[param(value_type = Option<String>, nullable = false)]
        site_id: Option<SiteId>,
        /// Only this model.
        #[param(nullable = false)]
        device_type_id: Option<String>,
        /// Only models of this kind: `desk`, `conference`, `ata`, `dect_base` or `generic`.
        #[param(nullable = false)]
        kind: Option<String>,
        /// `registered` (with the partial), `partial`, `aged`, `unregistered` (with those without a line) or `no_line`.
        #[param(value_type = Option<String>, nullable = false, example = "aged")]
        status: Option<StatusFilter>,
        /// `1`: only devices that are not well: aged, unregistered with a line, or partial. `0` is as if left out.
        #[param(value_type = Option<u8>, minimum = 0, maximum = 1, nullable = false)]
        problem: Option<bool>,
        /// `1`: only devices with a line that can still be assigned. `0` is as if left out.
        #[param(value_type = Option<u8>, minimum = 0, maximum = 1, nullable = false)]
        lines_available: Option<bool>,
        /// `1`: only critical devices; `0`: only the others.
        #[param(value_type = Option<u8>, minimum = 0, maximum = 1, nullable = false)]
        critical: Option<bool>,
        /// Words, all of which must be found, in any place: part of a MAC address in any notation, device type, name, serial
        /// or inventory number, site, user, extension, number; the beginning of an IP address. Case, accents and signs do not
        /// count. Words of one or two characters, when there is no longer one, find whole extensions and beginnings of MAC addresses. Up to 100
        /// characters and 10 words.
        #[param(value_type = Option<String>, nullable = false, max_length = 100, example = "00:15:65:ab lyon")]
        q: Option<Search>,
        /// `mac`, `type`, `site`, `status` (then since), `lines_available` or `created_at`; with `-` before it, the exact
        /// reverse. `mac` when nothing is said; devices without an address come after all others.
        #[param(value_type = Option<String>, nullable = false, example = "-lines_available")]
        sort: Option<DeviceSort>,
        /// Rows of a page, 1 to 200; 50 when nothing is said.
        #[param(value_type = Option<u16>, minimum = 1, maximum = 200, nullable = false)]
        limit: Option<Limit>,
        /// `next` of the page before, with the same filter and sort.
        #[param(value_type = Option<String>, nullable = false)]
        after: Option<Cursor>,
    }
}

/// One page of devices.
#[derive(Debug, Serialize, ToSchema)]
struct DeviceList {
    /// The devices of this page.
    items: Vec<DeviceJson>,
    /// Pass it as `after`, with the same filter and sort, for the next page; `null` at the end.
    #[schema(examples(json!(null)))]
    next: Option<String>,
    /// Devices that the filter lets through.
    #[schema(examples(1))]
    total: i64,
    /// `true`: counting ended at 10,001 devices, hence there are at least `total`. Only ever so with `q`, `device_type_id`,
    /// `kind`, `lines_available` or `critical`; a search lists the first 10,001 that it finds.
    #[schema(examples(false))]
    total_is_estimate: bool,
    /// The same devices by status.
    counts: Counts,
}

/// The same devices by status: disjoint, their sum is the total.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Counts {
    /// All assigned lines registered.
    #[schema(examples(1))]
    registered: i64,
    /// Some.
    #[schema(examples(0))]
    partial: i64,
    /// None registered, at least one vanished.
    #[schema(examples(0))]
    aged: i64,
    /// None registered, none vanished.
    #[schema(examples(0))]
    unregistered: i64,
    /// Without an assigned line.
    #[schema(examples(0))]
    no_line: i64,
}

impl From<StatusCounts> for Counts {
    fn from(counts: StatusCounts) -> Counts {
        let StatusCounts { registered, partial, aged, unregistered, no_line, at_least: _ } = counts;
        Counts { registered, partial, aged, unregistered, no_line }
    }
}

/// List devices
///
/// With the state of each, the total, and the counts by status. `next` goes on after the last row; on an order that moves
/// (`status`, `lines_available`) a device that changes meanwhile may be listed twice or not at all.
#[utoipa::path(
    get, path = "/api/v1/devices", tag = "devices", params(DeviceQuery),
    responses((status = 200, description = "One page.", body = DeviceList))
)]
async fn list_devices(ctx: Ctx, Query(query): Query<DeviceQuery>) -> Result<Json<DeviceList>, Problem> {
    let actor = ctx.actor()?;
    let (limit, after) = (limit(query.limit), query.after.clone());
    let filter = resolve(&ctx.app, actor, query).await?;
    let page = ctx.app.page_devices(actor, &filter, limit, after, ctx.now).await?;
    let counts = ctx.app.count_devices(actor, &filter).await?.narrowed_to(&filter);
    let items: Result<Vec<_>> =
        page.items.into_iter().map(|device| DeviceJson::of(&ctx.app, device)).collect();
    Ok(Json(DeviceList {
        items: items?,
        next: next_text(page.next),
        total: counts.total(),
        total_is_estimate: counts.at_least,
        counts: counts.into(),
    }))
}

/// Turns ids into keys that the reader may see.
pub(super) async fn resolve(app: &App, actor: &Actor, query: DeviceQuery) -> Result<DeviceFilter> {
    let party = match query.party_id {
        Some(id) => Some(app.find_party(actor, id).await?),
        None => None,
    };
    let site = match query.site_id {
        Some(id) => Some(app.find_site(actor, id).await?),
        None => None,
    };
    Ok(DeviceFilter {
        party: party.map(|party| (party.kind, party.key)),
        site: site.map(|site| site.key),
        device_types: device_types(app, query.device_type_id, query.kind)?,
        status: query.status,
        problem: query.problem.unwrap_or(false),
        lines_available: query.lines_available.unwrap_or(false),
        critical: query.critical,
        search: query.q,
        sort: query.sort.unwrap_or_default(),
    })
}

/// The models that are asked for by id, by kind, or by both. Every kind has a model, so that an unknown word has none.
pub(crate) fn device_types(
    app: &App,
    id: Option<String>,
    kind: Option<String>,
) -> Result<Option<Vec<String>>> {
    if let Some(kind) = &kind
        && !app.device_types().iter().any(|device_type| device_type.kind.as_str() == kind)
    {
        let error =
            FieldError::new("kind", "unknown_value").with("value", tonalite_core::device::short(kind));
        return Err(Error::Invalid(vec![error]));
    }
    if let Some(id) = &id {
        app.device_type(id).ok_or(Error::NotFound)?;
    }
    if id.is_none() && kind.is_none() {
        return Ok(None);
    }
    let asked = |own: &Option<String>, value: &str| own.as_ref().is_none_or(|asked| asked == value);
    let chosen = app
        .device_types()
        .iter()
        .filter(|device_type| asked(&id, &device_type.id) && asked(&kind, device_type.kind.as_str()));
    Ok(Some(chosen.map(|device_type| device_type.id.clone()).collect()))
}

json_body! {
    /// A device to be added.
    struct NewDeviceBody {
        /// In any notation; left out for types without one.
        #[schema(examples("00:15:65:ab:cd:ef"))]
        mac: Option<String>,
        /// Where it will stand.
        #[schema(value_type = String, format = Uuid)]
        site_id: SiteId,
        /// A model approved at the site.
        #[schema(examples("yealink-t54w"))]
        device_type_id: String,
        /// What people call it.
        #[schema(max_length = 80, examples("Reception"))]
        name: Option<String>,
        /// Serial number, as on its label.
        #[schema(max_length = 64, examples("3117A21005B4"))]
        serial: Option<String>,
        /// Number in one's own inventory.
        #[schema(max_length = 64, examples("INV-0042"))]
        inventory_id: Option<String>,
        /// Anything worth knowing.
        #[schema(max_length = 500, examples("Beside the lift"))]
        note: Option<String>,
        /// Lift, alarm, reception: left out of bulk acts unless named.
        critical: Option<bool>,
    }
}

/// The device, and doubts that did not stop its adding.
#[derive(Debug, Serialize, ToSchema)]
struct CreatedDevice {
    #[serde(flatten)]
    device: DeviceJson,
    /// Doubts that did not stop its adding; usually none.
    warnings: Vec<WarningJson>,
}

/// Add a device
///
/// A MAC address that is in use elsewhere is 409 `mac_taken`, and nothing more is said of it.
#[utoipa::path(
    post, path = "/api/v1/devices", tag = "devices", request_body = NewDeviceBody,
    responses(
        (status = 201, description = "Added.", body = CreatedDevice, headers(("location" = String, description = "Its address."))),
        (status = 409, description = "The MAC address is in use: `mac_taken`."),
    )
)]
async fn create_device(ctx: Ctx, Body(body): Body<NewDeviceBody>) -> Result<Response, Problem> {
    let actor = ctx.actor()?;
    let site = ctx.app.find_site(actor, body.site_id).await.or_field("site_id")?;
    let site = actor.manage(site.into_inner())?;
    let request = DeviceRequest {
        mac: body.mac.as_deref(),
        device_type_id: &body.device_type_id,
        name: body.name.as_deref(),
        serial: body.serial.as_deref(),
        inventory_id: body.inventory_id.as_deref(),
        note: body.note.as_deref(),
        critical: body.critical.unwrap_or(false),
    };
    let (device, warnings) = ctx.app.create_device(actor, site, request, ctx.now).await?;
    let warnings = warnings.iter().map(|warning| WarningJson::of(warning, ctx.locale)).collect();
    let location = format!("/api/v1/devices/{}", device.id);
    created(&location, CreatedDevice { device: DeviceJson::of(&ctx.app, device)?, warnings })
}

/// Read a device
///
/// With its version, for a later change.
#[utoipa::path(
    get, path = "/api/v1/devices/{id}", tag = "devices", params(("id" = uuid::Uuid, Path, description = "The device.")),
    responses((status = 200, description = "The device.", body = DeviceJson, headers(("etag" = String, description = "Its version."))))
)]
async fn find_device(ctx: Ctx, PathId(id): PathId<DeviceId>, _: NoQuery) -> Result<Response, Problem> {
    let device = ctx.app.find_device(ctx.actor()?, id, ctx.now).await?.into_inner();
    Ok((etag(device.version), Json(DeviceJson::of(&ctx.app, device)?)).into_response())
}

json_body! {
    /// What changes about a device. What is left out stays; `null` clears a text.
    struct DeviceChangeBody {
        /// What people call it.
        #[schema(max_length = 80, value_type = Option<String>, examples("Reception"))]
        name: Change,
        /// Serial number, as on its label.
        #[schema(max_length = 64, value_type = Option<String>, examples("3117A21005B4"))]
        serial: Change,
        /// Number in one's own inventory.
        #[schema(max_length = 64, value_type = Option<String>, examples("INV-0042"))]
        inventory_id: Change,
        /// Anything worth knowing.
        #[schema(max_length = 500, value_type = Option<String>, examples("Beside the lift"))]
        note: Change,
        /// Lift, alarm, reception: left out of bulk acts unless named.
        critical: Option<bool>,
    }
}

/// Change a device
///
/// What people wrote about it. With `If-Match`, only if nobody changed it meanwhile.
#[utoipa::path(
    patch, path = "/api/v1/devices/{id}", tag = "devices", request_body = DeviceChangeBody,
    params(("id" = uuid::Uuid, Path, description = "The device.")),
    responses((status = 200, description = "Changed.", body = DeviceJson, headers(("etag" = String, description = "Its new version."))))
)]
async fn update_device(
    ctx: Ctx,
    PathId(id): PathId<DeviceId>,
    if_match: IfMatch,
    Body(body): Body<DeviceChangeBody>,
) -> Result<Response, Problem> {
    let actor = ctx.actor()?;
    let device = actor.manage(ctx.app.find_device(actor, id, ctx.now).await?.into_inner())?;
    let version = if_match.version(device.version)?;
    let change = DeviceChange {
        name: body.name.0,
        serial: body.serial.0,
        inventory_id: body.inventory_id.0,
        note: body.note.0,
        critical: body.critical,
    };
    let device = ctx.app.update_device(actor, device, version, change, ctx.now).await?;
    Ok((etag(device.version), Json(DeviceJson::of(&ctx.app, device)?)).into_response())
}

/// Remove a device
///
/// Its lines are unassigned, and its registrations end.
#[utoipa::path(
    delete, path = "/api/v1/devices/{id}", tag = "devices", params(("id" = uuid::Uuid, Path, description = "The device.")),
    responses((status = 204, description = "Removed."))
)]
async fn delete_device(ctx: Ctx, PathId(id): PathId<DeviceId>) -> Result<StatusCode, Problem> {
    let actor = ctx.actor()?;
    let device = actor.manage(ctx.app.find_device(actor, id, ctx.now).await?.into_inner())?;
    ctx.app.remove_device(actor, device, ctx.now).await?;
    Ok(StatusCode::NO_CONTENT)
}
