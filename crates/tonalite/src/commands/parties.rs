//! `tonalite party`.

use anyhow::Context;
use serde_json::{Value, json};
use tonalite_app::{App, PartyChange, PartyQuery};
use tonalite_core::Error;
use tonalite_core::access::{Actor, View};
use tonalite_core::id::PartyId;
use tonalite_core::party::{Closed, Feature, FeatureSettings, NewParty, PartyKind};
use tonalite_core::search::Search;
use tonalite_core::world::Clock;

use super::out::{Listing, Out};
use super::told;
use super::words::{cell, sheet};
use crate::cli::{Party, PartyKindArg, Rows, Typed};
use crate::world::SystemClock;

pub(crate) async fn run(app: &App, command: Party, out: &Out) -> anyhow::Result<()> {
    let actor = Actor::command_line();
    let now = SystemClock.now();
    match command {
        Party::Create { kind, name, parent, sip_domain } => {
            let new = NewParty::parse(kind.kind().as_str(), &name, sip_domain.as_deref()).map_err(told)?;
            let parent = find_party(app, &actor, parent).await.context("--parent")?;
            let parent = actor.administer(parent.into_inner()).map_err(told)?;
            let party = app.create_party(&actor, parent, new, now).await.map_err(told)?;
            let effective = app.effective_features(&party).await.map_err(told)?;
            out.answer(party.id.to_string(), &document(&party, Some(&effective))).await?;
        }
        Party::Set { id, feature, contact } => {
            let party = find_party(app, &actor, id).await?.into_inner();
            let party = actor.administer(party).map_err(told)?;
            let features = feature.into_iter().map(|switch| (switch.feature, switch.on)).collect();
            let change = PartyChange { contact, features, ..PartyChange::default() };
            let party = app.update_party(&actor, party, None, change, now).await.map_err(told)?;
            let effective = app.effective_features(&party).await.map_err(told)?;
            out.answer(lines(&effective), &document(&party, Some(&effective))).await?;
        }
        Party::List { below, kind, search, rows } => {
            let narrowed = Narrowed { below, kind, search };
            list(app, &actor, narrowed, rows, out).await?;
        }
        Party::Show { id } => {
            let party = find_party(app, &actor, id).await?.into_inner();
            let effective = app.effective_features(&party).await.map_err(told)?;
            let words = sheet(&[
                ("id", party.id.to_string()),
                ("kind", party.kind.as_str().to_owned()),
                ("name", party.name.clone()),
                ("parent", cell(party.parent_id.map(|id| id.to_string()).as_deref())),
                ("sip domain", cell(party.sip_domain.as_ref().map(|domain| domain.as_str()))),
                ("contact", cell(party.contact.as_deref())),
            ]);
            let words = format!("{words}\n{}", lines(&effective));
            out.answer(words, &document(&party, Some(&effective))).await?;
        }
    }
    Ok(())
}

/// What the list is narrowed to, as typed.
struct Narrowed {
    below: Option<Typed<PartyId>>,
    kind: Option<PartyKindArg>,
    search: Option<String>,
}

async fn list(app: &App, actor: &Actor, narrowed: Narrowed, rows: Rows, out: &Out) -> anyhow::Result<()> {
    let below = match narrowed.below {
        Some(id) => Some(find_party(app, actor, id).await.context("--below")?),
        None => None,
    };
    let kind = narrowed.kind.map(PartyKindArg::kind);
    let search = narrowed.search.as_deref().map(Search::parse).transpose();
    let search = search.map_err(|error| told(Error::Invalid(vec![error]))).context("--search")?.flatten();
    let mut listing = Listing::new(out, rows, &["ID", "KIND", "NAME", "PARENT", "SIP DOMAIN"]);
    let mut after = None;
    loop {
        let query = PartyQuery {
            below: below.as_ref(),
            kind,
            search: search.clone(),
            closed: Closed::Include,
            ..PartyQuery::default()
        };
        let page = app.page_parties(actor, query, listing.wanted(), after).await.map_err(told)?;
        for placed in &page.items {
            let party = &placed.party;
            let cells = vec![
                party.id.to_string(),
                party.kind.as_str().to_owned(),
                cell(Some(&party.name)),
                cell(party.parent_id.map(|id| id.to_string()).as_deref()),
                cell(party.sip_domain.as_ref().map(|domain| domain.as_str())),
            ];
            listing.row(cells, &document(party, None));
        }
        after = page.next;
        if !listing.goes_on(after.is_some()).await? {
            return Ok(());
        }
    }
}

impl PartyKindArg {
    const fn kind(self) -> PartyKind {
        match self {
            PartyKindArg::Provider => PartyKind::Provider,
            PartyKindArg::Operator => PartyKind::Operator,
            PartyKindArg::Customer => PartyKind::Customer,
        }
    }
}

/// The party that was typed.
pub(super) async fn find_party(
    app: &App,
    actor: &Actor,
    Typed(id): Typed<PartyId>,
) -> anyhow::Result<View<tonalite_core::party::Party>> {
    app.find_party(actor, id).await.map_err(told).with_context(|| format!("party {id}"))
}

fn document(party: &tonalite_core::party::Party, effective: Option<&FeatureSettings>) -> Value {
    let mut document = json!({
        "id": party.id.to_string(),
        "kind": party.kind.as_str(),
        "name": party.name,
        "parent_id": party.parent_id.map(|id| id.to_string()),
        "sip_domain": party.sip_domain.as_ref().map(|domain| domain.as_str()),
        "contact": party.contact,
        "features": switches(&party.features),
    });
    if let Some(effective) = effective {
        document["features_effective"] = switches(effective);
    }
    document
}

fn switches(settings: &FeatureSettings) -> Value {
    Feature::ALL
        .into_iter()
        .filter_map(|feature| Some((feature.as_str().to_owned(), Value::Bool(settings.get(feature)?))))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// In the form in which they are typed.
fn lines(effective: &FeatureSettings) -> String {
    let line = |feature: Feature| {
        let on = effective.get(feature) == Some(true);
        format!("{}={}", feature.as_str(), if on { "on" } else { "off" })
    };
    Feature::ALL.map(line).join("\n")
}
