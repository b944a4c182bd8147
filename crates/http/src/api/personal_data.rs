//! What is kept about a person, to be handed out and to be forgotten: users of sites, and those who sign in.

use axum::Json;
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::json;
use tonalite_app::{Mention, SessionTrace, TokenTrace, UsedLine};
use tonalite_core::Result;
use tonalite_core::id::{PortalUserId, UserId};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::wire::time_text;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::read::{NoQuery, PathId};
use crate::state::HttpState;

/// Operations on what is kept about persons.
pub(super) fn routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new()
        .routes(routes!(find_user_personal_data))
        .routes(routes!(erase_user))
        .routes(routes!(find_portal_user_personal_data))
        .routes(routes!(erase_portal_user))
}

/// Everything that is kept about a user.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UserPersonalData)]
struct UserDataJson {
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
    /// Public number.
    #[schema(examples("+33478000001"))]
    number: Option<String>,
    /// E-mail address.
    #[schema(examples("anne.leroy@example.net"))]
    email: Option<String>,
    /// `en`, `fr`, or `null`: that of the site.
    #[schema(examples("fr"))]
    language: Option<&'static str>,
    /// When it was added.
    #[schema(format = DateTime)]
    created_at: String,
    /// The lines that it has.
    lines: Vec<LineDataJson>,
    /// What the audit log says of it.
    mentions: Vec<MentionJson>,
}

/// A line of a user.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonalLine)]
struct LineDataJson {
    /// Id of the device.
    #[schema(format = Uuid)]
    device_id: String,
    /// Name of the device.
    #[schema(examples("Reception"))]
    device_name: Option<String>,
    /// Port of the device.
    #[schema(examples(1))]
    port: i64,
    /// `primary` or `shared`.
    #[schema(examples("primary"))]
    r#use: String,
    /// SIP address.
    #[schema(examples("sip:b7r2@sip.example.net"))]
    aor: String,
    /// Since when.
    #[schema(format = DateTime)]
    since: String,
}

/// What the audit log says of a person, beside the act itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Mention)]
struct MentionJson {
    /// When it was written down.
    #[schema(format = DateTime)]
    at: String,
    /// The act.
    #[schema(examples("user.create"))]
    action: String,
    #[schema(schema_with = said)]
    said: serde_json::Value,
}

fn said() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some("What is said."))
        .examples([json!({"extension": "1001"})])
        .build()
}

/// Everything that is kept about somebody who signs in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PortalUserPersonalData)]
struct PortalUserDataJson {
    /// Id of the portal user.
    #[schema(format = Uuid)]
    id: String,
    /// Name to sign in with.
    #[schema(examples("marie.dupont"))]
    username: String,
    /// Id of the party that it belongs to.
    #[schema(format = Uuid)]
    party_id: String,
    /// Its name.
    #[schema(examples("Clinique du Parc"))]
    party_name: String,
    /// What it may do.
    #[schema(examples("admin"))]
    role: &'static str,
    /// `en`, `fr`, or `null`: that of the browser.
    #[schema(examples("fr"))]
    language: Option<&'static str>,
    /// When it was added.
    #[schema(format = DateTime)]
    created_at: String,
    /// Names of the sites that it is narrowed to; empty: all.
    #[schema(example = json!(["Lyon"]))]
    sites: Vec<String>,
    /// Its sessions.
    sessions: Vec<SessionDataJson>,
    /// Its API tokens.
    tokens: Vec<TokenDataJson>,
    /// What the audit log says of it.
    mentions: Vec<MentionJson>,
    /// Rows of the audit log that tell what it did: `GET /api/v1/audit?actor=` lists them.
    #[schema(examples(12))]
    acts: u64,
}

/// A session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonalSession)]
struct SessionDataJson {
    /// When it began.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last used.
    #[schema(format = DateTime)]
    seen_at: String,
    /// From where.
    #[schema(examples("192.0.2.1"))]
    address: Option<String>,
    /// With which browser.
    #[schema(examples("Mozilla/5.0"))]
    user_agent: Option<String>,
}

/// An API token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonalToken)]
struct TokenDataJson {
    /// What it is called.
    #[schema(examples("Nightly report"))]
    name: String,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it ends.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// When it was last used.
    #[schema(format = DateTime)]
    used_at: Option<String>,
}

impl From<UsedLine> for LineDataJson {
    fn from(line: UsedLine) -> LineDataJson {
        LineDataJson {
            device_id: line.device_id.to_string(),
            device_name: line.device_name,
            port: line.port,
            r#use: line.line_use,
            aor: line.aor,
            since: time_text(line.since),
        }
    }
}

impl From<Mention> for MentionJson {
    fn from(mention: Mention) -> MentionJson {
        MentionJson { at: time_text(mention.at), action: mention.action, said: mention.detail }
    }
}

