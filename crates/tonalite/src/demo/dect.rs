//! The demo's DECT: one system of three bases at the clinic, whose lines are on the first; and a base on its own.

use tonalite_app::{App, DectSystemChange};
use tonalite_core::access::Actor;
use tonalite_core::page::Limit;
use tonalite_core::party::Party;
use tonalite_core::site::Site;
use tonalite_core::world::Clock;
use tonalite_core::{Error, Result};
use tonalite_phones::SplitMix64;

use super::fleet::{SEED, assign, make_device, make_user};
use super::plans::{CLINIC, SitePlan};
use crate::world::SystemClock;

/// The clinic's site with the system: its first.
const PLACE: usize = 0;
/// Beyond what the site's own plan can come to.
const FIRST_EXTENSION: u32 = 1990;
/// A multicell base that is asked at its contact: the simulated phones know no user but that of their line.
const SYSTEM_TYPE: &str = "gigaset-n870-ip-pro";
/// The bases of the system; the first has the lines of the handsets.
const SYSTEM: [&str; 3] = ["Étage 1", "Étage 2", "Étage 3"];
const HANDSETS: [&str; 3] = ["Infirmière de garde", "Brancardiers", "Médecin de garde"];
const CHAIN_ID: &str = "48213";

/// Adds them to the clinic. Chance of their own: nothing else of the fleet changes with them.
pub(super) async fn make(app: &App, actor: &Actor, clinic: &Party) -> Result<()> {
    let plan = CLINIC.sites.get(PLACE).ok_or(Error::NotFound)?;
    let site = find_site(app, actor, clinic, plan).await?;
    let mut chance = SplitMix64::new(SEED + 100);
    let mut bases = Vec::new();
    for name in SYSTEM {
        bases.push(make_device(app, actor, &site, SYSTEM_TYPE, name, "", &mut chance).await?);
    }
    let first = bases.first().ok_or(Error::NotFound)?;
    for ((port, extension), name) in (1..).zip(FIRST_EXTENSION..).zip(HANDSETS) {
        let user = make_user(app, actor, &site, plan, name, extension).await?;
        assign(app, actor, first, port, user).await?;
    }
    let typed =
        DectSystemChange { name: Some("Services de soins".to_owned()), chain_id: Some(CHAIN_ID.to_owned()) };
    let managed = bases.iter().map(|base| actor.manage(base.clone())).collect::<Result<_>>()?;
    let customer = actor.manage(clinic.clone())?;
    app.create_dect_system(actor, customer, typed, managed, SystemClock.now()).await?;

    let alone = make_device(app, actor, &site, "yealink-w70b", "Accueil sans fil", "", &mut chance).await?;
    let extension = FIRST_EXTENSION + u32::try_from(HANDSETS.len()).unwrap_or(0);
    let user = make_user(app, actor, &site, plan, "Accueil sans fil", extension).await?;
    assign(app, actor, &alone, 1, user).await
}

async fn find_site(app: &App, actor: &Actor, clinic: &Party, plan: &SitePlan) -> Result<Site> {
    let party = actor.view(clinic.clone())?;
    let limit = Limit::parse("200").unwrap_or(Limit::DEFAULT);
    let page = app.page_sites(actor, Some(&party), limit, None).await?;
    page.items.into_iter().find(|site| site.name == plan.name).ok_or(Error::NotFound)
}
