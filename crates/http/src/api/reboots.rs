//! Reboots: asking for one, and following it. What proves that a phone restarted is decided elsewhere.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tonalite_core::id::{DeviceId, RebootId};
use tonalite_core::reboot::Reboot;
use tonalite_core::text::Locale;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::wire::time_text;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::read::{NoQuery, PathId};
use crate::reboot_words::{next, said};
use crate::state::HttpState;

/// Operations on reboots.
pub(super) fn routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new().routes(routes!(create_reboot)).routes(routes!(find_reboot))
}

/// One reboot of one device.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Reboot)]
struct RebootJson {
    /// Id of the reboot.
    #[schema(format = Uuid)]
    id: String,
    /// The device.
    #[schema(format = Uuid)]
    device_id: String,
    /// Under way: `requested`, `sent`, `accepted`, `down`. Over: `back`, `refused`, `no_answer`, `not_restarted`, `not_back`,
    /// `not_possible`, `superseded`. *Accepted* proves nothing; *back* is proven.
    #[schema(examples("accepted"))]
    state: &'static str,
    /// Status code of the phone's answer; `null` without one.
    #[schema(examples(200))]
    code: Option<u16>,
    /// Why it ended so: `not_supported`, `busy`, `bad_credentials`, `stale`, `other`, `no_contact`, `unknown_type`, `no_path`,
    /// `too_many`, `interrupted`, or `null`.
    #[schema(examples(json!(null)))]
    reason: Option<&'static str>,
    /// The phone's own words beside the code, as it sent them: never to be trusted.
    #[schema(examples("OK"))]
    phrase: Option<String>,
    /// What happened, in words.
    #[schema(examples("The phone accepted. That it restarts is not proven yet."))]
    detail: String,
    /// What to do next, in words.
    #[schema(examples("Wait: a restart takes a minute or two."))]
    next: String,
    /// Name of who asked for it; `null` when it was no portal user.
    #[schema(examples("marie.dupont"))]
    requested_by: Option<String>,
    /// When it was asked for.
    #[schema(format = DateTime)]
    requested_at: String,
    /// When the phone answered.
    #[schema(format = DateTime)]
    answered_at: Option<String>,
    /// When it went away.
    #[schema(format = DateTime)]
    down_at: Option<String>,
    /// When it was there again.
    #[schema(format = DateTime)]
    back_at: Option<String>,
    /// Until when a restart would show; `null` before it is accepted.
    #[schema(format = DateTime)]
    deadline: Option<String>,
    /// When it came to this state.
    #[schema(format = DateTime)]
    updated_at: String,
}

impl RebootJson {
    fn of(t: Locale, reboot: Reboot) -> RebootJson {
        RebootJson {
            id: reboot.id.to_string(),
            device_id: reboot.device_id.to_string(),
            state: reboot.state.as_str(),
            code: reboot.code,
            reason: reboot.reason.map(|reason| reason.as_str()),
            detail: said(t, &reboot),
            next: next(t, &reboot),
            phrase: reboot.phrase,
            requested_by: reboot.asked_by,
            requested_at: time_text(reboot.requested_at),
            answered_at: reboot.answered_at.map(time_text),
            down_at: reboot.down_at.map(time_text),
            back_at: reboot.back_at.map(time_text),
            deadline: reboot.deadline.map(time_text),
            updated_at: time_text(reboot.updated_at),
        }
    }
}

/// Reboot a device
///
/// Asks this device, and no other phone of its users, to restart, and answers at once: follow the reboot, or the event
/// `reboot`. A device without a live contact is `not_possible`. A call that is up is cut, and nobody knows whether one is.
/// A later reboot of the same device takes the place of an earlier one.
#[utoipa::path(
    post, path = "/api/v1/devices/{id}/reboots", tag = "reboots", params(("id" = uuid::Uuid, Path, description = "The device.")),
    responses((status = 202, description = "Asked for, or not possible.", body = RebootJson, headers(("location" = String, description = "Its address."))))
)]
async fn create_reboot(ctx: Ctx, PathId(id): PathId<DeviceId>, _: NoQuery) -> Result<Response, Problem> {
    let actor = ctx.actor()?;
    let device = actor.operate(ctx.app.find_device(actor, id, ctx.now).await?.into_inner())?;
    let reboot = ctx.app.reboot_device(actor, device, ctx.now).await?;
    let location = HeaderValue::from_str(&format!("/api/v1/reboots/{}", reboot.id))
        .map_err(|_| Problem::fault("an id is no header value"))?;
    let body = Json(RebootJson::of(ctx.locale, reboot));
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], body).into_response())
}

/// Read a reboot
///
/// Where it stands now.
#[utoipa::path(
    get, path = "/api/v1/reboots/{id}", tag = "reboots", params(("id" = uuid::Uuid, Path, description = "The reboot.")),
    responses((status = 200, description = "The reboot.", body = RebootJson))
)]
async fn find_reboot(
    ctx: Ctx,
    PathId(id): PathId<RebootId>,
    _: NoQuery,
) -> Result<Json<RebootJson>, Problem> {
    let reboot = ctx.app.find_reboot(ctx.actor()?, id).await?;
    Ok(Json(RebootJson::of(ctx.locale, reboot)))
}
