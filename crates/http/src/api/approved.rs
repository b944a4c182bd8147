//! Approved device types: which models may be added at a site, or anywhere below a party.

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tonalite_app::{DeviceType, Owner};
use tonalite_core::id::{PartyId, SiteId};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::device_types::DeviceTypeJson;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::read::{Body, IfMatch, NoQuery, PathId, etag, json_body};
use crate::state::HttpState;

/// Operations on approved device types.
pub(super) fn routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new()
        .routes(routes!(find_approved_at_site, set_approved_at_site))
        .routes(routes!(find_approved_for_party, set_approved_for_party))
}

/// The list that holds: one's own, else the one inherited from above.
#[derive(Debug, Serialize, ToSchema)]
struct Approved {
    /// Ids alone, as they are set.
    #[schema(example = json!(["yealink-t54w"]))]
    device_type_ids: Vec<&'static str>,
    /// The same device types in full.
    items: Vec<DeviceTypeJson>,
    /// The list that was set here, as it was set; `null` where none was, so that the list above holds.
    #[schema(example = json!(["yealink-t54w"]))]
    own_device_type_ids: Option<Vec<String>>,
}

impl Approved {
    async fn at_site(ctx: &Ctx, id: SiteId) -> Result<Response, Problem> {
        let site = ctx.app.find_site(ctx.actor()?, id).await?;
        let own = ctx.app.own_lists([], [site.key]).await?.remove(&Owner::Site(site.key));
        Ok(Approved::of(ctx.app.approved_at_site(&site).await?, own, site.version))
    }

    async fn for_party(ctx: &Ctx, id: PartyId) -> Result<Response, Problem> {
        let party = ctx.app.find_party(ctx.actor()?, id).await?;
        let own = ctx.app.own_lists([party.key], []).await?.remove(&Owner::Party(party.key));
        Ok(Approved::of(ctx.app.approved_for_party(&party).await?, own, party.version))
    }

    fn of(types: Vec<&'static DeviceType>, own: Option<Vec<String>>, version: i64) -> Response {
        let approved = Approved {
            device_type_ids: types.iter().map(|device_type| device_type.id.as_str()).collect(),
            items: types.into_iter().map(DeviceTypeJson::of).collect(),
            own_device_type_ids: own,
        };
        (etag(version), Json(approved)).into_response()
    }
}

json_body! {
    /// A list of one's own.
    struct NewApproved {
        /// Ids out of the list above. An empty list inherits that list.
        #[schema(example = json!(["yealink-t54w"]))]
        device_type_ids: Vec<String>,
    }
}

/// Read the device types approved at a site
///
/// The site's own list, else the inherited one.
#[utoipa::path(
    get, path = "/api/v1/sites/{id}/approved-device-types", tag = "device types",
    params(("id" = uuid::Uuid, Path, description = "The site.")),
    responses((status = 200, description = "The list that holds.", body = Approved, headers(("etag" = String, description = "Version of the site."))))
)]
async fn find_approved_at_site(
    ctx: Ctx,
    PathId(id): PathId<SiteId>,
    _: NoQuery,
) -> Result<Response, Problem> {
    Approved::at_site(&ctx, id).await
}

/// Approve device types at a site
///
/// Replaces the site's own list; only types that are approved above. Devices that exist stay as they are.
#[utoipa::path(
    put, path = "/api/v1/sites/{id}/approved-device-types", tag = "device types", request_body = NewApproved,
    params(("id" = uuid::Uuid, Path, description = "The site.")),
    responses((status = 200, description = "The list that holds now.", body = Approved, headers(("etag" = String, description = "Version of the site."))))
)]
async fn set_approved_at_site(
    ctx: Ctx,
    PathId(id): PathId<SiteId>,
    if_match: IfMatch,
    Body(body): Body<NewApproved>,
) -> Result<Response, Problem> {
    let actor = ctx.actor()?;
    let site = actor.administer(ctx.app.find_site(actor, id).await?.into_inner())?;
    if_match.version(site.version)?;
    ctx.app.set_approved_at_site(actor, site, body.device_type_ids, ctx.now).await?;
    Approved::at_site(&ctx, id).await
}

/// Read the device types approved for a party
///
/// The party's own list, else the inherited one.
#[utoipa::path(
    get, path = "/api/v1/parties/{id}/approved-device-types", tag = "device types",
    params(("id" = String, Path, description = "A UUID, or `platform`.")),
    responses((status = 200, description = "The list that holds.", body = Approved, headers(("etag" = String, description = "Version of the party."))))
)]
async fn find_approved_for_party(
    ctx: Ctx,
    PathId(id): PathId<PartyId>,
    _: NoQuery,
) -> Result<Response, Problem> {
    Approved::for_party(&ctx, id).await
}

/// Approve device types for a party
///
/// Replaces the list of the party, which holds for all below that have none; only types that are approved above. An admin of a
/// party above sets it. Devices that exist stay as they are.
#[utoipa::path(
    put, path = "/api/v1/parties/{id}/approved-device-types", tag = "device types", request_body = NewApproved,
    params(("id" = String, Path, description = "A UUID, or `platform`.")),
    responses((status = 200, description = "The list that holds now.", body = Approved, headers(("etag" = String, description = "Version of the party."))))
)]
async fn set_approved_for_party(
    ctx: Ctx,
    PathId(id): PathId<PartyId>,
    if_match: IfMatch,
    Body(body): Body<NewApproved>,
) -> Result<Response, Problem> {
    let actor = ctx.actor()?;
    let party = actor.administer(ctx.app.find_party(actor, id).await?.into_inner())?;
    if_match.version(party.version)?;
    ctx.app.set_approved_for_party(actor, party, body.device_type_ids, ctx.now).await?;
    Approved::for_party(&ctx, id).await
}
