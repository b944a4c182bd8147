//! Reboots of whole DECT systems: one base after the other. What each base did is told by its own reboot.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tonalite_core::Result;
use tonalite_core::dect::{DectReboot, DectRebootBase, DectRebootState};
use tonalite_core::id::{DectRebootId, DectSystemId};
use tonalite_core::text::Locale;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::wire::time_text;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::read::{NoQuery, PathId};
use crate::reboot_words::said_of_system;
use crate::state::HttpState;

/// Operations on reboots of systems.
pub(super) fn routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new().routes(routes!(create_dect_reboot)).routes(routes!(find_dect_reboot))
}

/// The reboot of a whole DECT system.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DectReboot)]
struct DectRebootJson {
    /// Id of the reboot.
    #[schema(format = Uuid)]
    id: String,
    /// The system.
    #[schema(format = Uuid)]
    dect_system_id: String,
    /// `running`, `done` (every base had its turn) or `stopped` (the bases that had no turn were left alone).
    #[schema(examples("running"))]
    state: &'static str,
    /// Why it stopped: `not_back`, `no_answer`, `superseded`, `interrupted`, `refused`, or `null`.
    #[schema(examples(json!(null)))]
    stop_reason: Option<&'static str>,
    /// What happened, in words.
    #[schema(examples("One base after the other is restarting."))]
    detail: String,
    /// Name of who asked for it; `null` when it was no portal user.
    #[schema(examples("marie.dupont"))]
    requested_by: Option<String>,
    /// When it was asked for.
    #[schema(format = DateTime)]
    requested_at: String,
    /// When it came to this state, or to its newest base.
    #[schema(format = DateTime)]
    updated_at: String,
    /// Its bases at the sites that one sees, in the order of their turns.
    bases: Vec<DectRebootBaseJson>,
}

/// One base in the reboot of its system.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DectRebootBase)]
struct DectRebootBaseJson {
    /// The base.
    #[schema(format = Uuid)]
    device_id: String,
    /// Twelve lower-case hexadecimal digits.
    #[schema(examples("000413abcdef"))]
    mac: Option<String>,
    /// Its own reboot; `null` before its turn.
    #[schema(format = Uuid, examples(json!(null)))]
    reboot_id: Option<String>,
    /// `waiting`, `left_alone` (the run stopped before its turn), else the state of its own reboot.
    #[schema(examples("waiting"))]
    state: &'static str,
}

impl DectRebootJson {
    fn of(t: Locale, run: DectReboot) -> DectRebootJson {
        let unasked = if run.state == DectRebootState::Running { "waiting" } else { "left_alone" };
        let base = |base: &DectRebootBase| DectRebootBaseJson {
            device_id: base.device_id.to_string(),
            mac: base.mac.map(|mac| mac.to_string()),
            reboot_id: base.reboot.map(|(id, _)| id.to_string()),
            state: base.reboot.map_or(unasked, |(_, state)| state.as_str()),
        };
        DectRebootJson {
            id: run.id.to_string(),
            dect_system_id: run.system_id.to_string(),
            state: run.state.as_str(),
            stop_reason: run.stop.map(|stop| stop.as_str()),
            detail: said_of_system(t, &run),
            bases: run.bases.iter().map(base).collect(),
            requested_by: run.asked_by,
            requested_at: time_text(run.requested_at),
            updated_at: time_text(run.updated_at),
        }
    }
}

/// Reboot a DECT system
///
/// Its bases restart one after the other, those without lines first; the next only when the one before is up. It stops when
/// one does not come back. Bases marked critical are left out: reboot them by themselves. Needs the right to reboot every
/// base. A run that was under way when we were restarted is stopped, and says so.
#[utoipa::path(
    post, path = "/api/v1/dect-systems/{id}/reboots", tag = "DECT systems", params(("id" = uuid::Uuid, Path, description = "The system.")),
    responses(
        (status = 202, description = "Begun.", body = DectRebootJson, headers(("location" = String, description = "Its address."))),
        (status = 409, description = "One is under way: `dect_reboot_underway`. There is no base that may be asked: `dect_system_without_bases`."),
    )
)]
async fn create_dect_reboot(
    ctx: Ctx,
    PathId(id): PathId<DectSystemId>,
    _: NoQuery,
) -> Result<Response, Problem> {
    let actor = ctx.actor()?;
    let system = ctx.app.find_dect_system(actor, id, ctx.now).await?;
    let run = ctx.app.reboot_dect_system(actor, system, ctx.now).await?;
    let location = HeaderValue::from_str(&format!("/api/v1/dect-reboots/{}", run.id))
        .map_err(|_| Problem::fault("an id is no header value"))?;
    let body = Json(DectRebootJson::of(ctx.locale, run));
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], body).into_response())
}

/// Read the reboot of a DECT system
///
/// Where it stands now.
#[utoipa::path(
    get, path = "/api/v1/dect-reboots/{id}", tag = "DECT systems", params(("id" = uuid::Uuid, Path, description = "The reboot.")),
    responses((status = 200, description = "The reboot.", body = DectRebootJson))
)]
async fn find_dect_reboot(
    ctx: Ctx,
    PathId(id): PathId<DectRebootId>,
    _: NoQuery,
) -> Result<Json<DectRebootJson>, Problem> {
    let run = ctx.app.find_dect_reboot(ctx.actor()?, id).await?;
    Ok(Json(DectRebootJson::of(ctx.locale, run)))
}
