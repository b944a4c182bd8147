//! *Device Status* and *Reboot Device* on pages: who is shown what, and what a browser sees without script.

use axum::http::{HeaderName, StatusCode, header};
use tonalite_app::PhoneCommand;
use tonalite_core::contact_request::ContactAnswer;
use tonalite_core::id::DeviceId;
use tonalite_core::party::Feature;
use tonalite_core::portal_user::Role;
use tonalite_core::time::Span;
use tonalite_testkit::{Answer, TestPortal, Visitor, Whose, eventually, register_contact};

/// An id that nothing has.
const ABSENT: &str = "019b0000-0000-7000-8000-000000000000";
const MAC: &str = "00:15:65:ab:cd:ef";

/// Every page of this kind, and whether a viewer sees it. `{id}` is a device, `{reboot}` a reboot.
const PAGES: [(&str, bool); 5] = [
    ("GET /devices/{id}/status", true),
    ("POST /devices/{id}/status", false),
    ("GET /devices/{id}/reboot", false),
    ("POST /devices/{id}/reboot", false),
    ("GET /reboots/{reboot}", true),
];

fn browser(visitor: &Visitor, language: &str) -> Visitor {
    visitor.with(header::ACCEPT, "text/html").with(header::ACCEPT_LANGUAGE, language)
}

fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.header("location").to_owned()
}

async fn ask(visitor: &Visitor, page: &str, device: &str, reboot: &str) -> Answer {
    match page.replace("{id}", device).replace("{reboot}", reboot).split_once(' ') {
        Some(("POST", path)) => visitor.submit(path, &[]).await,
        Some((_, path)) => visitor.get(path).await,
        None => panic!("{page} has no method"),
    }
}

/// A device of customer A with a line that is assigned.
async fn device(portal: &TestPortal, device_type: &str) -> DeviceId {
    let site = portal.tree.a.sites[0].clone();
    let device = portal.add_device(&site, device_type, Some(MAC)).await;
    let user = portal.add_user(&site, "Anne <Leroy>", "1001").await;
    portal.assign_line(&device, 1, &user).await;
    device.id
}

async fn support(portal: &TestPortal, language: &str) -> Visitor {
    browser(&portal.signed_in(Whose::A, Role::Support).await, language)
}

#[tokio::test]
async fn who_is_shown_what() {
    let portal = TestPortal::start().await;
    let id = device(&portal, "yealink-t54w").await.to_string();
    let helper = support(&portal, "en").await;
    let reboot = location(&helper.submit(&format!("/devices/{id}/reboot"), &[]).await);
    let reboot = reboot.rsplit('/').next().unwrap_or_default().to_owned();
    let viewer = browser(&portal.signed_in(Whose::A, Role::Viewer).await, "en");
    let neighbour = browser(&portal.signed_in(Whose::B, Role::Admin).await, "en");
    let stranger = browser(&portal.anonymous(), "en");
    for (page, for_viewers) in PAGES {
        let answer = ask(&stranger, page, &id, &reboot).await;
        assert!(location(&answer).starts_with("/sign-in?needed=1"), "{page}");

        let (theirs, absent) =
            (ask(&neighbour, page, &id, &reboot).await, ask(&neighbour, page, ABSENT, ABSENT).await);
        assert_eq!(theirs.status, StatusCode::NOT_FOUND, "{page}");
        let plain = |answer: &Answer| {
            let text = answer.text().replace(answer.header("x-request-id"), "");
            text.replace(&id, ABSENT).replace(&reboot, ABSENT)
        };
        assert_eq!(plain(&theirs), plain(&absent), "{page}");

        let answer = ask(&viewer, page, &id, &reboot).await;
        let expected = if for_viewers { StatusCode::OK } else { StatusCode::FORBIDDEN };
        assert_eq!(answer.status, expected, "{page}");
        assert!(!for_viewers || !answer.text().contains("method=\"post\" action=\"/devices"), "{page}");
    }
    for path in ["/devices".to_owned(), format!("/devices/{id}")] {
        assert!(helper.get(&path).await.text().contains("/reboot\""), "{path}");
        let seen = viewer.get(&path).await.text();
        assert!(!seen.contains("/reboot\"") && seen.contains(&format!("/devices/{id}/status")), "{path}");
    }
}

