//! Signing in and out. Programs use tokens instead and need neither.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tonalite_core::Error;
use tonalite_core::device::short;
use tonalite_core::secret::Secret;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::read::{Body, json_body};
use crate::session::{Credential, ended_cookie, session_cookie};
use crate::state::HttpState;

/// Operations for everybody.
pub(super) fn open_routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new().routes(routes!(create_session))
}

/// Operations for those who are signed in.
pub(super) fn routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new().routes(routes!(delete_session))
}

json_body! {
    /// Who signs in.
    struct NewSession {
        /// Name to sign in with.
        #[schema(examples("marie.dupont"))]
        username: String,
        /// The password.
        #[schema(format = Password, examples("correct horse battery"))]
        password: String,
    }
}

/// Sign in
///
/// Sets the session cookie. Does not say which of name and password was wrong.
#[utoipa::path(
    post, path = "/api/v1/session", tag = "session", request_body = NewSession,
    responses((status = 204, description = "Signed in.", headers(("set-cookie" = String, description = "The session."))))
)]
async fn create_session(
    ctx: Ctx,
    State(state): State<HttpState>,
    headers: HeaderMap,
    Body(body): Body<NewSession>,
) -> Result<Response, Problem> {
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).map(short);
    let password = Secret::new(body.password);
    let (cookie, _) =
        ctx.app.sign_in(&body.username, password, ctx.address, user_agent.as_deref(), ctx.now).await?;
    // A browser has one session: the one it came with would stay open, out of anybody's sight.
    if let (Some(Credential::Cookie(former)), Some(_)) = (&ctx.credential, &ctx.session) {
        ctx.app.sign_out(former.expose(), ctx.now).await?;
    }
    with_cookie(&session_cookie(&state.config().public_url, cookie).to_string())
}

/// Sign out
///
/// Ends the session on the server; the cookie is worth nothing afterwards. A token cannot do this: withdraw it instead.
#[utoipa::path(
    delete, path = "/api/v1/session", tag = "session",
    responses(
        (status = 204, description = "Signed out.", headers(("set-cookie" = String, description = "An ended cookie."))),
        (status = 403, description = "A token is no session: `not_a_session`."),
    )
)]
async fn delete_session(ctx: Ctx, State(state): State<HttpState>) -> Result<Response, Problem> {
    let Some(Credential::Cookie(cookie)) = &ctx.credential else {
        return Err(Error::Refused("not_a_session").into());
    };
    ctx.app.sign_out(cookie.expose(), ctx.now).await?;
    with_cookie(&ended_cookie(&state.config().public_url).to_string())
}

fn with_cookie(cookie: &str) -> Result<Response, Problem> {
    let value = HeaderValue::from_str(cookie).map_err(|_| Problem::fault("a cookie is no header value"))?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, value)]).into_response())
}
