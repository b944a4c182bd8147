//! What the API and the page have in common about exports of line states: reading what is asked for, and saying in status
//! and words what became of it.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tonalite_app::{FollowedExport, LineExport, LineExportOrder, refused_code};
use tonalite_core::device::short;
use tonalite_core::error::FieldError;
use tonalite_core::export_gate::{ExportState, Refusal, SessionId};
use tonalite_core::filter::LineFilter;
use tonalite_core::id::{PartyId, SiteId};
use tonalite_core::line_state::LineState;
use tonalite_core::search::Search;
use tonalite_core::text::Locale;
use tonalite_core::time::Span;
use tonalite_core::{Error, Result};

use crate::api::device_types;
use crate::ctx::Ctx;
use crate::problem::{OrField, Problem};
use crate::sheet::{FileName, SheetRequest, line_sheet, send_file};

/// What a request says, before it is known to make sense.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    pub(crate) party_id: Option<PartyId>,
    pub(crate) site_id: Option<SiteId>,
    /// Whether ids stood in a body: then a foreign one is a wrong field.
    pub(crate) in_body: bool,
    pub(crate) state: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) device_type_id: Option<String>,
    pub(crate) q: Option<String>,
    pub(crate) sheet: SheetRequest,
}

/// Makes the order: rights and feature first, then what was asked for.
///
/// # Errors
/// As [`tonalite_app::App::may_export_lines`], and [`Error::Invalid`].
pub(crate) async fn prepare(ctx: &Ctx, asked: Asked) -> Result<(LineExportOrder, FileName), Problem> {
    let actor = ctx.actor()?;
    let in_body = asked.in_body;
    let party = match asked.party_id {
        Some(id) => {
            let found = ctx.app.find_party(actor, id).await;
            Some(if in_body { found.or_field("party_id")? } else { found? })
        }
        None => None,
    };
    let site = match asked.site_id {
        Some(id) => {
            let found = ctx.app.find_site(actor, id).await;
            if in_body { Some(found.or_field("site_id")?) } else { Some(found?) }
        }
        None => None,
    };
    let party = match (party, &site) {
        (Some(party), _) => party,
        (None, Some(site)) => ctx.app.customer_of_site(actor, site).await?,
        (None, None) => actor.view(ctx.app.own_party(actor).await?)?,
    };
    let customer = ctx.app.may_export_lines(actor, party, ctx.now).await?;
    if site.as_ref().is_some_and(|site| site.tenancy.customer != Some(customer.key)) {
        // A site of another customer that the reader sees as well: there is none of that id at this one.
        return Err(if in_body { Error::invalid("site_id", "not_found") } else { Error::NotFound }.into());
    }
    let state = match asked.state.as_deref() {
        None => None,
        Some(word) => Some(
            LineState::ALL
                .into_iter()
                .find(|state| state.as_str() == word)
                .ok_or_else(|| unknown("state", word))?,
        ),
    };
    let search = match asked.q.as_deref() {
        None => None,
        Some(text) => Search::parse(text).map_err(|error| Error::Invalid(vec![error]))?,
    };
    let written = serde_json::json!({
        "state": state.map(LineState::as_str), "kind": asked.kind.as_deref().map(short),
        "device_type_id": asked.device_type_id.as_deref().map(short), "q": search.as_ref().map(Search::text),
        "expand": asked.sheet.expand.as_deref().map(short),
    });
    let types = device_types(&ctx.app, asked.device_type_id, asked.kind);
    let filter = LineFilter {
        state,
        device_types: if in_body { types.or_field("device_type_id")? } else { types? },
        search,
        ..LineFilter::default()
    };
    let may_see_chain_id = actor.may_see_chain_id(customer.tenancy);
    let sheet = line_sheet(ctx, &asked.sheet, site.as_deref(), may_see_chain_id).await?;
    let name = FileName::of_lines(&sheet, &customer, site.as_deref(), ctx.now);
    let session = ctx.credential.as_ref().ok_or(Error::Unauthenticated)?.fingerprint();
    let order =
        LineExportOrder { session: SessionId(session), customer, site, filter, sheet, asked: written };
    Ok((order, name))
}

