//! Every end of a reboot, from the socket to the page: simulated phones on real sockets, the real registrar, the pages in
//! both languages. The portal's clock is the test's, so that a window of minutes passes at once; the phones' is not.

use std::time::Duration;

use axum::http::header;
use serde_json::json;
use tonalite_core::portal_user::Role;
use tonalite_core::time::Span;
use tonalite_phones::{Fleet, FleetOptions, OnReboot, PhoneConfig, Transport};
use tonalite_testkit::{TestPortal, TestRegistrar, Whose, eventually};

/// What a phone does, over what, how far the portal's clock goes on with each look, and where that ends in both languages.
struct Case {
    on_reboot: OnReboot,
    transport: Transport,
    step: Span,
    state: &'static str,
    english: &'static str,
    french: &'static str,
}

const STILL: Span = Span(0);

fn case(
    on_reboot: OnReboot,
    step: Span,
    state: &'static str,
    english: &'static str,
    french: &'static str,
) -> Case {
    Case { on_reboot, transport: Transport::Udp, step, state, english, french }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_end_is_told_as_it_was() {
    let back = ("The phone restarted", "Le téléphone a redémarré");
    for case in [
        case(OnReboot::Obeys, STILL, "back", back.0, back.1),
        Case { transport: Transport::Tcp, ..case(OnReboot::Obeys, STILL, "back", back.0, back.1) },
        case(OnReboot::Challenges, STILL, "back", back.0, back.1),
        case(OnReboot::Refuses(481), STILL, "refused", "refused (SIP 481)", "refusé (SIP 481)"),
        case(OnReboot::Silent, Span::from_secs(2), "no_answer", "did not answer", "n’a pas répondu"),
        case(
            OnReboot::AcceptsOnly,
            Span::from_secs(5),
            "not_restarted",
            "did not restart",
            "n’a pas redémarré",
        ),
        case(OnReboot::NeverBack, Span::from_secs(5), "not_back", "has not come back", "n’est pas revenu"),
    ] {
        try_out(&case).await;
    }
}

async fn try_out(case: &Case) {
    let name = format!("{:?}", case.on_reboot);
    let portal = TestPortal::start().await;
    let site = portal.tree.a.sites[0].clone();
    let device = portal.add_device(&site, "yealink-t54w", Some("001565abcdef")).await;
    let user = portal.add_user(&site, "Anne Leroy", "1001").await;
    portal.assign_line(&device, 1, &user).await;
    let registrar = TestRegistrar::start(&portal).await;
    let (username, password, domain) = portal.credentials(&device, 1).await;
    let phone = PhoneConfig {
        on_reboot: case.on_reboot,
        reboot_time: Duration::from_millis(200),
        ..PhoneConfig::new(username, domain, password, registrar.address())
    };
    let options = FleetOptions { transport: case.transport, ..FleetOptions::default() };
    let fleet = Fleet::start(vec![phone], &options).await.expect("a phone");
    assert!(fleet.wait_until(Duration::from_secs(10), |stats| stats.registered == 1).await, "{name}");
    let support = portal.signed_in(Whose::A, Role::Support).await;
    let status = format!("/api/v1/devices/{}/status", device.id);
    eventually("it is registered", async || {
        (support.get(&status).await.json()["status"] == "registered").then_some(())
    })
    .await;

    let asked = support.post(&format!("/api/v1/devices/{}/reboots", device.id), json!({})).await;
    assert_eq!(asked.status, 202, "{name}: {}", asked.text());
    let address = asked.header("location").to_owned();
    let ended = eventually("an end", async || {
        let now = portal.advance(case.step);
        portal.app.turn_reboots(now).await;
        let reboot = support.get(&address).await.json();
        let state = reboot["state"].as_str().unwrap_or_default().to_owned();
        let under_way = ["requested", "sent", "accepted", "down"].contains(&state.as_str());
        (!under_way).then_some(reboot)
    })
    .await;
    assert_eq!(ended["state"], case.state, "{name}: {ended}");

    let page = format!("/reboots/{}", ended["id"].as_str().unwrap_or_default());
    for (language, words) in [("en", case.english), ("fr", case.french)] {
        let reader = support.with(header::ACCEPT, "text/html").with(header::ACCEPT_LANGUAGE, language);
        let shown = reader.get(&page).await.text();
        assert!(shown.contains(words), "{name}: {words}: {shown}");
    }
    fleet.shutdown(false).await;
    registrar.shutdown().await;
}
