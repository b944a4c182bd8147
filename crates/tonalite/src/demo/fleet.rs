//! The demo's made-up fleet: the same at every fresh start, because its chance has a fixed seed. What there is, is in
//! `plans`; here it is made, through the same use cases that people use.

use tonalite_app::{App, DeviceRequest, PartyChange};
use tonalite_core::access::Actor;
use tonalite_core::device::Device;
use tonalite_core::id::PartyId;
use tonalite_core::line::LineUse;
use tonalite_core::party::{Feature, NewParty, Party};
use tonalite_core::site::{NewSite, Site};
use tonalite_core::user::{NewUser, User};
use tonalite_core::world::Clock;
use tonalite_core::{Error, Result};
use tonalite_phones::SplitMix64;

use super::dect;
use super::names::{Pool, below};
use super::phones::{COMES_AND_GOES, NEVER_PLUGGED_IN};
use super::plans::{CLINIC, CUSTOMERS, CustomerPlan, DevicePlan, LAWYERS, Mixture, SitePlan, TOWN_HALL};
use crate::world::SystemClock;

pub(super) const SEED: u64 = 20_261_123;

/// The parties that logins are made for.
pub(super) struct Parties {
    pub(super) platform: Party,
    pub(super) provider: Party,
    pub(super) clinic: Party,
    pub(super) lawyers: Party,
}

/// Makes parties, sites, users, devices and lines.
pub(super) async fn make(app: &App, actor: &Actor) -> Result<Parties> {
    let platform = app.find_party(actor, PartyId::PLATFORM).await?.into_inner();
    let provider =
        make_party(app, actor, &platform, "provider", "Cordial Télécom", Some("sip.cordial.example")).await?;
    // Off until somebody switches it on: the demo is to show it.
    let on = PartyChange { features: vec![(Feature::LineStateExport, Some(true))], ..PartyChange::default() };
    app.update_party(actor, actor.administer(provider.clone())?, None, on, SystemClock.now()).await?;
    let operator = make_party(app, actor, &provider, "operator", "Rhône Réseaux", None).await?;
    let clinic = make_customer(app, actor, &operator, &CLINIC).await?;
    let lawyers = make_customer(app, actor, &provider, &LAWYERS).await?;
    make_customer(app, actor, &operator, &TOWN_HALL).await?;
    dect::make(app, actor, &clinic).await?;
    Ok(Parties { platform, provider, clinic, lawyers })
}

async fn make_customer(app: &App, actor: &Actor, parent: &Party, plan: &CustomerPlan) -> Result<Party> {
    let customer = make_party(app, actor, parent, "customer", plan.name, None).await?;
    // Each customer has a chance of its own: one device more here changes nothing there.
    let place = CUSTOMERS.iter().position(|other| other.name == plan.name).unwrap_or(0);
    let mut chance = SplitMix64::new(SEED + u64::try_from(place).unwrap_or(0));
    for site in plan.sites {
        make_site(app, actor, &customer, site, &mut chance).await?;
    }
    Ok(customer)
}

async fn make_party(
    app: &App,
    actor: &Actor,
    parent: &Party,
    kind: &str,
    name: &str,
    sip_domain: Option<&str>,
) -> Result<Party> {
    let new = NewParty::parse(kind, name, sip_domain)?;
    app.create_party(actor, actor.administer(parent.clone())?, new, SystemClock.now()).await
}

async fn make_site(
    app: &App,
    actor: &Actor,
    customer: &Party,
    plan: &SitePlan,
    chance: &mut SplitMix64,
) -> Result<()> {
    let new = NewSite::parse(plan.name, None, Some(plan.time_zone), Some(plan.language), |_| true)?;
    let site = app.create_site(actor, actor.manage(customer.clone())?, new, SystemClock.now()).await?;
    let mut extensions = plan.first_extension..;
    let mut users = Vec::new();
    for (name, extension) in plan.people.iter().zip(&mut extensions) {
        users.push(make_user(app, actor, &site, plan, name, extension).await?);
    }
    let mut next_user = users.into_iter().cycle();
    for &DevicePlan(type_id, lines, name, note) in plan.devices {
        let made = make_device(app, actor, &site, type_id, name, note, chance).await?;
        for port in 1..=lines {
            let Some(user) = next_user.next() else { return Err(Error::NotFound) };
            assign(app, actor, &made, port, user).await?;
        }
    }
    for number in 1..=usize::from(plan.more.0) {
        let pool = Pool::of(plan.language);
        let more = any_device(plan.more.1, pool, number, chance);
        let made = make_device(app, actor, &site, more.type_id, &more.name, more.note, chance).await?;
        for (port, extension) in (1..=more.lines).zip(&mut extensions) {
            let user = make_user(app, actor, &site, plan, &pool.person(chance), extension).await?;
            assign(app, actor, &made, port, user).await?;
        }
    }
    Ok(())
}

/// A device that is made by chance.
struct AnyDevice {
    type_id: &'static str,
    lines: u16,
    name: String,
    note: &'static str,
}

