//! The demo's made-up fleet: the same at every fresh start, because its chance has a fixed seed. Names and numbers are
//! invented; the numbers come from the ranges that regulators keep for fiction (ARCEP, Ofcom).

use tonalite_app::{App, DeviceRequest};
use tonalite_core::access::Actor;
use tonalite_core::id::PartyId;
use tonalite_core::line::LineUse;
use tonalite_core::party::{NewParty, Party};
use tonalite_core::site::{NewSite, Site};
use tonalite_core::user::NewUser;
use tonalite_core::world::Clock;
use tonalite_core::{Error, Result};
use tonalite_phones::SplitMix64;

use crate::world::SystemClock;

const SEED: u64 = 20_261_123;

/// The parties that logins are made for.
pub(super) struct Parties {
    pub(super) platform: Party,
    pub(super) provider: Party,
    pub(super) clinic: Party,
    pub(super) lawyers: Party,
}

struct SitePlan {
    name: &'static str,
    time_zone: &'static str,
    language: &'static str,
    first_extension: u32,
    number: &'static str,
    people: &'static [&'static str],
    devices: &'static [DevicePlan],
}

/// A device: its type, how many lines it gets, its name, and what its phone does (see `phones`).
struct DevicePlan(&'static str, u16, &'static str, &'static str);

const CLINIC: &[SitePlan] = &[
    SitePlan {
        name: "Lyon Part-Dieu",
        time_zone: "Europe/Paris",
        language: "fr",
        first_extension: 1001,
        number: "+3346571",
        people: &[
            "Anne Leroy",
            "Paul Moreau",
            "Inès Caron",
            "Hugo Lefèvre",
            "Camille Fournier",
            "Nadia Benali",
            "Julien Roux",
            "Salle Rhône",
            "Accueil",
            "Pharmacie",
            "Bloc opératoire",
            "Secrétariat médical",
            "Élodie Garnier",
            "Marc Aubert",
        ],
        devices: &[
            DevicePlan("yealink-t54w", 3, "Accueil", ""),
            DevicePlan("poly-vvx-450", 2, "Secrétariat", ""),
            DevicePlan("yealink-t46u", 1, "Bureau 12", ""),
            DevicePlan("yealink-t54w", 1, "Pharmacie", "loses its power soon"),
            DevicePlan("snom-d785", 1, "Bureau 14", ""),
            DevicePlan("cisco-8851", 2, "Direction", ""),
            DevicePlan("grandstream-ht818", 4, "Ascenseurs et alarmes", "its last port is dead"),
            DevicePlan("yealink-t54w", 0, "Réserve", ""),
        ],
    },
    SitePlan {
        name: "Brest Port",
        time_zone: "Europe/Paris",
        language: "fr",
        first_extension: 1101,
        number: "+3326191",
        people: &[
            "Yann Le Goff",
            "Maëlle Kerbrat",
            "Accueil Brest",
            "Soazig Riou",
            "Loïc Tanguy",
            "Consultations",
            "Gwenaël Cadiou",
        ],
        devices: &[
            DevicePlan("yealink-t46u", 2, "Accueil", ""),
            DevicePlan("snom-d785", 1, "Consultations", ""),
            DevicePlan("grandstream-ht802", 1, "Télécopie", "has a wrong password"),
            DevicePlan("poly-vvx-250", 1, "Bureau 3", ""),
            DevicePlan("yealink-t54w", 1, "Bureau 4", "comes and goes"),
        ],
    },
    SitePlan {
        name: "Nantes Gare",
        time_zone: "Europe/Paris",
        language: "fr",
        first_extension: 1201,
        number: "+3326191",
        people: &["Océane Guérin", "Thomas Bodin", "Accueil Nantes", "Clémence Albert", "Salle Loire"],
        devices: &[
            DevicePlan("grandstream-grp2614", 2, "Accueil", ""),
            DevicePlan("yealink-t54w", 1, "Bureau 21", "never plugged in"),
            DevicePlan("cisco-8851", 1, "Bureau 22", ""),
            DevicePlan("generic-sip", 1, "Interphone du portail", ""),
        ],
    },
];

const LAWYERS: &[SitePlan] = &[
    SitePlan {
        name: "London, Fleet Street",
        time_zone: "Europe/London",
        language: "en",
        first_extension: 201,
        number: "+442079460",
        people: &[
            "Oliver Hughes",
            "Amelia Clarke",
            "Priya Shah",
            "Reception",
            "George Bennett",
            "Boardroom",
            "Isla Murray",
        ],
        devices: &[
            DevicePlan("poly-vvx-450", 2, "Reception", ""),
            DevicePlan("yealink-t54w", 1, "Room 4", ""),
            DevicePlan("yealink-t54w", 1, "Room 5", ""),
            DevicePlan("cisco-8851", 1, "Partner", ""),
            DevicePlan("yealink-cp965", 1, "Boardroom", ""),
            DevicePlan("snom-d785", 0, "Spare", ""),
        ],
    },
    SitePlan {
        name: "Leeds, Park Row",
        time_zone: "Europe/London",
        language: "en",
        first_extension: 301,
        number: "+441134960",
        people: &["Harry Walker", "Grace Thompson", "Front desk", "Sophie Patel"],
        devices: &[
            DevicePlan("grandstream-grp2614", 1, "Front desk", ""),
            DevicePlan("yealink-t46u", 1, "Room 1", ""),
            DevicePlan("poly-vvx-250", 1, "Room 2", "never plugged in"),
        ],
    },
];

/// Makes parties, sites, users, devices and lines.
pub(super) async fn make(app: &App, actor: &Actor) -> Result<Parties> {
    let platform = app.find_party(actor, PartyId::PLATFORM).await?.into_inner();
    let provider =
        make_party(app, actor, &platform, "provider", "Cordial Télécom", Some("sip.cordial.example")).await?;
    let operator = make_party(app, actor, &provider, "operator", "Rhône Réseaux", None).await?;
    let clinic = make_party(app, actor, &operator, "customer", "Clinique du Parc", None).await?;
    let lawyers = make_party(app, actor, &provider, "customer", "Harbour Legal", None).await?;
    let mut chance = SplitMix64::new(SEED);
    for (customer, plans) in [(&clinic, CLINIC), (&lawyers, LAWYERS)] {
        for plan in plans {
            make_site(app, actor, customer, plan, &mut chance).await?;
        }
    }
    Ok(Parties { platform, provider, clinic, lawyers })
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
    let mut users = Vec::new();
    for (extension, name) in (plan.first_extension..).zip(plan.people) {
        let number = number_of(plan, extension);
        let new = NewUser::parse(name, &extension.to_string(), Some(&number), None, Some(plan.language))?;
        users.push(app.create_user(actor, actor.manage(site.clone())?, new, SystemClock.now()).await?);
    }
    let mut next_user = users.into_iter().cycle();
    for device in plan.devices {
        let made = make_device(app, actor, &site, device, chance).await?;
        for port in 1..=device.1 {
            let Some(user) = next_user.next() else { return Err(Error::NotFound) };
            let held = actor.manage(made.clone())?;
            let user = actor.view(user)?;
            app.assign_line(actor, held, port, user, LineUse::Primary, SystemClock.now()).await?;
        }
    }
    Ok(())
}

/// A number that ends in the extension, as offices like it: nine digits after +33, ten after +44.
fn number_of(plan: &SitePlan, extension: u32) -> String {
    let length = if plan.number.starts_with("+33") { 12 } else { 13 };
    let digits = length - plan.number.len();
    format!("{}{extension:0digits$}", plan.number)
}

async fn make_device(
    app: &App,
    actor: &Actor,
    site: &Site,
    plan: &DevicePlan,
    chance: &mut SplitMix64,
) -> Result<tonalite_core::device::Device> {
    let DevicePlan(type_id, _, name, note) = *plan;
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
    use super::*;

    #[test]
    fn every_planned_device_is_in_the_catalogue_and_has_enough_ports() {
        for plan in CLINIC.iter().chain(LAWYERS) {
            for DevicePlan(type_id, lines, name, _) in plan.devices {
                let found = tonalite_catalog::catalog().get(type_id);
                assert!(found.is_some_and(|t| t.ports >= *lines), "{} {name}: {type_id}", plan.name);
            }
            for (extension, name) in (plan.first_extension..).zip(plan.people) {
                let number = number_of(plan, extension);
                assert_eq!(number.len(), if number.starts_with("+33") { 12 } else { 13 }, "{number}");
                assert!(
                    NewUser::parse(name, &extension.to_string(), Some(&number), None, Some(plan.language))
                        .is_ok()
                );
            }
        }
    }
}
