//! The page of line states: the ports of all devices.

use axum::extract::Query;
use axum::response::{IntoResponse, Response};
use tonalite_core::Error;
use tonalite_core::filter::LineFilter;
use tonalite_core::search::{Search, Term};

use super::dect_bases::has_dect_tab;
use super::devices::{Pairs, asked_types, kinds_to_choose, sites_to_choose};
use super::line_export::export_part;
use super::line_query::LineQuery;
use super::list_address::{ListAddress, address_header};
use super::view::choice::Choice;
use super::view::export_part::ExportPart;
use super::view::line_list::{self, Controls, LineStateRow, LineStatesPage, Shape};
use super::view::tabs::{Tab, Tabs};
use super::visit::Visit;
use crate::problem::Problem;
use crate::route_table::{Routes, get};

/// The page of this file.
pub(crate) fn routes() -> Routes {
    Routes::new().route("/line-states", get(list_line_states))
}

async fn list_line_states(visit: Visit, Query(pairs): Query<Pairs>) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let (app, t, now) = (&visit.ctx.app, visit.t(), visit.now());
    let mut query = LineQuery::read(&pairs)?;
    let sees_chain_ids = actor.may_see_chain_ids();
    query.columns.chain &= sees_chain_ids;
    let site = match query.site.as_str() {
        "" => None,
        id => Some(app.find_site(actor, id.parse().map_err(|_| Error::NotFound)?).await?),
    };
    let filter = query.filter(asked_types(&visit, &query.device_type, &query.kind)?);
    let filter = LineFilter { site: site.as_ref().map(|site| site.key), ..filter };
    let page = app.page_line_states(actor, &filter, query.limit(), query.after.clone(), now).await?;
    let count = app.count_line_states(actor, &filter).await?;
    let name = |id: &str| app.device_type(id).map_or_else(|| id.to_owned(), |kind| kind.name.clone());
    let rows: Vec<LineStateRow> = page
        .items
        .iter()
        .map(|row| LineStateRow::new(t, row, &name(&row.device_type), visit.sees_customers(), now))
        .map(|row| row.for_reader(sees_chain_ids))
        .collect();
    // The part that our script asks for stands below the list boxes.
    let sites = match visit.scripted {
        true => Vec::new(),
        false => sites_to_choose(&visit, &query.site, site.as_deref()).await?,
    };
    let export = match visit.scripted {
        true => ExportPart::Absent,
        false => export_part(&visit, &query, site.as_ref()).await?,
    };
    let on_first_page = query.after.is_none();
    let limit = query.limit().get().to_string();
    let types = app.device_types().iter();
    let dect_tab = !visit.scripted && has_dect_tab(&visit, &query.kind).await?;
    let shown = LineStatesPage {
        t,
        frame: visit.frame(),
        may_manage: visit.may_manage(),
        export,
        tabs: Tabs::new(site.as_ref().map_or("", |_| query.site.as_str()), Tab::Lines, dect_tab),
        sites,
        types: types
            .map(|kind| Choice::new(kind.id.as_str(), kind.name.as_str(), &query.device_type))
            .collect(),
        kinds: kinds_to_choose(t, &query.kind),
        states: line_list::state_choices(t, query.state),
        controls: Controls {
            q: query.q.clone(),
            columns: query.columns.choices(t, visit.sees_customers(), sees_chain_ids),
            limits: ["50", "100", "200"].map(|rows| Choice::new(rows, rows, &limit)).into(),
        },
        shape: Shape {
            columns: query.columns,
            searched: query.search.as_ref().map(Search::shown),
            is_short: query.search.as_ref().is_some_and(|search| !search.terms().iter().any(Term::is_long)),
            has_filters: query.has_filters(),
            unsearch_address: query.without_search().address(),
            unfilter_address: query.without_filters().address(),
            new_address: match &site {
                Some(_) => format!("/devices/new?site_id={}", query.site),
                None => "/devices/new".to_owned(),
            },
        },
        empty: line_list::why_empty(rows.is_empty(), query.is_narrowed(), on_first_page),
        rows,
        total: line_list::total(t, count),
        on_first_page,
        first_address: query.first().address(),
        next_address: page.next.map(|next| LineQuery { after: Some(next), ..query.first() }.address()),
    };
    if !visit.scripted {
        return visit.show(&shown);
    }
    Ok((address_header(&visit, &query), visit.show(&shown.rows())?).into_response())
}
