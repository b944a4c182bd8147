//! Acting for a customer: the agent of a provider or operator finds one and works in its portal under a banner.

use axum::Form;
use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use tonalite_app::PartyQuery;
use tonalite_core::error::FieldError;
use tonalite_core::id::PartyId;
use tonalite_core::page::{Cursor, Limit};
use tonalite_core::party::PartyKind;
use tonalite_core::search::Search;
use tonalite_core::{Error, Result};

use super::list_address::{cursor, written};
use super::view::acting_pages::{ActingPage, CustomerRow};
use super::visit::Visit;
use crate::api::cookie;
use crate::problem::Problem;
use crate::route_table::{Routes, get, post};

/// The pages of this file.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/acting", get(pick_customer).post(begin_acting))
        .route("/acting/end", post(end_acting))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct PickForm {
    q: String,
    after: String,
}

async fn pick_customer(visit: Visit, Query(form): Query<PickForm>) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    if actor.scope.kind == PartyKind::Customer {
        return Err(Error::NotFound.into());
    }
    let one = |error: FieldError| Error::Invalid(vec![error]);
    let search = Search::parse(&form.q).map_err(one)?;
    let after = cursor(&form.after)?;
    let on_first_page = after.is_none();
    let searched = search.as_ref().map(Search::shown);
    let query = PartyQuery { kind: Some(PartyKind::Customer), search, ..PartyQuery::default() };
    let page = visit.ctx.app.page_parties(actor, query, Limit::DEFAULT, after).await?;
    let address = |after: Option<&Cursor>| {
        let after = after.map(Cursor::encode).unwrap_or_default();
        written("/acting", &[("q", form.q.clone()), ("after", after)])
    };
    visit.show(&ActingPage {
        t: visit.t(),
        frame: visit.frame(),
        searched,
        rows: page.items.iter().map(CustomerRow::new).collect(),
        on_first_page,
        first_address: address(None),
        next_address: page.next.as_ref().map(|next| address(Some(next))),
        q: form.q.clone(),
    })
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct BeginForm {
    customer: String,
}

async fn begin_acting(visit: Visit, Form(form): Form<BeginForm>) -> Result<Response, Problem> {
    let session = visit.ctx.signed_in()?;
    let customer: PartyId = form.customer.parse().map_err(|_| Error::NotFound)?;
    visit.ctx.app.begin_acting(cookie(&visit.ctx)?, session, customer, visit.now()).await?;
    Ok(visit.go("/devices"))
}

async fn end_acting(visit: Visit) -> Result<Response, Problem> {
    let session = visit.ctx.signed_in()?;
    visit.ctx.app.end_acting(cookie(&visit.ctx)?, session, visit.now()).await?;
    Ok(visit.go("/acting"))
}
