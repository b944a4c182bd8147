//! The demo's phones: one for each line of the fleet, most of them well-behaved, a few with the troubles of real life.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use tonalite_app::App;
use tonalite_core::access::Actor;
use tonalite_core::device::Device;
use tonalite_core::filter::DeviceFilter;
use tonalite_core::id::DeviceKey;
use tonalite_core::page::Limit;
use tonalite_core::registration::RegistrarLine;
use tonalite_core::world::Clock;
use tonalite_phones::{Behaviour, Fleet, FleetOptions, OnReboot, PhoneConfig, instance_of_mac};

use crate::commands::told;
use crate::world::SystemClock;

/// What a device of the demo does, by the mark that `fleet` wrote into its note.
pub(super) const NEVER_PLUGGED_IN: &str = "never plugged in";
const LOSES_POWER: &str = "loses its power soon";
const WRONG_PASSWORD: &str = "has a wrong password";
pub(super) const COMES_AND_GOES: &str = "comes and goes";
const LAST_PORT_DEAD: &str = "its last port is dead";
const STAYS_UP: &str = "accepts a reboot but stays up";
const ASKS_FOR_THE_PASSWORD: &str = "asks for the password before a reboot";
const NEVER_BACK: &str = "does not come back from a reboot";
const REFUSES: &str = "refuses a reboot";
const SILENT: &str = "answers no request";
pub(super) const HOSTILE: &str = "has a hostile name";

/// Every mark that a note may have.
#[cfg(test)]
pub(super) const MARKS: &[&str] = &[
    NEVER_PLUGGED_IN,
    LOSES_POWER,
    WRONG_PASSWORD,
    COMES_AND_GOES,
    LAST_PORT_DEAD,
    STAYS_UP,
    ASKS_FOR_THE_PASSWORD,
    NEVER_BACK,
    REFUSES,
    SILENT,
    HOSTILE,
];

pub(super) async fn start(app: &App, registrar: SocketAddr) -> anyhow::Result<Fleet> {
    let devices = all_devices(app).await?;
    let mut lines: Vec<RegistrarLine> = Vec::new();
    app.load_registrar_lines(SystemClock.now(), &mut |line| lines.push(line)).await.map_err(told)?;
    let mut phones = Vec::new();
    for line in &lines {
        let Some(device) = devices.get(&line.line.device.key) else { continue };
        if let Some(phone) = phone_of(app, line, device, registrar)? {
            phones.push(phone);
        }
    }
    // A dozen seconds for all: the page is seen filling, as after a power cut.
    Fleet::start(phones, &FleetOptions { starts_per_second: 60, ..FleetOptions::default() })
        .await
        .context("the simulated phones cannot start")
}

fn phone_of(
    app: &App,
    line: &RegistrarLine,
    device: &Device,
    registrar: SocketAddr,
) -> anyhow::Result<Option<PhoneConfig>> {
    let sip = &line.credential.sip;
    let secret = line.credential.next.as_ref().map_or(&line.credential.secret, |(secret, _)| secret);
    // The demo's own lines have passwords; whoever takes one over brings a phone of their own.
    let Some(password) = app.open_secret(line.line.id, secret).map_err(told)?.into_password() else {
        return Ok(None);
    };
    let mut phone =
        PhoneConfig::new(sip.username.as_str(), sip.domain.as_str(), password.expose().as_str(), registrar);
    phone.instance = device.mac.map(|mac| instance_of_mac(mac.as_u64()));
    if let Some(sample) = app.device_type(&device.device_type).and_then(|t| t.sample_user_agent.clone()) {
        phone.user_agent = sample;
    }
    // A NOTIFY goes to one line of a device, and the whole device restarts.
    phone.group = u64::try_from(device.key.0).ok();
    // Of the vendors shown, these say no goodbye as they leave the factory.
    phone.withdraws_on_reboot = !phone.user_agent.starts_with("Grandstream");
    match device.labels.note.as_deref() {
        Some(NEVER_PLUGGED_IN) => return Ok(None),
        Some(LAST_PORT_DEAD) if line.line.port == device.lines_assigned => return Ok(None),
        Some(LOSES_POWER) => {
            phone.expires = 60;
            phone.behaviour = Behaviour::VanishAfter(Duration::from_secs(20));
        }
        Some(WRONG_PASSWORD) => phone.behaviour = Behaviour::WrongPassword,
        Some(COMES_AND_GOES) => {
            let (up, down) = (Duration::from_secs(50), Duration::from_secs(15));
            phone.behaviour = Behaviour::Flap { up, down, withdraws: true };
        }
        Some(STAYS_UP) => phone.on_reboot = OnReboot::AcceptsOnly,
        Some(ASKS_FOR_THE_PASSWORD) => phone.on_reboot = OnReboot::Challenges,
        Some(NEVER_BACK) => phone.on_reboot = OnReboot::NeverBack,
        Some(REFUSES) => phone.on_reboot = OnReboot::Refuses(481),
        Some(SILENT) => phone.on_reboot = OnReboot::Silent,
        Some(HOSTILE) => phone = phone.with_hostile_words(),
        _ => {}
    }
    Ok(Some(phone))
}

async fn all_devices(app: &App) -> anyhow::Result<HashMap<DeviceKey, Device>> {
    let (actor, filter) = (Actor::system(), DeviceFilter::default());
    let mut devices = HashMap::new();
    let mut after = None;
    loop {
        let page = app
            .page_devices(&actor, &filter, Limit::DEFAULT, after, SystemClock.now())
            .await
            .map_err(told)?;
        devices.extend(page.items.into_iter().map(|device| (device.key, device)));
        after = page.next;
        if after.is_none() {
            return Ok(devices);
        }
    }
}
