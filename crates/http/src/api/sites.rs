//! Sites: the places of a customer.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tonalite_core::filter::StatusCounts;
use tonalite_core::id::{PartyId, SiteId};
use tonalite_core::page::{Cursor, Limit};
use tonalite_core::search::Search;
use tonalite_core::site::{NewSite, Site};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::devices::Counts;
use super::wire::{Listed, created, limit, next_text};
use crate::ctx::Ctx;
use crate::problem::{OrField, Problem};
use crate::read::{Body, Change, IfMatch, NoQuery, PathId, Query, etag, json_body, query};
use crate::state::HttpState;

/// Operations on sites.
pub(super) fn routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new().routes(routes!(list_sites, create_site)).routes(routes!(
        find_site,
        update_site,
        delete_site
    ))
}

/// A site.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Site)]
struct SiteJson {
    /// Id of the site.
    #[schema(format = Uuid)]
    id: String,
    /// The customer whose place it is.
    #[schema(format = Uuid)]
    party_id: String,
    /// Name of that customer.
    #[schema(examples("Boulangerie Martin"))]
    party_name: String,
    /// Its name, unique at the customer.
    #[schema(examples("Lyon Part-Dieu"))]
    name: String,
    /// A short code of the customer's own, unique there.
    #[schema(examples("LYO-1"))]
    code: Option<String>,
    /// IANA name of its time zone.
    #[schema(examples("Europe/Paris"))]
    time_zone: String,
    /// Language of the phones there: `en` or `fr`.
    #[schema(examples("fr"))]
    language: &'static str,
    /// Its devices by status.
    counts: Counts,
    /// Counts its changes; the same as in `ETag`.
    #[schema(examples(1))]
    version: i64,
}

impl SiteJson {
    async fn of(ctx: &Ctx, site: Site) -> Result<SiteJson, Problem> {
        let counts = ctx.app.counts_of_sites(ctx.actor()?, &[site.key]).await?.remove(&site.key);
        Ok(SiteJson::with(site, counts.unwrap_or_default()))
    }

    fn with(site: Site, counts: StatusCounts) -> SiteJson {
        SiteJson {
            counts: counts.into(),
            id: site.id.to_string(),
            party_id: site.customer_id.to_string(),
            party_name: site.customer_name,
            name: site.name,
            code: site.code,
            time_zone: site.time_zone.as_str().to_owned(),
            language: site.language.as_str(),
            version: site.version,
        }
    }
}

query! {
    /// What the list is narrowed to.
    struct SiteQuery {
        /// Only sites of this party and those below it.
        #[param(value_type = Option<String>, nullable = false)]
        party_id: Option<PartyId>,
        /// Words, each of which its name, its code or the name of its customer has somewhere.
        #[param(value_type = Option<String>, max_length = 100, example = "lyon", nullable = false)]
        q: Option<Search>,
        /// Rows of a page, 1 to 200; 50 when nothing is said.
        #[param(value_type = Option<u16>, minimum = 1, maximum = 200, nullable = false)]
        limit: Option<Limit>,
        /// `next` of the page before.
        #[param(value_type = Option<String>, nullable = false)]
        after: Option<Cursor>,
    }
}

/// List sites
///
/// Of everybody below one's own party, or of one party. Sites of a closed customer are listed for that customer alone.
#[utoipa::path(
    get, path = "/api/v1/sites", tag = "sites", params(SiteQuery),
    responses((status = 200, description = "One page.", body = Listed<SiteJson>))
)]
async fn list_sites(ctx: Ctx, Query(query): Query<SiteQuery>) -> Result<Json<Listed<SiteJson>>, Problem> {
    let actor = ctx.actor()?;
    let party = match query.party_id {
        Some(id) => Some(ctx.app.find_party(actor, id).await?),
        None => None,
    };
    let page = ctx
        .app
        .search_sites(actor, party.as_ref(), query.q.as_ref(), limit(query.limit), query.after)
        .await?;
    let keys: Vec<_> = page.items.iter().map(|site| site.key).collect();
    let counts = ctx.app.counts_of_sites(actor, &keys).await?;
    let items = page.items.into_iter().map(|site| {
        let counts = counts.get(&site.key).copied().unwrap_or_default();
        SiteJson::with(site, counts)
    });
    Ok(Json(Listed { items: items.collect(), next: next_text(page.next) }))
}

json_body! {
    /// A site to be made.
    struct NewSiteBody {
        /// The customer whose place it is.
        #[schema(value_type = String, format = Uuid)]
        party_id: PartyId,
        /// Its name, unique at the customer.
        #[schema(max_length = 120, examples("Lyon Part-Dieu"))]
        name: String,
        /// A short code of the customer's own, unique there.
        #[schema(max_length = 32, examples("LYO-1"))]
        code: Option<String>,
        /// IANA name of its time zone; `UTC` when nothing is said.
        #[schema(examples("Europe/Paris"))]
        time_zone: Option<String>,
        /// `en` or `fr`; English when nothing is said.
        #[schema(examples("fr"))]
        language: Option<String>,
    }
}