impl From<SessionTrace> for SessionDataJson {
    fn from(session: SessionTrace) -> SessionDataJson {
        SessionDataJson {
            created_at: time_text(session.created_at),
            seen_at: time_text(session.seen_at),
            address: session.address,
            user_agent: session.user_agent,
        }
    }
}

impl From<TokenTrace> for TokenDataJson {
    fn from(token: TokenTrace) -> TokenDataJson {
        TokenDataJson {
            name: token.name,
            created_at: time_text(token.created_at),
            expires_at: token.expires_at.map(time_text),
            used_at: token.used_at.map(time_text),
        }
    }
}

/// Read what is kept about a user
///
/// For who manages the site. That it was read is written into the audit log.
#[utoipa::path(
    get, path = "/api/v1/users/{id}/personal-data", tag = "personal data",
    params(("id" = uuid::Uuid, Path, description = "The user.")),
    responses((status = 200, description = "All of it.", body = UserDataJson))
)]
async fn find_user_personal_data(
    ctx: Ctx,
    PathId(id): PathId<UserId>,
    _: NoQuery,
) -> Result<Json<UserDataJson>, Problem> {
    let actor = ctx.actor()?;
    let user = actor.manage(ctx.app.find_user(actor, id).await?.into_inner())?;
    let traces = ctx.app.user_personal_data(actor, &user, ctx.now).await?;
    let user = user.into_inner();
    Ok(Json(UserDataJson {
        id: user.id.to_string(),
        site_id: user.site_id.to_string(),
        name: user.details.name,
        extension: user.details.extension.as_str().to_owned(),
        number: user.details.number.map(|number| number.as_str().to_owned()),
        email: user.details.email,
        language: user.details.language.map(|language| language.as_str()),
        created_at: time_text(traces.created_at),
        lines: traces.lines.into_iter().map(LineDataJson::from).collect(),
        mentions: traces.mentions.into_iter().map(MentionJson::from).collect(),
    }))
}

/// Forget a user
///
/// Name, numbers and e-mail address go, and what the audit log says of the person; its rows stay. The lines are taken away
/// first. For who manages the site.
#[utoipa::path(
    post, path = "/api/v1/users/{id}/erasure", tag = "personal data",
    params(("id" = uuid::Uuid, Path, description = "The user.")),
    responses(
        (status = 204, description = "Forgotten."),
        (status = 409, description = "The user still has lines: `user_has_lines`."),
    )
)]
async fn erase_user(ctx: Ctx, PathId(id): PathId<UserId>, _: NoQuery) -> Result<StatusCode, Problem> {
    let actor = ctx.actor()?;
    let user = actor.manage(ctx.app.find_user(actor, id).await?.into_inner())?;
    ctx.app.erase_user(actor, user, ctx.now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Read what is kept about a portal user
///
/// For who administers its party. That it was read is written into the audit log.
#[utoipa::path(
    get, path = "/api/v1/portal-users/{id}/personal-data", tag = "personal data",
    params(("id" = uuid::Uuid, Path, description = "The portal user.")),
    responses((status = 200, description = "All of it.", body = PortalUserDataJson))
)]
async fn find_portal_user_personal_data(
    ctx: Ctx,
    PathId(id): PathId<PortalUserId>,
    _: NoQuery,
) -> Result<Json<PortalUserDataJson>, Problem> {
    let actor = ctx.actor()?;
    let (user, party) = ctx.app.find_administered(actor, id).await?;
    let traces = ctx.app.portal_user_personal_data(actor, &user, &party, ctx.now).await?;
    Ok(Json(PortalUserDataJson {
        id: user.id.to_string(),
        username: user.username,
        party_id: user.party_id.to_string(),
        party_name: user.party_name,
        role: user.role.as_str(),
        language: user.language.map(|language| language.as_str()),
        created_at: time_text(traces.created_at),
        sites: traces.sites,
        sessions: traces.sessions.into_iter().map(SessionDataJson::from).collect(),
        tokens: traces.tokens.into_iter().map(TokenDataJson::from).collect(),
        mentions: traces.mentions.into_iter().map(MentionJson::from).collect(),
        acts: traces.acts,
    }))
}

/// Forget a portal user
///
/// Its sessions and tokens end at once, its name goes; what it did stays in the audit log, without it. Nobody forgets
/// themselves. For who administers its party.
#[utoipa::path(
    post, path = "/api/v1/portal-users/{id}/erasure", tag = "personal data",
    params(("id" = uuid::Uuid, Path, description = "The portal user.")),
    responses(
        (status = 204, description = "Forgotten."),
        (status = 403, description = "It is one's own account: `own_account`."),
    )
)]
async fn erase_portal_user(
    ctx: Ctx,
    PathId(id): PathId<PortalUserId>,
    _: NoQuery,
) -> Result<StatusCode, Problem> {
    let actor = ctx.actor()?;
    let (user, party) = ctx.app.find_administered(actor, id).await?;
    ctx.app.erase_portal_user(actor, &user, &party, ctx.now).await?;
    Ok(StatusCode::NO_CONTENT)
}
