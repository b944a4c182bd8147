//! Reboots over the API: asked for, answered at once, followed by their address and by events.

use tonalite_app::PhoneCommand;
use tonalite_core::contact_request::{ContactAnswer, ContactRequestKind};
use tonalite_core::portal_user::Role;
use tonalite_core::time::Span;
use tonalite_testkit::{eventually, register_contact};

use crate::portal::{Fleet, Portal, Who};

/// A customer with a phone whose line is assigned, and who may reboot it.
pub(crate) async fn phone() -> (Portal, Who, Fleet) {
    let portal = Portal::start().await;
    let manager = portal.sign_in(portal.a, "alice", Role::Manager).await;
    let fleet = portal.fleet(&manager, portal.a, "001565000001").await;
    let line = format!("/api/v1/devices/{}/lines/1/user", fleet.device);
    portal.put(&manager, &line, &format!(r#"{{"user_id":"{}"}}"#, fleet.user)).await.expect(200);
    let support = portal.sign_in(portal.a, "sam", Role::Support).await;
    (portal, support, fleet)
}

impl Portal {
    pub(crate) async fn register(&self, fleet: &Fleet) {
        let device = fleet.device.parse().expect("an id");
        register_contact(&self.app, device, 1, "old", self.now()).await;
        self.advance(Span::from_secs(60));
    }
}

#[tokio::test]
async fn without_a_live_contact_it_says_so_at_once() {
    let (portal, support, fleet) = phone().await;
    let path = format!("/api/v1/devices/{}/reboots", fleet.device);
    let answer = portal.post(&support, &path, "").await.expect(202);
    assert_eq!(answer.header("location"), format!("/api/v1/reboots/{}", answer.id()));
    insta::assert_snapshot!("reboot_not_possible", answer.snapshot());
    let again = portal.get(&support, answer.header("location")).await.expect(200);
    assert_eq!(again.json(), answer.json());

    let french = Portal::request(&support, axum::http::Method::GET, answer.header("location"), "");
    let (mut parts, body) = french.into_parts();
    parts.headers.insert("accept-language", "fr".parse().expect("a header"));
    let french = portal.send(axum::http::Request::from_parts(parts, body)).await.json();
    assert_eq!(french["detail"], "Impossible\u{a0}: l’appareil n’a aucun contact actif.");

    let admin = portal.sign_in(portal.a, "anne", Role::Admin).await;
    let audit = portal.get(&admin, "/api/v1/audit").await.expect(200).json();
    let acts = audit["items"].as_array().expect("rows").iter();
    let reboots: Vec<_> = acts.filter(|act| act["action"] == "device.reboot").collect();
    assert_eq!(reboots.len(), 1);
    assert_eq!((&reboots[0]["result"], &reboots[0]["detail"]["mac"]), (&"ok".into(), &"001565000001".into()));
}

#[tokio::test]
async fn what_the_phone_does_is_followed_and_told() {
    let (portal, support, fleet) = phone().await;
    portal.register(&fleet).await;
    let mut phones = portal.app.phones().attach();
    let mut events = portal.app.events().subscribe(None);
    let path = format!("/api/v1/devices/{}/reboots", fleet.device);
    let reboot = portal.post(&support, &path, "").await.expect(202);
    assert_eq!(reboot.json()["state"], "sent");
    let Some(PhoneCommand::Request(request, tell)) = phones.recv().await else { panic!("no request") };
    assert_eq!(
        request.kind,
        ContactRequestKind::Notify { event: "check-sync;reboot=true".into(), user: None }
    );
    let (reason, after) = ("<script>".to_owned(), Span(30));
    tell.send(ContactAnswer::Answered { code: 489, reason, after, authenticated: false }).expect("waits");
    let refused = eventually("refused", async || {
        portal.app.turn_reboots(portal.now()).await;
        let found = portal.get(&support, reboot.header("location")).await.expect(200);
        (found.json()["state"] == "refused").then_some(found)
    })
    .await;
    insta::assert_snapshot!("reboot_refused", refused.snapshot());
    let mut states = Vec::new();
    while states.last() != Some(&"refused") {
        if let Some(tonalite_app::Received::Event(_, event)) = events.next().await
            && let tonalite_core::event::EventKind::Reboot { state, .. } = event.kind
        {
            states.push(state.as_str());
        }
    }
    assert_eq!(states, ["requested", "sent", "refused"]);
}

#[tokio::test]
async fn the_same_request_reboots_once() {
    let (portal, support, fleet) = phone().await;
    let ask = async || {
        let path = format!("/api/v1/devices/{}/reboots", fleet.device);
        let mut request = Portal::request(&support, axum::http::Method::POST, &path, "");
        request.headers_mut().insert("idempotency-key", "once".parse().expect("a header"));
        portal.send(request).await.expect(202)
    };
    let (first, second) = (ask().await, ask().await);
    assert_eq!(first.json(), second.json());
    assert_eq!(second.header("location"), first.header("location"));
}

#[tokio::test]
async fn switched_off_is_403_with_who_can_switch_it_on() {
    let (portal, support, fleet) = phone().await;
    let above = portal.sign_in(portal.provider, "paula", Role::Admin).await;
    let party = format!("/api/v1/parties/{}", portal.a);
    portal.patch(&above, &party, r#"{"features":{"device_reboot":false}}"#).await.expect(200);
    let refused = portal.post(&support, &format!("/api/v1/devices/{}/reboots", fleet.device), "").await;
    assert_eq!(refused.problem(), "403 feature_disabled");
}
