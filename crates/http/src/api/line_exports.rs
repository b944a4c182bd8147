//! Exports of line states, behind the gate: waited for in one request, or asked for and followed.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tonalite_app::{BegunExport, FollowedExport};
use tonalite_core::export_gate::ExportState;
use tonalite_core::id::{ExportId, PartyId, SiteId};
use tonalite_core::line_state::LineState;
use tonalite_core::search::Search;
use tonalite_core::time::Span;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::wire::time_text;
use crate::ctx::Ctx;
use crate::line_export::{Asked, answer, deadline_code, followed_words, prepare, rejected};
use crate::problem::Problem;
use crate::read::{Body, NoQuery, PathId, Query, json_body, query};
use crate::sheet::{FileName, SheetRequest, send_file};
use crate::state::HttpState;

/// Operations on exports of line states.
pub(super) fn routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new()
        .routes(routes!(export_line_states))
        .routes(routes!(begin_line_export))
        .routes(routes!(find_line_export))
        .routes(routes!(fetch_line_export))
}

query! {
    /// Which line states, and what the file looks like.
    struct LineExportQuery {
        /// The customer. Its own people may leave it out, and so may who names a site.
        #[param(value_type = Option<String>, nullable = false)]
        party_id: Option<PartyId>,
        /// Only ports of devices of this site; all sites when nothing is said.
        #[param(value_type = Option<String>, nullable = false)]
        site_id: Option<SiteId>,
        /// `registered`, `aged`, or `unregistered`, to which devices without an assigned port belong.
        #[param(value_type = Option<String>, nullable = false, example = "aged")]
        state: Option<LineState>,
        /// Only models of this kind: `desk`, `conference`, `ata`, `dect_base` or `generic`.
        #[param(nullable = false)]
        kind: Option<String>,
        /// Only this model.
        #[param(nullable = false)]
        device_type_id: Option<String>,
        /// As for the list, but all that are found.
        #[param(value_type = Option<String>, nullable = false, max_length = 100, example = "00:15:65:ab lyon")]
        q: Option<Search>,
        /// `all`, or keys with commas between them; all when nothing is said.
        #[param(nullable = false)]
        columns: Option<String>,
        /// Headings, words and form of times: `en`, `fr`, or `raw` for the keys. `raw` for tokens when nothing is said, else
        /// the reader's language.
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
        /// `bindings`: one row for each contact of a port.
        #[param(nullable = false, example = "bindings")]
        expand: Option<String>,
    }
}

json_body! {
    /// The parameters of an export, as in its query; what stands in both holds as it stands here.
    struct LineExportBody {
        /// The customer. Its own people may leave it out, and so may who names a site.
        #[schema(value_type = Option<String>, format = Uuid)]
        party_id: Option<PartyId>,
        /// Only ports of devices of this site.
        #[schema(value_type = Option<String>, format = Uuid)]
        site_id: Option<SiteId>,
        /// `registered`, `aged` or `unregistered`.
        #[schema(examples("aged"))]
        state: Option<String>,
        /// Only models of this kind.
        #[schema(examples("desk"))]
        kind: Option<String>,
        /// Only this model.
        #[schema(examples("yealink-t54w"))]
        device_type_id: Option<String>,
        /// Words that are looked for.
        #[schema(max_length = 100, examples("lyon"))]
        q: Option<String>,
        /// `all`, or keys with commas between them.
        #[schema(examples("site,mac,port,state"))]
        columns: Option<String>,
        /// `en`, `fr` or `raw`.
        #[schema(examples("fr"))]
        lang: Option<String>,
        /// `,`, `;` or `tab`.
        #[schema(examples(";"))]
        sep: Option<String>,
        /// `true` or `false`.
        #[schema(examples("true"))]
        bom: Option<String>,
        /// Time zone of the times.
        #[schema(examples("Europe/Paris"))]
        tz: Option<String>,
        /// `bindings`: one row for each contact of a port.
        #[schema(examples("bindings"))]
        expand: Option<String>,
    }
}

impl From<LineExportQuery> for Asked {
    fn from(query: LineExportQuery) -> Asked {
        let LineExportQuery {
            party_id,
            site_id,
            state,
            kind,
            device_type_id,
            q,
            columns,
            lang,
            sep,
            bom,
            tz,
            expand,
        } = query;
        let sheet = SheetRequest { columns, lang, sep, bom, tz, expand };
        let state = state.map(|state| state.as_str().to_owned());
        let q = q.map(|search| search.text().to_owned());
        Asked { party_id, site_id, in_body: false, state, kind, device_type_id, q, sheet }
    }
}

