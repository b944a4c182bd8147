//! `tonalite seed`: fills an empty installation with a made-up fleet, the same each time: one provider, customers of some five
//! hundred devices or as many as asked for, sites of some fifty, one assigned line a device. Only the credentials differ from
//! run to run.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;

use anyhow::{Context, bail};
use tonalite_app::{App, DevicePlan, LinePassword, SitePlan};
use tonalite_core::access::Actor;
use tonalite_core::id::PartyId;
use tonalite_core::mac::Mac;
use tonalite_core::party::{NewParty, Party};
use tonalite_core::world::Clock;
use tonalite_phones::SplitMix64;

use super::{Out, told};
use crate::cli::Seed;
use crate::demo::names::{Pool, below};
use crate::world::SystemClock;

const SEED: u64 = 20_261_125;
/// Devices that are made in one transaction.
const AT_ONCE: u32 = 500;
/// Devices of a site.
const PER_SITE: usize = 50;
const DOMAIN: &str = "sip.example.net";

/// What offices have, and how many of a hundred.
const TYPES: [(&str, u32); 10] = [
    ("yealink-t54w", 22),
    ("yealink-t31p", 16),
    ("poly-vvx-250", 12),
    ("poly-vvx-450", 10),
    ("cisco-8851", 10),
    ("snom-d785", 8),
    ("grandstream-grp2614", 8),
    ("grandstream-ht802", 6),
    ("yealink-w70b", 5),
    ("yealink-cp965", 3),
];
const TOWNS: [&str; 12] = [
    "Lyon",
    "Brest",
    "Nantes",
    "Annecy",
    "Bordeaux",
    "Dijon",
    "Grenoble",
    "Lille",
    "Rennes",
    "Strasbourg",
    "Tours",
    "Nice",
];

pub(crate) async fn run(app: &App, options: &Seed, out: &Out) -> anyhow::Result<()> {
    if !app.is_empty().await.map_err(told)? {
        bail!("there is something here already; seed fills an empty installation only");
    }
    let mut credentials = options.credentials.as_deref().map(create).transpose()?;
    let actor = Actor::command_line();
    let platform = app.find_party(&actor, PartyId::PLATFORM).await.map_err(told)?.into_inner();
    let provider = make_party(app, &actor, platform, "provider", "Exemple Télécom", Some(DOMAIN)).await?;
    let mut fleet = MadeUp::new()?;
    let wanted = options.devices.get();
    let mut made = 0;
    for number in 1.. {
        let name = format!("Client {number:05}");
        let customer = make_party(app, &actor, provider.clone(), "customer", &name, None).await?;
        let last = options.per_customer.get().min(wanted - made) + made;
        let mut sites_before = 0;
        while made < last {
            let devices = AT_ONCE.min(last - made);
            let sites = fleet.sites(devices, sites_before)?;
            sites_before += sites.len();
            let customer = actor.manage(customer.clone()).map_err(told)?;
            let lines = app.create_fleet(&actor, customer, &sites, SystemClock.now()).await.map_err(told)?;
            if let Some(file) = &mut credentials {
                write(file, &lines).context("cannot write the credentials")?;
            }
            made += devices;
            out.progress(u64::from(made), u64::from(wanted));
        }
        if made == wanted {
            break;
        }
    }
    if let Some(mut file) = credentials {
        file.flush().context("cannot write the credentials")?;
    }
    app.open_fleets(SystemClock.now()).await.map_err(told)?;
    let document = serde_json::json!({ "provider_id": provider.id.to_string(), "devices": made });
    out.answer(format!("{made} devices"), &document).await?;
    Ok(())
}

async fn make_party(
    app: &App,
    actor: &Actor,
    parent: Party,
    kind: &str,
    name: &str,
    sip_domain: Option<&str>,
) -> anyhow::Result<Party> {
    let new = NewParty::parse(kind, name, sip_domain).map_err(told)?;
    let parent = actor.administer(parent).map_err(told)?;
    app.create_party(actor, parent, new, SystemClock.now()).await.map_err(told)
}

/// Passwords in the clear: for the owner alone, and never over another file.
fn create(path: &std::path::Path) -> anyhow::Result<BufWriter<File>> {
    let file = File::options().write(true).create_new(true).mode(0o600).open(path);
    Ok(BufWriter::new(file.with_context(|| format!("cannot make {}", path.display()))?))
}

