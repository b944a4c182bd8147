//! Imports of devices: the template, the upload, what its rows come to, and what is done with them.

use axum::Json;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};
use tonalite_app::{ImportJob, ImportOrder, ImportUpload, OnError};
use tonalite_core::access::View;
use tonalite_core::error::FieldError;
use tonalite_core::id::{ImportId, PartyId, SiteId};
use tonalite_core::import::{ImportApply, ImportMode, RowOutcome};
use tonalite_core::page::{Cursor, Limit};
use tonalite_core::party::{Party, PartyKind};
use tonalite_core::portal_user::Role;
use tonalite_core::{Error, Result};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::import_json::{ImportJson, RowJson};
use super::once;
use super::wire::{Listed, limit};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::read::{Body, NoQuery, PathId, Query, json_body, query};
use crate::sheet::{result_name, send_bytes, send_file, template_sheet};
use crate::state::HttpState;
use crate::upload::{Pieces, check_length, drain, drain_form, file_name, next_field, save};

/// Operations on imports.
pub(super) fn routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new()
        .routes(routes!(find_import_template))
        .routes(routes!(find_import, delete_import))
        .routes(routes!(list_import_rows))
        .routes(routes!(export_import_rows))
        .routes(routes!(apply_import))
        .routes(routes!(undo_import))
}

/// The upload: its body has a limit of its own.
pub(super) fn upload_routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new().routes(routes!(list_imports, create_import)).layer(DefaultBodyLimit::disable())
}

query! {
    /// Whose template, and in which language.
    struct TemplateQuery {
        /// The customer. Its own people may leave it out.
        #[param(value_type = Option<String>, nullable = false)]
        party_id: Option<PartyId>,
        /// Language of headings and example: `en`, `fr`, or `raw` for the keys. English for tokens when nothing is said, else
        /// the reader's language.
        #[param(nullable = false)]
        lang: Option<String>,
    }
}

/// Get the template of an import
///
/// The columns, and rows to copy that name the approved types and the sites that one sees. Those rows begin with `#` and are
/// skipped when the file is sent back.
#[utoipa::path(
    get, path = "/api/v1/imports/template.csv", tag = "imports", params(TemplateQuery),
    responses((
        status = 200, description = "The file.", body = String, content_type = "text/csv",
        example = json!("MAC address,Device type,Site,Name,Serial number,Inventory ID,Note\r\n#,\"Yealink T54W\",\"Lyon\",,,,\r\n"),
    ))
)]
async fn find_import_template(ctx: Ctx, Query(query): Query<TemplateQuery>) -> Result<Response, Problem> {
    let customer = customer(&ctx, query.party_id).await?;
    let (naming, texts, dialect) = template_sheet(&ctx, query.lang.as_deref())?;
    let content = ctx.app.import_template(ctx.actor()?, &customer).await?;
    let file = tonalite_core::csv::template::write_template(&content, naming, texts, dialect);
    send_bytes(file, TEMPLATE_NAME)
}

/// The same in every language: people pass it on.
pub(crate) const TEMPLATE_NAME: &str = "tonalite-devices-template.csv";

/// The customer that an import is of: named, or one's own.
///
/// # Errors
/// [`Error::NotFound`], or [`Error::Invalid`] `required`, `not_a_customer`.
pub(crate) async fn customer(ctx: &Ctx, id: Option<PartyId>) -> Result<View<Party>> {
    let actor = ctx.actor()?;
    let party = match id {
        Some(id) => ctx.app.find_party(actor, id).await?,
        None if actor.scope.kind != PartyKind::Customer => {
            return Err(Error::invalid("party_id", "required"));
        }
        None => actor.view(ctx.app.own_party(actor).await?)?,
    };
    match party.kind {
        PartyKind::Customer => Ok(party),
        _ => Err(Error::invalid("party_id", "not_a_customer")),
    }
}