impl LineExportBody {
    fn over(self, asked: Asked) -> Asked {
        let sheet = SheetRequest {
            columns: self.columns.or(asked.sheet.columns),
            lang: self.lang.or(asked.sheet.lang),
            sep: self.sep.or(asked.sheet.sep),
            bom: self.bom.or(asked.sheet.bom),
            tz: self.tz.or(asked.sheet.tz),
            expand: self.expand.or(asked.sheet.expand),
        };
        Asked {
            in_body: self.party_id.is_some() || self.site_id.is_some() || self.device_type_id.is_some(),
            party_id: self.party_id.or(asked.party_id),
            site_id: self.site_id.or(asked.site_id),
            state: self.state.or(asked.state),
            kind: self.kind.or(asked.kind),
            device_type_id: self.device_type_id.or(asked.device_type_id),
            q: self.q.or(asked.q),
            sheet,
        }
    }
}

/// Export line states
///
/// All line states of the filter as CSV, of one moment. The answer begins when the file is complete: it may have to wait for
/// another export of the session (5 s), for a place to run, and for the run itself, which others who see the same rows share.
/// `Age` tells how many seconds ago the states were read, where another's finished run is given. Needs the feature
/// `line_state_export`.
#[utoipa::path(
    get, path = "/api/v1/exports/line-states.csv", tag = "exports", params(LineExportQuery),
    responses(
        (
            status = 200, description = "The file.", body = String, content_type = "text/csv",
            headers(
                ("content-disposition" = String, description = "A name for the file."),
                ("age" = u64, description = "Seconds since the states were read; only with what another's run had made before."),
            ),
            example = json!("site,mac,port,state\r\n\"Lyon\",00:15:65:ab:cd:ef,1,\"registered\"\r\n"),
        ),
        (status = 408, description = "Waited for a place to run for too long: `export_timed_out`."),
        (
            status = 429,
            description = "Refused: the session has two exports open (`export_parallel`); it, or somebody of the customer, began one a moment ago (`export_window`); the customer has its place in the queue (`export_customer_waits`); the queue is full (`export_queue_full`).",
        ),
    )
)]
async fn export_line_states(ctx: Ctx, Query(query): Query<LineExportQuery>) -> Result<Response, Problem> {
    let (order, name) = prepare(&ctx, query.into()).await?;
    let clock = ctx.state.clock();
    answer(ctx.app.export_line_states(ctx.signed_in()?, order, &clock).await?, &name)
}

/// An export of line states that is followed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LineExport)]
struct ExportJson {
    /// Its id.
    #[schema(format = Uuid)]
    id: String,
    /// The customer.
    #[schema(format = Uuid)]
    party_id: String,
    /// The site; `null` for all.
    #[schema(format = Uuid)]
    site_id: Option<String>,
    /// `delayed`, `queued` or `running`; then `ready`, `rejected`, `timed_out` or `failed`.
    #[schema(examples("queued"))]
    state: &'static str,
    /// Place in the queue, from 1; `null` when it does not wait there.
    #[schema(examples(3))]
    place: Option<usize>,
    /// Seconds until the delay ends, or until the queue gives it up; `null` otherwise.
    #[schema(examples(28))]
    seconds_left: Option<i64>,
    /// For who was rejected: seconds after which to ask again.
    #[schema(examples(json!(null)))]
    retry_after: Option<i64>,
    /// Why it was rejected, or not made: the code of the problem that a waiting request would have been answered with.
    #[schema(examples(json!(null)))]
    code: Option<&'static str>,
    /// The status that a waiting request would have been answered with; `null` while it is under way.
    #[schema(examples(json!(null)))]
    status: Option<u16>,
    /// Whether another request began the run that serves this one.
    #[schema(examples(false))]
    shared: bool,
    /// Name of who began it, for those of a party above theirs.
    #[schema(examples(json!(null)))]
    shared_with: Option<String>,
    /// Seconds since its states were read, or since they began to be.
    #[schema(examples(json!(null)))]
    age: Option<i64>,
    /// What there is to say, in the reader's language.
    #[schema(examples("Third in the queue."))]
    detail: String,
    /// Finds the failure in the log of the installation.
    #[schema(examples(json!(null)))]
    failure_id: Option<String>,
    /// Rows of the file.
    #[schema(examples(json!(null)))]
    rows: Option<u64>,
    /// Address of the file, once it is ready.
    #[schema(examples(json!(null)))]
    file: Option<String>,
    /// When it was asked for.
    #[schema(format = DateTime)]
    requested_at: String,
    /// Until when the file can be fetched, and this be read; `null` while it is under way.
    #[schema(examples(json!(null)))]
    expires_at: Option<String>,
}

