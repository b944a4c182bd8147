//! The export of line states from their page, for browsers without script: the answer takes its time, or is a page that says
//! why there is no file and tries again at the press of a button.

use axum::extract::Query;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tonalite_app::{LineExport, PartyQuery};
use tonalite_core::access::View;
use tonalite_core::line_state::LineState;
use tonalite_core::page::Limit;
use tonalite_core::party::{Feature, PartyKind};
use tonalite_core::portal_user::Role;
use tonalite_core::site::Site;
use tonalite_core::{Error, Result};

use super::devices::Pairs;
use super::line_query::LineQuery;
use super::list_address::ListAddress;
use super::view::choice::Choice;
use super::view::export_part::{ExportAgainPage, ExportForm, ExportPart};
use super::visit::Visit;
use crate::line_export::{Asked, answer, prepare};
use crate::problem::Problem;
use crate::route_table::{Routes, get};
use crate::sheet::SheetRequest;

/// The page of this file.
pub(crate) fn routes() -> Routes {
    Routes::new().route("/line-states/export", get(export_line_states))
}

/// What the list knows nothing of.
const PARTY: &str = "party";

async fn export_line_states(visit: Visit, Query(pairs): Query<Pairs>) -> Result<Response, Problem> {
    let mut party = None;
    let mut list = Pairs::new();
    for (name, value) in pairs.clone() {
        match name.as_str() {
            PARTY if value.is_empty() => {}
            PARTY => party = Some(value.parse().map_err(|_| Error::NotFound)?),
            _ => list.push((name, value)),
        }
    }
    let query = LineQuery::read(&list)?.first();
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let site_id = match given(&query.site) {
        Some(id) => Some(id.parse().map_err(|_| Error::NotFound)?),
        None => None,
    };
    let asked = Asked {
        // A site says whose it is.
        party_id: if site_id.is_none() { party } else { None },
        site_id,
        in_body: false,
        state: query.state.map(|state| state.as_str().to_owned()),
        kind: given(&query.kind),
        device_type_id: given(&query.device_type),
        q: given(&query.q),
        sheet: SheetRequest::default(),
    };
    let (order, name) = prepare(&visit.ctx, asked).await?;
    let clock = visit.ctx.state.clock();
    let t = visit.t();
    let export = visit.ctx.app.export_line_states(visit.ctx.signed_in()?, order, &clock).await?;
    let (text, failure) = match &export {
        LineExport::Ready { .. } => return answer(export, &name),
        LineExport::Rejected { retry_after, refusal } => {
            let seconds = retry_after.seconds_up().max(1);
            let code = tonalite_app::refused_code(*refusal);
            (t.with(&format!("error-{code}"), &[("seconds", seconds.into())]), None)
        }
        LineExport::TimedOut => (t.text("error-export_timed_out"), None),
        LineExport::Failed(id) => (t.text("export-said-failed"), Some(id.to_string())),
    };
    // Status and headers are those that a program is answered with.
    let told = match export {
        LineExport::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        other => answer(other, &name)?,
    };
    let page = ExportAgainPage {
        t,
        frame: visit.frame(),
        text,
        status: told.status().as_u16(),
        failure,
        again: pairs,
    };
    let mut response = visit.show_with(told.status(), &page)?;
    for name in [header::RETRY_AFTER, header::CONNECTION] {
        if let Some(value) = told.headers().get(&name) {
            response.headers_mut().insert(name, HeaderValue::clone(value));
        }
    }
    Ok(response)
}

/// The place of the export on the page of line states.
pub(super) async fn export_part(
    visit: &Visit,
    query: &LineQuery,
    site: Option<&View<Site>>,
) -> Result<ExportPart> {
    let (actor, app) = (visit.actor()?, &visit.ctx.app);
    if !actor.role.includes(Role::Support) {
        return Ok(ExportPart::Absent);
    }
    let mut form = ExportForm {
        filter: [
            ("q", query.q.clone()),
            ("site", query.site.clone()),
            ("type", query.device_type.clone()),
            ("kind", query.kind.clone()),
            ("state", query.state.map_or("", LineState::as_str).to_owned()),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect(),
        ..ExportForm::default()
    };
    let customer = match site {
        Some(site) => Some(app.customer_of_site(actor, site).await?),
        None => Some(actor.view(app.own_party(actor).await?)?).filter(|own| own.kind == PartyKind::Customer),
    };
    if let Some(customer) = customer {
        form.party = Some(customer.id.to_string());
        if actor.export(customer.clone()).is_err() {
            return Ok(ExportPart::Absent);
        }
        let off = visit.feature_off(customer.key, Feature::LineStateExport).await?;
        return Ok(off.map_or(ExportPart::Form(form), ExportPart::Off));
    }
    // Of several customers, one is chosen; who sees more of them than a list box holds chooses a site.
    let of_customers = PartyQuery { kind: Some(PartyKind::Customer), ..PartyQuery::default() };
    let customers = app.page_parties(actor, of_customers, Limit::at_most(200), None).await?;
    form.parties = customers
        .items
        .iter()
        .map(|placed| Choice::new(placed.party.id.to_string(), placed.party.name.as_str(), ""))
        .collect();
    if form.parties.is_empty() || customers.next.is_some() {
        return Ok(ExportPart::Said(visit.t().text("export-no-customer")));
    }
    Ok(ExportPart::Form(form))
}
