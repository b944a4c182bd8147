//! The audit log: who did what, for which party, from where. As pages, or as a file.

use axum::Json;
use axum::response::Response;
use serde::Serialize;
use serde_json::json;
use tonalite_app::AuditEntry;
use tonalite_core::Result;
use tonalite_core::access::{Actor, Scope, View};
use tonalite_core::audit::{ActionFilter, AuditFilter, Outcome};
use tonalite_core::id::PartyId;
use tonalite_core::page::{Cursor, Limit};
use tonalite_core::party::Party;
use tonalite_core::search::Search;
use tonalite_core::time::Timestamp;
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::wire::{limit, next_text, time_text};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::read::{Query, query};
use crate::sheet::{FileName, SheetRequest, audit_form, send_file};
use crate::state::HttpState;

/// Operations on the audit log.
pub(super) fn routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new().routes(routes!(list_audit)).routes(routes!(export_audit))
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
    /// Name of the party that the person belongs to; `null` for `cli` and `system`.
    #[schema(examples("Rhône Réseaux"))]
    actor_party: Option<String>,
    /// The customer in whose portal the person was working; `null` in one's own.
    #[schema(examples(json!(null)))]
    acting_for_id: Option<String>,
    /// The party it was done for.
    #[schema(examples("019ac2f0-0000-7000-8000-00000000c001"))]
    party_id: String,
    /// Its name.
    #[schema(examples("Clinique du Parc"))]
    party_name: String,
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
    /// Where the request came from; `null` once it was kept long enough.
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
            actor_party: entry.actor_party,
            acting_for_id: entry.acting_for.map(|(id, _)| id.to_string()),
            party_name: entry.party_name,
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

/// One page of the log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditPage)]
struct AuditPageJson {
    /// The rows.
    items: Vec<AuditJson>,
    /// Pass it as `after`, with the same filter, for the next page; `null` at the end. With a filter a page may hold fewer
    /// rows than asked for, or none, and yet not be the last.
    #[schema(examples(json!(null)))]
    next: Option<String>,
}

query! {
    /// What the list is narrowed to.
    struct AuditQuery {
        /// Only what was done for this party and those below it.
        #[param(value_type = Option<String>, nullable = false)]
        party_id: Option<PartyId>,
        /// Only what was done by this portal user (id or user name), by `cli` or by `system`.
        #[param(nullable = false, example = "system")]
        actor: Option<String>,
        /// One act, such as `device.create`, or all of a group: `sign_in`, `portal_users`, `parties`, `devices`, `lines`,
        /// `files` or `log`.
        #[param(value_type = Option<String>, nullable = false, example = "devices")]
        action: Option<ActionFilter>,
        /// Only what was done to the thing with this id.
        #[param(value_type = Option<Uuid>, nullable = false)]
        target_id: Option<Uuid>,
        /// `ok`, or `refused` for what was refused or failed.
        #[param(value_type = Option<String>, nullable = false, example = "ok")]
        result: Option<Outcome>,
        /// At this moment or later.
        #[param(value_type = Option<String>, format = DateTime, nullable = false)]
        from: Option<Timestamp>,
        /// Before this moment.
        #[param(value_type = Option<String>, format = DateTime, nullable = false)]
        to: Option<Timestamp>,
        /// Words, each of them in what is told of the act.
        #[param(value_type = Option<String>, nullable = false, max_length = 100, example = "lyon")]
        q: Option<Search>,
        /// Rows of a page, 1 to 200; 50 when nothing is said.
        #[param(value_type = Option<u16>, minimum = 1, maximum = 200, nullable = false)]
        limit: Option<Limit>,
        /// `next` of the page before.
        #[param(value_type = Option<String>, nullable = false)]
        after: Option<Cursor>,
    }
}