#[tokio::test]
async fn a_status_page_shows_at_once_what_is_known_and_asks_when_told() {
    let portal = TestPortal::start().await;
    let id = device(&portal, "grandstream-ht818").await;
    register_contact(&portal.app, id, 1, "old", portal.now()).await;
    let mut phones = portal.app.phones().attach();
    let helper = support(&portal, "fr").await;
    let path = format!("/devices/{id}/status");
    let known = helper.get(&path).await.text();
    assert!(phones.try_recv().is_err(), "a page never waits for a phone");
    assert!(known.contains("pas encore interrogé") && known.contains("Interroger le téléphone"), "{known}");
    assert!(known.contains("udp 192.0.2.9:5060") && known.contains("Anne &#60;Leroy&#62;"), "{known}");
    let gateway = "«\u{a0}Enregistré\u{a0}» ne prouve pas qu’un poste est branché sur cette passerelle.";
    assert!(known.contains(gateway), "{known}");

    for (answer, said) in [
        (
            ContactAnswer::Answered {
                code: 404,
                reason: "<i>".into(),
                after: Span(23),
                authenticated: false,
            },
            "a répondu en 23 ms (SIP 404)",
        ),
        (ContactAnswer::NoAnswer, "sans réponse au test"),
    ] {
        let answers = async {
            let Some(PhoneCommand::Request(_, tell)) = phones.recv().await else { panic!("no request") };
            tell.send(answer).expect("waits");
        };
        let (checked, ()) = tokio::join!(helper.submit(&path, &[]), answers);
        let page = checked.text();
        assert_eq!(checked.status, StatusCode::OK);
        assert!(page.contains(said) && page.contains("Vérifier de nouveau"), "{page}");
        assert!(!page.contains("hx-trigger=\"load\""), "it would ask for ever");
    }
}

#[tokio::test]
async fn a_reboot_is_asked_once_and_followed() {
    let portal = TestPortal::start().await;
    let id = device(&portal, "yealink-t54w").await;
    register_contact(&portal.app, id, 1, "old", portal.now()).await;
    portal.advance(Span::from_secs(60));
    let mut phones = portal.app.phones().attach();
    let helper = support(&portal, "fr").await;
    let question = helper.get(&format!("/devices/{id}/reboot")).await.text();
    for text in
        ["appels d’urgence compris", "Anne &#60;Leroy&#62;", "1001", "On ne peut pas savoir si un appel"]
    {
        assert!(question.contains(text), "{text}: {question}");
    }
    assert!(phones.try_recv().is_err());
    let follow = location(&helper.submit(&format!("/devices/{id}/reboot"), &[]).await);
    let page = helper.get(&follow).await.text();
    assert!(page.contains("il n’a pas encore répondu") && page.contains("<noscript><p><a"), "{page}");

    let Some(PhoneCommand::Request(_, tell)) = phones.recv().await else { panic!("no request") };
    let reason = "OK".to_owned();
    tell.send(ContactAnswer::Answered { code: 200, reason, after: Span(9), authenticated: false })
        .expect("waits");
    let until = async |text: &str| {
        eventually(text, async || {
            portal.app.turn_reboots(portal.now()).await;
            let page = helper.get(&follow).await.text();
            page.contains(text).then_some(page)
        })
        .await
    };
    until("Cela ne prouve rien encore").await;
    portal.advance(Span::from_secs(42));
    register_contact(&portal.app, id, 1, "new", portal.now()).await;
    let page = until("De retour en 42 s").await;
    assert!(!page.contains("hx-get="), "it is over");

    let show = helper.get(&format!("/devices/{id}")).await.text();
    assert!(show.contains("Redémarrage demandé") && show.contains(">par a-support<"), "{show}");
    assert!(show.contains("Il a redémarré et il est de retour"), "{show}");
    let status = helper.get(&format!("/devices/{id}/status")).await.text();
    assert!(status.contains("Dernier redémarrage") && status.contains("De retour en 42 s"), "{status}");
}

#[tokio::test]
async fn a_window_goes_on_with_the_steps() {
    let portal = TestPortal::start().await;
    let id = device(&portal, "yealink-t54w").await;
    let scripted = support(&portal, "en").await.with(HeaderName::from_static("hx-request"), "true");
    let answer = scripted.submit(&format!("/devices/{id}/reboot"), &[]).await;
    let page = answer.text();
    assert_eq!(answer.status, StatusCode::OK);
    assert!(page.contains("data-dialog") && page.contains("Not possible: the device has no live contact."));
}

#[tokio::test]
async fn switched_off_there_is_no_button_but_who_can_switch_it_on() {
    let portal = TestPortal::start().await;
    let id = device(&portal, "yealink-t54w").await;
    portal.switch(portal.tree.party(Whose::A).id, Feature::DeviceReboot, Some(false)).await;
    let helper = support(&portal, "en").await;
    let page = helper.get(&format!("/devices/{id}/reboot")).await;
    assert_eq!(page.status, StatusCode::OK);
    let page = page.text();
    let said = "“Reboot of devices” is switched off for Customer A. The administrators of Operator can switch it on.";
    assert!(page.contains(said), "{page}");
    assert!(!page.contains("btn danger"), "{page}");
    let refused = helper.submit(&format!("/devices/{id}/reboot"), &[]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
