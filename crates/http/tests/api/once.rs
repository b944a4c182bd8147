//! `Idempotency-Key`: twice asked, once done.

use axum::http::Method;
use tonalite_core::portal_user::Role;

use crate::portal::{Answer, Portal, Who};

async fn keyed(portal: &Portal, who: &Who, path: &str, key: &str, body: &str) -> Answer {
    let mut request = Portal::request(who, Method::POST, path, body);
    request.headers_mut().insert("idempotency-key", key.parse().expect("a header"));
    portal.send(request).await
}

#[tokio::test]
async fn the_same_request_is_carried_out_once() {
    let portal = Portal::start().await;
    let who = portal.sign_in(portal.a, "marie", Role::Admin).await;
    let other = portal.sign_in(portal.a, "anna", Role::Admin).await;
    let site = |name: &str| format!(r#"{{"party_id":"{}","name":"{name}"}}"#, portal.a);
    let first = keyed(&portal, &who, "/api/v1/sites", "k1", &site("Lyon")).await.expect(201);
    let again = keyed(&portal, &who, "/api/v1/sites", "k1", &site("Lyon")).await.expect(201);
    assert_eq!(again.text, first.text);
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(again.header("idempotent-replayed"), "true");

    let reused = keyed(&portal, &who, "/api/v1/sites", "k1", &site("Nantes")).await.problem();
    assert_eq!(reused, "409 idempotency_key_reused Idempotency-Key:idempotency_key_reused");
    // Keys are each person's own.
    keyed(&portal, &other, "/api/v1/sites", "k1", &site("Nantes")).await.expect(201);
    assert_eq!(portal.get(&who, "/api/v1/sites").await.json()["items"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn a_refusal_may_be_tried_again() {
    let portal = Portal::start().await;
    let who = portal.sign_in(portal.a, "marie", Role::Admin).await;
    let body = format!(r#"{{"party_id":"{}","name":"Lyon"}}"#, portal.a);
    let made = portal.post(&who, "/api/v1/sites", &body).await.expect(201);
    let taken = keyed(&portal, &who, "/api/v1/sites", "k2", &body).await.problem();
    assert_eq!(taken, "409 site_name_taken name:site_name_taken");
    portal.delete(&who, made.header("location")).await.expect(204);
    keyed(&portal, &who, "/api/v1/sites", "k2", &body).await.expect(201);
}

#[tokio::test]
async fn a_secret_is_never_remembered() {
    let portal = Portal::start().await;
    let who = portal.sign_in(portal.a, "marie", Role::Admin).await;
    let body = r#"{"name":"Script"}"#;
    keyed(&portal, &who, "/api/v1/tokens", "k3", body).await.expect(201);
    let again = keyed(&portal, &who, "/api/v1/tokens", "k3", body).await;
    assert_eq!(again.problem(), "409 idempotency_secret Idempotency-Key:idempotency_secret");
    assert_eq!(portal.get(&who, "/api/v1/tokens").await.json()["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn keys_have_a_form() {
    let portal = Portal::start().await;
    let who = portal.sign_in(portal.a, "marie", Role::Admin).await;
    for key in ["", " ", "a b", &"x".repeat(129)] {
        let answer = keyed(&portal, &who, "/api/v1/tokens", key, r#"{"name":"x"}"#).await.problem();
        assert_eq!(answer, "422 invalid Idempotency-Key:idempotency_key_malformed", "{key:?}");
    }
}