query! {
    /// What the file is for, and what shall happen once it is checked.
    struct ImportQuery {
        /// The customer. Its own people may leave it out.
        #[param(value_type = Option<String>, nullable = false)]
        party_id: Option<PartyId>,
        /// `add`: a device that is there already with other values is a wrong row. `add_and_update`: it is changed.
        /// `add` when nothing is said.
        #[param(value_type = Option<String>, nullable = false)]
        mode: Option<ImportMode>,
        /// `no`: the plan waits for `apply`. `all_or_nothing`: all rows are written if none is wrong; else the plan waits.
        /// `valid_rows`: the right rows are written. `no` when nothing is said.
        #[param(value_type = Option<String>, nullable = false)]
        apply: Option<ImportApply>,
        /// The site of all rows that name none; then the file need not have the column.
        #[param(value_type = Option<String>, nullable = false)]
        site_id: Option<SiteId>,
    }
}

/// An upload that has arrived: follow it at its address.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportBegun)]
struct BegunJson {
    /// Id of the import.
    #[schema(format = Uuid)]
    id: String,
    /// `reading`.
    #[schema(examples("reading"))]
    state: &'static str,
}

/// Import devices
///
/// Takes a CSV file (or an `.xlsx`) as the body, or as the field `file` of a form, and answers when it has arrived. Every row is
/// then checked; follow the import, or the event `import`. At most 200 MiB and 1,000,000 rows. Sending the same file twice is
/// harmless: what is there already is `unchanged`. The file is read as it comes and never held in memory.
#[utoipa::path(
    post, path = "/api/v1/imports", tag = "imports", params(ImportQuery),
    request_body(content(
        (String = "text/csv", example = json!("MAC address,Device type,Site\r\n00:15:65:ab:cd:00,Yealink T54W,Lyon\r\n")),
    )),
    responses(
        (status = 202, description = "It has arrived and will be checked.", body = BegunJson, headers(("location" = String, description = "Its address."))),
        (status = 409, description = "Too many are under way: `too_many_imports`."),
        (status = 413, description = "The file is larger than 200 MiB: `file_too_large`."),
    )
)]
async fn create_import(
    ctx: Ctx,
    Query(query): Query<ImportQuery>,
    request: Request,
) -> Result<Response, Problem> {
    let session = ctx.signed_in()?.clone();
    let key = once::key_of_file(request.headers())?;
    let fingerprint = Sha256::new()
        .chain_update(request.uri().path_and_query().map_or("", |path| path.as_str()))
        .chain_update([0]);
    let (upload, hash) = receive(&ctx, query, request).await?;
    let finish = async {
        let job = upload.finish(ctx.now).await?;
        begun(&job)
    };
    let Some(key) = key else { return finish.await };
    let fingerprint = fingerprint.chain_update(hash).finalize();
    // An upload that is not finished is nothing: dropped, it leaves nothing.
    if let Some(first) = once::claim(&ctx, &session, &key, &fingerprint).await? {
        return Ok(first);
    }
    let response = finish.await.unwrap_or_else(IntoResponse::into_response);
    once::remember(&ctx, &session, &key, response).await
}

fn begun(job: &ImportJob) -> Result<Response, Problem> {
    let location = HeaderValue::from_str(&format!("/api/v1/imports/{}", job.id))
        .map_err(|_| Problem::fault("an id is no header value"))?;
    let body = Json(BegunJson { id: job.id.to_string(), state: job.state.as_str() });
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], body).into_response())
}

/// What a body may be.
enum Kind {
    File,
    Form,
}

fn kind(headers: &HeaderMap) -> Result<Kind, Problem> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(Kind::File) };
    let value = value.to_str().unwrap_or_default();
    match value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "multipart/form-data" => Ok(Kind::Form),
        // What browsers and tools call a CSV file or a workbook; what it truly is, its bytes say.
        "text/csv"
        | "text/plain"
        | "text/tab-separated-values"
        | "application/csv"
        | "application/vnd.ms-excel"
        | "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        | "application/octet-stream" => Ok(Kind::File),
        _ => Err(Problem::http(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type")),
    }
}

