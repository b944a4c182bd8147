//! The parties below: found, opened, made, changed, closed and opened again. Their features are in `parties`.

use axum::Form;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tonalite_app::{PartyChange, PartyQuery};
use tonalite_core::access::View;
use tonalite_core::error::FieldError;
use tonalite_core::id::PartyId;
use tonalite_core::page::{Cursor, Limit};
use tonalite_core::party::{Closed, NewParty, Party, PartyKind};
use tonalite_core::search::Search;
use tonalite_core::{Error, Result};

use super::list_address::{cursor, written};
use super::sites::site_rows;
use super::view::choice::Choice;
use super::view::form::FormErrors;
use super::view::party_list::kind;
use super::view::party_pages::{BelowRow, PartiesPage, PartyClosePage, PartyFormPage, PartyPage};
use super::view::party_show::titled;
use super::view::state_counts::CountsView;
use super::view::times::Times;
use super::visit::Visit;
use crate::problem::Problem;
use crate::read::PathId;
use crate::route_table::{Routes, get, post};

/// The pages of this file.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/parties", get(list_parties))
        .route("/parties/new", get(show_new_party).post(create_party))
        .route("/parties/{id}", get(show_party))
        .route("/parties/{id}/edit", get(show_edit_party).post(update_party))
        .route("/parties/{id}/close", get(confirm_close_party).post(close_party))
        .route("/parties/{id}/reopen", post(reopen_party))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ListForm {
    q: String,
    kind: String,
    closed: String,
    below: String,
    after: String,
}

impl ListForm {
    fn address(&self, after: Option<&Cursor>) -> String {
        let pairs = [
            ("q", self.q.clone()),
            ("kind", self.kind.clone()),
            ("closed", self.closed.clone()),
            ("below", self.below.clone()),
            ("after", after.map(Cursor::encode).unwrap_or_default()),
        ];
        written("/parties", &pairs)
    }
}

/// One word of a list box; empty is none.
pub(super) fn chosen<T>(field: &str, word: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>> {
    if word.is_empty() {
        return Ok(None);
    }
    parse(word).map(Some).ok_or_else(|| {
        let value = tonalite_core::device::short(word);
        Error::Invalid(vec![FieldError::new(field, "unknown_value").with("value", value)])
    })
}

/// A party named by an address; empty is none.
pub(super) async fn named(visit: &Visit, id: &str) -> Result<Option<View<Party>>> {
    match id {
        "" => Ok(None),
        id => {
            let id = id.parse().map_err(|_| Error::NotFound)?;
            Ok(Some(visit.ctx.app.find_party(visit.actor()?, id).await?))
        }
    }
}

async fn list_parties(visit: Visit, Query(form): Query<ListForm>) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let (app, t) = (&visit.ctx.app, visit.t());
    let own = app.own_party(actor).await?;
    if own.kind == PartyKind::Customer {
        // Nothing stands below a customer but its sites.
        return Ok(visit.go("/sites"));
    }
    let below = named(&visit, &form.below).await?;
    let level = chosen("kind", &form.kind, PartyKind::parse)?;
    let closed = chosen("closed", &form.closed, Closed::parse)?.unwrap_or_default();
    let search = Search::parse(&form.q).map_err(|error| Error::Invalid(vec![error]))?;
    let after = cursor(&form.after)?;
    let on_first_page = after.is_none();
    let searched = search.as_ref().map(Search::shown);
    let query = PartyQuery {
        below: below.as_ref(),
        kind: level,
        search,
        closed,
        without_own: true,
        ..PartyQuery::default()
    };
    let page = app.page_parties(actor, query, Limit::DEFAULT, after).await?;
    let parties: Vec<&Party> = page.items.iter().map(|placed| &placed.party).collect();
    let counts = app.counts_of_parties(actor, &parties).await?;
    let shown =
        page.items.iter().filter(|placed| below.as_ref().is_none_or(|below| below.key != placed.party.key));
    let row = |placed: &tonalite_app::PlacedParty| {
        let above: Vec<&str> = placed.provider.iter().chain(&placed.operator).map(String::as_str).collect();
        BelowRow {
            id: placed.party.id.to_string(),
            name: placed.party.name.clone(),
            kind: kind(t, placed.party.kind),
            place: above.join(" › "),
            is_closed: placed.party.closed_at.is_some(),
            counts: CountsView::new(t, counts.get(&placed.party.key).copied().unwrap_or_default()),
        }
    };
    let parent = below.as_deref().unwrap_or(&own);
    let levels = PartyKind::ALL.into_iter().filter(|kind| *kind > own.kind);
    let closed_word = if closed == Closed::Exclude { "" } else { closed.as_str() };
    visit.show(&PartiesPage {
        t,
        frame: visit.frame(),
        searched,
        kinds: levels.map(|level| Choice::new(level.as_str(), kind(t, level), &form.kind)).collect(),
        closed: [("", "parties-open"), ("include", "parties-open_and_closed"), ("only", "parties-closed")]
            .into_iter()
            .map(|(value, key)| Choice::new(value, t.text(key), closed_word))
            .collect(),
        new_address: new_address(&visit, parent),
        below: below.as_ref().map(|below| (below.id.to_string(), titled(t, below))),
        own: (format!("/parties/{}", own.id), titled(t, &own)),
        rows: shown.map(row).collect(),
        on_first_page,
        first_address: form.address(None),
        next_address: page.next.as_ref().map(|next| form.address(Some(next))),
        q: form.q,
    })
}