query! {
    /// Which rows, and what the file looks like.
    struct AuditExportQuery {
        /// As for the list.
        #[param(value_type = Option<String>, nullable = false)]
        party_id: Option<PartyId>,
        /// As for the list.
        #[param(nullable = false, example = "system")]
        actor: Option<String>,
        /// As for the list.
        #[param(value_type = Option<String>, nullable = false, example = "devices")]
        action: Option<ActionFilter>,
        /// As for the list.
        #[param(value_type = Option<Uuid>, nullable = false)]
        target_id: Option<Uuid>,
        /// As for the list.
        #[param(value_type = Option<String>, nullable = false, example = "ok")]
        result: Option<Outcome>,
        /// As for the list.
        #[param(value_type = Option<String>, format = DateTime, nullable = false)]
        from: Option<Timestamp>,
        /// As for the list.
        #[param(value_type = Option<String>, format = DateTime, nullable = false)]
        to: Option<Timestamp>,
        /// As for the list.
        #[param(value_type = Option<String>, nullable = false, max_length = 100, example = "lyon")]
        q: Option<Search>,
        /// Headings, words and form of times: `en`, `fr`, or `raw` for the keys. `raw` for tokens when nothing is said,
        /// else the reader's language.
        #[param(nullable = false)]
        lang: Option<String>,
        /// Between cells: `,`, `;` or `tab`. `;` for people who read French when nothing is said, else `,`.
        #[param(nullable = false)]
        sep: Option<String>,
        /// Whether a byte order mark begins the file, `true` or `false`. `true` for people when nothing is said.
        #[param(nullable = false)]
        bom: Option<String>,
        /// Time zone of the times, such as `Europe/Paris`. UTC for tokens when nothing is said.
        #[param(nullable = false)]
        tz: Option<String>,
    }
}

/// Read the audit log
///
/// The newest first. For admins of a whole subtree.
#[utoipa::path(
    get, path = "/api/v1/audit", tag = "audit", params(AuditQuery),
    responses((status = 200, description = "One page.", body = AuditPageJson))
)]
async fn list_audit(ctx: Ctx, Query(query): Query<AuditQuery>) -> Result<Json<AuditPageJson>, Problem> {
    let actor = ctx.actor()?;
    let AuditQuery { party_id, actor: by, action, target_id, result, from, to, q, limit: rows, after } =
        query;
    let party = party_of(&ctx, actor, party_id).await?;
    let filter = AuditFilter {
        party: party.as_ref().map(|party| scope_of(party)),
        by: match by {
            Some(by) => Some(ctx.app.find_audit_actor(&by).await?),
            None => None,
        },
        action,
        target: target_id,
        outcome: result,
        from,
        to,
        search: q,
    };
    let page = ctx.app.page_audit(actor, Some(&filter), limit(rows), after).await?;
    let items = page.items.into_iter().map(AuditJson::from).collect();
    Ok(Json(AuditPageJson { items, next: next_text(page.next) }))
}

/// Export the audit log
///
/// Everything that the filter lets through as CSV, the newest first. The file is complete before its first byte is sent.
/// Text that a spreadsheet would take for a formula has a `'` in front.
#[utoipa::path(
    get, path = "/api/v1/audit.csv", tag = "audit", params(AuditExportQuery),
    responses((
        status = 200, description = "The file.", body = String, content_type = "text/csv",
        headers(("content-disposition" = String, description = "A name for the file.")),
        example = json!("at,actor,actor_id,actor_party,acting_for,party,party_id,action,action_code,target_kind,target_id,result,code,address,detail\r\n"),
    ))
)]
async fn export_audit(ctx: Ctx, Query(query): Query<AuditExportQuery>) -> Result<Response, Problem> {
    let actor = ctx.actor()?;
    let AuditExportQuery { party_id, actor: by, action, target_id, result, from, to, q, lang, sep, bom, tz } =
        query;
    let asked = json!({
        "actor": by, "action": action.map(ActionFilter::as_str), "target_id": target_id.map(|id| id.to_string()),
        "result": result.map(Outcome::as_str), "from": from.map(time_text), "to": to.map(time_text),
        "q": q.as_ref().map(Search::text),
    });
    let party = match party_of(&ctx, actor, party_id).await? {
        Some(party) => party,
        None => actor.view(ctx.app.own_party(actor).await?)?,
    };
    let filter = AuditFilter {
        party: Some(scope_of(&party)),
        by: match by {
            Some(by) => Some(ctx.app.find_audit_actor(&by).await?),
            None => None,
        },
        action,
        target: target_id,
        outcome: result,
        from,
        to,
        search: q,
    };
    let form = audit_form(&ctx, &SheetRequest { lang, sep, bom, tz, ..SheetRequest::default() }).await?;
    let name = FileName::of_audit(&form, &party, ctx.now);
    let file = ctx.app.export_audit(actor, party, &filter, &form, asked, ctx.now).await?;
    send_file(file, &name)
}

/// A party with what hangs below it.
pub(crate) fn scope_of(party: &Party) -> Scope {
    Scope { kind: party.kind, party: party.key }
}

async fn party_of(ctx: &Ctx, actor: &Actor, id: Option<PartyId>) -> Result<Option<View<Party>>> {
    match id {
        Some(id) => Ok(Some(ctx.app.find_party(actor, id).await?)),
        None => Ok(None),
    }
}
