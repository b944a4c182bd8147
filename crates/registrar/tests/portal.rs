//! From the datagram to what the portal shows, through the real application and its SQLite.

mod common;

use common::{Phone, Portal};
use tonalite_app::Received;
use tonalite_core::access::Actor;
use tonalite_core::event::EventKind;
use tonalite_core::filter::DeviceFilter;
use tonalite_core::line::Algorithms;
use tonalite_core::line_state::{LineState, StateDetail};
use tonalite_core::timeline::TimelineKind;

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_comes_renews_and_leaves() {
    let portal = Portal::start().await;
    assert_eq!(portal.state().await, (LineState::Unregistered, Some(StateDetail::NeverSeen)));
    let mut events = portal.test.app.events().subscribe(None);
    let mut phone = Phone::new(portal.address(), &portal.identity, "one").await;
    assert_eq!(phone.register(600).await, 200);
    // Committed before its 200: no waiting here.
    let shown = portal.shown().await.status;
    assert_eq!((shown.state.state, shown.lines_registered), (LineState::Registered, 1));
    assert_eq!(shown.last_ip.as_deref(), Some("127.0.0.1"));
    assert_eq!(shown.user_agent.as_deref(), Some("Yealink SIP-T54W 96.86.0.70"));
    assert_eq!(portal.contacts().await, [phone.contact()]);
    let told = async {
        loop {
            if let Some(Received::Event(_, event)) = events.next().await
                && let EventKind::DeviceStatus { status, .. } = event.kind
            {
                return status;
            }
        }
    };
    let told = tokio::time::timeout(std::time::Duration::from_secs(10), told).await;
    assert_eq!(told.expect("an event"), LineState::Registered);

    portal.advance(200);
    assert_eq!(phone.try_register(600).await, 200, "with the nonce it has");
    assert_eq!(phone.register(0).await, 200);
    assert_eq!(portal.state().await, (LineState::Unregistered, Some(StateDetail::Withdrawn)));
    assert!(portal.contacts().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_whose_plug_is_pulled_ages() {
    let portal = Portal::start().await;
    let mut phone = Phone::new(portal.address(), &portal.identity, "one").await;
    assert_eq!(phone.register(60).await, 200);
    portal.advance(80);
    assert_eq!(portal.state().await.0, LineState::Registered, "in its grace");
    portal.advance(12);
    portal.becomes(LineState::Aged).await;
    assert_eq!(phone.register(60).await, 200);
    assert_eq!(portal.state().await.0, LineState::Registered);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_forgets_nobody_and_ages_nobody() {
    let portal = Portal::start().await;
    let mut phone = Phone::new(portal.address(), &portal.identity, "one").await;
    assert_eq!(phone.register(600).await, 200);
    let contacts = portal.contacts().await;
    // Away for a day: every expiry passed.
    let portal = portal.restart(86_400).await;
    assert_eq!(portal.contacts().await, contacts);
    assert_eq!(portal.state().await.0, LineState::Registered);
    // At least what was granted, from now on; the least that is granted for 600 s is 300 s.
    portal.advance(300);
    // Its next REGISTER comes with a nonce of the run before, and costs one round more.
    assert_eq!(phone.try_register(600).await, 401);
    assert_eq!(phone.try_register(600).await, 200);
    assert!(!portal.timeline().await.contains(&TimelineKind::Aged));
    portal.advance(633);
    portal.becomes(LineState::Aged).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_refused_and_remembered() {
    let portal = Portal::start().await;
    let mut phone = Phone::new(portal.address(), &portal.identity, "one").await;
    phone.identity.password.push('x');
    assert_eq!(phone.register(600).await, 401);
    assert_eq!(phone.register(600).await, 401);
    assert_eq!(portal.state().await, (LineState::Unregistered, Some(StateDetail::NeverSeen)));
    phone.identity.password.pop();
    assert_eq!(phone.register(600).await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_portal_changes_the_registrar_knows_at_once() {
    let portal = Portal::start().await;
    let (app, system) = (&portal.test.app, Actor::system());
    let managed = || system.manage(portal.device.clone()).expect("the system may");
    let mut phone = Phone::new(portal.address(), &portal.identity, "old").await;
    assert_eq!(phone.register(600).await, 200);

    let new = app.new_credentials(&system, managed(), 1, Algorithms::default(), portal.test.now()).await;
    let new = new.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(phone.register(600).await, 200, "the old password until the new one is used");
    let mut renewed = phone.identity.clone();
    renewed.password = new.password.into_exposed();
    let mut other = Phone::new(portal.address(), &renewed, "new").await;
    assert_eq!(other.register(600).await, 200);
    assert_eq!(phone.register(600).await, 401, "and no longer");

    let unassigned = app.unassign_line(&system, managed(), 1, portal.test.now()).await;
    unassigned.unwrap_or_else(|error| panic!("{error:?}"));
    assert_ne!(other.register(600).await, 200);
    assert_eq!(portal.state().await, (LineState::Unregistered, Some(StateDetail::NoLine)));
    assert!(portal.contacts().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_made_while_we_run_registers() {
    let portal = Portal::start().await;
    let site = portal.test.tree.a.sites[0].clone();
    let user = portal.test.add_user(&site, "Grace Hopper", "1002").await;
    portal.test.assign_line(&portal.device, 2, &user).await;
    let (username, password, domain) = portal.test.credentials(&portal.device, 2).await;
    let identity = common::Identity { username, password, domain };
    let mut phone = Phone::new(portal.address(), &identity, "two").await;
    assert_eq!(phone.register(600).await, 200);
    let shown = portal.shown().await.status;
    assert_eq!(
        (shown.state.state, shown.lines_registered, shown.lines_assigned),
        (LineState::Registered, 1, 2)
    );
}

/// The first second after a power cut.
#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_comes_at_once() {
    let portal = Portal::start().await;
    let site = portal.test.tree.a.sites[1].clone();
    let mut phones = Vec::new();
    for extension in 2000..2100 {
        let device = portal.test.add_device(&site, "generic-sip", None).await;
        let user = portal.test.add_user(&site, "Somebody", &extension.to_string()).await;
        portal.test.assign_line(&device, 1, &user).await;
        let (username, password, domain) = portal.test.credentials(&device, 1).await;
        let identity = common::Identity { username, password, domain };
        phones.push(Phone::new(portal.address(), &identity, &extension.to_string()).await);
    }
    let mut running = tokio::task::JoinSet::new();
    for mut phone in phones {
        running.spawn(async move {
            assert_eq!(phone.register(600).await, 200);
            assert_eq!(phone.try_register(600).await, 200);
        });
    }
    while let Some(ended) = running.join_next().await {
        ended.expect("a phone without trouble");
    }
    let filter = DeviceFilter::default();
    let counts = portal.test.app.count_devices(&Actor::system(), &filter).await;
    let counts = counts.unwrap_or_else(|error| panic!("no counts: {error:?}"));
    assert_eq!((counts.registered, counts.unregistered), (100, 1));
}
