//! The audit log as a browser and a program see it: who may read it, what narrows it, its file, what is refused, and
//! persons who are forgotten.

use axum::http::{StatusCode, header};
use tonalite_core::access::Actor;
use tonalite_core::page::Limit;
use tonalite_core::portal_user::Role;
use tonalite_core::time::Span;
use tonalite_testkit::{TestPortal, Visitor, Whose};

/// An id that nothing has.
const ABSENT: &str = "019b0000-0000-7000-8000-000000000000";

async fn browser(portal: &TestPortal, whose: Whose, role: Role, language: &str) -> Visitor {
    let visitor = portal.signed_in(whose, role).await;
    visitor.with(header::ACCEPT, "text/html").with(header::ACCEPT_LANGUAGE, language)
}

async fn filled() -> TestPortal {
    let portal = TestPortal::start().await;
    let site = portal.tree.a.sites[0].clone();
    let program = portal.with_token(Whose::A, Role::Admin).await;
    let body = serde_json::json!({
        "site_id": site.id.to_string(), "device_type_id": "yealink-t54w", "mac": "001565abcdef",
        "name": "=HYPERLINK(\"x\")",
    });
    assert_eq!(program.post("/api/v1/devices", body).await.status, StatusCode::CREATED);
    portal
}

#[tokio::test]
async fn admins_read_it_in_their_language_and_others_do_not() {
    let portal = filled().await;
    for (language, title, act, kept) in [
        ("en", "Audit log", "Device added", "Kept for 12 months"),
        ("fr", "Journal d’audit", "Appareil ajouté", "Conservé 12\u{a0}mois"),
    ] {
        let page = browser(&portal, Whose::A, Role::Admin, language).await.get("/audit").await;
        assert_eq!(page.status, StatusCode::OK);
        for words in [title, act, kept, "00:15:65:ab:cd:ef", "<code>mac</code>"] {
            assert!(page.text().contains(words), "{language} {words}: {}", page.text());
        }
        assert!(!page.text().contains(">audit-"), "a text is missing: {}", page.text());
    }
    for role in [Role::Manager, Role::Support, Role::Viewer] {
        let visitor = browser(&portal, Whose::A, role, "en").await;
        for path in ["/audit", "/audit/export", "/audit?party=nobody"] {
            assert_eq!(visitor.get(path).await.status, StatusCode::FORBIDDEN, "{role:?} {path}");
        }
        assert!(!visitor.get("/devices").await.text().contains("href=\"/audit\""), "{role:?}");
    }
    let foreign = browser(&portal, Whose::B, Role::Admin, "en").await.get("/audit").await.text();
    assert!(!foreign.contains("Device added\n"), "{foreign}");
}