/// The customer, if this person may import for it.
async fn may_import(ctx: &Ctx, party: Option<PartyId>) -> Result<View<Party>> {
    let customer = customer(ctx, party).await?;
    if ctx.actor()?.role.includes(Role::Manager) { Ok(customer) } else { Err(Error::Forbidden) }
}

/// Reads the file into the spool. When it is refused, it is read to its end all the same.
async fn receive(
    ctx: &Ctx,
    query: ImportQuery,
    request: Request,
) -> Result<(ImportUpload, [u8; 32]), Problem> {
    // Who may not import is told that, whatever was sent.
    let customer = may_import(ctx, query.party_id).await.map_err(Problem::from);
    let kind = customer.and_then(|_| check_length(request.headers())).and_then(|()| kind(request.headers()));
    if let Ok(Kind::Form) = kind {
        let mut form = Multipart::from_request(request, &())
            .await
            .map_err(|_| Problem::http(StatusCode::BAD_REQUEST, "malformed_request"))?;
        let received = receive_form(ctx, query, &mut form).await;
        drain_form(&mut form).await;
        return received;
    }
    let mut stream = request.into_body().into_data_stream();
    let received = async {
        kind?;
        let mut upload = begin(ctx, query, None).await?;
        let hash = save(Pieces::Body(&mut stream), &mut upload).await?;
        Ok((upload, hash))
    };
    let received = received.await;
    if received.is_err() {
        drain(&mut stream).await;
    }
    received
}

async fn receive_form(
    ctx: &Ctx,
    query: ImportQuery,
    form: &mut Multipart,
) -> Result<(ImportUpload, [u8; 32]), Problem> {
    let Some(field) = next_field(form).await? else {
        return Err(Error::invalid("file", "required").into());
    };
    if field.name() != Some("file") {
        let name = tonalite_core::device::short(field.name().unwrap_or_default());
        return Err(Problem::invalid(vec![FieldError::new(name, "unknown_field")]));
    }
    let mut upload = begin(ctx, query, file_name(&field)).await?;
    let hash = save(Pieces::Field(Box::new(field)), &mut upload).await?;
    match next_field(form).await? {
        None => Ok((upload, hash)),
        Some(field) => {
            let name = tonalite_core::device::short(field.name().unwrap_or_default());
            Err(Problem::invalid(vec![FieldError::new(name, "unknown_field")]))
        }
    }
}

async fn begin(ctx: &Ctx, query: ImportQuery, file_name: Option<String>) -> Result<ImportUpload, Problem> {
    let actor = ctx.actor()?;
    let customer = customer(ctx, query.party_id).await?;
    let site = match query.site_id {
        Some(id) => Some(ctx.app.find_site(actor, id).await?.into_inner()),
        None => None,
    };
    if site.as_ref().is_some_and(|site| site.customer_key != customer.key) {
        return Err(Error::NotFound.into());
    }
    let order = ImportOrder {
        mode: query.mode.unwrap_or(ImportMode::Add),
        apply: query.apply.unwrap_or(ImportApply::No),
        file_name,
        site,
    };
    Ok(ctx.app.begin_import(actor, customer, order, ctx.now).await?)
}

query! {
    /// Whose imports, and how many.
    struct ListQuery {
        /// The customer. Its own people may leave it out.
        #[param(value_type = Option<String>, nullable = false)]
        party_id: Option<PartyId>,
        /// How many, 50 when nothing is said, 200 at most.
        #[param(value_type = Option<u16>, minimum = 1, maximum = 200, nullable = false)]
        limit: Option<Limit>,
        /// `next` of the page before.
        #[param(value_type = Option<String>, nullable = false)]
        after: Option<Cursor>,
    }
}

