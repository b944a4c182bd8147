//! Users and lines: setting one up step by step, many ports at once, credentials of a site in one file, and who may know what.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use axum::body::Body;
use axum::http::{HeaderName, Method, StatusCode, header};
use serde_json::{Value, json};
use tonalite_core::portal_user::Role;
use tonalite_core::time::Span;
use tonalite_testkit::{Answer, TestPortal, Visitor, Whose};

fn browser(visitor: &Visitor) -> Visitor {
    visitor.with(header::ACCEPT, "text/html").with(header::ACCEPT_LANGUAGE, "en")
}

fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.header("location").to_owned()
}

async fn users(visitor: &Visitor, query: &str) -> Vec<Value> {
    let answer = visitor.get(&format!("/api/v1/users{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["items"].as_array().unwrap().clone()
}

fn names(users: &[Value]) -> Vec<&str> {
    users.iter().map(|user| user["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_user_is_set_up_at_the_last_step_and_not_before() {
    let portal = TestPortal::start().await;
    let site = portal.tree.a.sites[0].clone();
    let device = portal.add_device(&site, "grandstream-ht818", Some("000b82000001")).await;
    let manager = portal.signed_in(Whose::A, Role::Manager).await;
    let page = browser(&manager);
    let typed = format!("site_id={}&name=Anne+Leroy&extension=1001&number=%2B33+4+78+00+00+01", site.id);

    let first = page.get("/users/new").await.text();
    assert!(first.contains("name=\"site_id\"") && first.contains("Step 1 of 4"), "{first}");
    let wrong = page.get(&format!("/users/new?step=3&site_id={}&name=&extension=12x", site.id)).await;
    assert_eq!(wrong.status, 422);
    assert!(
        wrong.text().contains("Step 1 of 4") && wrong.text().contains("person-name-error"),
        "{}",
        wrong.text()
    );
    let third = page.get(&format!("/users/new?step=3&{typed}")).await.text();
    assert!(third.contains("00:0b:82:00:00:01") && third.contains("8 lines available"), "{third}");
    let back = page.get(&format!("/users/new?step=2&{typed}")).await.text();
    assert!(back.contains("value=\"1001\"") && back.contains("Step 2 of 4"), "{back}");
    let check = page.get(&format!("/users/new?step=4&{typed}&device_id={}", device.id)).await.text();
    assert!(check.contains("00:0b:82:00:00:01, port 1"), "{check}");
    assert!(users(&manager, "").await.is_empty(), "nothing is written before the last button");

    let device_id = device.id.to_string();
    let site_id = site.id.to_string();
    let last = [
        ("site_id", site_id.as_str()),
        ("name", "Anne Leroy"),
        ("extension", "1001"),
        ("number", "+33 4 78 00 00 01"),
        ("device_id", device_id.as_str()),
        ("port", "1"),
    ];
    let made = location(&page.submit("/users/new", &last).await);
    let shown = page.get(&made).await.text();
    assert!(shown.contains("Anne Leroy is set up.") && shown.contains("00:0b:82:00:00:01"), "{shown}");
    let all = users(&manager, "").await;
    assert_eq!(all[0]["lines"][0]["port"], 1);
    assert_eq!(all[0]["number"], "+33478000001");

    // The extension is taken: neither user nor line is made, and the step that asks for it comes back.
    let again = page.submit("/users/new", &last).await;
    assert_eq!(again.status, 422);
    assert!(again.text().contains("person-extension-error"), "{}", again.text());
    // The port is taken: by whom is said, and the new user is not there.
    let taken: Vec<(&str, &str)> = last
        .iter()
        .map(|(name, value)| if *name == "extension" { (*name, "1002") } else { (*name, *value) })
        .collect();
    let refused = page.submit("/users/new", &taken).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert!(refused.text().contains("This line belongs to Anne Leroy"), "{}", refused.text());
    assert_eq!(users(&manager, "").await.len(), 1, "all or nothing");

    // The credentials are shown this once, to who asked for them.
    let mut with: Vec<(&str, &str)> = taken.clone();
    with.retain(|(name, _)| *name != "port");
    with.push(("credentials", "1"));
    let shown = page.submit("/users/new", &with).await;
    let (_, password, _) = portal.credentials(&device, 2).await;
    assert!(shown.text().contains(&password), "{}", shown.text());
}

#[tokio::test]
async fn users_are_found_changed_and_deleted_with_what_they_lose() {
    let portal = TestPortal::start().await;
    let site = portal.tree.a.sites[0].clone();
    let (one, two) = (
        portal.add_device(&site, "yealink-t54w", Some("001565000001")).await,
        portal.add_device(&site, "yealink-t54w", Some("001565000002")).await,
    );
    let anne = portal.add_user(&site, "Anne Léroy", "1001").await;
    portal.add_user(&site, "Bruno Petit", "1002").await;
    portal.add_user(&portal.tree.b.sites[0].clone(), "Anne Foreign", "1001").await;
    portal.assign_line(&one, 1, &anne).await;
    let manager = portal.signed_in(Whose::A, Role::Manager).await;
    let page = browser(&manager);

    let body = json!({ "user_id": anne.id.to_string(), "use": "shared" });
    assert_eq!(manager.put(&format!("/api/v1/devices/{}/lines/1/user", two.id), body).await.status, 200);
    for (q, found) in [("leroy", 1), ("100", 2), ("1002", 1), ("anne 1001", 1), ("foreign", 0), ("***", 0)] {
        assert_eq!(users(&manager, &format!("?q={}", q.replace(' ', "%20"))).await.len(), found, "{q}");
    }
    assert_eq!(names(&users(&manager, "").await), ["Anne Léroy", "Bruno Petit"]);
    let first = manager.get("/api/v1/users?limit=1").await.json();
    let next = first["next"].as_str().unwrap();
    assert_eq!(names(&users(&manager, &format!("?limit=1&after={next}")).await), ["Bruno Petit"]);
    let list = page.get("/users?q=leroy").await.text();
    assert!(
        list.contains("Anne Léroy") && list.contains("00:15:65:00:00:02") && list.contains("shared"),
        "{list}"
    );
    assert!(!list.contains("Foreign"), "{list}");

    // Removing a device names who loses a line, and that it rings on elsewhere.
    let remove = page.get(&format!("/devices/{}/remove", two.id)).await.text();
    assert!(remove.contains("Anne Léroy (1001) loses this line; other devices go on ringing."), "{remove}");

    let address = format!("/api/v1/users/{}", anne.id);
    let tagged = manager.with(header::IF_MATCH, "\"7\"");
    assert_eq!(tagged.patch(&address, json!({ "name": "Anne Roux" })).await.status, 412);
    let changed = manager.patch(&address, json!({ "name": "Anne Roux", "email": "anne@example.net" })).await;
    assert_eq!((changed.status.as_u16(), changed.header("etag")), (200, "\"2\""));
    assert_eq!(manager.patch(&address, json!({ "extension": "1002" })).await.status, 409);
    assert_eq!(users(&manager, "?q=roux").await.len(), 1, "a new name is found");
    let found = manager.get("/api/v1/devices?q=roux").await.json();
    assert_eq!(found["items"].as_array().unwrap().len(), 2, "and so are its devices by it: {found}");
    let form = [("name", "x"), ("extension", "1001"), ("version", "1")];
    let stale = page.submit(&format!("/users/{}/edit", anne.id), &form).await;
    assert_eq!(stale.status, 412);
    assert!(stale.text().contains("Somebody changed this user meanwhile"), "{}", stale.text());

    assert_eq!(manager.delete(&address).await.json()["code"], "user_has_lines");
    let confirm = page.get(&format!("/users/{}/delete", anne.id)).await.text();
    assert!(confirm.contains("00:15:65:00:00:01, port 1") && confirm.contains("lines=2"), "{confirm}");
    let other = page.submit(&format!("/users/{}/delete?version=2&lines=1", anne.id), &[]).await;
    assert_eq!(other.status, 412, "fewer lines were told of: {}", other.text());
    let done = page.submit(&format!("/users/{}/delete?version=2&lines=2", anne.id), &[]).await;
    assert_eq!(location(&done), "/users?deleted=1");
    let device = manager.get(&format!("/api/v1/devices/{}", one.id)).await.json();
    assert_eq!((&device["lines_available"], &device["lines_total"]), (&device["lines_total"], &json!(16)));
    assert_eq!(manager.get(&address).await.status, 404);

    let audit = portal.signed_in(Whose::A, Role::Admin).await.get("/api/v1/audit").await.text();
    assert!(audit.contains("user.update") && audit.contains("user.delete"), "{audit}");
    for personal in ["Roux", "anne@example.net"] {
        assert!(!audit.contains(personal), "the log holds no names: {personal}");
    }
}

#[tokio::test]
async fn a_range_is_looked_over_and_then_all_of_it_or_nothing() {
    let portal = TestPortal::start().await;
    let site = portal.tree.a.sites[0].clone();
    let device = portal.add_device(&site, "grandstream-ht818", Some("000b82000001")).await;
    let anne = portal.add_user(&site, "Anne Leroy", "1001").await;
    portal.assign_line(&device, 3, &anne).await;
    for extension in ["210", "9", "30"] {
        portal.add_user(&site, &format!("Room {extension}"), extension).await;
    }
    let manager = portal.signed_in(Whose::A, Role::Manager).await;
    let address = format!("/api/v1/devices/{}/line-assignments", device.id);
    let count = async || users(&manager, "").await.len();

    let wrong = manager
        .post(
            &address,
            json!({ "first_port": 2, "last_port": 5, "users": [
                { "name": "New", "extension": "1001" }, { "name": "New", "extension": "77" },
                { "name": "New", "extension": "77" }, { "user_id": anne.id.to_string() },
            ] }),
        )
        .await;
    let mut said: Vec<String> = wrong.json()["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| format!("{} {}", error["field"].as_str().unwrap(), error["code"].as_str().unwrap()))
        .collect();
    said.sort();
    assert_eq!(wrong.status, 422);
    assert_eq!(
        said,
        [
            "rows[0].extension extension_taken",
            "rows[1].port line_taken",
            "rows[2].extension duplicate_extension"
        ]
    );
    assert!(wrong.text().contains("Anne Leroy"), "by whom, to who may know: {}", wrong.text());
    assert_eq!(count().await, 4);
    for (first, last) in [(0, 2), (4, 9), (5, 4)] {
        let answer =
            manager.post(&address, json!({ "first_port": first, "last_port": last, "users": [] })).await;
        assert_eq!(answer.status, 422, "{first}–{last}: {}", answer.text());
    }

    let dry = json!({ "first_port": 4, "last_port": 8, "dry_run": true });
    let planned = manager.post(&address, dry).await;
    assert_eq!(planned.status, 200, "{}", planned.text());
    let order: Vec<Value> =
        planned.json()["items"].as_array().unwrap().iter().map(|item| item["extension"].clone()).collect();
    assert_eq!(order, ["9", "30", "210"], "as numbers are ordered, and only who has no line");
    assert_eq!(users(&manager, "?q=room").await[0]["lines"], json!([]), "nothing was done");

    let page = browser(&manager);
    let path = format!("/devices/{}/assign-range", device.id);
    let ports = [("first_port", "4"), ("last_port", "8")];
    let filled = page.submit(&path, &[ports[0], ports[1], ("act", "fill")]).await.text();
    assert!(filled.contains("9; Room 9\n30; Room 30\n210; Room 210"), "{filled}");
    let list = "9; Room 9\n501; <script>alert(1)</script>; +33478000501\n";
    let check = page.submit(&path, &[ports[0], ports[1], ("users", list), ("act", "check")]).await.text();
    assert!(check.contains("Assign 2 lines") && !check.contains("<script>alert(1)"), "{check}");
    assert_eq!(count().await, 4);
    let done = page.submit(&path, &[ports[0], ports[1], ("users", list), ("act", "assign")]).await;
    assert_eq!(location(&done), format!("/devices/{}?ranged=2", device.id));
    assert_eq!(users(&manager, "?q=501").await[0]["lines"][0]["port"], 5);
    let bad = page
        .submit(&path, &[("first_port", "6"), ("last_port", "8"), ("users", "12x; y"), ("act", "check")])
        .await;
    assert_eq!(bad.status, 422);
    assert!(bad.text().contains("Row 1 – An extension has 1 to 15 digits"), "{}", bad.text());
}

#[tokio::test]
async fn credentials_of_a_site_come_in_one_file_once() {
    let portal = TestPortal::start().await;
    let site = portal.tree.a.sites[0].clone();
    let device = portal.add_device(&site, "grandstream-ht818", Some("000b82000001")).await;
    let phone = portal.add_device(&site, "yealink-t54w", Some("001565000001")).await;
    let user = portal.add_user(&site, "=cmd|'/C calc'!A0", "1001").await;
    for port in [1, 2] {
        portal.assign_line(&device, port, &user).await;
    }
    portal.assign_line(&phone, 1, &user).await;
    let old = portal.credentials(&device, 1).await;
    let manager = portal.with_token(Whose::A, Role::Manager).await;
    let address = format!("/api/v1/sites/{}/credentials.csv", site.id);
    let viewer = portal.with_token(Whose::A, Role::Support).await;
    assert_eq!(viewer.post(&address, json!({})).await.status, 403);
    assert_eq!(portal.with_token(Whose::B, Role::Admin).await.post(&address, json!({})).await.status, 404);
    assert_eq!(manager.post(&format!("{address}?device_type_id=none"), json!({})).await.status, 404);

    let key = HeaderName::from_static("idempotency-key");
    let keyed = manager.with(key, "k1");
    let made = keyed.send(Method::POST, &address, None, Body::empty()).await;
    assert_eq!((made.status.as_u16(), made.header("cache-control")), (200, "no-store"), "{}", made.text());
    let text = made.text();
    let rows: Vec<&str> = text.lines().collect();
    assert_eq!(rows[0], "mac,device_type,port,user,extension,number,username,password,domain,registrar");
    assert_eq!(rows.len(), 4, "{text}");
    assert!(rows[1].contains("\"'=cmd|'/C calc'!A0\""), "a formula is guarded: {}", rows[1]);
    let again = keyed.send(Method::POST, &address, None, Body::empty()).await;
    assert_eq!(again.json()["code"], "idempotency_secret", "never again");

    // The old one is in force still, and the new one lies beside it.
    assert_eq!(portal.credentials(&device, 1).await, old);
    let passwords: Vec<String> =
        rows[1..].iter().map(|row| row.rsplit(',').nth(2).unwrap().to_owned()).collect();
    let revoke = format!("/api/v1/devices/{}/lines/1/credentials/old", device.id);
    let shown = browser(&portal.signed_in(Whose::A, Role::Manager).await);
    let device_page = shown.get(&format!("/devices/{}", device.id)).await.text();
    assert!(device_page.contains("Revoke old credentials"), "{device_page}");
    assert_eq!(manager.delete(&revoke).await.status, 204);
    assert_eq!(portal.credentials(&device, 1).await.1, passwords[0], "now it is the only one");
    assert_eq!(manager.delete(&revoke).await.json()["code"], "no_old_credentials");

    // One type alone; and what the audit log and the answers of the API say holds no password.
    portal.advance(Span::from_secs(60));
    let some = manager.post(&format!("{address}?device_type_id=yealink-t54w"), json!({})).await.text();
    assert_eq!(some.lines().count(), 2, "{some}");
    let admin = portal.signed_in(Whose::A, Role::Admin).await;
    let audit = admin.get("/api/v1/audit").await.text();
    assert!(audit.contains("site.new_credentials") && audit.contains("\"lines\":3"), "{audit}");
    for path in ["/api/v1/audit", "/api/v1/users", &format!("/api/v1/devices/{}/status", device.id)] {
        let said = admin.get(path).await.text();
        assert!(passwords.iter().all(|password| !said.contains(password)), "{path}: {said}");
    }
    let left: Vec<_> = std::fs::read_dir(portal.folder().join("spool")).into_iter().flatten().collect();
    assert!(left.is_empty(), "no file stays: {left:?}");
}
