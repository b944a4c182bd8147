//! Party Manager over many parties: one setting for all that are chosen, or for all that the list holds, after one question.
//! What the question named is what is done: had the set changed meanwhile, it is asked again.

use axum::Form;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use tonalite_app::{Differs, ManyChange, Owner, PartyQuery, PartySet};
use tonalite_core::access::View;
use tonalite_core::feature::Features;
use tonalite_core::page::{Cursor, Limit};
use tonalite_core::party::{Closed, Feature, Party, PartyKind};
use tonalite_core::search::Search;
use tonalite_core::text::Locale;
use tonalite_core::{Error, Result};

use super::devices::Pairs;
use super::list_address::{cursor, written};
use super::parties::amount;
use super::party_pages::{chosen, named};
use super::view::choice::Choice;
use super::view::party_list::kind;
use super::view::party_many::{ManyCell, ManyRow, PartyManyConfirmPage, PartyManyPage};
use super::view::party_types::by_maker;
use super::visit::Visit;
use crate::problem::Problem;
use crate::route_table::{Routes, get};

/// Names on the page of the question.
const MOST_SHOWN: usize = 10;
const ADDRESS: &str = "/party-manager/features";

/// The pages of this file.
pub(crate) fn routes() -> Routes {
    Routes::new().route(ADDRESS, get(list_many).post(change_many))
}

/// What the list is narrowed to, what is chosen of it, and what is to be set.
#[derive(Default, Clone)]
struct ManyForm {
    q: String,
    kind: String,
    differs: String,
    below: String,
    after: String,
    changed: String,
    /// `all`: everything that the list holds.
    which: String,
    parties: Vec<String>,
    /// `device_reboot=off`, `device_types=own`…
    set: String,
    types: Vec<String>,
    act: String,
    fingerprint: String,
}

impl ManyForm {
    fn read(pairs: Pairs) -> ManyForm {
        let mut form = ManyForm::default();
        for (name, value) in pairs {
            match name.as_str() {
                "q" => form.q = value,
                "kind" => form.kind = value,
                "differs" => form.differs = value,
                "below" => form.below = value,
                "after" => form.after = value,
                "changed" => form.changed = value,
                "which" => form.which = value,
                "party" => form.parties.push(value),
                "set" => form.set = value,
                "type" => form.types.push(value),
                "act" => form.act = value,
                "fingerprint" => form.fingerprint = value,
                _ => {}
            }
        }
        form
    }

    fn address(&self, after: Option<&Cursor>, changed: Option<usize>) -> String {
        let pairs = [
            ("q", self.q.clone()),
            ("kind", self.kind.clone()),
            ("differs", self.differs.clone()),
            ("below", self.below.clone()),
            ("after", after.map(Cursor::encode).unwrap_or_default()),
            ("changed", changed.map(|n| n.to_string()).unwrap_or_default()),
        ];
        written(ADDRESS, &pairs)
    }

    fn query<'a>(&self, below: Option<&'a View<Party>>) -> Result<PartyQuery<'a>> {
        Ok(PartyQuery {
            below,
            kind: chosen("kind", &self.kind, PartyKind::parse)?,
            search: Search::parse(&self.q).map_err(|error| Error::Invalid(vec![error]))?,
            closed: Closed::Exclude,
            differs: chosen("differs", &self.differs, Differs::parse)?,
            without_own: true,
        })
    }

    /// What is to be set; `None` when nothing was chosen.
    fn change(&self) -> Option<ManyChange> {
        let (name, to) = self.set.split_once('=')?;
        if name == "device_types" {
            let device_types = match to {
                "own" => self.types.clone(),
                "inherit" => Vec::new(),
                _ => return None,
            };
            return Some(ManyChange { device_types: Some(device_types), ..ManyChange::default() });
        }
        let on = match to {
            "on" => Some(true),
            "off" => Some(false),
            "inherit" => None,
            _ => return None,
        };
        let feature = Feature::parse(name).filter(|feature| feature.exists())?;
        Some(ManyChange { features: vec![(feature, on)], ..ManyChange::default() })
    }
}

fn existing() -> impl Iterator<Item = Feature> {
    Feature::ALL.into_iter().filter(|feature| feature.exists())
}