/// Where a party below this one is made, for who may.
fn new_address(visit: &Visit, parent: &Party) -> Option<String> {
    let may = visit.actor().ok()?.administer(parent.clone()).is_ok();
    (may && parent.kind != PartyKind::Customer).then(|| format!("/parties/new?below={}", parent.id))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ShowForm {
    /// What was just done.
    saved: String,
}

async fn show_party(
    visit: Visit,
    PathId(id): PathId<PartyId>,
    Query(form): Query<ShowForm>,
) -> Result<Response, Problem> {
    let (app, t, actor) = (&visit.ctx.app, visit.t(), visit.actor()?);
    let party = app.find_party(actor, id).await?;
    let counts = app.counts_of_parties(actor, &[&*party]).await?.remove(&party.key).unwrap_or_default();
    let features = app.features_of(party.key).await?;
    let trail =
        features.chain().iter().filter(|above| above.key != party.key && actor.sees(above.tenancy, None));
    let is_customer = party.kind == PartyKind::Customer;
    let (sites, more) = match is_customer {
        true => {
            let page = app.page_sites(actor, Some(&party), Limit::DEFAULT, None).await?;
            (site_rows(&visit, &page.items).await?, page.next.is_some())
        }
        false => (Vec::new(), false),
    };
    let stored: &Party = &party;
    let saved = match form.saved.as_str() {
        "new" => Some("parties-saved-new"),
        "edit" => Some("parties-saved-edit"),
        "closed" if party.closed_at.is_some() => Some("parties-saved-closed"),
        "open" if party.closed_at.is_none() => Some("parties-saved-open"),
        _ => None,
    };
    let times = Times::in_utc(t, visit.now());
    visit.show(&PartyPage {
        t,
        frame: visit.frame(),
        id: party.id.to_string(),
        name: titled(t, &party),
        kind: kind(t, party.kind),
        trail: trail.map(|above| (format!("/parties/{}", above.id), titled(t, above))).collect(),
        has_list: visit.sees_customers(),
        notice: saved.map(|key| t.text(key)),
        closed: party.closed_at.map(|at| {
            let moment = times.moment(at).text;
            t.with("parties-closed-since", &[("time", moment.into())])
        }),
        version: party.version,
        may_edit: actor.administer(stored.clone()).is_ok() && party.kind != PartyKind::Platform,
        may_close: actor.reopen(stored.clone()).is_ok() && party.kind != PartyKind::Platform,
        may_administer: visit.may_administer(),
        new_address: new_address(&visit, &party),
        new_site_address: (is_customer && actor.manage(stored.clone()).is_ok())
            .then(|| format!("/sites/new?party_id={}", party.id)),
        sip_domain: party.sip_domain.as_ref().map(|domain| domain.as_str().to_owned()),
        contact: party.contact.clone(),
        counts: CountsView::new(t, counts),
        is_customer,
        sites,
        has_more_sites: more,
    })
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct PartyForm {
    below: String,
    kind: String,
    name: String,
    contact: String,
    sip_domain: Option<String>,
    version: String,
}

impl PartyForm {
    /// A version that is no number is none that is stored.
    fn version(&self) -> i64 {
        self.version.parse().unwrap_or(-1)
    }
}

async fn parent_of(visit: &Visit, form: &PartyForm) -> Result<View<Party>> {
    match named(visit, &form.below).await? {
        Some(parent) => Ok(parent),
        None => visit.actor()?.view(visit.ctx.app.own_party(visit.actor()?).await?),
    }
}

async fn show_new_party(visit: Visit, Query(form): Query<PartyForm>) -> Result<Response, Problem> {
    let parent = parent_of(&visit, &form).await?;
    visit.actor()?.administer(parent.clone().into_inner())?;
    visit.show(&new_page(&visit, &parent, form, &[]))
}

fn new_page(visit: &Visit, parent: &Party, form: PartyForm, errors: &[FieldError]) -> PartyFormPage {
    let t = visit.t();
    let levels = PartyKind::ALL.into_iter().filter(|level| level.may_stand_below(parent.kind));
    // A provider's next is a customer more often than an operator.
    let wanted = if form.kind.is_empty() { PartyKind::Customer.as_str() } else { form.kind.as_str() };
    PartyFormPage {
        t,
        frame: visit.frame(),
        title: t.text("parties-new"),
        subtitle: t.with("parties-new-below", &[("party", titled(t, parent).into())]),
        action: "/parties/new".to_owned(),
        submit: t.text("parties-new-submit"),
        cancel_address: "/parties".to_owned(),
        version: 0,
        below: parent.id.to_string(),
        kinds: levels.map(|level| Choice::new(level.as_str(), kind(t, level), wanted)).collect(),
        name: form.name,
        contact: form.contact,
        sip_domain: Some(form.sip_domain.unwrap_or_default()),
        form_errors: FormErrors::new(t, errors),
        is_stale: false,
    }
}

async fn create_party(visit: Visit, Form(form): Form<PartyForm>) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let parent = parent_of(&visit, &form).await?;
    let granted = actor.administer(parent.clone().into_inner())?;
    let new = NewParty::with_contact(&form.kind, &form.name, form.sip_domain.as_deref(), Some(&form.contact));
    let made = match new {
        Ok(new) => visit.ctx.app.create_party(actor, granted, new, visit.now()).await,
        Err(error) => Err(error),
    };
    match made {
        Ok(party) => Ok(visit.go(&format!("/parties/{}?saved=new", party.id))),
        Err(error @ (Error::Invalid(_) | Error::Taken(_) | Error::Conflict(_))) => {
            let page = new_page(&visit, &parent, form, error.fields());
            visit.show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

fn edit_page(
    visit: &Visit,
    party: &Party,
    typed: Option<PartyForm>,
    errors: &[FieldError],
    is_stale: bool,
) -> PartyFormPage {
    let t = visit.t();
    let from_above = visit.actor().is_ok_and(|actor| actor.administer_from_above(party.clone()).is_ok());
    let has_domain = matches!(party.kind, PartyKind::Provider | PartyKind::Customer);
    let stored = || party.sip_domain.as_ref().map(|domain| domain.as_str().to_owned()).unwrap_or_default();
    let (name, contact, domain) = match typed {
        Some(form) => (form.name, form.contact, form.sip_domain.unwrap_or_else(stored)),
        None => (party.name.clone(), party.contact.clone().unwrap_or_default(), stored()),
    };
    PartyFormPage {
        t,
        frame: visit.frame(),
        title: t.text("parties-edit"),
        subtitle: party.name.clone(),
        action: format!("/parties/{}/edit", party.id),
        submit: t.text("party-save"),
        cancel_address: format!("/parties/{}", party.id),
        version: party.version,
        below: String::new(),
        kinds: Vec::new(),
        name,
        contact,
        sip_domain: (from_above && has_domain).then_some(domain),
        form_errors: FormErrors::new(t, errors),
        is_stale,
    }
}

async fn show_edit_party(visit: Visit, PathId(id): PathId<PartyId>) -> Result<Response, Problem> {
    let party = visit.ctx.app.find_party(visit.actor()?, id).await?.into_inner();
    visit.actor()?.administer(party.clone())?;
    visit.show(&edit_page(&visit, &party, None, &[], false))
}

async fn update_party(
    visit: Visit,
    PathId(id): PathId<PartyId>,
    Form(form): Form<PartyForm>,
) -> Result<Response, Problem> {
    let (app, actor) = (&visit.ctx.app, visit.actor()?);
    let party = app.find_party(actor, id).await?.into_inner();
    let granted = actor.administer(party.clone())?;
    // What stays as it is needs no right of its own.
    let stored = party.sip_domain.as_ref().map(|domain| domain.as_str()).unwrap_or_default();
    let change = PartyChange {
        name: Some(form.name.clone()),
        contact: Some(form.contact.clone()),
        sip_domain: form.sip_domain.clone().filter(|typed| typed.trim() != stored),
        ..PartyChange::default()
    };
    match app.update_party(actor, granted, Some(form.version()), change, visit.now()).await {
        Ok(party) => Ok(visit.go(&format!("/parties/{}?saved=edit", party.id))),
        Err(Error::Stale) => {
            let party = app.find_party(actor, id).await?;
            visit.show_with(StatusCode::PRECONDITION_FAILED, &edit_page(&visit, &party, None, &[], true))
        }
        Err(error @ (Error::Invalid(_) | Error::Taken(_) | Error::Conflict(_))) => {
            let page = edit_page(&visit, &party, Some(form), error.fields(), false);
            visit.show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

async fn confirm_close_party(visit: Visit, PathId(id): PathId<PartyId>) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let party = visit.ctx.app.find_party(actor, id).await?;
    actor.administer_from_above(party.clone().into_inner())?;
    let page = close_page(&visit, &party, None).await?;
    visit.show(&page)
}

async fn close_page(visit: &Visit, party: &View<Party>, problem: Option<String>) -> Result<PartyClosePage> {
    let t = visit.t();
    let left = visit.ctx.app.party_remainder(party).await?;
    let sites = format!("/sites?party_id={}", party.id);
    let in_the_way = [
        ("parties-left-parties", left.parties, format!("/parties?below={}", party.id)),
        ("parties-left-devices", left.devices, sites.clone()),
        ("parties-left-users", left.users, sites),
        ("parties-left-imports", left.imports, format!("/imports?party_id={}", party.id)),
    ];
    let in_the_way = in_the_way.into_iter().filter(|(_, count, _)| *count > 0);
    let said = |(key, count, address): (&str, i64, String)| {
        (t.with(key, &[("count", count.into()), ("n", t.number(count).into())]), address)
    };
    Ok(PartyClosePage {
        t,
        frame: visit.frame(),
        id: party.id.to_string(),
        name: party.name.clone(),
        version: party.version,
        in_the_way: in_the_way.map(said).collect(),
        problem,
    })
}

async fn close_party(
    visit: Visit,
    PathId(id): PathId<PartyId>,
    Form(form): Form<PartyForm>,
) -> Result<Response, Problem> {
    let (app, actor) = (&visit.ctx.app, visit.actor()?);
    let party = app.find_party(actor, id).await?;
    let granted = actor.administer_from_above(party.clone().into_inner())?;
    match app.close_party(actor, granted, Some(form.version()), visit.now()).await {
        Ok(party) => Ok(visit.go(&format!("/parties/{}?saved=closed", party.id))),
        Err(error @ (Error::Stale | Error::Conflict(_))) => {
            let status = match error {
                Error::Stale => StatusCode::PRECONDITION_FAILED,
                _ => StatusCode::CONFLICT,
            };
            let party = app.find_party(actor, id).await?;
            let page = close_page(&visit, &party, Some(visit.t().error(&error))).await?;
            visit.show_with(status, &page)
        }
        Err(error) => Err(error.into()),
    }
}

async fn reopen_party(
    visit: Visit,
    PathId(id): PathId<PartyId>,
    Form(form): Form<PartyForm>,
) -> Result<Response, Problem> {
    let (app, actor) = (&visit.ctx.app, visit.actor()?);
    let party = actor.reopen(app.find_party(actor, id).await?.into_inner())?;
    app.reopen_party(actor, party, Some(form.version()), visit.now()).await?;
    Ok(visit.go(&format!("/parties/{id}?saved=open")))
}
