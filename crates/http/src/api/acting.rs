//! Working in a customer's portal for a while.

use axum::Json;
use axum::http::StatusCode;
use serde::Serialize;
use tonalite_app::Acting;
use tonalite_core::id::PartyId;
use tonalite_core::{Error, Result};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::time_text;
use crate::ctx::Ctx;
use crate::problem::{OrField, Problem};
use crate::read::{Body, NoQuery, json_body};
use crate::session::Credential;
use crate::state::HttpState;

/// Operations on the session.
pub(super) fn routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new().routes(routes!(begin_acting, end_acting))
}

json_body! {
    /// For whom to act.
    struct ActingBody {
        /// A customer below one's own party.
        #[schema(value_type = String, format = Uuid, examples("019ac2f0-0000-7000-8000-00000000c001"))]
        party_id: PartyId,
    }
}

/// The customer for which a session acts.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ActingJson {
    /// Id of the customer.
    #[schema(format = Uuid, examples("019ac2f0-0000-7000-8000-00000000c001"))]
    party_id: String,
    /// Its name.
    #[schema(examples("Boulangerie Martin"))]
    party_name: String,
    /// When it ends by itself.
    #[schema(format = DateTime, examples("2026-11-25T15:04:05.000Z"))]
    until: String,
}

impl From<&Acting> for ActingJson {
    fn from(acting: &Acting) -> Self {
        ActingJson {
            party_id: acting.id.to_string(),
            party_name: acting.name.clone(),
            until: time_text(acting.until),
        }
    }
}

/// Act for a customer
///
/// The session sees the customer's subtree and nothing else, with one's own role, for an hour or until it is ended. The audit
/// log and the timelines of devices name the person and the customer. A token cannot do this: it sees its whole subtree.
#[utoipa::path(
    put, path = "/api/v1/session/acting", tag = "session", request_body = ActingBody,
    responses(
        (status = 200, description = "The session acts for the customer.", body = ActingJson),
        (status = 403, description = "Of a customer's own people, `already_your_own`; a token is no session, `not_a_session`."),
    )
)]
async fn begin_acting(ctx: Ctx, Body(body): Body<ActingBody>) -> Result<Json<ActingJson>, Problem> {
    let session = ctx.signed_in()?;
    let acting =
        ctx.app.begin_acting(cookie(&ctx)?, session, body.party_id, ctx.now).await.or_field("party_id")?;
    Ok(Json(ActingJson::from(&acting)))
}

/// Stop acting for a customer
///
/// The session sees its own subtree again. Nothing happens when it acts for nobody.
#[utoipa::path(
    delete, path = "/api/v1/session/acting", tag = "session",
    responses(
        (status = 204, description = "The session acts for nobody."),
        (status = 403, description = "A token is no session: `not_a_session`."),
    )
)]
async fn end_acting(ctx: Ctx, _: NoQuery) -> Result<StatusCode, Problem> {
    ctx.app.end_acting(cookie(&ctx)?, ctx.signed_in()?, ctx.now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Acting is a state of the session.
pub(crate) fn cookie(ctx: &Ctx) -> Result<&str> {
    match &ctx.credential {
        Some(Credential::Cookie(cookie)) => Ok(cookie.expose()),
        _ => Err(Error::Refused("not_a_session")),
    }
}
