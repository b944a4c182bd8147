//! Lines: a port of a device is given to a user, taken back, or gets new credentials.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tonalite_app::NewCredentials;
use tonalite_core::error::FieldError;
use tonalite_core::id::{DeviceId, UserId};
use tonalite_core::line::{Algorithms, Line, LineUse, SipIdentity};
use tonalite_core::{Error, Result};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::once::HoldsSecret;
use crate::ctx::Ctx;
use crate::problem::{OrField, Problem};
use crate::read::{Body, PathId, PathPort, json_body};
use crate::state::HttpState;

/// Operations on lines.
pub(super) fn routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new()
        .routes(routes!(assign_line, unassign_line))
        .routes(routes!(create_line_credentials))
        .routes(routes!(revoke_old_credentials))
}

/// The SIP identity of a line: what is public of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SipIdentity)]
pub(super) struct SipJson {
    /// Address of record.
    #[schema(examples("sip:k7m2p9x4q8@sip.example.net"))]
    aor: String,
    /// User name of the address, and for the digest.
    #[schema(examples("k7m2p9x4q8"))]
    username: String,
    /// SIP domain.
    #[schema(examples("sip.example.net"))]
    domain: String,
}

impl SipJson {
    pub(super) fn of(sip: &SipIdentity) -> SipJson {
        SipJson { aor: sip.aor(), username: sip.username.clone(), domain: sip.domain.as_str().to_owned() }
    }
}

/// An assigned line.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Line)]
struct LineJson {
    /// Id of the line.
    #[schema(format = Uuid)]
    id: String,
    /// Port of the device, from 1.
    #[schema(examples(1))]
    port: u16,
    /// Who has it.
    #[schema(format = Uuid)]
    user_id: String,
    /// `primary` or `shared`.
    #[schema(examples("primary"))]
    r#use: &'static str,
    /// How it registers.
    sip: SipJson,
}

impl From<Line> for LineJson {
    fn from(line: Line) -> LineJson {
        LineJson {
            id: line.id.to_string(),
            port: line.port,
            user_id: line.user_id.to_string(),
            r#use: line.line_use.as_str(),
            sip: SipJson::of(&line.sip),
        }
    }
}

json_body! {
    /// Who gets the line.
    struct LineAssignment {
        /// Who gets it: a user of the device's site.
        #[schema(value_type = String, format = Uuid)]
        user_id: UserId,
        /// `primary`, or `shared` for a further device of the same user; `primary` when nothing is said.
        #[schema(examples("primary"))]
        r#use: Option<String>,
    }
}

/// Assign a line
///
/// Gives the port to a user of the same site, with a SIP identity of its own. The password is made and never shown by
/// this road: see the line's credentials.
#[utoipa::path(
    put, path = "/api/v1/devices/{id}/lines/{port}/user", tag = "lines", request_body = LineAssignment,
    params(("id" = uuid::Uuid, Path, description = "The device."), ("port" = u16, Path, description = "Its port, from 1.")),
    responses(
        (status = 200, description = "Assigned, or so already.", body = LineJson),
        (status = 409, description = "The line belongs to another user: `line_taken`. No party above has a SIP domain: `sip_domain_missing`."),
    )
)]
async fn assign_line(
    ctx: Ctx,
    PathId(id): PathId<DeviceId>,
    PathPort(port): PathPort,
    Body(body): Body<LineAssignment>,
) -> Result<Json<LineJson>, Problem> {
    let actor = ctx.actor()?;
    let device = actor.manage(ctx.app.find_device(actor, id, ctx.now).await?.into_inner())?;
    let line_use = match &body.r#use {
        None => LineUse::default(),
        Some(word) => LineUse::parse(word).ok_or_else(|| unknown("use", word))?,
    };
    let user = ctx.app.find_user(actor, body.user_id).await.or_field("user_id")?;
    let line = ctx.app.assign_line(actor, device, port, user, line_use, ctx.now).await?;
    Ok(Json(line.into()))
}

pub(super) fn unknown(field: &str, word: &str) -> Error {
    let error = FieldError::new(field, "unknown_value").with("value", tonalite_core::device::short(word));
    Error::Invalid(vec![error])
}

