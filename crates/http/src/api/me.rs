//! Who am I, for which party, in which role.

use axum::Json;
use serde::Serialize;
use tonalite_app::Session;
use tonalite_core::Error;
use tonalite_core::text::Language;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::acting::ActingJson;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::read::{Body, NoQuery, json_body};
use crate::state::HttpState;

/// Operations on oneself.
pub(super) fn routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new().routes(routes!(find_me, update_me))
}

/// The portal user who asks.
#[derive(Debug, Serialize, ToSchema)]
struct Me {
    /// Id of the portal user.
    #[schema(format = Uuid)]
    id: String,
    /// Name to sign in with.
    #[schema(examples("marie.dupont"))]
    username: String,
    /// The party one belongs to.
    party: MyParty,
    /// The customer for which the session acts, or `null`.
    acting: Option<ActingJson>,
    /// What the session or token may do: a token may have a lesser role than its owner.
    #[schema(examples("manager"))]
    role: &'static str,
    /// `en`, `fr`, or `null`: as the browser asks.
    #[schema(examples("fr"))]
    language: Option<&'static str>,
    /// `session` or `token`.
    #[schema(examples("session"))]
    via: &'static str,
}

/// The party one belongs to.
#[derive(Debug, Serialize, ToSchema)]
struct MyParty {
    /// A UUID, or `platform`.
    #[schema(examples("019ac2f0-0000-7000-8000-00000000c001"))]
    id: String,
    /// Its name.
    #[schema(examples("Boulangerie Martin"))]
    name: String,
    /// `platform`, `provider`, `operator` or `customer`.
    #[schema(examples("customer"))]
    kind: &'static str,
}

impl Me {
    fn of(session: &Session, language: Option<Language>) -> Me {
        let user = &session.portal_user;
        Me {
            id: user.id.to_string(),
            username: user.username.clone(),
            party: MyParty {
                id: user.party_id.to_string(),
                name: user.party_name.clone(),
                kind: session.own.kind.as_str(),
            },
            acting: session.acting.as_ref().map(ActingJson::from),
            role: session.actor.role.as_str(),
            language: language.map(Language::as_str),
            via: if session.via_token { "token" } else { "session" },
        }
    }
}

/// Tell who I am
///
/// The portal user behind the session or token, with party and role.
#[utoipa::path(get, path = "/api/v1/me", tag = "session", responses((status = 200, description = "Who asks.", body = Me)))]
async fn find_me(ctx: Ctx, _: NoQuery) -> Result<Json<Me>, Problem> {
    let session = ctx.signed_in()?;
    Ok(Json(Me::of(session, session.portal_user.language)))
}

json_body! {
    /// What one may change about oneself.
    struct MyChange {
        /// `en` or `fr`.
        #[schema(examples("fr"))]
        language: String,
    }
}

/// Choose my language
///
/// The pages follow at once.
#[utoipa::path(
    patch, path = "/api/v1/me", tag = "session", request_body = MyChange,
    responses((status = 200, description = "Changed.", body = Me))
)]
async fn update_me(ctx: Ctx, Body(body): Body<MyChange>) -> Result<Json<Me>, Problem> {
    let session = ctx.signed_in()?;
    let language =
        Language::parse(&body.language).ok_or_else(|| Error::invalid("language", "language_unknown"))?;
    ctx.app.set_language(session, language, ctx.now).await?;
    Ok(Json(Me::of(session, Some(language))))
}