fn unknown(field: &str, word: &str) -> Error {
    Error::Invalid(vec![FieldError::new(field, "unknown_value").with("value", short(word))])
}

/// What became of it, as an answer.
pub(crate) fn answer(export: LineExport, name: &FileName) -> Result<Response, Problem> {
    match export {
        LineExport::Ready { file, cached } => {
            let mut response = send_file(file, name)?;
            if let Some(age) = cached {
                response.headers_mut().insert(header::AGE, HeaderValue::from(age.0 / 1000));
            }
            Ok(response)
        }
        LineExport::Rejected { retry_after, refusal } => Ok(rejected(retry_after, refusal)),
        LineExport::TimedOut => {
            let mut response = Problem::http(StatusCode::REQUEST_TIMEOUT, "export_timed_out").into_response();
            // RFC 9110 §15.5.9: this connection is not used any more.
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            Ok(response)
        }
        LineExport::Failed(id) => Err(Problem::fault(format!("the export of line states {id} failed"))),
    }
}

/// 429, with when to ask again.
pub(crate) fn rejected(retry_after: Span, refusal: Refusal) -> Response {
    let seconds = retry_after.seconds_up().max(1);
    let problem =
        Problem::http(StatusCode::TOO_MANY_REQUESTS, refused_code(refusal)).with("seconds", seconds);
    let mut response = problem.into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// Status and code with which a request that waits would have been answered; `None` while it is under way.
pub(crate) fn deadline_code(export: &FollowedExport) -> Option<(StatusCode, &'static str)> {
    match export.state {
        ExportState::Delayed | ExportState::Queued | ExportState::Running => None,
        ExportState::Ready => Some((StatusCode::OK, "")),
        ExportState::Rejected => {
            let code = export.refused.map_or("", |(_, refusal)| refused_code(refusal));
            Some((StatusCode::TOO_MANY_REQUESTS, code))
        }
        ExportState::TimedOut => Some((StatusCode::REQUEST_TIMEOUT, "export_timed_out")),
        ExportState::Failed => Some((StatusCode::INTERNAL_SERVER_ERROR, "internal")),
    }
}

/// Where an export stands, in words.
pub(crate) fn followed_words(t: Locale, export: &FollowedExport) -> String {
    let seconds = |span: Option<Span>| span.unwrap_or(Span::ZERO).seconds_up();
    let said = match export.state {
        ExportState::Delayed => t.with("export-said-delayed", &[("seconds", seconds(export.left).into())]),
        ExportState::Queued => {
            let place = i64::try_from(export.place.unwrap_or(1)).unwrap_or(i64::MAX);
            t.with("export-said-queued", &[("place", place.into())])
        }
        ExportState::Running => t.text("export-said-running"),
        ExportState::Ready => t.text("export-said-ready"),
        ExportState::Rejected => {
            let (rest, refusal) = export.refused.unwrap_or((Span::ZERO, Refusal::Window));
            let rest = rest.seconds_up().max(1);
            t.with(&format!("error-{}", refused_code(refusal)), &[("seconds", rest.into())])
        }
        ExportState::TimedOut => t.text("error-export_timed_out"),
        ExportState::Failed => t.text("export-said-failed"),
    };
    match (export.shared, export.state) {
        (true, ExportState::Queued | ExportState::Running | ExportState::Ready) => {
            format!("{said} {}", shared_words(t, export))
        }
        _ => said,
    }
}

fn shared_words(t: Locale, export: &FollowedExport) -> String {
    match (export.age.map(|age| age.0 / 1000), &export.shared_with) {
        (None, _) => t.text("export-said-shared-waiting"),
        (Some(age), None) => t.with("export-said-shared", &[("seconds", age.into())]),
        (Some(age), Some(name)) => {
            t.with("export-said-shared-with", &[("seconds", age.into()), ("name", name.as_str().into())])
        }
    }
}
