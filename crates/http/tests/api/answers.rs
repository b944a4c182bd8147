//! What the operations answer when all is well, as snapshots.

use crate::portal::{Portal, Who};
use tonalite_core::portal_user::Role;

#[tokio::test]
async fn a_session_begins_and_ends() {
    let portal = Portal::start_at("https://portal.example").await;
    let who = portal.sign_in(portal.a, "marie", Role::Manager).await;
    assert!(matches!(&who, Who::Cookie(cookie) if cookie.starts_with("__Host-tonalite=")));
    insta::assert_snapshot!("me", portal.get(&who, "/api/v1/me").await.expect(200).snapshot());

    let changed = portal.patch(&who, "/api/v1/me", r#"{"language":"fr"}"#).await.expect(200);
    assert_eq!(changed.json()["language"], "fr");

    let ended = portal.delete(&who, "/api/v1/session").await.expect(204);
    let cookie = ended.header("set-cookie");
    assert!(cookie.starts_with("__Host-tonalite=;") && cookie.contains("Max-Age=0"), "{cookie}");
    assert_eq!(portal.get(&who, "/api/v1/me").await.problem(), "401 unauthenticated");
}

#[tokio::test]
async fn parties_and_their_features() {
    let portal = Portal::start().await;
    let above = portal.sign_in(portal.provider, "provider", Role::Admin).await;
    let body =
        format!(r#"{{"kind":"customer","name":"Boulangerie Martin","parent_id":"{}"}}"#, portal.provider);
    let made = portal.post(&above, "/api/v1/parties", &body).await.expect(201);
    let path = made.header("location").to_owned();
    assert_eq!(path, format!("/api/v1/parties/{}", made.id()));

    let body = r#"{"features":{"line_state_export":true,"device_import":false}}"#;
    let changed = portal.patch(&above, &path, body).await.expect(200);
    insta::assert_snapshot!("party", changed.snapshot());
    let cleared = portal.patch(&above, &path, r#"{"features":{"device_import":null}}"#).await.expect(200);
    assert_eq!(cleared.json()["features"], serde_json::json!({"line_state_export": true}));
    assert_eq!(cleared.json()["features_effective"]["device_import"], true);

    insta::assert_snapshot!("parties", portal.get(&above, "/api/v1/parties").await.expect(200).snapshot());
    // One's own party says nothing of what is above it, and cannot switch its own features.
    let own = format!("/api/v1/parties/{}", portal.provider);
    assert_eq!(portal.get(&above, &own).await.json()["parent_id"], serde_json::Value::Null);
    let refused = portal.patch(&above, &own, r#"{"features":{"line_state_export":true}}"#).await;
    assert_eq!(refused.problem(), "403 forbidden");
}

#[tokio::test]
async fn sites() {
    let portal = Portal::start().await;
    let who = portal.sign_in(portal.a, "marie", Role::Manager).await;
    let fleet = portal.fleet(&who, portal.a, "001565abcdef").await;
    let path = format!("/api/v1/sites/{}", fleet.site);
    let found = portal.get(&who, &path).await.expect(200);
    insta::assert_snapshot!("site", found.snapshot());
    assert_eq!(found.header("etag"), "\"1\"");

    let changed = portal.patch(&who, &path, r#"{"name":"Lyon 2","code":"L2"}"#).await.expect(200).json();
    assert_eq!((&changed["name"], &changed["code"]), (&"Lyon 2".into(), &"L2".into()));
    assert_eq!(changed["time_zone"], "Europe/Paris", "what is not named stays");
    let cleared = portal.patch(&who, &path, r#"{"code":null}"#).await.expect(200).json();
    assert_eq!(cleared["code"], serde_json::Value::Null);
    assert_eq!(portal.delete(&who, &path).await.problem(), "409 site_not_empty site_id:site_not_empty");

    let body = format!(r#"{{"party_id":"{}","name":"Empty"}}"#, portal.a);
    let empty = portal.post(&who, "/api/v1/sites", &body).await.expect(201);
    portal.delete(&who, empty.header("location")).await.expect(204);
    assert_eq!(portal.get(&who, empty.header("location")).await.problem(), "404 not_found");
    assert_eq!(portal.get(&who, "/api/v1/sites").await.json()["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_device_is_added_found_changed_and_removed() {
    let portal = Portal::start().await;
    let who = portal.sign_in(portal.a, "marie", Role::Manager).await;
    let fleet = portal.fleet(&who, portal.a, "001565000001").await;
    let body = format!(
        r#"{{"site_id":"{}","device_type_id":"yealink-t54w","mac":"00:04-F2:00:00:02","name":"Hall","critical":true}}"#,
        fleet.site
    );
    assert_eq!(portal.post(&who, "/api/v1/devices", &body).await.problem(), "422 invalid mac:mac_malformed");
    let body = body.replace("00:04-F2", "00:04:F2");
    let made = portal.post(&who, "/api/v1/devices", &body).await.expect(201);
    insta::assert_snapshot!("device_created", made.snapshot());
    let path = made.header("location").to_owned();

    let found = portal.get(&who, &path).await.expect(200);
    assert_eq!(found.header("etag"), "\"1\"");
    let mut request =
        Portal::request(&who, axum::http::Method::PATCH, &path, r#"{"name":null,"note":"Loud"}"#);
    request.headers_mut().insert("if-match", "\"1\"".parse().unwrap());
    let changed = portal.send(request).await.expect(200);
    assert_eq!(changed.json()["name"], serde_json::Value::Null);
    assert_eq!(changed.json()["note"], "Loud");
    assert_eq!(changed.json()["critical"], true);
    let mut request = Portal::request(&who, axum::http::Method::PATCH, &path, r#"{"note":"Quiet"}"#);
    request.headers_mut().insert("if-match", "\"1\"".parse().unwrap());
    assert_eq!(portal.send(request).await.problem(), "412 stale");

    insta::assert_snapshot!(
        "devices",
        portal.get(&who, "/api/v1/devices?limit=1").await.expect(200).snapshot()
    );
    portal.delete(&who, &path).await.expect(204);
    assert_eq!(portal.get(&who, &path).await.problem(), "404 not_found");
}

#[tokio::test]
async fn devices_are_filtered_and_paged() {
    let portal = Portal::start().await;
    let who = portal.sign_in(portal.a, "marie", Role::Manager).await;
    let fleet = portal.fleet(&who, portal.a, "001565000001").await;
    for (n, device_type) in [(2, "yealink-t54w"), (3, "yealink-w70b"), (4, "yealink-t54w")] {
        let body = format!(
            r#"{{"site_id":"{}","device_type_id":"{device_type}","mac":"00156500000{n}"}}"#,
            fleet.site
        );
        portal.post(&who, "/api/v1/devices", &body).await.expect(201);
    }
    for (query, total) in [
        ("", 4),
        ("device_type_id=yealink-t54w", 3),
        ("kind=desk", 3),
        ("kind=dect_base", 1),
        ("kind=dect_base&device_type_id=yealink-t54w", 0),
        ("kind=ata", 0),
        ("status=no_line", 4),
        ("status=unregistered", 4),
        ("status=registered", 0),
        ("problem=1", 0),
        ("problem=0", 4),
        ("lines_available=1", 4),
        ("critical=1", 0),
        ("critical=0", 4),
        ("q=", 4),
        ("q=t54w", 3),
        ("q=YealinkT54W", 3),
        ("q=00:15:65", 4),
        ("q=lyon&kind=desk", 3),
        ("q=lyon+t54w&status=registered", 0),
        ("q=%27%22%25_*\\", 0),
        ("site_id=", 4),
        (&format!("site_id={}", fleet.site), 4),
        (&format!("party_id={}", portal.a), 4),
    ] {
        let list = portal.get(&who, &format!("/api/v1/devices?{query}")).await.expect(200).json();
        assert_eq!(list["total"], total, "{query}");
        assert_eq!(list["items"].as_array().map(Vec::len), Some(total), "{query}");
        let sum: i64 = list["counts"].as_object().expect("counts").values().filter_map(|n| n.as_i64()).sum();
        assert_eq!(list["total"], sum, "{query}");
    }
    for sort in ["mac", "-created_at", "-mac"] {
        let (mut seen, mut after) = (Vec::new(), String::new());
        loop {
            let page = portal.get(&who, &format!("/api/v1/devices?limit=3&sort={sort}&after={after}")).await;
            let page = page.expect(200).json();
            seen.extend(page["items"].as_array().expect("items").iter().map(|item| item["mac"].to_string()));
            match page["next"].as_str() {
                Some(next) => after = next.to_owned(),
                None => break,
            }
        }
        let last_digits: Vec<char> = seen.iter().filter_map(|mac| mac.chars().rev().nth(1)).collect();
        let expected = if sort == "mac" { ['1', '2', '3', '4'] } else { ['4', '3', '2', '1'] };
        assert_eq!(last_digits, expected, "{sort}");
    }
}

#[tokio::test]
async fn a_line_is_assigned_gets_credentials_and_is_taken_back() {
    let portal = Portal::start().await;
    let who = portal.sign_in(portal.a, "marie", Role::Manager).await;
    let fleet = portal.fleet(&who, portal.a, "001565000001").await;
    let line = format!("/api/v1/devices/{}/lines/1", fleet.device);
    let body = format!(r#"{{"user_id":"{}"}}"#, fleet.user);
    let assigned = portal.put(&who, &format!("{line}/user"), &body).await.expect(200);
    let username = assigned.json()["sip"]["username"].as_str().expect("a name").to_owned();
    let hide = |text: String| text.replace(&username, "<username>");
    insta::assert_snapshot!("line", hide(assigned.snapshot()));
    let again = portal.put(&who, &format!("{line}/user"), &body).await.expect(200);
    assert_eq!(again.text, assigned.text, "the same again changes nothing");

    let status = portal.get(&who, &format!("/api/v1/devices/{}/status", fleet.device)).await.expect(200);
    insta::assert_snapshot!("device_status", hide(status.snapshot()));

    let made = portal.post(&who, &format!("{line}/credentials"), "").await.expect(201);
    let made = made.json();
    assert_eq!(made["username"], username.as_str());
    assert_eq!(made["registrar"], "sip.example.net:5060");
    let password = made["password"].as_str().expect("a password");
    assert!(password.len() >= 20, "{password}");
    for path in [format!("/api/v1/devices/{}/status", fleet.device), "/api/v1/devices".to_owned()] {
        assert!(!portal.get(&who, &path).await.text.contains(password), "{path}");
    }
    let sha = portal.post(&who, &format!("{line}/credentials"), r#"{"algorithms":["SHA-256","MD5"]}"#).await;
    sha.expect(201);

    portal.delete(&who, &format!("{line}/user")).await.expect(204);
    let device = portal.get(&who, &format!("/api/v1/devices/{}", fleet.device)).await.json();
    assert_eq!((&device["lines_assigned"], &device["status_detail"]), (&0.into(), &"no_line".into()));
}

#[tokio::test]
async fn users_types_tokens_and_audit() {
    let portal = Portal::start().await;
    let who = portal.sign_in(portal.a, "marie", Role::Admin).await;
    let fleet = portal.fleet(&who, portal.a, "001565000001").await;
    let users = portal.get(&who, &format!("/api/v1/users?site_id={}", fleet.site)).await.expect(200);
    insta::assert_snapshot!("users", users.snapshot());
    let user = portal.get(&who, &format!("/api/v1/users/{}", fleet.user)).await.expect(200);
    assert_eq!(user.header("etag"), "\"1\"");

    let types = portal.get(&who, "/api/v1/device-types").await.expect(200).json();
    let t54w = types["items"].as_array().and_then(|items| items.iter().find(|t| t["id"] == "yealink-t54w"));
    insta::assert_json_snapshot!("device_type", t54w);

    let approved = format!("/api/v1/sites/{}/approved-device-types", fleet.site);
    let body = r#"{"device_type_ids":["yealink-t54w"]}"#;
    let set = portal.put(&who, &approved, body).await.expect(200).json();
    assert_eq!(set["device_type_ids"], serde_json::json!(["yealink-t54w"]));
    assert_eq!(portal.get(&who, &approved).await.json(), set);
    let body =
        format!(r#"{{"site_id":"{}","device_type_id":"yealink-w70b","mac":"001565000002"}}"#, fleet.site);
    let refused = portal.post(&who, "/api/v1/devices", &body).await.problem();
    assert_eq!(refused, "422 invalid device_type_id:device_type_not_approved");

    let body = r#"{"name":"Script","role":"viewer","expires_at":"2027-01-01T00:00:00Z"}"#;
    let made = portal.post(&who, "/api/v1/tokens", body).await.expect(201).json();
    let token = Who::Token(made["token"].as_str().expect("a token").to_owned());
    let me = portal.get(&token, "/api/v1/me").await.expect(200).json();
    assert_eq!((&me["role"], &me["via"]), (&"viewer".into(), &"token".into()));
    assert_eq!(
        portal.post(&token, "/api/v1/devices", &body_of(&fleet.site)).await.problem(),
        "403 forbidden"
    );
    assert_eq!(portal.delete(&token, "/api/v1/session").await.problem(), "403 not_a_session");
    let listed = portal.get(&who, "/api/v1/tokens").await.expect(200);
    insta::assert_snapshot!("tokens", listed.snapshot());
    portal
        .delete(&who, &format!("/api/v1/tokens/{}", listed.json()["items"][0]["id"].as_str().expect("id")))
        .await
        .expect(204);
    assert_eq!(portal.get(&token, "/api/v1/me").await.problem(), "401 unauthenticated");

    insta::assert_snapshot!("audit", portal.get(&who, "/api/v1/audit?limit=3").await.expect(200).snapshot());
}

fn body_of(site: &str) -> String {
    format!(r#"{{"site_id":"{site}","device_type_id":"yealink-t54w","mac":"001565000003"}}"#)
}
