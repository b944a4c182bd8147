//! Secrets that are planted turn up nowhere: in no line of the log at its most talkative, in no page, error, list or export,
//! and in nothing that is stored.

use std::fmt::Write as _;
use std::path::Path;

use axum::http::{Method, header};
use md5::{Digest as _, Md5};
use serde_json::json;
use tonalite_core::portal_user::Role;
use tonalite_testkit::{Answer, KeptLog, PASSWORD};

use crate::calls::calls;
use crate::world::{Of, World};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Secrets by what they are.
type Planted = Vec<(&'static str, String)>;

fn check(planted: &Planted, place: &str, text: &str) {
    for (what, secret) in planted {
        if let Some(at) = text.find(secret.as_str()) {
            let line = text[..at].lines().count();
            let around: String =
                text[..at].chars().rev().take(160).collect::<Vec<char>>().into_iter().rev().collect();
            panic!("{place} holds {what} in line {line}, after {around:?}");
        }
    }
}

/// What is handed out once: to whom it is, never to the log or the disk.
fn handed_out(answer: &Answer, secrets: &mut Planted) {
    if let Some(cookie) = answer.headers.get("set-cookie").and_then(|value| value.to_str().ok()) {
        let value =
            cookie.split(';').next().and_then(|pair| pair.split_once('=')).map_or("", |(_, value)| value);
        // The others hold a language, and ids.
        if cookie.starts_with("tonalite=") && !value.is_empty() {
            secrets.push(("a session's cookie", value.to_owned()));
        }
    }
    let Ok(document) = serde_json::from_slice::<serde_json::Value>(&answer.body) else { return };
    for (field, what) in [("token", "an API token"), ("password", "a SIP password")] {
        if let Some(secret) = document[field].as_str() {
            secrets.push((what, secret.to_owned()));
        }
    }
}

#[tokio::test]
async fn planted_secrets_turn_up_nowhere() {
    let log = KeptLog::begin();
    let world = World::of_admins().await;
    let things = world.things[&Of::A].clone();
    let admin = world.person(Of::A, Role::Admin);
    let made = admin.post("/api/v1/tokens", json!({ "name": "program" })).await;
    let token = made.json()["token"].as_str().unwrap().to_owned();
    let device =
        world.portal.add_device(&world.portal.tree.a.sites[0], "yealink-t54w", Some("001565aaaaaa")).await;
    let user = world.portal.add_user(&world.portal.tree.a.sites[0], "Canary", "2999").await;
    world.portal.assign_line(&device, 1, &user).await;
    let (username, sip_password, domain) = world.portal.credentials(&device, 1).await;
    let ha1 = Md5::digest(format!("{username}:{domain}:{sip_password}"));
    let cookie = admin.header(&header::COOKIE).unwrap();
    let cookie = cookie.split_once('=').unwrap().1.to_owned();
    let mut planted: Planted = vec![
        ("the SIP password of a line", sip_password),
        ("its HA1", hex(&ha1)),
        ("a portal user's password", PASSWORD.to_owned()),
        ("an encoded password", PASSWORD.replace(' ', "+")),
        ("an API token", token.clone()),
        ("a session's cookie", cookie),
        ("a password that was refused", "canary-password".to_owned()),
    ];
    // What the store may hold, as bytes, but nobody is told: of what sealed it, and the hashes.
    let sealing_key = hex(&[7; 32]);
    planted.push(("the key that seals", sealing_key));
    planted.push(("the key that seals", "[7, 7, 7, 7, 7, 7, 7, 7".to_owned()));
    planted.push(("a password's hash", "$argon2".to_owned()));

    let program = world.anonymous().with(header::AUTHORIZATION, &format!("Bearer {token}"));
    let wrong = json!({ "username": "amaranth-admin", "password": "canary-password" });
    // Everybody's cookies, and what is handed out meanwhile.
    let mut minted: Planted =
        world.cookies().into_iter().map(|cookie| ("a session's cookie", cookie)).collect();
    let mut answers = vec![world.anonymous().post("/api/v1/session", wrong).await];
    for call in calls() {
        let fresh = match call.row.fresh {
            "" => things.clone(),
            noun => world.fresh(noun, &things).await,
        };
        if call.row.waits {
            world.portal.advance_exports(tonalite_core::time::Span::from_secs(15));
        }
        // One signs out last; a token that is withdrawn is another.
        let signs_out = ["delete_session", "POST /sign-out"].contains(&call.row.what);
        let who = match (signs_out, call.is_page) {
            (true, _) => world.anew(Of::A, Role::Admin).await,
            (false, true) => admin.clone(),
            (false, false) => program.clone(),
        };
        let (path, query) = (call.path(&fresh), call.query(&fresh));
        let body = call.body(&world, &fresh, world.number()).await;
        let answer = call.ask(&who, &path, &query, &body).await;
        if call.row.what.contains("import") && fresh.0.contains_key("import") {
            world.carry_on(&fresh.0["import"]).await;
        }
        handed_out(&answer, &mut minted);
        check(&planted, call.row.what, &answer.text());
        // And what is said of the same, out of shape.
        answers.push(call.ask(&who, &path, "canary=canary-query", "{\"canary-body\"").await);
        answers.push(
            call.ask_as_is(&admin.with(header::ORIGIN, "https://evil.example"), &path, "", &body).await,
        );
    }
    for page in [format!("/devices/{}", device.id), format!("/devices/{}/lines/1/credentials", device.id)] {
        answers.push(admin.with(header::ACCEPT, "text/html").get(&page).await);
    }
    for list in
        ["devices", "users", "line-states", "audit?limit=200", "exports/devices.csv?columns=all", "tokens"]
    {
        answers.push(admin.get(&format!("/api/v1/{list}")).await);
        answers.push(world.person(Of::Platform, Role::Admin).get(&format!("/api/v1/{list}")).await);
    }
    for answer in &answers {
        check(&planted, "an answer", &answer.text());
    }

    // Nothing in the clear is stored. A password's hash is.
    let stored = world.portal.dump(|_| true).await.join("\n");
    let lower = stored.to_lowercase();
    let of_store: Planted =
        planted.iter().filter(|(what, _)| *what != "a password's hash").cloned().collect();
    check(&of_store, "the store", &stored);
    check(&minted, "the store", &stored);
    for (what, secret) in of_store.iter().chain(&minted) {
        // Bytes are written as hexadecimal digits.
        let digits = hex(secret.as_bytes());
        assert!(!lower.contains(&digits), "the store holds {what} as bytes");
    }
    let lying: Vec<&(&str, String)> = of_store.iter().chain(&minted).collect();
    look_into_files(world.portal.folder(), &lying);

    // When everything fails, too.
    world.portal.app.shutdown().await;
    for path in ["/api/v1/devices", "/devices"] {
        let fault = admin.send(Method::GET, path, None, "".into()).await;
        assert!(fault.status.is_server_error(), "{path}: {}", fault.status);
        check(&planted, path, &fault.text());
    }
    let log = log.text();
    assert!(log.contains("answered a request") && log.len() > 100_000, "{} bytes of log", log.len());
    planted.push(("a query", "canary-query".to_owned()));
    planted.push(("a body", "canary-body".to_owned()));
    check(&planted, "the log", &log);
    assert!(minted.len() > 8, "{}", minted.len());
    check(&minted, "the log", &log);
}

/// Every file of the data folder: also what a database keeps of rows that are gone.
fn look_into_files(folder: &Path, secrets: &[&(&str, String)]) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            look_into_files(&path, secrets);
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        // All that is looked for is ASCII, which survives this.
        let text = String::from_utf8_lossy(&bytes);
        for (what, secret) in secrets {
            assert!(!text.contains(secret.as_str()), "{} holds {what}", path.display());
        }
    }
}