/// Unassign a line
///
/// Its registrations end, and its credentials are worth nothing from now on.
#[utoipa::path(
    delete, path = "/api/v1/devices/{id}/lines/{port}/user", tag = "lines",
    params(("id" = uuid::Uuid, Path, description = "The device."), ("port" = u16, Path, description = "Its port, from 1.")),
    responses((status = 204, description = "Available again."))
)]
async fn unassign_line(
    ctx: Ctx,
    PathId(id): PathId<DeviceId>,
    PathPort(port): PathPort,
) -> Result<StatusCode, Problem> {
    let actor = ctx.actor()?;
    let device = actor.manage(ctx.app.find_device(actor, id, ctx.now).await?.into_inner())?;
    ctx.app.unassign_line(actor, device, port, ctx.now).await?;
    Ok(StatusCode::NO_CONTENT)
}

json_body! {
    /// How the new credentials may be used.
    struct CredentialsRequest {
        /// `MD5`, `SHA-256` or both; `MD5` alone when nothing is said, since most phones break on a second challenge.
        #[schema(example = json!(["MD5"]))]
        algorithms: Option<Vec<String>>,
    }
}

/// New credentials of a line, shown this once.
#[derive(Serialize, ToSchema)]
#[schema(as = Credentials)]
struct CredentialsJson {
    /// User name for the digest.
    #[schema(examples("k7m2p9x4q8"))]
    username: String,
    /// Shown this once.
    #[schema(format = Password, examples("Jq7-mVx2-9LtB-c4Rw-8NzK"))]
    password: String,
    /// SIP domain, and the digest realm.
    #[schema(examples("sip.example.net"))]
    domain: String,
    /// Host and port to send REGISTER to.
    #[schema(examples("sip.example.net:5060"))]
    registrar: String,
}

impl From<NewCredentials> for CredentialsJson {
    fn from(new: NewCredentials) -> CredentialsJson {
        CredentialsJson {
            username: new.username,
            // The one place where a SIP password leaves: to who made it, this once.
            password: new.password.into_exposed(),
            domain: new.domain,
            registrar: new.registrar,
        }
    }
}

/// Make new credentials for a line
///
/// The old ones stay valid beside them until the first success with the new, at most 24 hours, so that no phone is cut off.
#[utoipa::path(
    post, path = "/api/v1/devices/{id}/lines/{port}/credentials", tag = "lines", request_body = CredentialsRequest,
    params(("id" = uuid::Uuid, Path, description = "The device."), ("port" = u16, Path, description = "Its port, from 1.")),
    responses((status = 201, description = "Made; shown this once.", body = CredentialsJson))
)]
async fn create_line_credentials(
    ctx: Ctx,
    PathId(id): PathId<DeviceId>,
    PathPort(port): PathPort,
    Body(body): Body<CredentialsRequest>,
) -> Result<Response, Problem> {
    let actor = ctx.actor()?;
    let device = actor.manage(ctx.app.find_device(actor, id, ctx.now).await?.into_inner())?;
    let names = body.algorithms.unwrap_or_default();
    let algorithms =
        Algorithms::parse(names.iter().map(String::as_str)).map_err(|error| Error::Invalid(vec![error]))?;
    let new = ctx.app.new_credentials(actor, device, port, algorithms, ctx.now).await?;
    let mut response = (StatusCode::CREATED, Json(CredentialsJson::from(new))).into_response();
    response.extensions_mut().insert(HoldsSecret);
    Ok(response)
}

/// Revoke the old credentials of a line
///
/// Beside new ones, the old credentials of a line stay valid until a phone used the new, at most 24 hours; this ends it now.
/// A phone that still has the old ones is refused from its next renewal on.
#[utoipa::path(
    delete, path = "/api/v1/devices/{id}/lines/{port}/credentials/old", tag = "lines",
    params(("id" = uuid::Uuid, Path, description = "The device."), ("port" = u16, Path, description = "Its port, from 1.")),
    responses(
        (status = 204, description = "Only the new ones are valid."),
        (status = 409, description = "There are no old ones beside the present: `no_old_credentials`."),
    )
)]
async fn revoke_old_credentials(
    ctx: Ctx,
    PathId(id): PathId<DeviceId>,
    PathPort(port): PathPort,
) -> Result<StatusCode, Problem> {
    let actor = ctx.actor()?;
    let device = actor.manage(ctx.app.find_device(actor, id, ctx.now).await?.into_inner())?;
    ctx.app.revoke_old_credentials(actor, device, port, ctx.now).await?;
    Ok(StatusCode::NO_CONTENT)
}
