//! The audit log: who did what, for which party, from where.

use axum::Json;
use serde::Serialize;
use serde_json::json;
use tonalite_app::AuditEntry;
use tonalite_core::id::PartyId;
use tonalite_core::page::{Cursor, Limit};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::wire::{Listed, limit, time_text};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::read::{Query, query};
use crate::state::HttpState;

/// Operations on the audit log.
pub(super) fn routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new().routes(routes!(list_audit))
}

/// One act, or one refused attempt.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
struct AuditJson {
    /// When it was done.
    #[schema(format = DateTime)]
    at: String,
    /// Id of a portal user, or `cli`, or `system`.
    #[schema(examples("019ac2f0-0000-7000-8000-00000000a001"))]
    actor: String,
    /// Its user name; `null` once erased.
    #[schema(examples("marie.dupont"))]
    actor_name: Option<String>,
    /// The party it was done for.
    #[schema(examples("019ac2f0-0000-7000-8000-00000000c001"))]
    party_id: String,
    /// What was done: noun and verb.
    #[schema(examples("device.create"))]
    action: String,
    /// Kind of thing that it was done to; `null` when there is none.
    #[schema(examples("device"))]
    target_kind: Option<String>,
    /// Id of that thing.
    #[schema(examples("019ac2f0-0000-7000-8000-00000000d001"))]
    target_id: Option<String>,
    #[schema(schema_with = detail)]
    detail: serde_json::Value,
    /// Where the request came from.
    #[schema(examples("192.0.2.1"))]
    address: Option<String>,
    /// `ok`, or the code of the refusal.
    #[schema(examples("ok"))]
    result: String,
}

/// An object with whatever the act was about: a derive would lose its example.
fn detail() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some("What changed; never a secret."))
        .examples([json!({"mac": "001565abcdef"})])
        .build()
}

impl From<AuditEntry> for AuditJson {
    fn from(entry: AuditEntry) -> AuditJson {
        AuditJson {
            at: time_text(entry.at),
            actor: entry.actor,
            actor_name: entry.actor_name,
            party_id: entry.party_id.to_string(),
            action: entry.action,
            target_kind: entry.target_kind,
            target_id: entry.target_id,
            detail: entry.detail,
            address: entry.address,
            result: entry.result,
        }
    }
}

query! {
    /// What the list is narrowed to.
    struct AuditQuery {
        /// Only what was done for this party and those below it.
        #[param(value_type = Option<String>, nullable = false)]
        party_id: Option<PartyId>,
        /// Rows of a page, 1 to 200; 50 when nothing is said.
        #[param(value_type = Option<u16>, minimum = 1, maximum = 200, nullable = false)]
        limit: Option<Limit>,
        /// `next` of the page before.
        #[param(value_type = Option<String>, nullable = false)]
        after: Option<Cursor>,
    }
}

/// Read the audit log
///
/// The newest first. For admins.
#[utoipa::path(
    get, path = "/api/v1/audit", tag = "audit", params(AuditQuery),
    responses((status = 200, description = "One page.", body = Listed<AuditJson>))
)]
async fn list_audit(ctx: Ctx, Query(query): Query<AuditQuery>) -> Result<Json<Listed<AuditJson>>, Problem> {
    let actor = ctx.actor()?;
    let party = match query.party_id {
        Some(id) => Some(ctx.app.find_party(actor, id).await?),
        None => None,
    };
    let page = ctx.app.page_audit(actor, party.as_ref(), limit(query.limit), query.after).await?;
    Ok(Json(Listed::of(page, AuditJson::from)))
}
