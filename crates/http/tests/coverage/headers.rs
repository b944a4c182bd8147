//! What protects every answer: the headers of all of them, and the session's cookie from sign-in to sign-out.

use axum::http::header;
use serde_json::json;
use tonalite_core::portal_user::Role;
use tonalite_testkit::{Answer, PASSWORD, TestApp, TestPortal, Visitor, Whose};

use crate::calls::{Call, calls};
use crate::rows::Right;
use crate::world::{Of, World};

fn check_headers(call: &Call, who: &str, answer: &Answer) {
    let what = format!("{} by {who}", call.row.what);
    let header = |name: &str| {
        let value = answer.headers.get(name).unwrap_or_else(|| panic!("{what} has no {name}"));
        value.to_str().unwrap().to_owned()
    };
    let policy = header("content-security-policy");
    for rule in [
        "default-src 'self'",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    ] {
        assert!(policy.contains(rule), "{what}: {policy}");
    }
    assert!(!policy.contains("unsafe"), "{what}: {policy}");
    assert_eq!(header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(header("x-frame-options"), "DENY", "{what}");
    assert_eq!(header("referrer-policy"), "same-origin", "{what}");
    assert_eq!(header("cross-origin-resource-policy"), "same-origin", "{what}");
    // No other site may read an answer.
    assert!(!answer.headers.contains_key("access-control-allow-origin"), "{what}");
    let cache = header("cache-control");
    let is_stream = call.row.what == "stream_events" && answer.status.is_success();
    match call.row.right {
        // The same for all: kept for ever at the address with its version in it, asked for anew at any other.
        Right::Anyone if call.row.what.starts_with("GET /assets/") => assert_eq!(cache, "no-cache", "{what}"),
        _ if is_stream => assert_eq!(cache, "no-cache", "{what}"),
        _ => assert_eq!(cache, "no-store", "{what}"),
    }
    if answer.headers.get("content-type").is_some_and(|kind| kind == "text/html; charset=utf-8") {
        let page = answer.text();
        for inline in ["<script>", "style=\"", " onclick=", " onload=", "javascript:"] {
            assert!(!page.contains(inline), "{what}: {inline} does nothing under the policy");
        }
    }
}

#[tokio::test]
async fn every_answer_carries_its_headers() {
    let world = World::make().await;
    let own = &world.things[&Of::A];
    let (admin, viewer) = (world.person(Of::A, Role::Admin), world.person(Of::A, Role::Viewer));
    let neighbour = world.person(Of::B, Role::Admin);
    for call in calls() {
        let path = call.path(own);
        let body = call.body(&world, own, world.number()).await;
        // Refused for want of a session, a role, the thing, an origin of one's own.
        for (who, visitor) in
            [("nobody", &world.anonymous()), ("a viewer", &viewer), ("a neighbour", &neighbour)]
        {
            if call.changes() && call.row.right == Right::SignedIn && who != "nobody" {
                continue;
            }
            check_headers(&call, who, &call.ask(visitor, &path, &call.query(own), &body).await);
        }
        if call.changes() {
            let elsewhere = admin.with(header::ORIGIN, "https://evil.example");
            check_headers(&call, "another site", &call.ask_as_is(&elsewhere, &path, "", &body).await);
        }
        if call.row.fresh.is_empty() {
            check_headers(
                &call,
                "its administrator",
                &call.ask(&admin, &path, &call.query(own), &body).await,
            );
        }
    }
    for path in ["/nothing", "/api/v1/nothing", "/devices/%ff"] {
        let answer = admin.get(path).await;
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    }
}

/// The cookie of an answer: name, value, and everything else that it says.
fn cookie(answer: &Answer) -> (String, String, String) {
    let text = answer.header("set-cookie");
    let (pair, rest) = text.split_once("; ").unwrap_or((text, ""));
    let (name, value) = pair.split_once('=').unwrap();
    (name.to_owned(), value.to_owned(), rest.to_owned())
}

/// Signs in on the page or by the API.
async fn sign_in(who: &Visitor, origin: &str, by_page: bool) -> Answer {
    if by_page {
        let who = who.with(header::ORIGIN, origin);
        let body = format!("username=a-admin&password={}", PASSWORD.replace(' ', "+"));
        let kind = Some("application/x-www-form-urlencoded");
        return who.send(axum::http::Method::POST, "/sign-in", kind, body.into()).await;
    }
    who.post("/api/v1/session", json!({ "username": "a-admin", "password": PASSWORD })).await
}

#[tokio::test]
async fn the_session_cookie_is_protected_and_changes() {
    for (origin, name, rest) in [
        ("http://portal.test", "tonalite", "HttpOnly; SameSite=Lax; Path=/"),
        ("https://portal.test", "__Host-tonalite", "HttpOnly; SameSite=Lax; Secure; Path=/"),
    ] {
        let portal = TestPortal::at(TestApp::start().await, origin);
        portal.portal_user(Whose::A, Role::Admin).await;
        for by_page in [true, false] {
            let first = sign_in(&portal.anonymous(), origin, by_page).await;
            let (first_name, first_value, attributes) = cookie(&first);
            assert_eq!((first_name.as_str(), attributes.as_str()), (name, rest), "{origin}");
            // 256 bits.
            assert!(first_value.len() >= 43, "{first_value}");
            let secure = first.headers.contains_key("strict-transport-security");
            assert_eq!(secure, origin.starts_with("https"), "{origin}");

            // Signing in again: another one, and the one before is dead.
            let before = portal.anonymous().with(header::COOKIE, &format!("{name}={first_value}"));
            assert_eq!(before.get("/api/v1/me").await.status, 200);
            let (_, second_value, _) = cookie(&sign_in(&before, origin, by_page).await);
            assert_ne!(first_value, second_value);
            assert_eq!(before.get("/api/v1/me").await.status, 401, "{origin}: the former session lives on");

            // Signing out: dead on the server, and forgotten by the browser.
            let now = portal.anonymous().with(header::COOKIE, &format!("{name}={second_value}"));
            assert_eq!(now.get("/api/v1/me").await.status, 200);
            let ended = match by_page {
                true => {
                    now.with(header::ORIGIN, origin)
                        .send(axum::http::Method::POST, "/sign-out", None, "".into())
                        .await
                }
                false => now.delete("/api/v1/session").await,
            };
            let (ended_name, ended_value, attributes) = cookie(&ended);
            assert_eq!((ended_name.as_str(), ended_value.as_str()), (name, ""));
            assert!(attributes.contains("Max-Age=0") && attributes.contains("Path=/"), "{attributes}");
            assert_eq!(now.get("/api/v1/me").await.status, 401, "{origin}: the session lives on");

            // The name without its prefix is nobody, and neither is a cookie that the client chose.
            let planted = portal.anonymous().with(header::COOKIE, &format!("{name}=chosen-by-somebody-else"));
            let (_, given, _) = cookie(&sign_in(&planted, origin, by_page).await);
            assert_ne!(given, "chosen-by-somebody-else", "a session that somebody else chose");
        }
        // The other cookie that outlives a request.
        let language = portal.anonymous().with(header::ORIGIN, origin);
        let form = Some("application/x-www-form-urlencoded");
        let kept = language.send(axum::http::Method::POST, "/language", form, "language=fr".into()).await;
        let (_, _, attributes) = cookie(&kept);
        assert!(attributes.starts_with("HttpOnly; SameSite=Lax;"), "{attributes}");
        assert_eq!(attributes.contains("; Secure;"), origin.starts_with("https"), "{attributes}");
    }
}
