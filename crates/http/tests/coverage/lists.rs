//! Lists, searches, exports, pages and event streams: nothing of others is in them, whoever asks and whatever for.

use std::time::Duration;

use axum::body::Body;
use axum::http::Method;
use futures_util::StreamExt as _;
use serde_json::json;
use tonalite_core::portal_user::Role;
use tonalite_core::time::Span;

use crate::calls::{calls, told};
use crate::world::{Of, ROLES, World, expect, id};

#[tokio::test]
async fn nothing_foreign_is_told() {
    let world = World::make().await;
    let mut tried = 0;
    for call in calls().iter().filter(|call| !call.changes()) {
        for of in Of::PEOPLE {
            for role in ROLES {
                if call.row.waits {
                    world.portal.advance_exports(Span::from_secs(15));
                }
                let who = world.person(of, role);
                let things = &world.things[&of.home()];
                let (path, query) = (call.path(things), call.query(things));
                let answer = call.ask(&who, &path, &query, "").await;
                let sent = format!("{path} {query}");
                world.check_nothing_of_others(Some(of), call.row.what, &answer, &sent);
                tried += usize::from(answer.status.is_success());
            }
        }
    }
    assert!(tried > 1_000, "{tried}");
}

#[tokio::test]
async fn a_search_finds_nothing_foreign() {
    let world = World::of_admins().await;
    let mut tried = 0;
    for call in calls().iter().filter(|call| !call.row.search.is_empty()) {
        for (of, other) in [
            (Of::B, Of::A),
            (Of::A, Of::C),
            (Of::Operator, Of::B),
            (Of::OtherProvider, Of::A),
            (Of::FirstOfA, Of::SecondOfA),
        ] {
            let who = world.person(of, Role::Admin);
            let always = call.query(&world.things[&of.home()]);
            let ask = async |term: &str| {
                if call.row.waits {
                    world.portal.advance_exports(Span::from_secs(15));
                }
                let query = format!("{always}&{}={term}", call.row.search);
                call.ask(&who, &call.path(&world.things[&of.home()]), &query, "").await
            };
            let mac = world.canaries[&other].iter().find(|canary| canary.starts_with("0015652")).unwrap();
            for (theirs, absent) in [(mac.as_str(), "001565fffffe"), (other.word(), "Zzyzxxy")] {
                let found = ask(theirs).await;
                let label = format!("{of:?} who searches {theirs}");
                world.check_nothing_of_others(Some(of), call.row.what, &found, &shown_too(theirs));
                // An export is named by when it was asked for.
                if !call.row.waits {
                    let absent_told = told(&ask(absent).await, absent);
                    assert_eq!(told(&found, theirs), absent_told, "{} by {label}", call.row.what);
                }
                tried += 1;
            }
        }
    }
    assert!(tried >= 100, "{tried}");
}

/// What a page may echo of what was typed.
fn shown_too(term: &str) -> String {
    let pairs: Vec<&str> =
        term.as_bytes().chunks(2).filter_map(|pair| std::str::from_utf8(pair).ok()).collect();
    format!("{term} {}", pairs.join(":"))
}

#[tokio::test]
async fn an_event_stream_tells_nothing_foreign() {
    let world = World::make().await;
    let add = async |of: Of, whose: Of, mac: &str| {
        let site = &world.things[&whose].0["site"];
        let body = json!({ "site_id": site, "device_type_id": "yealink-t54w", "mac": mac });
        id(&expect(world.person(of, Role::Admin).post("/api/v1/devices", body).await, 201))
    };
    for role in ROLES {
        let n = world.number();
        let mut streams = Vec::new();
        for of in [Of::B, Of::FirstOfA, Of::C, Of::OtherProvider] {
            let who = world.person(of, role);
            let response = who.open(Method::GET, "/api/v1/events", None, Body::empty()).await;
            assert_eq!(response.status(), 200);
            streams.push((of, response.into_body().into_data_stream()));
        }
        // Of which these must hear nothing; then one of their own, after which the first would have come.
        let foreign = add(Of::A, Of::SecondOfA, &format!("0015655{n:05}")).await;
        let of_b = add(Of::B, Of::B, &format!("0015656{n:05}")).await;
        let of_c = add(Of::C, Of::C, &format!("0015657{n:05}")).await;
        let of_a = add(Of::A, Of::A, &format!("0015658{n:05}")).await;
        for (of, mut stream) in streams {
            let (own, others) = match of {
                Of::B => (&of_b, [&foreign, &of_c, &of_a]),
                Of::FirstOfA => (&of_a, [&foreign, &of_b, &of_c]),
                _ => (&of_c, [&foreign, &of_b, &of_a]),
            };
            let mut heard = String::new();
            while !heard.contains(own.as_str()) {
                // A bound, not a wait: what is awaited has been committed.
                let chunk = tokio::time::timeout(Duration::from_secs(20), stream.next()).await;
                heard += std::str::from_utf8(&chunk.expect("in time").unwrap().unwrap()).unwrap();
            }
            for other in others {
                assert!(!heard.contains(other.as_str()), "{of:?} hears of {other}: {heard}");
            }
            for canary in of.foreign_to().iter().filter_map(|of| world.canaries.get(of)).flatten() {
                assert!(!heard.contains(canary.as_str()), "{of:?} hears {canary}: {heard}");
            }
        }
    }
}
