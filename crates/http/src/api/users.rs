//! Users of a site: people, rooms, queues, to whom lines are assigned.

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tonalite_core::id::{SiteId, UserId};
use tonalite_core::page::{Cursor, Limit};
use tonalite_core::user::{NewUser, User};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::wire::{Listed, created, limit};
use crate::ctx::Ctx;
use crate::problem::{OrField, Problem};
use crate::read::{Body, NoQuery, PathId, Query, etag, json_body, query};
use crate::state::HttpState;

/// Operations on users.
pub(super) fn routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new().routes(routes!(list_users, create_user)).routes(routes!(find_user))
}

/// A user.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
struct UserJson {
    /// Id of the user.
    #[schema(format = Uuid)]
    id: String,
    /// Where the user is.
    #[schema(format = Uuid)]
    site_id: String,
    /// Name of the person, room or queue.
    #[schema(examples("Anne Leroy"))]
    name: String,
    /// Internal number.
    #[schema(examples("1001"))]
    extension: String,
    /// Public number: `+` and digits.
    #[schema(examples("+33478000001"))]
    number: Option<String>,
    /// E-mail address.
    #[schema(examples("anne.leroy@example.net"))]
    email: Option<String>,
    /// `en`, `fr`, or `null`: that of the site.
    #[schema(examples("fr"))]
    language: Option<&'static str>,
    /// Counts its changes; the same as in `ETag`.
    #[schema(examples(1))]
    version: i64,
}

impl From<User> for UserJson {
    fn from(user: User) -> UserJson {
        let details = user.details;
        UserJson {
            id: user.id.to_string(),
            site_id: user.site_id.to_string(),
            name: details.name,
            extension: details.extension.as_str().to_owned(),
            number: details.number.map(|number| number.as_str().to_owned()),
            email: details.email,
            language: details.language.map(|language| language.as_str()),
            version: user.version,
        }
    }
}

query! {
    /// What the list is narrowed to.
    struct UserQuery {
        /// Only users of this site.
        #[param(value_type = Option<String>, nullable = false)]
        site_id: Option<SiteId>,
        /// Rows of a page, 1 to 200; 50 when nothing is said.
        #[param(value_type = Option<u16>, minimum = 1, maximum = 200, nullable = false)]
        limit: Option<Limit>,
        /// `next` of the page before.
        #[param(value_type = Option<String>, nullable = false)]
        after: Option<Cursor>,
    }
}

/// List users
///
/// Of one site, or of all that one sees.
#[utoipa::path(
    get, path = "/api/v1/users", tag = "users", params(UserQuery),
    responses((status = 200, description = "One page.", body = Listed<UserJson>))
)]
async fn list_users(ctx: Ctx, Query(query): Query<UserQuery>) -> Result<Json<Listed<UserJson>>, Problem> {
    let actor = ctx.actor()?;
    let site = match query.site_id {
        Some(id) => Some(ctx.app.find_site(actor, id).await?),
        None => None,
    };
    let page = ctx.app.page_users(actor, site.as_ref(), limit(query.limit), query.after).await?;
    Ok(Json(Listed::of(page, UserJson::from)))
}

/// Read a user
///
/// A person, room or queue of a site.
#[utoipa::path(
    get, path = "/api/v1/users/{id}", tag = "users", params(("id" = uuid::Uuid, Path, description = "The user.")),
    responses((status = 200, description = "The user.", body = UserJson, headers(("etag" = String, description = "Its version."))))
)]
async fn find_user(ctx: Ctx, PathId(id): PathId<UserId>, _: NoQuery) -> Result<Response, Problem> {
    let user = ctx.app.find_user(ctx.actor()?, id).await?.into_inner();
    Ok((etag(user.version), Json(UserJson::from(user))).into_response())
}

json_body! {
    /// A user to be made.
    struct NewUserBody {
        /// Where the user is.
        #[schema(value_type = String, format = Uuid)]
        site_id: SiteId,
        /// Name of the person, room or queue.
        #[schema(max_length = 120, examples("Anne Leroy"))]
        name: String,
        /// 1 to 15 digits, unique at the site.
        #[schema(examples("1001"))]
        extension: String,
        /// E.164, in any grouping.
        #[schema(examples("+33478000001"))]
        number: Option<String>,
        /// E-mail address.
        #[schema(max_length = 254, examples("anne.leroy@example.net"))]
        email: Option<String>,
        /// `en` or `fr`; that of the site when nothing is said.
        #[schema(examples("fr"))]
        language: Option<String>,
    }
}

/// Create a user
///
/// At a site whose inventory one manages.
#[utoipa::path(
    post, path = "/api/v1/users", tag = "users", request_body = NewUserBody,
    responses(
        (status = 201, description = "Created.", body = UserJson, headers(("location" = String, description = "Its address."))),
        (status = 409, description = "The extension is in use at the site: `extension_taken`."),
    )
)]
async fn create_user(ctx: Ctx, Body(body): Body<NewUserBody>) -> Result<Response, Problem> {
    let actor = ctx.actor()?;
    let site = ctx.app.find_site(actor, body.site_id).await.or_field("site_id")?;
    let site = actor.manage(site.into_inner())?;
    let new = NewUser::parse(
        &body.name,
        &body.extension,
        body.number.as_deref(),
        body.email.as_deref(),
        body.language.as_deref(),
    )?;
    let user = ctx.app.create_user(actor, site, new, ctx.now).await?;
    created(&format!("/api/v1/users/{}", user.id), UserJson::from(user))
}