/// List imports
///
/// The imports of a customer, newest first.
#[utoipa::path(
    get, path = "/api/v1/imports", tag = "imports", params(ListQuery),
    responses((status = 200, description = "One page.", body = Listed<ImportJson>))
)]
async fn list_imports(ctx: Ctx, Query(query): Query<ListQuery>) -> Result<Json<Listed<ImportJson>>, Problem> {
    let customer = customer(&ctx, query.party_id).await?;
    let page = ctx.app.page_imports(ctx.actor()?, &customer, limit(query.limit), query.after).await?;
    Ok(Json(Listed::of(page, |job| ImportJson::of(ctx.locale, job))))
}

/// Read an import
///
/// Where it stands, and what its rows come to.
#[utoipa::path(
    get, path = "/api/v1/imports/{id}", tag = "imports", params(("id" = uuid::Uuid, Path, description = "The import.")),
    responses((status = 200, description = "The import.", body = ImportJson))
)]
async fn find_import(
    ctx: Ctx,
    PathId(id): PathId<ImportId>,
    _: NoQuery,
) -> Result<Json<ImportJson>, Problem> {
    let job = ctx.app.import(ctx.actor()?, id).await?;
    Ok(Json(ImportJson::of(ctx.locale, job)))
}

query! {
    /// Which rows, and how many.
    struct RowsQuery {
        /// `create`, `update`, `unchanged` or `rejected`; all when nothing is said.
        #[param(value_type = Option<String>, nullable = false)]
        outcome: Option<RowOutcome>,
        /// How many, 50 when nothing is said, 200 at most.
        #[param(value_type = Option<u16>, minimum = 1, maximum = 200, nullable = false)]
        limit: Option<Limit>,
        /// `next` of the page before.
        #[param(minimum = 0, nullable = false)]
        after: Option<u64>,
    }
}

/// Some rows of a file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportRows)]
struct RowsJson {
    /// The rows, in the order of the file.
    items: Vec<RowJson>,
    /// Pass it as `after`, with the same filter, for the next page; `null` at the end.
    #[schema(examples(json!(null)))]
    next: Option<u64>,
}

/// List the rows of an import
///
/// What each row comes to, with everything that is wrong with it. Rows are kept for some days.
#[utoipa::path(
    get, path = "/api/v1/imports/{id}/rows", tag = "imports",
    params(("id" = uuid::Uuid, Path, description = "The import."), RowsQuery),
    responses((status = 200, description = "One page.", body = RowsJson))
)]
async fn list_import_rows(
    ctx: Ctx,
    PathId(id): PathId<ImportId>,
    Query(query): Query<RowsQuery>,
) -> Result<Json<RowsJson>, Problem> {
    let actor = ctx.actor()?;
    let (rows, next) =
        ctx.app.page_import_rows(actor, id, query.outcome, query.after, limit(query.limit)).await?;
    let items = rows.into_iter().map(|row| RowJson::of(ctx.locale, row)).collect();
    Ok(Json(RowsJson { items, next }))
}

query! {
    /// Which rows.
    struct RowsFileQuery {
        /// `create`, `update`, `unchanged` or `rejected`; all when nothing is said.
        #[param(value_type = Option<String>, nullable = false)]
        outcome: Option<RowOutcome>,
    }
}