/// Create a site
///
/// Only customers have sites.
#[utoipa::path(
    post, path = "/api/v1/sites", tag = "sites", request_body = NewSiteBody,
    responses(
        (status = 201, description = "Created.", body = SiteJson, headers(("location" = String, description = "Its address."))),
        (status = 409, description = "The customer has a site of that name or code: `site_name_taken`, `site_code_taken`. It is closed: `party_closed`."),
    )
)]
async fn create_site(ctx: Ctx, Body(body): Body<NewSiteBody>) -> Result<Response, Problem> {
    let actor = ctx.actor()?;
    let customer = ctx.app.find_party(actor, body.party_id).await.or_field("party_id")?;
    let customer = actor.manage(customer.into_inner())?;
    let new = NewSite::parse(
        &body.name,
        body.code.as_deref(),
        body.time_zone.as_deref(),
        body.language.as_deref(),
        zone_exists,
    )?;
    let site = ctx.app.create_site(actor, customer, new, ctx.now).await?;
    created(&format!("/api/v1/sites/{}", site.id), SiteJson::of(&ctx, site).await?)
}

/// Whether the time-zone database knows the name.
pub(crate) fn zone_exists(name: &str) -> bool {
    jiff::tz::TimeZone::get(name).is_ok()
}

/// Read a site
///
/// With its version, for a later change.
#[utoipa::path(
    get, path = "/api/v1/sites/{id}", tag = "sites", params(("id" = uuid::Uuid, Path, description = "The site.")),
    responses((status = 200, description = "The site.", body = SiteJson, headers(("etag" = String, description = "Its version."))))
)]
async fn find_site(ctx: Ctx, PathId(id): PathId<SiteId>, _: NoQuery) -> Result<Response, Problem> {
    let site = ctx.app.find_site(ctx.actor()?, id).await?.into_inner();
    Ok((etag(site.version), Json(SiteJson::of(&ctx, site).await?)).into_response())
}

json_body! {
    /// What changes about a site. What is left out stays; `null` clears the code.
    struct SiteChange {
        /// Its name, unique at the customer.
        #[schema(max_length = 120, examples("Lyon Part-Dieu"))]
        name: Option<String>,
        /// A short code of the customer's own, unique there.
        #[schema(max_length = 32, value_type = Option<String>, examples("LYO-1"))]
        code: Change,
        /// IANA name of its time zone.
        #[schema(examples("Europe/Paris"))]
        time_zone: Option<String>,
        /// `en` or `fr`.
        #[schema(examples("fr"))]
        language: Option<String>,
    }
}

/// Change a site
///
/// With `If-Match`, only if nobody changed it meanwhile.
#[utoipa::path(
    patch, path = "/api/v1/sites/{id}", tag = "sites", request_body = SiteChange,
    params(("id" = uuid::Uuid, Path, description = "The site.")),
    responses(
        (status = 200, description = "Changed.", body = SiteJson),
        (status = 409, description = "The customer has a site of that name or code: `site_name_taken`, `site_code_taken`. It is closed: `party_closed`."),
    )
)]
async fn update_site(
    ctx: Ctx,
    PathId(id): PathId<SiteId>,
    if_match: IfMatch,
    Body(body): Body<SiteChange>,
) -> Result<Response, Problem> {
    let actor = ctx.actor()?;
    let site = actor.manage(ctx.app.find_site(actor, id).await?.into_inner())?;
    // The whole site is written: without a version of the client's own, the one just read guards what it did not name.
    let version = if_match.version(site.version)?.or(Some(site.version));
    let change = NewSite::parse(
        body.name.as_deref().unwrap_or(&site.name),
        body.code.0.as_deref().or(site.code.as_deref()),
        Some(body.time_zone.as_deref().unwrap_or(site.time_zone.as_str())),
        Some(body.language.as_deref().unwrap_or(site.language.as_str())),
        zone_exists,
    )?;
    let site = ctx.app.update_site(actor, site, version, change, ctx.now).await?;
    Ok((etag(site.version), Json(SiteJson::of(&ctx, site).await?)).into_response())
}

/// Delete a site
///
/// Only an empty one. With `If-Match`, only if nobody changed it meanwhile.
#[utoipa::path(
    delete, path = "/api/v1/sites/{id}", tag = "sites", params(("id" = uuid::Uuid, Path, description = "The site.")),
    responses(
        (status = 204, description = "Deleted."),
        (status = 409, description = "It still has devices or users: `site_not_empty`, with how many. Its customer is closed: `party_closed`."),
    )
)]
async fn delete_site(ctx: Ctx, PathId(id): PathId<SiteId>, if_match: IfMatch) -> Result<StatusCode, Problem> {
    let actor = ctx.actor()?;
    let site = actor.manage(ctx.app.find_site(actor, id).await?.into_inner())?;
    if_match.version(site.version)?;
    ctx.app.delete_site(actor, site, ctx.now).await?;
    Ok(StatusCode::NO_CONTENT)
}