/// One in seventeen lies in a cupboard, one in forty was never plugged in, one in ninety has a bad contact.
fn any_device(mixture: Mixture, pool: &Pool, number: usize, chance: &mut SplitMix64) -> AnyDevice {
    let shares: u32 = mixture.iter().map(|(_, _, share)| share).sum();
    let mut drawn = below(usize::try_from(shares).unwrap_or(1), chance);
    let mut kind = mixture[0];
    for &candidate in mixture {
        kind = candidate;
        let share = usize::try_from(candidate.2).unwrap_or(0);
        if drawn < share {
            break;
        }
        drawn -= share;
    }
    let (type_id, lines, _) = kind;
    if below(17, chance) == 0 {
        return AnyDevice { type_id, lines: 0, name: pool.spare.to_owned(), note: "" };
    }
    let note = match below(360, chance) {
        0..9 => NEVER_PLUGGED_IN,
        9..13 => COMES_AND_GOES,
        _ => "",
    };
    AnyDevice { type_id, lines, name: pool.room(100 + number), note }
}

pub(super) async fn make_user(
    app: &App,
    actor: &Actor,
    site: &Site,
    plan: &SitePlan,
    name: &str,
    extension: u32,
) -> Result<User> {
    let number = number_of(plan, extension);
    let new = NewUser::parse(name, &extension.to_string(), Some(&number), None, Some(plan.language))?;
    app.create_user(actor, actor.manage(site.clone())?, new, SystemClock.now()).await
}

pub(super) async fn assign(app: &App, actor: &Actor, device: &Device, port: u16, user: User) -> Result<()> {
    let held = actor.manage(device.clone())?;
    app.assign_line(actor, held, port, actor.view(user)?, LineUse::Primary, SystemClock.now()).await?;
    Ok(())
}

/// A number that ends in the extension, as offices like it: nine digits after +33, ten after +44.
fn number_of(plan: &SitePlan, extension: u32) -> String {
    let length = if plan.number.starts_with("+33") { 12 } else { 13 };
    let digits = length - plan.number.len();
    format!("{}{extension:0digits$}", plan.number)
}

pub(super) async fn make_device(
    app: &App,
    actor: &Actor,
    site: &Site,
    type_id: &str,
    name: &str,
    note: &str,
    chance: &mut SplitMix64,
) -> Result<Device> {
    let device_type =
        app.device_type(type_id).ok_or_else(|| Error::invalid("device_type_id", "device_type_unknown"))?;
    let prefixes =
        tonalite_catalog::catalog().vendor(&device_type.vendor).map_or(&[][..], |v| &v.mac_prefixes);
    let mac = match prefixes.first() {
        Some(prefix) if device_type.has_mac => {
            Some(format!("{prefix:06x}{:06x}", chance.next() & 0x00ff_ffff))
        }
        _ => None,
    };
    let request = DeviceRequest {
        mac: mac.as_deref(),
        device_type_id: type_id,
        name: Some(name),
        note: Some(note).filter(|note| !note.is_empty()),
        critical: name.contains("Ascenseurs"),
        ..DeviceRequest::default()
    };
    let (device, _) =
        app.create_device(actor, actor.manage(site.clone())?, request, SystemClock.now()).await?;
    Ok(device)
}

#[cfg(test)]
mod tests {
    use super::super::phones::MARKS;
    use super::*;

    fn sites() -> impl Iterator<Item = &'static SitePlan> {
        CUSTOMERS.iter().flat_map(|customer| customer.sites)
    }

    #[test]
    fn every_planned_device_is_in_the_catalogue_and_has_enough_ports() {
        for plan in sites() {
            let told = plan.devices.iter().map(|DevicePlan(type_id, lines, ..)| (*type_id, *lines));
            let more = plan.more.1.iter().map(|(type_id, lines, _)| (*type_id, *lines));
            for (type_id, lines) in told.chain(more) {
                let found = tonalite_catalog::catalog().get(type_id);
                assert!(found.is_some_and(|t| t.ports >= lines), "{}: {type_id}", plan.name);
            }
        }
    }

    /// A mark with a slip of the pen would be a phone like any other.
    #[test]
    fn every_note_is_a_mark_that_the_phones_know_and_every_mark_is_used() {
        let mut unused = MARKS.to_vec();
        unused.retain(|mark| *mark != NEVER_PLUGGED_IN && *mark != COMES_AND_GOES);
        for DevicePlan(type_id, _, name, note) in sites().flat_map(|plan| plan.devices) {
            assert!(note.is_empty() || MARKS.contains(note), "{type_id} {name}: {note}");
            unused.retain(|mark| mark != note);
        }
        assert!(unused.is_empty(), "{unused:?}");
    }

    #[test]
    fn every_number_is_whole_and_no_site_runs_into_the_extensions_of_the_next() {
        for plan in sites() {
            // The most that chance can make of it.
            let lines = plan.more.1.iter().map(|(_, lines, _)| u32::from(*lines)).max().unwrap_or(0);
            let people = u32::try_from(plan.people.len()).unwrap_or(0) + u32::from(plan.more.0) * lines;
            for extension in [plan.first_extension, plan.first_extension + people] {
                let number = number_of(plan, extension);
                assert_eq!(number.len(), if number.starts_with("+33") { 12 } else { 13 }, "{number}");
                let new =
                    NewUser::parse("A", &extension.to_string(), Some(&number), None, Some(plan.language));
                assert!(new.is_ok(), "{}: {extension}", plan.name);
            }
        }
    }

    #[test]
    fn there_are_some_six_hundred_devices() {
        let devices: usize = sites().map(|plan| plan.devices.len() + usize::from(plan.more.0)).sum();
        assert!((560..=640).contains(&devices), "{devices}");
    }
}