/// Export the rows of an import
///
/// The person's own rows, in their order, separator and encoding, with four more columns: `result`, `error_code`,
/// `error_message`, `suggestion`. An import skips these, so that a mended file can be sent back as it is.
#[utoipa::path(
    get, path = "/api/v1/imports/{id}/rows.csv", tag = "imports",
    params(("id" = uuid::Uuid, Path, description = "The import."), RowsFileQuery),
    responses((
        status = 200, description = "The file.", body = String, content_type = "text/csv",
        headers(("content-disposition" = String, description = "A name for the file.")),
        example = json!("MAC address,Device type,Site,result,error_code,error_message,suggestion\r\n1.57E+11,Yealink T54W,Lyon,rejected,R04,\"…\",\r\n"),
    ), (status = 409, description = "Not read yet, or no longer kept: `import_not_read`, `import_file_gone`."))
)]
async fn export_import_rows(
    ctx: Ctx,
    PathId(id): PathId<ImportId>,
    Query(query): Query<RowsFileQuery>,
) -> Result<Response, Problem> {
    let actor = ctx.actor()?;
    let file = ctx.app.import_result_file(actor, id, query.outcome, ctx.locale).await?;
    send_file(file, &result_name(ctx.locale, query.outcome, ctx.now))
}

json_body! {
    /// What becomes of wrong rows.
    struct ApplyBody {
        /// `abort`: nothing is written if a row is wrong. `skip`: the right rows are written. `abort` when nothing is said.
        #[schema(nullable = false, examples("abort"))]
        on_error: Option<String>,
    }
}

/// Write what an import has planned
///
/// In one transaction: all of it, or nothing. Everything is looked at once more; if something changed meanwhile, nothing is
/// written, those rows are `rejected` with R22, and the import is `planned` again.
#[utoipa::path(
    post, path = "/api/v1/imports/{id}/apply", tag = "imports", request_body = ApplyBody,
    params(("id" = uuid::Uuid, Path, description = "The import.")),
    responses(
        (status = 202, description = "It is being written.", body = ImportJson),
        (status = 409, description = "It does not wait for this: `import_not_planned`, `import_expired`. Rows are wrong, and nobody asked to skip them: `import_has_rejected_rows`."),
    )
)]
async fn apply_import(
    ctx: Ctx,
    PathId(id): PathId<ImportId>,
    _: NoQuery,
    Body(body): Body<ApplyBody>,
) -> Result<Response, Problem> {
    let on_error = match body.on_error.as_deref() {
        None => OnError::Abort,
        Some(word) => OnError::parse(word).ok_or_else(|| {
            let value = tonalite_core::device::short(word);
            Problem::invalid(vec![FieldError::new("on_error", "unknown_value").with("value", value)])
        })?,
    };
    let job = ctx.app.apply_import(ctx.actor()?, id, on_error, ctx.now).await?;
    Ok((StatusCode::ACCEPTED, Json(ImportJson::of(ctx.locale, job))).into_response())
}

/// Undo an import
///
/// Within 24 hours: the devices that it added are removed, unless a line of theirs is assigned or they have registered.
#[utoipa::path(
    post, path = "/api/v1/imports/{id}/undo", tag = "imports", params(("id" = uuid::Uuid, Path, description = "The import.")),
    responses(
        (status = 202, description = "It is undone.", body = ImportJson),
        (status = 409, description = "It cannot be undone, or no longer: `import_not_applied`, `import_undo_expired`."),
    )
)]
async fn undo_import(ctx: Ctx, PathId(id): PathId<ImportId>, _: NoQuery) -> Result<Response, Problem> {
    let job = ctx.app.undo_import(ctx.actor()?, id, ctx.now).await?;
    Ok((StatusCode::ACCEPTED, Json(ImportJson::of(ctx.locale, job))).into_response())
}

/// Cancel an import
///
/// Ends one that is being checked or that waits for a decision. Nothing of it is written.
#[utoipa::path(
    delete, path = "/api/v1/imports/{id}", tag = "imports", params(("id" = uuid::Uuid, Path, description = "The import.")),
    responses(
        (status = 204, description = "It is cancelled."),
        (status = 409, description = "It is being written, or over: `import_not_planned`."),
    )
)]
async fn delete_import(ctx: Ctx, PathId(id): PathId<ImportId>, _: NoQuery) -> Result<StatusCode, Problem> {
    ctx.app.cancel_import(ctx.actor()?, id, ctx.now).await?;
    Ok(StatusCode::NO_CONTENT)
}
