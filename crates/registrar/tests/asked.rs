//! OPTIONS and NOTIFY from the application to a phone and back, through the real application, its channel and its sockets.

mod common;

use common::{Phone, Portal, code_of, reboot};
use tonalite_core::contact_request::{ContactAnswer, ContactRequest, ContactRequestKind};
use tonalite_testkit::eventually;

const CHALLENGE: &str = "Digest realm=\"phone\", nonce=\"n\", algorithm=MD5, qop=\"auth\"";

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_answers_over_the_way_it_registered_by() {
    let portal = Portal::start().await;
    let mut phone = Phone::new(portal.address(), &portal.identity, "one").await;
    assert_eq!(phone.register(600).await, 200);
    let answering = async {
        let (request, from) = phone.hears().await;
        assert!(request.starts_with(&format!("NOTIFY {} SIP/2.0\r\n", phone.contact())), "{request}");
        assert_eq!(from, portal.address(), "not from another port: no NAT would let it in");
        phone.answers(&request, 401, Some(CHALLENGE)).await;
        let (request, from) = phone.hears().await;
        assert!(request.contains("\r\nAuthorization: Digest username="), "{request}");
        assert_eq!(from, portal.address());
        phone.answers(&request, 200, None).await;
    };
    let (answer, ()) = tokio::join!(portal.ask(reboot()), answering);
    assert_eq!(code_of(answer), (200, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_phone_is_asked_three_times_and_given_up() {
    let portal = Portal::start().await;
    let mut phone = Phone::new(portal.address(), &portal.identity, "one").await;
    assert_eq!(phone.register(600).await, 200);
    let silent = async {
        let (first, _) = phone.hears().await;
        for _ in 0..2 {
            portal.advance(1);
            assert_eq!(phone.hears().await.0, first);
        }
        portal.advance(2);
    };
    let (answer, ()) = tokio::join!(portal.ask(ContactRequestKind::Options), silent);
    assert_eq!(answer, ContactAnswer::NoAnswer);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_the_way_is_still_known() {
    let portal = Portal::start().await;
    let mut phone = Phone::new(portal.address(), &portal.identity, "one").await;
    assert_eq!(phone.register(600).await, 200);
    let portal = portal.restart(5).await;
    let answering = async {
        let (request, from) = phone.hears().await;
        assert_eq!(from, portal.address());
        phone.answers(&request, 404, None).await;
    };
    let (answer, ()) = tokio::join!(portal.ask(ContactRequestKind::Options), answering);
    assert_eq!(code_of(answer), (404, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_of_ours_leaves_nobody_waiting() {
    let mut portal = Portal::start().await;
    let mut phone = Phone::new(portal.address(), &portal.identity, "one").await;
    assert_eq!(phone.register(600).await, 200);
    let (line, binding) = (portal.line, portal.bindings().await[0].id);
    let app = portal.test.app.clone();
    let ask = move || {
        let app = app.clone();
        async move { app.phones().request(ContactRequest { line, binding, kind: reboot() }).await }
    };
    let waiting = tokio::spawn(ask());
    phone.hears().await;
    portal.registrar.take().expect("a running registrar").shutdown().await;
    assert_eq!(waiting.await.expect("no panic"), ContactAnswer::NoAnswer);
    let later = eventually("an end", async || Some(ask().await)).await;
    assert_eq!(later, ContactAnswer::NoPath);
}
