//! Imports after their upload: progress, results, adding, undoing, the list of them. The upload is in `new_import`.

use axum::Form;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::CookieJar;
use serde::Deserialize;
use tonalite_app::OnError;
use tonalite_core::access::View;
use tonalite_core::id::{ImportId, PartyId};
use tonalite_core::import::RowOutcome;
use tonalite_core::page::Limit;
use tonalite_core::party::Party;
use tonalite_core::{Error, Result};

use super::import_told::{seen, wait_for};
use super::list_address::cursor;
use super::new_import::{choose_customer, customer_name};
use super::sign_in::own_path;
use super::view::import_help::ImportHelpPage;
use super::view::import_list::{ImportItem, ImportListPage, Told, ToldPart};
use super::view::import_show::{ImportProgressPage, ImportShowPage, ImportUndoPage, Shown, first_outcome};
use super::view::times::Times;
use super::visit::Visit;
use crate::api::imports::{TEMPLATE_NAME, customer};
use crate::problem::Problem;
use crate::read::PathId;
use crate::route_table::{Routes, get, post};
use crate::sheet::{result_name, send_bytes, send_file, template_sheet};

/// Rows on one page of results.
const ROWS: &str = "100";

/// The pages of this file.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/imports", get(list_imports))
        .route("/imports/instructions", get(show_instructions))
        .route("/imports/template.csv", get(export_template))
        .route("/imports/{id}", get(show_import))
        .route("/imports/{id}/rows.csv", get(export_rows))
        .route("/imports/{id}/apply", post(apply_import))
        .route("/imports/{id}/cancel", post(cancel_import))
        .route("/imports/{id}/undo", get(confirm_undo_import).post(undo_import))
        .route("/imports/{id}/told", get(tell_import))
        .route("/imports/{id}/seen", post(dismiss_import))
}

/// Whose imports, on several pages. Texts, since an address may be written by hand.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct CustomerQuery {
    pub(super) party_id: String,
    /// What a customer's name is looked for by.
    pub(super) q: String,
    after: String,
}

/// The customer that was named, if one was.
///
/// # Errors
/// [`Error::NotFound`] for what is no id.
pub(super) fn party_of(text: &str) -> Result<Option<PartyId>> {
    match text {
        "" => Ok(None),
        id => id.parse().map(Some).map_err(|_| Error::NotFound),
    }
}

async fn show_instructions(visit: Visit) -> Result<Response, Problem> {
    visit.actor()?;
    visit.show(&ImportHelpPage::new(visit.frame()))
}

async fn export_template(visit: Visit, Query(query): Query<CustomerQuery>) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let party = party_of(&query.party_id)?;
    if party.is_none() && visit.sees_customers() {
        return Ok(visit.go("/imports/new"));
    }
    let customer = customer(&visit.ctx, party).await?;
    let (naming, texts, dialect) = template_sheet(&visit.ctx, None)?;
    let content = visit.ctx.app.import_template(actor, &customer).await?;
    send_bytes(tonalite_core::csv::template::write_template(&content, naming, texts, dialect), TEMPLATE_NAME)
}

async fn list_imports(visit: Visit, Query(query): Query<CustomerQuery>) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    if !visit.may_manage() {
        return Err(Error::Forbidden.into());
    }
    let party = party_of(&query.party_id)?;
    if party.is_none() && visit.sees_customers() {
        return choose_customer(&visit, "/imports", &query.q).await;
    }
    let customer = customer(&visit.ctx, party).await?;
    let after = cursor(&query.after)?;
    let first = after.is_none();
    let page = visit.ctx.app.page_imports(actor, &customer, Limit::DEFAULT, after).await?;
    let frame = visit.frame();
    let times = times(&visit, &customer).await?;
    let address = format!("/imports?party_id={}", customer.id);
    visit.show(&ImportListPage {
        t: visit.t(),
        customer: customer_name(&visit, &customer),
        other_address: visit.sees_customers().then(|| "/imports".to_owned()),
        new_address: format!("/imports/new?party_id={}", customer.id),
        rows: page.items.iter().map(|job| ImportItem::new(visit.t(), &times, job)).collect(),
        next_address: page.next.map(|next| format!("{address}&after={}", next.encode())),
        first_address: (!first).then_some(address),
        frame,
    })
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RowsQuery {
    outcome: String,
    after: String,
}

impl RowsQuery {
    fn outcome(&self) -> Result<Option<RowOutcome>> {
        match self.outcome.as_str() {
            "" => Ok(None),
            word => {
                RowOutcome::parse(word).map(Some).ok_or_else(|| Error::invalid("outcome", "unknown_value"))
            }
        }
    }
}

