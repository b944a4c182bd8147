//! Party Manager: the parties below are found, opened, and their features switched. Their device types are in `party_types`.

use axum::Form;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tonalite_app::{DeviceType, Owner, PartyChange, PartyQuery};
use tonalite_core::access::View;
use tonalite_core::error::FieldError;
use tonalite_core::feature::Features;
use tonalite_core::id::PartyId;
use tonalite_core::page::{Cursor, Limit};
use tonalite_core::party::{Feature, Party, PartyKind};
use tonalite_core::search::Search;
use tonalite_core::{Error, Result};

use super::devices::Pairs;
use super::list_address::{cursor, written};
use super::view::choice::Choice;
use super::view::form::FormErrors;
use super::view::party_list::{PartyListPage, PartyRow, kind};
use super::view::party_show::{ChangeRow, FeatureRow, PartyShowPage, SiteRow, TypesSummary, called, titled};
use super::view::times::Times;
use super::visit::Visit;
use crate::problem::Problem;
use crate::read::PathId;
use crate::route_table::{Routes, get, post};

/// The pages of this file.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/party-manager", get(list_parties))
        .route("/party-manager/{id}", get(show_party).post(switch_features))
        .route("/party-manager/{id}/contact", post(update_contact))
}

/// A party, for who administers something. What is foreign is not found before anything else is said.
pub(super) async fn opened(visit: &Visit, id: PartyId) -> Result<View<Party>> {
    let party = visit.ctx.app.find_party(visit.actor()?, id).await?;
    if visit.may_administer() { Ok(party) } else { Err(Error::Forbidden) }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ListForm {
    q: String,
    kind: String,
    below: String,
    after: String,
}

impl ListForm {
    fn address(&self, after: Option<&Cursor>) -> String {
        let after = after.map(Cursor::encode).unwrap_or_default();
        let mut pairs =
            vec![("q", self.q.clone()), ("kind", self.kind.clone()), ("below", self.below.clone())];
        pairs.push(("after", after));
        written("/party-manager", &pairs)
    }
}

async fn list_parties(visit: Visit, Query(form): Query<ListForm>) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    if !visit.may_administer() {
        return Err(Error::Forbidden.into());
    }
    let (app, t) = (&visit.ctx.app, visit.t());
    let own = app.own_party(actor).await?;
    if own.kind == PartyKind::Customer {
        // Nothing stands below a customer but its sites.
        return Ok(visit.go(&format!("/party-manager/{}", own.id)));
    }
    let one = |error: FieldError| Error::Invalid(vec![error]);
    let below = match form.below.as_str() {
        "" => None,
        id => Some(app.find_party(actor, id.parse().map_err(|_| Error::NotFound)?).await?),
    };
    let level = match form.kind.as_str() {
        "" => None,
        word => Some(PartyKind::parse(word).ok_or_else(|| {
            let value = tonalite_core::device::short(word);
            one(FieldError::new("kind", "unknown_value").with("value", value))
        })?),
    };
    let search = Search::parse(&form.q).map_err(one)?;
    let after = cursor(&form.after)?;
    let on_first_page = after.is_none();
    let searched = search.as_ref().map(Search::shown);
    let query = PartyQuery { below: below.as_ref(), kind: level, search, ..PartyQuery::default() };
    let page = app.page_parties(actor, query, Limit::DEFAULT, after).await?;
    // What one stands on oneself is no row of what stands below.
    let shown = page.items.iter().filter(|placed| {
        placed.party.key != own.key && below.as_ref().is_none_or(|below| below.key != placed.party.key)
    });
    let levels = PartyKind::ALL.into_iter().filter(|kind| *kind > own.kind);
    visit.show(&PartyListPage {
        t,
        frame: visit.frame(),
        searched,
        kinds: levels.map(|level| Choice::new(level.as_str(), kind(t, level), &form.kind)).collect(),
        below: below.as_ref().map(|below| (below.id.to_string(), below.name.clone())),
        own: (format!("/party-manager/{}", own.id), titled(t, &own)),
        rows: shown.map(|placed| PartyRow::new(t, placed)).collect(),
        on_first_page,
        first_address: form.address(None),
        next_address: page.next.as_ref().map(|next| form.address(Some(next))),
        q: form.q,
    })
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ShowForm {
    /// What was just saved.
    saved: String,
    sites_after: String,
}

/// What a page about a party says beyond what is stored.
#[derive(Default)]
struct Said {
    notice: Option<String>,
    problem: Option<String>,
    /// As typed, with what is wrong with it.
    contact: Option<(String, Vec<FieldError>)>,
    sites_after: Option<Cursor>,
}

async fn show_party(
    visit: Visit,
    PathId(id): PathId<PartyId>,
    Query(form): Query<ShowForm>,
) -> Result<Response, Problem> {
    let party = opened(&visit, id).await?;
    let saved = match form.saved.as_str() {
        "features" => Some("party-saved-features"),
        "types" => Some("party-saved-types"),
        "contact" => Some("party-saved-contact"),
        _ => None,
    };
    let sites_after = cursor(&form.sites_after)?;
    let said = Said { notice: saved.map(|key| visit.t().text(key)), sites_after, ..Said::default() };
    let page = party_page(&visit, &party, said).await?;
    visit.show(&page)
}

async fn party_page(visit: &Visit, party: &View<Party>, said: Said) -> Result<PartyShowPage> {
    let (app, t, actor) = (&visit.ctx.app, visit.t(), visit.actor()?);
    let stored: &Party = party;
    let features = app.features_of(party.key).await?;
    let may_set = actor.administer_from_above(stored.clone()).is_ok();
    let above = features.chain().iter().rev().nth(1);
    let set_by = match above {
        _ if may_set => None,
        Some(above) => Some(t.with("party-set-by", &[("party", called(t, above).into())])),
        None => Some(t.text("party-set-by-nobody")),
    };
    let trail =
        features.chain().iter().filter(|above| above.key != party.key && actor.sees(above.tenancy, None));
    let (contact, errors) = said.contact.unwrap_or((party.contact.clone().unwrap_or_default(), Vec::new()));
    let acts = app.acts_on_party(actor, party, 10).await.or_else(|error| match error {
        // Whose rights end at some sites administers these; what was done above is not theirs to read.
        Error::Forbidden => Ok(Vec::new()),
        error => Err(error),
    })?;
    let times = Times::in_utc(t, visit.now());
    let is_customer = party.kind == PartyKind::Customer;
    let (sites, more_sites) = match is_customer {
        true => site_rows(visit, party, said.sites_after).await?,
        false => (Vec::new(), None),
    };
    Ok(PartyShowPage {
        t,
        frame: visit.frame(),
        id: party.id.to_string(),
        name: titled(t, party),
        kind: kind(t, party.kind),
        version: party.version,
        trail: trail.map(|above| (format!("/party-manager/{}", above.id), titled(t, above))).collect(),
        has_list: actor.scope.kind != PartyKind::Customer,
        notice: said.notice,
        problem: said.problem,
        features: Feature::ALL
            .into_iter()
            .filter(|feature| feature.exists())
            .map(|feature| FeatureRow::new(t, &features, feature))
            .collect(),
        set_by,
        types: types_summary(visit, party, &features, may_set).await?,
        may_contact: actor.administer(stored.clone()).is_ok(),
        contact,
        form_errors: FormErrors::new(t, &errors),
        is_customer,
        sites,
        more_sites,
        changes: acts.iter().map(|act| ChangeRow::new(t, &times, act)).collect(),
    })
}

async fn types_summary(
    visit: &Visit,
    party: &View<Party>,
    features: &Features,
    may_set: bool,
) -> Result<TypesSummary> {
    let (app, t) = (&visit.ctx.app, visit.t());
    let approved = app.approved_for_party(party).await?;
    let lists = app.own_lists(features.chain().iter().map(|party| party.key), []).await?;
    let owner = features.chain().iter().rev().find(|party| lists.contains_key(&Owner::Party(party.key)));
    let from = match owner {
        Some(owner) if owner.key == party.key => t.text("party-types-own-list"),
        Some(owner) => t.with("party-types-from", &[("party", called(t, owner).into())]),
        None => t.text("party-types-catalogue"),
    };
    Ok(TypesSummary {
        count: t.with(
            "party-types-of",
            &[("count", amount(approved.len())), ("total", amount(app.device_types().len()))],
        ),
        from,
        makers: makers(&approved),
        address: (may_set || (party.kind == PartyKind::Platform && visit.may_administer()))
            .then(|| format!("/party-manager/{}/device-types", party.id)),
    })
}

/// How many types of each maker, in the order of the catalogue.
fn makers(types: &[&DeviceType]) -> Vec<(String, usize)> {
    let mut makers: Vec<(String, usize)> = Vec::new();
    for device_type in types {
        match makers.last_mut() {
            Some((name, count)) if *name == device_type.vendor_name => *count += 1,
            _ => makers.push((device_type.vendor_name.clone(), 1)),
        }
    }
    makers
}

/// A count as an argument of a text.
pub(super) fn amount(count: usize) -> tonalite_core::text::Arg {
    i64::try_from(count).unwrap_or(i64::MAX).into()
}

async fn site_rows(
    visit: &Visit,
    party: &View<Party>,
    after: Option<Cursor>,
) -> Result<(Vec<SiteRow>, Option<String>)> {
    let (app, t, actor) = (&visit.ctx.app, visit.t(), visit.actor()?);
    let page = app.page_sites(actor, Some(party), Limit::DEFAULT, after).await?;
    let lists = app.own_lists([], page.items.iter().map(|site| site.key)).await?;
    let rows = page.items.iter().map(|site| SiteRow {
        name: site.name.clone(),
        types: match lists.get(&Owner::Site(site.key)) {
            Some(own) => t.with("party-types-own-count", &[("count", amount(own.len()))]),
            None => t.text("party-types-inherited"),
        },
        address: actor
            .administer(site.clone())
            .is_ok()
            .then(|| format!("/party-manager/sites/{}/device-types", site.id)),
    });
    let more = page
        .next
        .as_ref()
        .map(|next| format!("/party-manager/{}?sites_after={}#sites", party.id, next.encode()));
    Ok((rows.collect(), more))
}

async fn switch_features(
    visit: Visit,
    PathId(id): PathId<PartyId>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Problem> {
    let party = opened(&visit, id).await?;
    let actor = visit.actor()?;
    let granted = actor.administer_from_above(party.clone().into_inner())?;
    let mut features = Vec::new();
    for (name, value) in &pairs {
        let Some(feature) = Feature::parse(name) else { continue };
        let on = match value.as_str() {
            "on" => Some(true),
            "off" => Some(false),
            "inherit" => None,
            other => {
                let value = tonalite_core::device::short(other);
                let error = FieldError::new(name.as_str(), "unknown_value").with("value", value);
                return Err(Error::Invalid(vec![error]).into());
            }
        };
        if on != party.features.get(feature) {
            features.push((feature, on));
        }
    }
    let change = PartyChange { features, ..PartyChange::default() };
    saved(&visit, party, granted, version(&pairs), change, "features").await
}

async fn update_contact(
    visit: Visit,
    PathId(id): PathId<PartyId>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Problem> {
    let party = opened(&visit, id).await?;
    let granted = visit.actor()?.administer(party.clone().into_inner())?;
    let contact = pairs.iter().find(|(name, _)| name == "contact").map(|(_, value)| value.clone());
    let change = PartyChange { contact: Some(contact.unwrap_or_default()), ..PartyChange::default() };
    saved(&visit, party, granted, version(&pairs), change, "contact").await
}

/// The version that the form was made of; one that is no number is none that is stored.
pub(super) fn version(pairs: &[(String, String)]) -> i64 {
    let text = pairs.iter().find(|(name, _)| name == "version").map(|(_, value)| value.as_str());
    text.and_then(|text| text.parse().ok()).unwrap_or(-1)
}

/// Saves, and shows the party again: with what was done, or with what is in the way.
async fn saved(
    visit: &Visit,
    party: View<Party>,
    granted: tonalite_core::access::Administer<Party>,
    version: i64,
    change: PartyChange,
    what: &str,
) -> Result<Response, Problem> {
    let typed = change.contact.clone();
    let done = visit.ctx.app.update_party(visit.actor()?, granted, Some(version), change, visit.now()).await;
    let (status, said) = match done {
        Ok(party) => return Ok(visit.go(&format!("/party-manager/{}?saved={what}", party.id))),
        Err(error @ Error::Stale) => {
            let problem = Some(visit.t().error(&error));
            (StatusCode::PRECONDITION_FAILED, Said { problem, ..Said::default() })
        }
        Err(Error::Invalid(errors)) => {
            let contact = typed.map(|typed| (typed, errors));
            (StatusCode::UNPROCESSABLE_ENTITY, Said { contact, ..Said::default() })
        }
        Err(error) => return Err(error.into()),
    };
    // Somebody else may have changed it meanwhile: what is shown is what holds now.
    let party = opened(visit, party.id).await?;
    let page = party_page(visit, &party, said).await?;
    visit.show_with(status, &page)
}