/// What may be set, in words, by what it is set for.
fn acts(t: Locale) -> Vec<(String, Vec<Choice>)> {
    let choices = |what: &str, word: &str, settings: &[(&str, &str)]| {
        let choice = |(to, key): &(&str, &str)| {
            let label = t.with("party-set", &[("feature", what.into()), ("state", t.text(key).into())]);
            Choice::new(format!("{word}={to}"), label, "")
        };
        settings.iter().map(choice).collect::<Vec<_>>()
    };
    let switched =
        [("on", "party-choice-on"), ("off", "party-choice-off"), ("inherit", "parties-many-inherit")];
    let listed = [("own", "parties-many-types-own"), ("inherit", "parties-many-inherit")];
    let features = existing().map(|feature| (t.feature(feature), feature.as_str()));
    let features = features.map(|(what, word)| {
        let choices = choices(&what, word, &switched);
        (what, choices)
    });
    let types = t.text("party-types");
    let of_types = choices(&types, "device_types", &listed);
    features.chain([(types, of_types)]).collect()
}

fn in_words(t: Locale, set: &str) -> String {
    let all = acts(t).into_iter().flat_map(|(_, choices)| choices);
    all.into_iter().find(|choice| choice.value == set).map_or_else(String::new, |choice| choice.label)
}

async fn list_many(visit: Visit, Query(pairs): Query<Pairs>) -> Result<Response, Problem> {
    let page = list_page(&visit, ManyForm::read(pairs), None).await?;
    visit.show(&page)
}

async fn list_page(visit: &Visit, form: ManyForm, problem: Option<String>) -> Result<PartyManyPage> {
    let (app, actor, t) = (&visit.ctx.app, visit.actor()?, visit.t());
    if !visit.may_administer() {
        return Err(Error::Forbidden);
    }
    let below = named(visit, &form.below).await?;
    let query = form.query(below.as_ref())?;
    let after = cursor(&form.after)?;
    let on_first_page = after.is_none();
    let page = app.page_parties(actor, query.clone(), Limit::DEFAULT, after).await?;
    let keys = || page.items.iter().map(|placed| placed.party.key);
    let features = app.features_of_all(keys()).await?;
    let lists = app.own_lists(keys(), []).await?;
    let nothing = Features::new(Vec::new());
    let row = |placed: &tonalite_app::PlacedParty| {
        let party = &placed.party;
        let features = features.get(&party.key).unwrap_or(&nothing);
        let own = lists.get(&Owner::Party(party.key));
        let above: Vec<&str> = placed.provider.iter().chain(&placed.operator).map(String::as_str).collect();
        ManyRow {
            id: party.id.to_string(),
            name: party.name.clone(),
            place: above.join(" › "),
            cells: existing().map(|feature| ManyCell::new(t, features, feature)).collect(),
            types: match own {
                Some(own) => t.with("party-types-own-count", &[("count", amount(own.len()))]),
                None => t.text("party-types-inherited"),
            },
            has_own_types: own.is_some(),
        }
    };
    let shown =
        page.items.iter().filter(|placed| below.as_ref().is_none_or(|below| below.key != placed.party.key));
    let rows: Vec<ManyRow> = shown.map(row).collect();
    let all = match !on_first_page || page.next.is_some() {
        true => {
            let most = i64::try_from(tonalite_app::MOST_PARTIES).unwrap_or(i64::MAX) + 1;
            let found = app.count_parties(actor, query.clone(), most).await?;
            let n = t.number(found);
            Some(match found < most {
                true => t.with("parties-many-all", &[("n", n.into())]),
                false => t.with("parties-many-too_many", &[("max", t.number(most - 1).into())]),
            })
        }
        false => None,
    };
    let own = app.own_party(actor).await?;
    let levels = PartyKind::ALL.into_iter().filter(|kind| *kind > own.kind);
    let changed = form.changed.parse::<i64>().ok();
    Ok(PartyManyPage {
        t,
        frame: visit.frame(),
        searched: query.search.as_ref().map(Search::shown),
        kinds: levels.map(|level| Choice::new(level.as_str(), kind(t, level), &form.kind)).collect(),
        differs: [
            ("features", "parties-many-differs-features"),
            ("device_types", "parties-many-differs-types"),
        ]
        .into_iter()
        .map(|(value, key)| Choice::new(value, t.text(key), &form.differs))
        .collect(),
        below: below.as_ref().map(|below| (below.id.to_string(), below.name.clone())),
        heads: existing().map(|feature| t.feature(feature)).collect(),
        rows,
        all,
        acts: acts(t),
        notice: changed
            .map(|n| t.with("parties-many-done", &[("count", n.into()), ("n", t.number(n).into())])),
        problem,
        on_first_page,
        first_address: form.address(None, None),
        next_address: page.next.as_ref().map(|next| form.address(Some(next), None)),
        q: form.q,
    })
}