fn write(file: &mut impl Write, lines: &[LinePassword]) -> std::io::Result<()> {
    for LinePassword { sip, password } in lines {
        writeln!(file, "{};{};{}", sip.username, sip.domain.as_str(), password.expose())?;
    }
    Ok(())
}

/// The fleet as it comes out of its chance.
struct MadeUp {
    chance: SplitMix64,
    /// Each with a prefix of its maker and its share.
    types: Vec<(&'static str, u64, u32)>,
    made: u64,
}

impl MadeUp {
    fn new() -> anyhow::Result<MadeUp> {
        let catalog = tonalite_catalog::catalog();
        let prefix_of = |id| {
            let vendor = catalog.vendor(&catalog.get(id)?.vendor)?;
            vendor.mac_prefixes.first().copied()
        };
        let types = TYPES.iter().map(|(id, share)| {
            let prefix = prefix_of(id).with_context(|| format!("{id}: no MAC prefix in the catalogue"))?;
            Ok((*id, u64::from(prefix), *share))
        });
        let types = types.collect::<anyhow::Result<_>>()?;
        Ok(MadeUp { chance: SplitMix64::new(SEED), types, made: 0 })
    }

    /// Sites for so many devices of a customer that has this many sites already: beyond the towns, names have a number.
    fn sites(&mut self, devices: u32, before: usize) -> anyhow::Result<Vec<SitePlan>> {
        let mut left = usize::try_from(devices)?;
        let mut sites = Vec::new();
        while left > 0 {
            let here = left.min(PER_SITE);
            left -= here;
            let place = before + sites.len();
            let town = TOWNS[place % TOWNS.len()];
            let name = match place / TOWNS.len() {
                0 => town.to_owned(),
                round => format!("{town} {}", round + 1),
            };
            let devices = (0..here).map(|place| self.device(place)).collect::<anyhow::Result<_>>()?;
            sites.push(SitePlan { name, time_zone: "Europe/Paris", language: "fr", devices });
        }
        Ok(sites)
    }

    fn device(&mut self, place: usize) -> anyhow::Result<DevicePlan> {
        let (type_id, prefix) = self.any_type();
        // Goes round all 24 bits without meeting itself, since the multiplier is odd: no address comes twice, whatever its maker.
        let scattered = self.made.wrapping_mul(2_654_435_761) & 0x00ff_ffff;
        self.made += 1;
        let pool = Pool::of("fr");
        let extension = 1001 + place;
        Ok(DevicePlan {
            mac: Mac::from_u64(prefix << 24 | scattered)
                .context("a prefix of the catalogue makes no address")?,
            type_id,
            name: pool.room(100 + place),
            user_name: pool.person(&mut self.chance),
            extension: extension.to_string(),
            number: format!("+3346571{extension}"),
        })
    }

    fn any_type(&mut self) -> (&'static str, u64) {
        let mut drawn = u32::try_from(below(100, &mut self.chance)).unwrap_or(0);
        let mut found = (self.types[0].0, self.types[0].1);
        for (id, prefix, share) in &self.types {
            found = (id, *prefix);
            if drawn < *share {
                break;
            }
            drawn -= share;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_fleet_is_the_same_each_time_and_no_address_or_site_comes_twice() {
        let all = || {
            let mut fleet = MadeUp::new().expect("types of the catalogue");
            (0..40).map(|n| fleet.sites(AT_ONCE, n % 2 * 10).expect("sites")).collect::<Vec<_>>()
        };
        let macs = |fleet: &[Vec<SitePlan>]| -> Vec<Mac> {
            fleet.iter().flatten().flat_map(|site| &site.devices).map(|device| device.mac).collect()
        };
        let fleet = all();
        assert_eq!(macs(&fleet), macs(&all()));
        assert_eq!(macs(&fleet).into_iter().collect::<HashSet<_>>().len(), 20_000);
        for customer in fleet.chunks(2) {
            let names: HashSet<_> = customer.iter().flatten().map(|site| &site.name).collect();
            assert_eq!(names.len(), 20);
        }
    }

    #[test]
    fn the_shares_are_of_a_hundred() {
        assert_eq!(TYPES.iter().map(|(_, share)| share).sum::<u32>(), 100);
    }
}
