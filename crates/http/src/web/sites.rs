//! Sites: the places of a customer, found, opened, made, changed, and deleted when nothing is there.

use axum::Form;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tonalite_core::access::View;
use tonalite_core::error::FieldError;
use tonalite_core::id::SiteId;
use tonalite_core::page::{Cursor, Limit};
use tonalite_core::party::{Party, PartyKind};
use tonalite_core::search::Search;
use tonalite_core::site::{NewSite, Site};
use tonalite_core::text::Language;
use tonalite_core::{Error, Result};

use super::list_address::{cursor, written};
use super::party_pages::named;
use super::view::choice::Choice;
use super::view::form::FormErrors;
use super::view::site_pages::{SiteDeletePage, SiteFormPage, SiteListRow, SitePage, SitesPage};
use super::view::state_counts::CountsView;
use super::visit::Visit;
use crate::api::zone_exists;
use crate::problem::Problem;
use crate::read::PathId;
use crate::route_table::{Routes, get};

/// The pages of this file.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/sites", get(list_sites))
        .route("/sites/new", get(show_new_site).post(create_site))
        .route("/sites/{id}", get(show_site))
        .route("/sites/{id}/edit", get(show_edit_site).post(update_site))
        .route("/sites/{id}/delete", get(confirm_delete_site).post(delete_site))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ListForm {
    q: String,
    party_id: String,
    after: String,
    /// What was just done.
    saved: String,
}

impl ListForm {
    fn address(&self, after: Option<&Cursor>) -> String {
        let after = after.map(Cursor::encode).unwrap_or_default();
        let pairs = [("q", self.q.clone()), ("party_id", self.party_id.clone()), ("after", after)];
        written("/sites", &pairs)
    }
}

/// Sites as rows, with the counts of all of them read at once.
pub(super) async fn site_rows(visit: &Visit, sites: &[Site]) -> Result<Vec<SiteListRow>> {
    let keys: Vec<_> = sites.iter().map(|site| site.key).collect();
    let counts = visit.ctx.app.counts_of_sites(visit.actor()?, &keys).await?;
    let row = |site: &Site| {
        let counts = counts.get(&site.key).copied().unwrap_or_default();
        SiteListRow::new(site, CountsView::new(visit.t(), counts))
    };
    Ok(sites.iter().map(row).collect())
}

