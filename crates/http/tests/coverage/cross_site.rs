//! What a browser sends for another site changes nothing, whoever's cookie it carries.

use axum::http::{HeaderName, header};
use tonalite_core::portal_user::Role;

use crate::calls::calls;
use crate::world::{Of, World};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// `Sec-Fetch-Site` and `Origin` of requests that another site had a browser send.
const CROSS: [(&str, &str); 5] = [
    ("cross-site", ""),
    ("cross-site", "https://evil.example"),
    // A browser that does not send the first.
    ("", "https://evil.example"),
    ("", "null"),
    // Another program on the same machine, or a subdomain that somebody took over.
    ("same-site", "http://other.portal.test"),
];

#[tokio::test]
async fn no_mutating_route_listens_to_another_site() {
    let world = World::of_admins().await;
    let before = world.stored().await;
    let admin = world.person(Of::Platform, Role::Admin);
    let things = &world.things[&Of::A];
    let mut refused = 0;
    for call in calls().iter().filter(|call| call.changes()) {
        for headers in CROSS {
            let mut who = admin.clone();
            for (name, value) in [(SEC_FETCH_SITE, headers.0), (header::ORIGIN, headers.1)] {
                if !value.is_empty() {
                    who.set(name, value);
                }
            }
            let body = call.body(&world, things, world.number()).await;
            let answer = call.ask_as_is(&who, &call.path(things), &call.query(things), &body).await;
            assert_eq!(answer.status, 403, "{} with {headers:?}: {}", call.row.what, answer.text());
            let tells = if call.is_page { "text/html" } else { "application/problem+json" };
            assert!(answer.header("content-type").starts_with(tells), "{}", call.row.what);
            if !call.is_page {
                assert_eq!(answer.json()["code"], "cross_site", "{}", call.row.what);
            }
            assert!(!answer.headers.contains_key("set-cookie"), "{}", call.row.what);
            refused += 1;
        }
    }
    assert!(refused > 250, "{refused}");
    assert_eq!(world.stored().await, before, "another site changed something");
    assert_eq!(admin.get("/api/v1/me").await.status, 200, "the session goes on");
}

/// That the same requests pass from the portal itself, `own.rs` shows, which sends these headers; here those of programs.
#[tokio::test]
async fn a_program_with_a_token_needs_no_origin() {
    let world = World::of_admins().await;
    let admin = world.person(Of::A, Role::Admin);
    let made = admin.post("/api/v1/tokens", serde_json::json!({ "name": "program" })).await;
    let token = made.json()["token"].as_str().unwrap().to_owned();
    let program = world.anonymous().with(header::AUTHORIZATION, &format!("Bearer {token}"));
    let things = &world.things[&Of::A];
    let of_sessions = |what: &str| what == "end_acting";
    for call in calls().iter().filter(|call| call.changes() && !call.is_page && call.row.fresh.is_empty()) {
        if of_sessions(call.row.what) {
            continue;
        }
        let body = call.body(&world, things, world.number()).await;
        let answer = call.ask_as_is(&program, &call.path(things), &call.query(things), &body).await;
        let expected = call.expected(Of::A, Role::Admin);
        assert_eq!(answer.status.as_u16(), expected, "{}: {}", call.row.what, answer.text());
    }
}
