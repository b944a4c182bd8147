//! Approved device types: which models may be added at a site, or anywhere below a party.

use axum::Json;
use serde::Serialize;
use tonalite_app::DeviceType;
use tonalite_core::id::{PartyId, SiteId};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::device_types::DeviceTypeJson;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::read::{Body, NoQuery, PathId, json_body};
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
}

impl Approved {
    fn of(types: Vec<&'static DeviceType>) -> Json<Approved> {
        Json(Approved {
            device_type_ids: types.iter().map(|device_type| device_type.id.as_str()).collect(),
            items: types.into_iter().map(DeviceTypeJson::of).collect(),
        })
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
    responses((status = 200, description = "The list that holds.", body = Approved))
)]
async fn find_approved_at_site(
    ctx: Ctx,
    PathId(id): PathId<SiteId>,
    _: NoQuery,
) -> Result<Json<Approved>, Problem> {
    let site = ctx.app.find_site(ctx.actor()?, id).await?;
    Ok(Approved::of(ctx.app.approved_at_site(&site).await?))
}

/// Approve device types at a site
///
/// Replaces the site's own list; only types that are approved above.
#[utoipa::path(
    put, path = "/api/v1/sites/{id}/approved-device-types", tag = "device types", request_body = NewApproved,
    params(("id" = uuid::Uuid, Path, description = "The site.")),
    responses((status = 200, description = "The list that holds now.", body = Approved))
)]
async fn set_approved_at_site(
    ctx: Ctx,
    PathId(id): PathId<SiteId>,
    Body(body): Body<NewApproved>,
) -> Result<Json<Approved>, Problem> {
    let actor = ctx.actor()?;
    let site = actor.administer(ctx.app.find_site(actor, id).await?.into_inner())?;
    Ok(Approved::of(ctx.app.set_approved_at_site(actor, site, body.device_type_ids, ctx.now).await?))
}

/// Read the device types approved for a party
///
/// The party's own list, else the inherited one.
#[utoipa::path(
    get, path = "/api/v1/parties/{id}/approved-device-types", tag = "device types",
    params(("id" = String, Path, description = "A UUID, or `platform`.")),
    responses((status = 200, description = "The list that holds.", body = Approved))
)]
async fn find_approved_for_party(
    ctx: Ctx,
    PathId(id): PathId<PartyId>,
    _: NoQuery,
) -> Result<Json<Approved>, Problem> {
    let party = ctx.app.find_party(ctx.actor()?, id).await?;
    Ok(Approved::of(ctx.app.approved_for_party(&party).await?))
}

/// Approve device types for a party
///
/// Replaces the list of the party, which holds for all below that have none; only types that are approved above.
#[utoipa::path(
    put, path = "/api/v1/parties/{id}/approved-device-types", tag = "device types", request_body = NewApproved,
    params(("id" = String, Path, description = "A UUID, or `platform`.")),
    responses((status = 200, description = "The list that holds now.", body = Approved))
)]
async fn set_approved_for_party(
    ctx: Ctx,
    PathId(id): PathId<PartyId>,
    Body(body): Body<NewApproved>,
) -> Result<Json<Approved>, Problem> {
    let actor = ctx.actor()?;
    let party = actor.administer(ctx.app.find_party(actor, id).await?.into_inner())?;
    Ok(Approved::of(ctx.app.set_approved_for_party(actor, party, body.device_type_ids, ctx.now).await?))
}