#[tokio::test]
async fn the_page_is_narrowed_by_its_address() {
    let portal = filled().await;
    let provider = browser(&portal, Whose::Provider, Role::Admin, "en").await;
    let shows = async |query: &str| {
        let page = provider.get(&format!("/audit?{query}")).await;
        assert_eq!(page.status, StatusCode::OK, "{query}: {}", page.text());
        page.text().contains("Device added\n")
    };
    let a = portal.tree.a.party.id.to_string();
    for (query, shown) in [
        ("", true),
        ("action=device.create", true),
        ("action=devices&result=ok", true),
        ("action=sign_in", false),
        ("result=refused", false),
        ("q=001565ab", true),
        ("q=nothing-like-it", false),
        ("party=Customer+A", true),
        ("party=Customer+B", false),
        ("person=nobody", false),
        ("person=system", false),
        ("from=2000-01-01&tz=Europe%2FParis", true),
        ("to=2000-01-01", false),
        ("from=&to=&q=&party=&person=&action=&result=&target=&tz=", true),
    ] {
        assert_eq!(shows(query).await, shown, "{query}");
    }
    assert!(shows(&format!("party={a}")).await);
    assert!(!shows(&format!("target={ABSENT}")).await);
    assert!(provider.get("/audit?party=Customer").await.text().contains("Which party do you mean?"));
    for (query, status) in [
        ("action=device.explode", StatusCode::UNPROCESSABLE_ENTITY),
        ("result=maybe", StatusCode::UNPROCESSABLE_ENTITY),
        ("target=x", StatusCode::UNPROCESSABLE_ENTITY),
        ("from=yesterday", StatusCode::UNPROCESSABLE_ENTITY),
        ("from=9999-12-31&to=9999-12-31", StatusCode::UNPROCESSABLE_ENTITY),
        ("after=%00", StatusCode::UNPROCESSABLE_ENTITY),
        ("after=1~61", StatusCode::UNPROCESSABLE_ENTITY),
        ("tz=Nowhere%2FAtAll&q=%3Cscript%3Ealert(8)%3C/script%3E", StatusCode::OK),
    ] {
        let page = provider.get(&format!("/audit?{query}")).await;
        assert_eq!(page.status, status, "{query}: {}", page.text());
        assert!(!page.text().contains("<script>alert"), "{query}");
    }
    let customer = browser(&portal, Whose::B, Role::Admin, "en").await;
    assert_eq!(customer.get(&format!("/audit?party={a}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_file_says_the_same_without_formulas() {
    let portal = filled().await;
    let program = portal.with_token(Whose::A, Role::Admin).await;
    let file = program.get("/api/v1/audit.csv?action=devices").await;
    assert_eq!((file.status, file.header("content-type")), (StatusCode::OK, "text/csv; charset=utf-8"));
    let text = file.text();
    let mut lines = text.lines();
    assert!(lines.next().unwrap().starts_with("at,actor,actor_id,"), "{text}");
    let row = lines.next().unwrap();
    assert!(row.contains(",\"device.create\",device.create,device,"), "{row}");
    assert_eq!(lines.next(), None, "{text}");

    let person = browser(&portal, Whose::A, Role::Admin, "fr").await;
    let french = person.get("/audit/export?action=devices&tz=Europe%2FParis").await.text();
    assert!(french.starts_with("\u{feff}Quand (Europe/Paris);Qui;"), "{french}");
    assert!(french.contains(";\"Appareil ajouté\";device.create;"), "{french}");
    // What a person is called may begin like a formula.
    assert!(!french.lines().any(|line| line.split(';').any(|cell| cell.starts_with("\"="))), "{french}");
    let listed = person.get("/audit?action=files").await.text();
    assert!(listed.contains("Journal d’audit exporté"), "a file is an act: {listed}");
}

/// A flood of refusals is a few rows, whatever is asked for.
#[tokio::test]
async fn refusals_are_folded() {
    let portal = filled().await;
    let viewer = portal.signed_in(Whose::A, Role::Viewer).await;
    let site = portal.tree.b.sites[0].id.to_string();
    for n in 0..50 {
        assert_eq!(viewer.get(&format!("/api/v1/sites/{site}")).await.status, StatusCode::NOT_FOUND);
        let absent = format!("/api/v1/devices/019b0000-0000-7000-8000-0000000000{n:02}");
        assert_eq!(viewer.get(&absent).await.status, StatusCode::NOT_FOUND);
        let body = serde_json::json!({ "party_id": portal.tree.a.party.id.to_string(), "name": "x" });
        assert_eq!(viewer.post("/api/v1/sites", body).await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(viewer.get("/api/v1/no-such-thing").await.status, StatusCode::NOT_FOUND);
    assert_eq!(portal.app.write_refusals(portal.now(), false).await.unwrap(), 0, "the minute is not over");
    portal.advance(Span::from_secs(60));
    assert_eq!(portal.app.write_refusals(portal.now(), false).await.unwrap(), 4);
    let program = portal.with_token(Whose::A, Role::Admin).await;
    let log = program.get("/api/v1/audit?action=request.refuse&result=refused").await.json();
    let mut told: Vec<String> = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            assert_eq!(row["party_name"], "Customer A");
            format!(
                "{} {} {}",
                row["detail"]["count"],
                row["detail"]["route"].as_str().unwrap(),
                row["result"].as_str().unwrap()
            )
        })
        .collect();
    told.sort();
    assert_eq!(
        told,
        [
            "1 GET /api/v1/no-such-thing not_found",
            "50 GET /api/v1/devices/{id} not_found",
            "50 GET /api/v1/sites/{id} not_found",
            "50 POST /api/v1/sites forbidden"
        ]
    );
}

#[tokio::test]
async fn a_hundred_thousand_refusals_fill_no_disk() {
    let portal = TestPortal::start().await;
    let actor = Actor {
        scope: tonalite_core::access::Scope {
            kind: tonalite_core::party::PartyKind::Customer,
            party: portal.tree.a.party.key,
        },
        ..Actor::system()
    };
    for n in 0..100_000 {
        portal.app.note_refusal(&actor, format!("GET /{n}"), "not_found", portal.now());
    }
    let rows = portal.app.write_refusals(portal.now(), true).await.unwrap();
    assert!((1000..1100).contains(&rows), "{rows}");
    let page = portal.app.page_audit(&Actor::system(), None, Limit::DEFAULT, None).await.unwrap();
    let others: Vec<_> = page.items.iter().filter(|row| row.detail["route"] == "…").collect();
    let all = portal.app.write_refusals(portal.now(), true).await.unwrap();
    assert_eq!(all, 0, "written once");
    assert!(others.len() <= 1, "those that are not told apart are one row: {}", others.len());
}

#[tokio::test]
async fn a_person_reads_what_is_kept_and_is_forgotten() {
    let portal = filled().await;
    let site = portal.tree.a.sites[0].clone();
    let program = portal.with_token(Whose::A, Role::Admin).await;
    let body =
        serde_json::json!({ "site_id": site.id.to_string(), "name": "Anne Leroy", "extension": "1001" });
    let user = program.post("/api/v1/users", body).await.json()["id"].as_str().unwrap().to_owned();
    let data = program.get(&format!("/api/v1/users/{user}/personal-data")).await;
    assert_eq!(data.status, StatusCode::OK, "{}", data.text());
    assert_eq!(
        (&data.json()["name"], &data.json()["mentions"][0]["said"]["extension"]),
        (&"Anne Leroy".into(), &"1001".into())
    );

    let device = portal.add_device(&site, "yealink-t46u", Some("001565000044")).await;
    let line = format!("/api/v1/devices/{}/lines/1/user", device.id);
    assert_eq!(program.put(&line, serde_json::json!({ "user_id": user })).await.status, StatusCode::OK);
    let erasure = format!("/api/v1/users/{user}/erasure");
    let held = program.post(&erasure, serde_json::json!({})).await;
    assert_eq!((held.status, held.json()["code"].clone()), (StatusCode::CONFLICT, "user_has_lines".into()));
    assert_eq!(program.delete(&line).await.status, StatusCode::NO_CONTENT);
    assert_eq!(program.post(&erasure, serde_json::json!({})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(program.get(&format!("/api/v1/users/{user}")).await.status, StatusCode::NOT_FOUND);
    let log = program.get("/api/v1/audit?limit=200").await.text();
    assert!(log.contains("user.erase") && !log.contains("Anne") && !log.contains("\"1001\""), "{log}");

    // Somebody who signs in: by who administers the party, never oneself.
    let gone = portal.signed_in(Whose::A, Role::Viewer).await;
    let id = gone.get("/api/v1/me").await.json()["id"].as_str().unwrap().to_owned();
    let data = program.get(&format!("/api/v1/portal-users/{id}/personal-data")).await;
    assert_eq!(
        (data.status, data.json()["sessions"].as_array().unwrap().len()),
        (StatusCode::OK, 1),
        "{}",
        data.text()
    );
    let own = program.get("/api/v1/me").await.json()["id"].as_str().unwrap().to_owned();
    let refused = program.post(&format!("/api/v1/portal-users/{own}/erasure"), serde_json::json!({})).await;
    assert_eq!(
        (refused.status, refused.json()["code"].clone()),
        (StatusCode::FORBIDDEN, "own_account".into())
    );
    let foreign = portal.with_token(Whose::B, Role::Admin).await;
    let erasure = format!("/api/v1/portal-users/{id}/erasure");
    assert_eq!(foreign.post(&erasure, serde_json::json!({})).await.status, StatusCode::NOT_FOUND);
    assert_eq!(program.post(&erasure, serde_json::json!({})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(gone.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED, "the session ended");
    assert_eq!(program.post(&erasure, serde_json::json!({})).await.status, StatusCode::NOT_FOUND, "once");
}