async fn show_import(
    visit: Visit,
    jar: CookieJar,
    PathId(id): PathId<ImportId>,
    Query(query): Query<RowsQuery>,
) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let app = &visit.ctx.app;
    let job = app.import(actor, id).await?;
    if job.state.is_under_way() {
        return visit.show(&ImportProgressPage::new(visit.frame(), &job));
    }
    let jar = seen(&visit.ctx, jar, id);
    if visit.scripted {
        // The progress page asks: it is over.
        return Ok((jar, visit.go(&format!("/imports/{id}"))).into_response());
    }
    let outcome = query.outcome()?.unwrap_or_else(|| first_outcome(&job.counts));
    let after = match query.after.as_str() {
        "" => None,
        text => Some(text.parse().map_err(|_| Error::invalid("after", "unknown_value"))?),
    };
    let limit = Limit::parse(ROWS).unwrap_or(Limit::DEFAULT);
    let (rows, next) = app.page_import_rows(actor, id, Some(outcome), after, limit).await?;
    let customer = app.find_party(actor, job.customer_id).await?;
    let times = times(&visit, &customer).await?;
    let shown = Shown { outcome, after, next };
    let page = ImportShowPage::new(visit.frame(), &times, &job, &rows, shown, visit.may_manage());
    Ok((jar, visit.show(&page)?).into_response())
}

async fn export_rows(
    visit: Visit,
    PathId(id): PathId<ImportId>,
    Query(query): Query<RowsQuery>,
) -> Result<Response, Problem> {
    let outcome = query.outcome()?;
    let file = visit.ctx.app.import_result_file(visit.actor()?, id, outcome, visit.t()).await?;
    send_file(file, &result_name(visit.t(), outcome, visit.now()))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ApplyForm {
    on_error: String,
}

async fn apply_import(
    visit: Visit,
    jar: CookieJar,
    PathId(id): PathId<ImportId>,
    Form(form): Form<ApplyForm>,
) -> Result<Response, Problem> {
    let on_error = OnError::parse(&form.on_error).unwrap_or(OnError::Abort);
    let job = visit.ctx.app.apply_import(visit.actor()?, id, on_error, visit.now()).await?;
    Ok((wait_for(&visit.ctx, jar, job.id), visit.go(&format!("/imports/{id}"))).into_response())
}

async fn cancel_import(visit: Visit, PathId(id): PathId<ImportId>) -> Result<Response, Problem> {
    visit.ctx.app.cancel_import(visit.actor()?, id, visit.now()).await?;
    Ok(visit.go(&format!("/imports/{id}")))
}

async fn confirm_undo_import(visit: Visit, PathId(id): PathId<ImportId>) -> Result<Response, Problem> {
    let job = visit.ctx.app.import(visit.actor()?, id).await?;
    visit.show(&ImportUndoPage::new(visit.frame(), &job))
}

async fn undo_import(visit: Visit, PathId(id): PathId<ImportId>) -> Result<Response, Problem> {
    visit.ctx.app.undo_import(visit.actor()?, id, visit.now()).await?;
    Ok(visit.go(&format!("/imports/{id}")))
}

/// The end of an import as a part of a page, for our script; nothing while there is nothing to tell.
async fn tell_import(visit: Visit, PathId(id): PathId<ImportId>) -> Result<Response, Problem> {
    let job = visit.ctx.app.import(visit.actor()?, id).await?;
    let shown =
        visit.shown.as_ref().and_then(|uri| uri.path_and_query()).map_or("/devices", |path| path.as_str());
    match Told::new(visit.t(), &job, own_path(shown)) {
        Some(told) => visit.show(&ToldPart { t: visit.t(), frame: visit.frame(), told }),
        None => Ok(StatusCode::NO_CONTENT.into_response()),
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct SeenForm {
    return_to: String,
}

async fn dismiss_import(
    visit: Visit,
    jar: CookieJar,
    PathId(id): PathId<ImportId>,
    Form(form): Form<SeenForm>,
) -> Result<Response, Problem> {
    visit.actor()?;
    Ok((seen(&visit.ctx, jar, id), visit.go(own_path(&form.return_to))).into_response())
}

/// Times in the zone of the customer's first site: an import has no place of its own.
async fn times(visit: &Visit, customer: &View<Party>) -> Result<Times> {
    let first = Limit::parse("1").unwrap_or(Limit::DEFAULT);
    let sites = visit.ctx.app.page_sites(visit.actor()?, Some(customer), first, None).await?;
    Ok(match sites.items.first() {
        Some(site) => Times::new(visit.t(), &site.time_zone, visit.now()),
        None => Times::in_utc(visit.t(), visit.now()),
    })
}
