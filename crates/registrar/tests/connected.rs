//! Simulated phones over TCP, through the real application: many at once, a server that stops and starts again.

mod common;

use std::time::Duration;

use common::{Identity, Portal};
use tonalite_core::access::Actor;
use tonalite_core::filter::DeviceFilter;
use tonalite_core::line_state::{LineState, StateDetail, Transport};
use tonalite_core::timeline::TimelineKind;
use tonalite_phones::{Fleet, FleetOptions, PhoneConfig, Stats};

/// A bound, not an expectation.
const LIMIT: Duration = Duration::from_secs(60);

fn config(portal: &Portal, identity: &Identity) -> PhoneConfig {
    let Identity { username, password, domain } = identity;
    let registrar = portal.running().tcp_addresses()[0];
    PhoneConfig::new(username, domain, password, registrar)
}

async fn start(phones: Vec<PhoneConfig>) -> Fleet {
    let options = FleetOptions {
        transport: tonalite_phones::Transport::Tcp,
        starts_per_second: 0,
        ..FleetOptions::default()
    };
    Fleet::start(phones, &options).await.expect("a fleet")
}

fn all_registered(stats: &Stats) -> bool {
    stats.registered == stats.phones
}

#[tokio::test(flavor = "multi_thread")]
async fn phones_come_back_by_themselves_after_a_restart() {
    let portal = Portal::start().await;
    let fleet = start(vec![config(&portal, &portal.identity)]).await;
    assert!(fleet.wait_until(LIMIT, all_registered).await, "{:?}", fleet.stats());
    portal.becomes(LineState::Registered).await;
    let before = portal.bindings().await;
    assert_eq!(before[0].source.transport, Transport::Tcp);

    // Its connection ends with the server; its registration is read back, and lives as long as one over UDP.
    let portal = portal.restart(3_600).await;
    let read_back = portal.state().await;
    assert_eq!(read_back.0, LineState::Registered);
    assert!(fleet.wait_until(LIMIT, |stats| stats.total.refreshes > 0).await, "{:?}", fleet.stats());
    let after = portal.bindings().await;
    assert_eq!((after.len(), &after[0].contact), (1, &before[0].contact));
    assert_ne!(after[0].source, before[0].source, "over a new connection");
    assert!(!portal.timeline().await.contains(&TimelineKind::Aged));

    let end = fleet.shutdown(true).await;
    assert_eq!((end.registered, end.total.withdrawals, end.total.retransmitted), (0, 1, 0));
    assert_eq!(portal.state().await, (LineState::Unregistered, Some(StateDetail::Withdrawn)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_phone_ages_although_its_connection_says_nothing() {
    let portal = Portal::start().await;
    let fleet = start(vec![config(&portal, &portal.identity)]).await;
    assert!(fleet.wait_until(LIMIT, all_registered).await, "{:?}", fleet.stats());
    let phone = fleet.phone(0).expect("a phone");
    phone.vanish().await;
    assert!(phone.wait_for(LIMIT, |state| state == tonalite_phones::PhoneState::Vanished).await);
    portal.advance(601 + 32);
    portal.becomes(LineState::Aged).await;
    // Switched on again, it comes over a new connection.
    phone.register().await;
    portal.becomes(LineState::Registered).await;
    fleet.shutdown(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_connects_at_once() {
    let portal = Portal::start().await;
    let site = portal.test.tree.a.sites[1].clone();
    let mut phones = Vec::new();
    for extension in 2000..2100 {
        let device = portal.test.add_device(&site, "generic-sip", None).await;
        let user = portal.test.add_user(&site, "Somebody", &extension.to_string()).await;
        portal.test.assign_line(&device, 1, &user).await;
        let (username, password, domain) = portal.test.credentials(&device, 1).await;
        phones.push(config(&portal, &Identity { username, password, domain }));
    }
    let fleet = start(phones).await;
    assert!(fleet.wait_until(LIMIT, all_registered).await, "{:?}", fleet.stats());
    let counts = portal.test.app.count_devices(&Actor::system(), &DeviceFilter::default()).await;
    let counts = counts.unwrap_or_else(|error| panic!("no counts: {error:?}"));
    assert_eq!((counts.registered, counts.unregistered), (100, 1));
    let end = fleet.shutdown(true).await;
    assert_eq!((end.total.withdrawals, end.send_failures), (100, 0));
}
