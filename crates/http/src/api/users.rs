//! Users of a site: people, rooms, queues, to whom lines are assigned.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tonalite_app::{LinesToLose, UserLine};
use tonalite_core::id::{SiteId, UserId};
use tonalite_core::page::{Cursor, Limit};
use tonalite_core::search::Search;
use tonalite_core::user::{NewUser, User};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::wire::{Listed, created, limit};
use crate::ctx::Ctx;
use crate::problem::{OrField, Problem};
use crate::read::{Body, Change, IfMatch, NoQuery, PathId, Query, etag, json_body, query};
use crate::state::HttpState;

/// Operations on users.
pub(super) fn routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new().routes(routes!(list_users, create_user)).routes(routes!(
        find_user,
        update_user,
        delete_user
    ))
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
    /// The lines that it has, by device and port.
    lines: Vec<UserLineJson>,
    /// Counts its changes; the same as in `ETag`.
    #[schema(examples(1))]
    version: i64,
}

/// A line of a user.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UserLine)]
struct UserLineJson {
    /// Id of the device.
    #[schema(format = Uuid)]
    device_id: String,
    /// MAC address of the device; `null` for types without one.
    #[schema(examples("001565abcdef"))]
    mac: Option<String>,
    /// Port of the device, from 1.
    #[schema(examples(1))]
    port: u16,
    /// `primary`, or `shared`: a further device that rings for the same user.
    #[schema(examples("primary"))]
    r#use: &'static str,
    /// `registered`, `aged` or `unregistered`.
    #[schema(examples("registered"))]
    state: &'static str,
}

impl From<&UserLine> for UserLineJson {
    fn from(line: &UserLine) -> UserLineJson {
        UserLineJson {
            device_id: line.held.device_id.to_string(),
            mac: line.held.mac.map(|mac| mac.to_string()),
            port: line.held.line.port,
            r#use: line.held.line.line_use.as_str(),
            state: line.state.as_str(),
        }
    }
}

impl UserJson {
    /// Reads the lines of one user.
    async fn read(ctx: &Ctx, user: User) -> Result<UserJson, Problem> {
        let mut lines = ctx.app.lines_of_users(std::slice::from_ref(&user), ctx.now).await?;
        let lines = lines.remove(&user.key).unwrap_or_default();
        Ok(UserJson::of(user, &lines))
    }

    fn of(user: User, lines: &[UserLine]) -> UserJson {
        let details = user.details;
        UserJson {
            id: user.id.to_string(),
            site_id: user.site_id.to_string(),
            name: details.name,
            extension: details.extension.as_str().to_owned(),
            number: details.number.map(|number| number.as_str().to_owned()),
            email: details.email,
            language: details.language.map(|language| language.as_str()),
            lines: lines.iter().map(UserLineJson::from).collect(),
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
        /// Words, each of which stands somewhere in name, extension, number or e-mail address.
        #[param(value_type = Option<String>, max_length = 100, nullable = false)]
        q: Option<Search>,
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
/// By name, of one site or of all that one sees.
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
    let (q, limit) = (query.q.as_ref(), limit(query.limit));
    let page = ctx.app.page_users(actor, site.as_ref(), q, limit, query.after).await?;
    let lines = ctx.app.lines_of_users(&page.items, ctx.now).await?;
    let of = |user: User| {
        let own = lines.get(&user.key).map(Vec::as_slice).unwrap_or_default();
        UserJson::of(user, own)
    };
    Ok(Json(Listed::of(page, of)))
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
    Ok((etag(user.version), Json(UserJson::read(&ctx, user).await?)).into_response())
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
    created(&format!("/api/v1/users/{}", user.id), UserJson::of(user, &[]))
}

json_body! {
    /// What changes about a user. What is left out stays; `null` clears number, e-mail address and language.
    struct UserChange {
        /// Name of the person, room or queue.
        #[schema(max_length = 120, examples("Anne Leroy"))]
        name: Option<String>,
        /// 1 to 15 digits, unique at the site.
        #[schema(examples("1001"))]
        extension: Option<String>,
        /// E.164, in any grouping.
        #[schema(value_type = Option<String>, examples("+33478000001"))]
        number: Change,
        /// E-mail address.
        #[schema(max_length = 254, value_type = Option<String>, examples("anne.leroy@example.net"))]
        email: Change,
        /// `en` or `fr`.
        #[schema(value_type = Option<String>, examples("fr"))]
        language: Change,
    }
}

/// Change a user
///
/// With `If-Match`, only if nobody changed it meanwhile. Its lines go on as they are.
#[utoipa::path(
    patch, path = "/api/v1/users/{id}", tag = "users", request_body = UserChange,
    params(("id" = uuid::Uuid, Path, description = "The user.")),
    responses(
        (status = 200, description = "Changed.", body = UserJson, headers(("etag" = String, description = "Its version."))),
        (status = 409, description = "The extension is in use at the site: `extension_taken`."),
    )
)]
async fn update_user(
    ctx: Ctx,
    PathId(id): PathId<UserId>,
    if_match: IfMatch,
    Body(body): Body<UserChange>,
) -> Result<Response, Problem> {
    let actor = ctx.actor()?;
    let user = actor.manage(ctx.app.find_user(actor, id).await?.into_inner())?;
    // The whole user is written: without a version of the client's own, the one just read guards what it did not name.
    let version = if_match.version(user.version)?.or(Some(user.version));
    let old = &user.details;
    let new = NewUser::parse(
        body.name.as_deref().unwrap_or(&old.name),
        body.extension.as_deref().unwrap_or(old.extension.as_str()),
        body.number.0.as_deref().or(old.number.as_ref().map(|number| number.as_str())),
        body.email.0.as_deref().or(old.email.as_deref()),
        body.language.0.as_deref().or(old.language.map(|language| language.as_str())),
    )?;
    let user = ctx.app.update_user(actor, user, version, new, ctx.now).await?;
    Ok((etag(user.version), Json(UserJson::read(&ctx, user).await?)).into_response())
}

query! {
    /// What may go with the user.
    struct DeleteUserQuery {
        /// `true`: the lines that it has are unassigned first. Without it, a user with lines is not deleted.
        #[param(nullable = false)]
        unassign: Option<bool>,
    }
}

/// Delete a user
///
/// With `If-Match`, only if nobody changed it meanwhile. The ports of its lines are available again; their registrations
/// end, and their credentials are worth nothing.
#[utoipa::path(
    delete, path = "/api/v1/users/{id}", tag = "users",
    params(("id" = uuid::Uuid, Path, description = "The user."), DeleteUserQuery),
    responses(
        (status = 204, description = "Deleted."),
        (status = 409, description = "It has lines: `user_has_lines`."),
    )
)]
async fn delete_user(
    ctx: Ctx,
    PathId(id): PathId<UserId>,
    if_match: IfMatch,
    Query(query): Query<DeleteUserQuery>,
) -> Result<StatusCode, Problem> {
    let actor = ctx.actor()?;
    let user = actor.manage(ctx.app.find_user(actor, id).await?.into_inner())?;
    let version = if_match.version(user.version)?;
    let told = if query.unassign.unwrap_or_default() { LinesToLose::All } else { LinesToLose::Exactly(0) };
    ctx.app.delete_user(actor, user, version, told, ctx.now).await?;
    Ok(StatusCode::NO_CONTENT)
}
