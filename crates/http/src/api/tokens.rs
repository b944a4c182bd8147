//! API tokens: what programs sign in with. One sees and withdraws one's own.

use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use tonalite_app::ApiToken;
use tonalite_core::error::{FieldError, FieldErrors};
use tonalite_core::id::TokenId;
use tonalite_core::page::{Cursor, Limit};
use tonalite_core::portal_user::Role;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::once::HoldsSecret;
use super::wire::{Listed, created, limit, parse_time, time_text};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::read::{Body, PathId, Query, json_body, query};
use crate::state::HttpState;

/// Operations on tokens.
pub(super) fn routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new().routes(routes!(list_tokens, create_token)).routes(routes!(delete_token))
}

/// A token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Token)]
struct TokenJson {
    /// Id of the token.
    #[schema(format = Uuid)]
    id: String,
    /// What it is for.
    #[schema(examples("Inventory at night"))]
    name: String,
    /// What it may do at most.
    #[schema(examples("viewer"))]
    role: &'static str,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// `null`: never.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// `null`: never yet.
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
}

impl From<ApiToken> for TokenJson {
    fn from(token: ApiToken) -> TokenJson {
        TokenJson {
            id: token.id.to_string(),
            name: token.name,
            role: token.role.as_str(),
            created_at: time_text(token.created_at),
            expires_at: token.expires_at.map(time_text),
            last_used_at: token.last_used_at.map(time_text),
        }
    }
}

query! {
    /// Which page.
    struct TokenQuery {
        /// Rows of a page, 1 to 200; 50 when nothing is said.
        #[param(value_type = Option<u16>, minimum = 1, maximum = 200, nullable = false)]
        limit: Option<Limit>,
        /// `next` of the page before.
        #[param(value_type = Option<String>, nullable = false)]
        after: Option<Cursor>,
    }
}

/// List tokens
///
/// One's own, without their secrets.
#[utoipa::path(
    get, path = "/api/v1/tokens", tag = "tokens", params(TokenQuery),
    responses((status = 200, description = "One page.", body = Listed<TokenJson>))
)]
async fn list_tokens(ctx: Ctx, Query(query): Query<TokenQuery>) -> Result<Json<Listed<TokenJson>>, Problem> {
    let page = ctx.app.page_tokens(ctx.signed_in()?, limit(query.limit), query.after).await?;
    Ok(Json(Listed::of(page, TokenJson::from)))
}

json_body! {
    /// A token to be made.
    struct NewToken {
        /// What it is for.
        #[schema(max_length = 80, examples("Inventory at night"))]
        name: String,
        /// `admin`, `manager`, `support` or `viewer`, at most one's own; one's own when nothing is said.
        #[schema(examples("viewer"))]
        role: Option<String>,
        /// When it ends; never when nothing is said.
        #[schema(format = DateTime, examples("2027-11-23T09:02:00Z"))]
        expires_at: Option<String>,
    }
}

/// A new token, with its secret.
#[derive(Serialize, ToSchema)]
struct CreatedToken {
    #[serde(flatten)]
    about: TokenJson,
    /// Shown this once: `Authorization: Bearer …`.
    #[schema(format = Password, examples("tnl_K5VXGZJTMFRGGZDFMZTWQ2LKNNWG23TPOBYXE43UOV3HO6DZPI"))]
    token: String,
}

/// Create a token
///
/// Its secret is shown this once. It never may more than who made it.
#[utoipa::path(
    post, path = "/api/v1/tokens", tag = "tokens", request_body = NewToken,
    responses((status = 201, description = "Made; the secret is shown this once.", body = CreatedToken, headers(("location" = String, description = "Its address."))))
)]
async fn create_token(ctx: Ctx, Body(body): Body<NewToken>) -> Result<Response, Problem> {
    let session = ctx.signed_in()?;
    let mut errors = FieldErrors::new();
    let role = body.role.as_deref().map(|word| {
        Role::parse(word).ok_or_else(|| {
            FieldError::new("role", "unknown_value").with("value", tonalite_core::device::short(word))
        })
    });
    let role = role.and_then(|role| errors.take(role));
    let expires_at = body.expires_at.as_deref().map(|text| parse_time("expires_at", text));
    let expires_at = expires_at.and_then(|time| errors.take(time));
    errors.finish()?;
    let (about, secret) = ctx.app.create_token(session, &body.name, role, expires_at, ctx.now).await?;
    let location = format!("/api/v1/tokens/{}", about.id);
    let mut response =
        created(&location, CreatedToken { about: about.into(), token: secret.into_exposed() })?;
    response.extensions_mut().insert(HoldsSecret);
    Ok(response)
}

/// Withdraw a token
///
/// At once, and for ever.
#[utoipa::path(
    delete, path = "/api/v1/tokens/{id}", tag = "tokens", params(("id" = uuid::Uuid, Path, description = "The token.")),
    responses((status = 204, description = "Withdrawn."))
)]
async fn delete_token(ctx: Ctx, PathId(id): PathId<TokenId>) -> Result<StatusCode, Problem> {
    ctx.app.delete_token(ctx.signed_in()?, id, ctx.now).await?;
    Ok(StatusCode::NO_CONTENT)
}