async fn change_many(visit: Visit, Form(pairs): Form<Pairs>) -> Result<Response, Problem> {
    let form = ManyForm::read(pairs);
    let (app, actor, t) = (&visit.ctx.app, visit.actor()?, visit.t());
    if !visit.may_administer() {
        return Err(Error::Forbidden.into());
    }
    let Some(change) = form.change() else {
        let page = list_page(&visit, form, Some(t.text("parties-many-choose_what"))).await?;
        return visit.show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    if form.which != "all" && form.parties.is_empty() {
        let page = list_page(&visit, form, Some(t.text("parties-many-choose_which"))).await?;
        return visit.show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let below = named(&visit, &form.below).await?;
    let mut ids = Vec::new();
    for id in &form.parties {
        ids.push(id.parse().map_err(|_| Error::NotFound)?);
    }
    let set = match form.which.as_str() {
        "all" => PartySet::Matching(form.query(below.as_ref())?),
        _ => PartySet::Named(ids),
    };
    let plan = match app.plan_party_changes(actor, set, &change, visit.now()).await {
        Ok(plan) => plan,
        Err(error @ (Error::Invalid(_) | Error::Conflict(_))) => {
            let said = error.fields().iter().map(|error| t.field_error(error)).collect::<Vec<_>>().join(" ");
            let page = list_page(&visit, form, Some(said)).await?;
            return visit.show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
        Err(error) => return Err(error.into()),
    };
    let is_same = plan.fingerprint == form.fingerprint;
    let needs_types = form.set == "device_types=own" && form.types.is_empty();
    if form.act == "apply" && is_same && !needs_types {
        let changed = plan.changed();
        match app.change_parties(plan).await {
            Ok(()) => return Ok(visit.go(&form.address(None, Some(changed)))),
            Err(error @ Error::Stale) => {
                let page = list_page(&visit, form, Some(t.error(&error))).await?;
                return visit.show_with(StatusCode::PRECONDITION_FAILED, &page);
            }
            Err(error) => return Err(error.into()),
        }
    }
    let problem = match form.act.as_str() {
        "apply" if needs_types => Some("party-types-required"),
        "apply" => Some("parties-many-moved"),
        _ => None,
    };
    let makers = match form.set == "device_types=own" {
        true => {
            let own = actor.view(app.own_party(actor).await?)?;
            by_maker(&app.approved_for_party(&own).await?, &form.types, "").0
        }
        false => Vec::new(),
    };
    let (changed, unchanged) = match form.set == "device_types=own" && form.act != "apply" {
        // Nothing is chosen yet: all of them are meant.
        true => (plan.changed() + plan.unchanged, 0),
        false => (plan.changed(), plan.unchanged),
    };
    let first: Vec<String> = plan.first(MOST_SHOWN).map(|party| party.name.clone()).collect();
    let more = plan.changed().saturating_sub(first.len());
    let mut hidden: Vec<(String, String)> = [
        ("q", &form.q),
        ("kind", &form.kind),
        ("differs", &form.differs),
        ("below", &form.below),
        ("which", &form.which),
        ("set", &form.set),
        ("fingerprint", &plan.fingerprint),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.clone()))
    .collect();
    if form.which != "all" {
        hidden.extend(form.parties.iter().map(|id| ("party".to_owned(), id.clone())));
    }
    let args = [("count", amount(changed)), ("unchanged", amount(unchanged))];
    let page = PartyManyConfirmPage {
        t,
        frame: visit.frame(),
        title: t.with("parties-many-confirm", &[("count", amount(changed))]),
        what: in_words(t, &form.set),
        count: t.with("parties-many-count", &args),
        first,
        more: (more > 0).then(|| t.with("parties-many-more", &[("count", amount(more))])),
        problem: problem.map(|key| t.text(key)),
        hidden,
        makers,
        cancel_address: form.address(None, None),
        may_submit: changed > 0,
    };
    let status = if problem.is_some() { StatusCode::PRECONDITION_FAILED } else { StatusCode::OK };
    visit.show_with(status, &page)
}
