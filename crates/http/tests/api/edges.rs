//! What stands around every operation: headers, cross-site requests, health, metrics, assets.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request};
use tonalite_core::portal_user::Role;
use tonalite_testkit::eventually;

use crate::portal::{Portal, Who};

#[tokio::test]
async fn every_answer_carries_the_headers_that_protect() {
    let portal = Portal::start_at("https://portal.example").await;
    for path in ["/healthz", "/api/v1/me", "/api/openapi.json", "/nothing", "/assets/nothing.js"] {
        let answer = portal.get(&Who::Nobody, path).await;
        let policy = answer.header("content-security-policy");
        for rule in [
            "default-src 'self'",
            "img-src 'self' data:",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.contains(rule), "{path}: {policy}");
        }
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        assert!(answer.header("strict-transport-security").starts_with("max-age="));
        assert_eq!(answer.header("x-request-id").len(), 36);
    }
    let plain = Portal::start().await.get(&Who::Nobody, "/healthz").await;
    assert!(!plain.headers.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn changes_from_other_sites_are_refused() {
    let portal = Portal::start_at("https://portal.example").await;
    let who = portal.sign_in(portal.a, "marie", Role::Admin).await;
    for (headers, allowed) in [
        (vec![], true),
        (vec![("sec-fetch-site", "same-origin")], true),
        (vec![("sec-fetch-site", "none")], true),
        (vec![("sec-fetch-site", "cross-site")], false),
        (vec![("sec-fetch-site", "same-site")], false),
        (vec![("sec-fetch-site", "cross-site"), ("origin", "https://portal.example")], true),
        (vec![("origin", "https://portal.example"), ("host", "10.0.0.5:8080")], true),
        (vec![("origin", "https://evil.example"), ("host", "portal.example")], false),
        (vec![("origin", "null")], false),
    ] {
        for (method, path, body) in [
            (Method::POST, "/api/v1/tokens", r#"{"name":"x"}"#),
            (Method::PATCH, "/api/v1/me", r#"{"language":"fr"}"#),
        ] {
            let mut request = Portal::request(&who, method, path, body);
            for (name, value) in &headers {
                request.headers_mut().insert(*name, value.parse().expect("a header"));
            }
            let answer = portal.send(request).await;
            match allowed {
                true => assert!(answer.status.is_success(), "{headers:?} {}", answer.text),
                false => assert_eq!(answer.problem(), "403 cross_site", "{headers:?}"),
            }
        }
    }
    let mut read = Portal::request(&who, Method::GET, "/api/v1/me", "");
    read.headers_mut().insert("sec-fetch-site", "cross-site".parse().expect("a header"));
    portal.send(read).await.expect(200);
}

#[tokio::test]
async fn health_and_readiness() {
    let portal = Portal::start().await;
    assert_eq!(portal.get(&Who::Nobody, "/healthz").await.expect(200).text, "ok\n");
    assert_eq!(portal.get(&Who::Nobody, "/readyz").await.expect(200).text, r#"{"status":"ready"}"#);
    portal.app.health().set_degraded("registrar", "queue_full");
    let degraded = portal.get(&Who::Nobody, "/readyz").await;
    assert_eq!(degraded.problem(), "503 unavailable");
    assert_eq!(degraded.json()["degraded"][0]["part"], "registrar");
    assert_eq!(degraded.header("retry-after"), "5");
    portal.get(&Who::Nobody, "/healthz").await.expect(200);
}

#[tokio::test]
async fn metrics_are_for_loopback_and_the_addresses_allowed() {
    let portal = Portal::start().await;
    for (peer, forwarded, allowed) in [
        (Some("127.0.0.1:5000"), None, true),
        (Some("[::1]:5000"), None, true),
        (Some("192.0.2.9:5000"), None, true),
        (Some("[::ffff:192.0.2.9]:5000"), None, true),
        (Some("192.0.2.10:5000"), None, false),
        (Some("127.0.0.1:5000"), Some("203.0.113.1"), false),
        (Some("203.0.113.1:5000"), Some("127.0.0.1"), false),
        (None, None, false),
    ] {
        let mut request = Request::builder().uri("/metrics").body(Body::empty()).expect("a request");
        if let Some(peer) = peer {
            let peer: SocketAddr = peer.parse().expect("an address");
            request.extensions_mut().insert(ConnectInfo(peer));
        }
        if let Some(forwarded) = forwarded {
            request.headers_mut().insert("x-forwarded-for", forwarded.parse().expect("a header"));
        }
        let answer = portal.send(request).await;
        match allowed {
            true => assert_eq!(answer.expect(200).text, "tonalite_bindings 0\n", "{peer:?}"),
            false => assert_eq!(answer.problem(), "404 not_found", "{peer:?} {forwarded:?}"),
        }
    }
}

#[tokio::test]
async fn people_get_pages_and_programs_get_documents() {
    let portal = Portal::start().await;
    let ask = async |path: &str, accept: &str| {
        let request = Request::builder().uri(path).header("accept", accept).body(Body::empty());
        portal.send(request.expect("a request")).await
    };
    let page = ask("/nothing-here", "text/html,application/xhtml+xml").await.expect(404);
    assert!(page.header("content-type").starts_with("text/html"), "{:?}", page.headers);
    assert!(page.text.contains(page.header("x-request-id")), "the page shows the number of the request");
    assert_eq!(ask("/nothing-here", "*/*").await.problem(), "404 not_found");
    assert_eq!(ask("/api/v1/me", "text/html").await.problem(), "401 unauthenticated");
}

#[tokio::test]
async fn long_answers_are_compressed() {
    let portal = Portal::start().await;
    let who = portal.sign_in(portal.a, "marie", Role::Viewer).await;
    for encoding in ["gzip", "br"] {
        let mut request = Portal::request(&who, Method::GET, "/api/openapi.json", "");
        request.headers_mut().insert("accept-encoding", encoding.parse().expect("a header"));
        let response = tower::ServiceExt::oneshot(portal.router.clone(), request).await.expect("infallible");
        assert_eq!(response.headers()["content-encoding"], encoding);
        let compressed = axum::body::to_bytes(response.into_body(), 1 << 22).await.expect("a body");
        let plain = portal.get(&who, "/api/openapi.json").await.text;
        assert!(compressed.len() * 3 < plain.len(), "{} of {}", compressed.len(), plain.len());
    }
}

#[tokio::test]
async fn a_fault_of_ours_says_nothing_of_its_cause() {
    let portal = Portal::start().await;
    let who = portal.sign_in(portal.a, "marie", Role::Admin).await;
    portal.app.shutdown().await;
    for path in ["/api/v1/me", "/api/v1/devices", "/readyz"] {
        let answer = portal.get(&who, path).await;
        let problem = answer.problem();
        assert!(["500 internal", "503 unavailable"].contains(&problem.as_str()), "{path}: {problem}");
        let told = answer.text.to_lowercase();
        for word in ["sqlx", "sqlite", "pool", "select", "closed", "panicked"] {
            assert!(!told.contains(word), "{path} tells {word}: {told}");
        }
    }
}

#[tokio::test]
async fn a_change_that_has_begun_is_carried_to_its_end() {
    let portal = Portal::start().await;
    let who = portal.sign_in(portal.a, "marie", Role::Admin).await;
    let site = portal.fleet(&who, portal.a, "001565000000").await.site;
    // Whoever asked hangs up: sooner each time, so that every step is met by some.
    for n in 1..=120 {
        let body = format!(r#"{{"site_id":"{site}","device_type_id":"yealink-t54w","mac":"0015651{n:05}"}}"#);
        let asked = portal.post(&who, "/api/v1/devices", &body);
        let _ = tokio::time::timeout(Duration::from_micros(50 * (120 - n)), asked).await;
    }
    // Both files tell the same: no device is in the inventory alone, without a state, a count and an event.
    eventually("inventory and live agree", async || {
        let list = portal.get(&who, "/api/v1/devices?limit=200").await.json();
        let items = list["items"].as_array()?;
        (list["total"] == items.len() && items.len() > 1).then_some(())
    })
    .await;
}
