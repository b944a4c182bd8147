//! `tonalite party`.

use anyhow::{Context, bail};
use tonalite_app::App;
use tonalite_core::access::Actor;
use tonalite_core::id::PartyId;
use tonalite_core::party::{Feature, NewParty};
use tonalite_core::world::Clock;

use super::{told, with_app};
use crate::cli::{Party, PartyKindArg};
use crate::config::Config;
use crate::world::SystemClock;

pub(crate) async fn run(config: &Config, command: Party) -> anyhow::Result<()> {
    with_app(config, async |app| carry_out(app, command).await).await
}

async fn carry_out(app: &App, command: Party) -> anyhow::Result<()> {
    let actor = Actor::command_line();
    let now = SystemClock.now();
    match command {
        Party::Create { kind, name, parent, sip_domain } => {
            let kind = match kind {
                PartyKindArg::Provider => "provider",
                PartyKindArg::Operator => "operator",
                PartyKindArg::Customer => "customer",
            };
            let new = NewParty::parse(kind, &name, sip_domain.as_deref()).map_err(told)?;
            let parent = find_party(app, &actor, &parent).await.context("--parent")?;
            let parent = actor.administer(parent).map_err(told)?;
            let party = app.create_party(&actor, parent, new, now).await.map_err(told)?;
            println!("{}", party.id);
        }
        Party::Set { id, feature } => {
            let features =
                feature.iter().map(|text| parse_feature(text)).collect::<anyhow::Result<Vec<_>>>()?;
            let party = actor.administer(find_party(app, &actor, &id).await?).map_err(told)?;
            let party = app.update_party(&actor, party, None, None, features, now).await.map_err(told)?;
            let effective = app.effective_features(&party).await.map_err(told)?;
            for feature in Feature::ALL {
                let on = effective.get(feature) == Some(true);
                println!("{}={}", feature.as_str(), if on { "on" } else { "off" });
            }
        }
    }
    Ok(())
}

/// The party that was typed: its id, or the word `platform`.
pub(super) async fn find_party(
    app: &App,
    actor: &Actor,
    text: &str,
) -> anyhow::Result<tonalite_core::party::Party> {
    let Ok(id) = text.parse::<PartyId>() else {
        bail!("`{text}` is not the id of a party (a UUID, or the word platform)");
    };
    let party = app.find_party(actor, id).await.map_err(told).with_context(|| text.to_owned())?;
    Ok(party.into_inner())
}

fn parse_feature(text: &str) -> anyhow::Result<(Feature, Option<bool>)> {
    let known = || Feature::ALL.map(Feature::as_str).join(", ");
    let (name, state) = text.split_once('=').with_context(|| format!("`{text}`: write KEY=on or KEY=off"))?;
    let feature =
        Feature::parse(name).with_context(|| format!("`{name}` is not a feature; known are {}", known()))?;
    match state {
        "on" => Ok((feature, Some(true))),
        "off" => Ok((feature, Some(false))),
        other => bail!("`{other}`: write on or off"),
    }
}