async fn list_sites(visit: Visit, Query(form): Query<ListForm>) -> Result<Response, Problem> {
    let (app, actor, t) = (&visit.ctx.app, visit.actor()?, visit.t());
    let party = named(&visit, &form.party_id).await?;
    let search = Search::parse(&form.q).map_err(|error| Error::Invalid(vec![error]))?;
    let after = cursor(&form.after)?;
    let on_first_page = after.is_none();
    let page = app.search_sites(actor, party.as_ref(), search.as_ref(), Limit::DEFAULT, after).await?;
    let own = app.own_party(actor).await?;
    let customer = party.as_deref().unwrap_or(&own);
    let may = customer.kind == PartyKind::Customer && actor.manage(customer.clone()).is_ok();
    visit.show(&SitesPage {
        t,
        frame: visit.frame(),
        searched: search.as_ref().map(Search::shown),
        party: party.as_ref().map(|party| (party.id.to_string(), party.name.clone())),
        shows_customer: visit.sees_customers(),
        new_address: may.then(|| format!("/sites/new?party_id={}", customer.id)),
        notice: (form.saved == "deleted").then(|| t.text("sites-saved-deleted")),
        rows: site_rows(&visit, &page.items).await?,
        on_first_page,
        first_address: form.address(None),
        next_address: page.next.as_ref().map(|next| form.address(Some(next))),
        q: form.q,
    })
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ShowForm {
    saved: String,
}

async fn show_site(
    visit: Visit,
    PathId(id): PathId<SiteId>,
    Query(form): Query<ShowForm>,
) -> Result<Response, Problem> {
    let (app, actor, t) = (&visit.ctx.app, visit.actor()?, visit.t());
    let site = app.find_site(actor, id).await?.into_inner();
    let counts = app.counts_of_sites(actor, &[site.key]).await?.remove(&site.key).unwrap_or_default();
    let saved = match form.saved.as_str() {
        "new" => Some("sites-saved-new"),
        "edit" => Some("sites-saved-edit"),
        _ => None,
    };
    visit.show(&SitePage {
        t,
        frame: visit.frame(),
        language: language_name(&visit, site.language),
        devices_address: format!("/devices?site={id}"),
        customer_address: visit.sees_customers().then(|| format!("/parties/{}", site.customer_id)),
        notice: saved.map(|key| t.text(key)),
        is_closed: site.customer_closed,
        may_manage: actor.manage(site.clone()).is_ok(),
        may_administer: actor.administer(site.clone()).is_ok(),
        site: SiteListRow::new(&site, CountsView::new(t, counts)),
    })
}

/// What a language is called.
fn language_name(visit: &Visit, language: Language) -> String {
    visit.t().text(match language {
        Language::English => "sites-language-en",
        Language::French => "sites-language-fr",
    })
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct SiteForm {
    party_id: String,
    name: String,
    code: String,
    time_zone: String,
    language: String,
    version: String,
}

impl SiteForm {
    fn of(site: &Site) -> SiteForm {
        SiteForm {
            name: site.name.clone(),
            code: site.code.clone().unwrap_or_default(),
            time_zone: site.time_zone.as_str().to_owned(),
            language: site.language.as_str().to_owned(),
            ..SiteForm::default()
        }
    }

    fn parse(&self) -> Result<NewSite> {
        let language = Some(self.language.as_str()).filter(|language| !language.is_empty());
        NewSite::parse(&self.name, Some(&self.code), Some(self.time_zone.trim()), language, zone_exists)
    }

    /// A version that is no number is none that is stored.
    fn version(&self) -> i64 {
        self.version.parse().unwrap_or(-1)
    }
}

fn form_page(visit: &Visit, form: SiteForm, errors: &[FieldError]) -> SiteFormPage {
    let t = visit.t();
    let languages = Language::ALL.into_iter();
    SiteFormPage {
        t,
        frame: visit.frame(),
        title: t.text("sites-new"),
        subtitle: String::new(),
        action: "/sites/new".to_owned(),
        submit: t.text("sites-new-submit"),
        cancel_address: "/sites".to_owned(),
        version: 0,
        party_id: form.party_id,
        name: form.name,
        code: form.code,
        time_zone: form.time_zone,
        languages: languages
            .map(|language| Choice::new(language.as_str(), language_name(visit, language), &form.language))
            .collect(),
        zones: jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect(),
        form_errors: FormErrors::new(t, errors),
        is_stale: false,
    }
}

async fn customer_of(visit: &Visit, form: &SiteForm) -> Result<View<Party>> {
    let customer = match named(visit, &form.party_id).await? {
        Some(customer) => customer,
        None => visit.actor()?.view(visit.ctx.app.own_party(visit.actor()?).await?)?,
    };
    if customer.kind == PartyKind::Customer { Ok(customer) } else { Err(Error::NotFound) }
}

fn new_page(visit: &Visit, customer: &Party, form: SiteForm, errors: &[FieldError]) -> SiteFormPage {
    let form = SiteForm { party_id: customer.id.to_string(), ..form };
    SiteFormPage { subtitle: customer.name.clone(), ..form_page(visit, form, errors) }
}

async fn show_new_site(visit: Visit, Query(mut form): Query<SiteForm>) -> Result<Response, Problem> {
    let (app, actor) = (&visit.ctx.app, visit.actor()?);
    let customer = customer_of(&visit, &form).await?;
    actor.manage(customer.clone().into_inner())?;
    // The next site is mostly in the country of the last one.
    let known = app.page_sites(actor, Some(&customer), Limit::at_most(1), None).await?.items;
    let zone = known.first().map_or("Europe/Paris", |site| site.time_zone.as_str());
    form.time_zone = zone.to_owned();
    form.language = known.first().map_or(visit.t().language(), |site| site.language).as_str().to_owned();
    visit.show(&new_page(&visit, &customer, form, &[]))
}

async fn create_site(visit: Visit, Form(form): Form<SiteForm>) -> Result<Response, Problem> {
    let (app, actor) = (&visit.ctx.app, visit.actor()?);
    let customer = customer_of(&visit, &form).await?;
    let granted = actor.manage(customer.clone().into_inner())?;
    let made = match form.parse() {
        Ok(new) => app.create_site(actor, granted, new, visit.now()).await,
        Err(error) => Err(error),
    };
    match made {
        Ok(site) => Ok(visit.go(&format!("/sites/{}?saved=new", site.id))),
        Err(error @ (Error::Invalid(_) | Error::Taken(_) | Error::Conflict(_))) => {
            let page = new_page(&visit, &customer, form, error.fields());
            visit.show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

fn edit_page(visit: &Visit, site: &Site, form: SiteForm, errors: &[FieldError]) -> SiteFormPage {
    let t = visit.t();
    SiteFormPage {
        title: t.text("sites-edit"),
        subtitle: site.name.clone(),
        action: format!("/sites/{}/edit", site.id),
        submit: t.text("party-save"),
        cancel_address: format!("/sites/{}", site.id),
        version: site.version,
        ..form_page(visit, form, errors)
    }
}

async fn show_edit_site(visit: Visit, PathId(id): PathId<SiteId>) -> Result<Response, Problem> {
    let site = visit.ctx.app.find_site(visit.actor()?, id).await?.into_inner();
    visit.actor()?.manage(site.clone())?;
    visit.show(&edit_page(&visit, &site, SiteForm::of(&site), &[]))
}

async fn update_site(
    visit: Visit,
    PathId(id): PathId<SiteId>,
    Form(form): Form<SiteForm>,
) -> Result<Response, Problem> {
    let (app, actor) = (&visit.ctx.app, visit.actor()?);
    let site = app.find_site(actor, id).await?.into_inner();
    let granted = actor.manage(site.clone())?;
    let done = match form.parse() {
        Ok(new) => app.update_site(actor, granted, Some(form.version()), new, visit.now()).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(site) => Ok(visit.go(&format!("/sites/{}?saved=edit", site.id))),
        Err(Error::Stale) => {
            let site = app.find_site(actor, id).await?.into_inner();
            let page = edit_page(&visit, &site, SiteForm::of(&site), &[]);
            let page = SiteFormPage { is_stale: true, ..page };
            visit.show_with(StatusCode::PRECONDITION_FAILED, &page)
        }
        Err(error @ (Error::Invalid(_) | Error::Taken(_) | Error::Conflict(_))) => {
            let page = edit_page(&visit, &site, form, error.fields());
            visit.show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

async fn delete_page(visit: &Visit, site: &View<Site>, problem: Option<String>) -> Result<SiteDeletePage> {
    let t = visit.t();
    let left = visit.ctx.app.site_remainder(site).await?;
    let devices = format!("/devices?site={}", site.id);
    let in_the_way =
        [("parties-left-devices", left.devices, devices.clone()), ("sites-left-users", left.users, devices)];
    let said = |(key, count, address): (&str, i64, String)| {
        (t.with(key, &[("count", count.into()), ("n", t.number(count).into())]), address)
    };
    Ok(SiteDeletePage {
        t,
        frame: visit.frame(),
        id: site.id.to_string(),
        name: site.name.clone(),
        version: site.version,
        in_the_way: in_the_way.into_iter().filter(|(_, count, _)| *count > 0).map(said).collect(),
        problem,
    })
}

async fn confirm_delete_site(visit: Visit, PathId(id): PathId<SiteId>) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let site = visit.ctx.app.find_site(actor, id).await?;
    actor.manage(site.clone().into_inner())?;
    let page = delete_page(&visit, &site, None).await?;
    visit.show(&page)
}

async fn delete_site(
    visit: Visit,
    PathId(id): PathId<SiteId>,
    Form(form): Form<SiteForm>,
) -> Result<Response, Problem> {
    let (app, actor) = (&visit.ctx.app, visit.actor()?);
    let site = app.find_site(actor, id).await?;
    let granted = actor.manage(site.clone().into_inner())?;
    let done = match form.version() == site.version {
        true => app.delete_site(actor, granted, visit.now()).await,
        false => Err(Error::Stale),
    };
    match done {
        Ok(()) => Ok(visit.go(&format!("/sites?party_id={}&saved=deleted", site.customer_id))),
        Err(error @ (Error::Stale | Error::Conflict(_))) => {
            let status = match error {
                Error::Stale => StatusCode::PRECONDITION_FAILED,
                _ => StatusCode::CONFLICT,
            };
            let site = app.find_site(actor, id).await?;
            let page = delete_page(&visit, &site, Some(visit.t().error(&error))).await?;
            visit.show_with(status, &page)
        }
        Err(error) => Err(error.into()),
    }
}