impl ExportJson {
    fn of(ctx: &Ctx, export: &FollowedExport) -> ExportJson {
        let seconds = |span: Span| span.seconds_up();
        let deadline = deadline_code(export);
        ExportJson {
            id: export.id.to_string(),
            party_id: export.customer.id.to_string(),
            site_id: export.site.as_ref().map(|site| site.id.to_string()),
            state: export.state.as_str(),
            place: export.place,
            seconds_left: export.left.map(seconds),
            retry_after: export.refused.map(|(rest, _)| seconds(rest)),
            code: deadline.map(|(_, code)| code).filter(|code| !code.is_empty()),
            status: deadline.map(|(status, _)| status.as_u16()),
            shared: export.shared,
            shared_with: export.shared_with.clone(),
            age: export.age.map(|age| age.0 / 1000),
            detail: followed_words(ctx.locale, export),
            failure_id: export.failure.map(|id| id.to_string()),
            rows: export.rows,
            file: (export.state == ExportState::Ready).then(|| format!("/api/v1/exports/{}/file", export.id)),
            requested_at: time_text(export.asked_at),
            expires_at: export.expires_at.map(time_text),
        }
    }
}

/// Begin an export of line states
///
/// Under the same rules as the one that is waited for, for who cannot keep a request open that long. What is refused on
/// arrival is refused here. Follow the export, or the event `export`, which is told to who asked. The parameters may stand in
/// the query or in the body.
#[utoipa::path(
    post, path = "/api/v1/exports/line-states", tag = "exports", params(LineExportQuery), request_body = LineExportBody,
    responses(
        (status = 202, description = "Under way, or ready already.", body = ExportJson, headers(("location" = String, description = "Its address."))),
        (
            status = 429,
            description = "Refused on arrival: `export_parallel`, `export_window`, `export_customer_waits`, `export_queue_full`.",
        ),
    )
)]
async fn begin_line_export(
    ctx: Ctx,
    Query(query): Query<LineExportQuery>,
    Body(body): Body<LineExportBody>,
) -> Result<Response, Problem> {
    let (order, _) = prepare(&ctx, body.over(query.into())).await?;
    let clock = ctx.state.clock();
    match ctx.app.begin_line_export(ctx.signed_in()?, order, &clock).await? {
        BegunExport::Followed(export) => {
            let location = HeaderValue::from_str(&format!("/api/v1/exports/{}", export.id))
                .map_err(|_| Problem::fault("an id is no header value"))?;
            let body = Json(ExportJson::of(&ctx, &export));
            Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], body).into_response())
        }
        BegunExport::Rejected { retry_after, refusal } => Ok(rejected(retry_after, refusal)),
    }
}

/// Read an export of line states
///
/// Where it stands now, for who asked for it and nobody else. `Retry-After` says when to look again, or, where it was
/// rejected, to ask again. It is forgotten five minutes after its end, or when the same person began eight later ones.
#[utoipa::path(
    get, path = "/api/v1/exports/{id}", tag = "exports", params(("id" = uuid::Uuid, Path, description = "The export.")),
    responses((status = 200, description = "The export.", body = ExportJson, headers(("retry-after" = u64, description = "Seconds."))))
)]
async fn find_line_export(ctx: Ctx, PathId(id): PathId<ExportId>, _: NoQuery) -> Result<Response, Problem> {
    let export = ctx.app.find_line_export(ctx.actor()?, id, ctx.now)?;
    let mut response = Json(ExportJson::of(&ctx, &export)).into_response();
    let again = match export.refused {
        Some((rest, _)) => Some(rest.seconds_up()),
        None => export.state.is_under_way().then_some(1),
    };
    if let Some(seconds) = again {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    }
    Ok(response)
}

/// Fetch the file of an export
///
/// As often as it is wanted, for as long as the export is remembered.
#[utoipa::path(
    get, path = "/api/v1/exports/{id}/file", tag = "exports", params(("id" = uuid::Uuid, Path, description = "The export.")),
    responses(
        (
            status = 200, description = "The file.", body = String, content_type = "text/csv",
            headers(("content-disposition" = String, description = "A name for the file.")),
            example = json!("site,mac,port,state\r\n\"Lyon\",00:15:65:ab:cd:ef,1,\"registered\"\r\n"),
        ),
        (status = 409, description = "There is no file, or not yet: `export_not_ready`."),
    )
)]
async fn fetch_line_export(ctx: Ctx, PathId(id): PathId<ExportId>, _: NoQuery) -> Result<Response, Problem> {
    let (export, file) = ctx.app.open_line_export(ctx.actor()?, id, ctx.now).await?;
    let name = FileName::of_lines(&export.sheet, &export.customer, export.site.as_ref(), export.asked_at);
    send_file(file, &name)
}
