//! One tenant sees nothing of another's: not by list, id, id in a body, event or error text. Each operation of the OpenAPI
//! document is tried; one that is missing here fails the test.

use axum::http::Method;
use serde_json::Value;
use tonalite_core::portal_user::Role;

use crate::portal::{Fleet, Portal, Who};

/// An id that nothing has.
const ABSENT: &str = "019b0000-0000-7000-8000-000000000000";

/// A body that would be right, with the ids of one tenant.
fn body(operation: &str, party: &str, fleet: &Fleet) -> String {
    let Fleet { site, user, .. } = fleet;
    match operation {
        "create_party" => format!(r#"{{"kind":"customer","name":"x","parent_id":"{party}"}}"#),
        "update_party" | "update_device" | "update_site" | "update_user" => r#"{"name":"x"}"#.to_owned(),
        "change_parties" => format!(r#"{{"party_ids":["{party}"],"features":{{"device_reboot":null}}}}"#),
        "create_site" => format!(r#"{{"party_id":"{party}","name":"Nantes"}}"#),
        "set_approved_at_site" | "set_approved_for_party" => r#"{"device_type_ids":[]}"#.to_owned(),
        "create_device" => {
            format!(r#"{{"site_id":"{site}","device_type_id":"yealink-t54w","mac":"001565000777"}}"#)
        }
        "create_dect_system" => {
            format!(r#"{{"party_id":"{party}","name":"x","device_ids":["{}"]}}"#, fleet.base)
        }
        "update_dect_system" => r#"{"name":"x","chain_id":"48300"}"#.to_owned(),
        "create_user" => format!(r#"{{"site_id":"{site}","name":"x","extension":"555"}}"#),
        "assign_line" => format!(r#"{{"user_id":"{user}"}}"#),
        "assign_lines" => {
            format!(r#"{{"first_port":2,"last_port":2,"users":[{{"user_id":"{user}"}}]}}"#)
        }
        "create_token" => r#"{"name":"x"}"#.to_owned(),
        "begin_acting" => format!(r#"{{"party_id":"{party}"}}"#),
        "update_me" => r#"{"language":"en"}"#.to_owned(),
        "begin_line_export" => format!(r#"{{"party_id":"{party}"}}"#),
        "create_session" => r#"{"username":"x","password":"y"}"#.to_owned(),
        _ => String::new(),
    }
}

/// What stands for `{id}` and `{port}` in a path.
fn fill(path: &str, party: &str, fleet: &Fleet) -> String {
    let id = match path.split('/').nth(3).unwrap_or_default() {
        "parties" => party,
        "sites" => &fleet.site,
        "users" => &fleet.user,
        "portal-users" => &fleet.portal_user,
        // Tokens are listed per person: somebody else's id would do, but there is none to be had by another road.
        "tokens" => ABSENT,
        "reboots" => &fleet.reboot,
        "exports" => &fleet.export,
        "dect-systems" => &fleet.dect_system,
        "dect-reboots" => &fleet.dect_reboot,
        "imports" => &fleet.import,
        _ => &fleet.device,
    };
    path.replace("{id}", id).replace("{device_id}", &fleet.base).replace("{port}", "1")
}

fn operations() -> Vec<(Method, String, String)> {
    let document = serde_json::to_value(tonalite_http::openapi_document()).expect("JSON");
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let id = operation["operationId"].as_str().expect("an id").to_owned();
            let method = method.to_uppercase().parse().expect("a method");
            operations.push((method, path.clone(), id));
        }
    }
    operations
}

struct Two {
    portal: Portal,
    b: Who,
    fleet_a: Fleet,
    fleet_b: Fleet,
}

async fn two_tenants() -> Two {
    let portal = Portal::start().await;
    let a = portal.sign_in(portal.a, "alice", Role::Admin).await;
    let b = portal.sign_in(portal.b, "bob", Role::Admin).await;
    let mut fleet_a = portal.fleet(&a, portal.a, "001565000001").await;
    let mut fleet_b = portal.fleet(&b, portal.b, "001565000002").await;
    for (who, fleet) in [(&a, &mut fleet_a), (&b, &mut fleet_b)] {
        let path = format!("/api/v1/devices/{}/reboots", fleet.device);
        fleet.reboot = portal.post(who, &path, "").await.expect(202).id();
        fleet.import = portal.import(who, "", "mac,device_type,site\n001565000009,Yealink T54W,Lyon\n").await;
    }
    fleet_a.export = portal.export(&a, portal.a).await;
    fleet_b.export = portal.export(&b, portal.b).await;
    Two { portal, b, fleet_a, fleet_b }
}

/// The same with a DECT system each.
async fn two_tenants_with_dect() -> Two {
    let mut two = two_tenants().await;
    let Two { portal, b, fleet_a, fleet_b } = &mut two;
    let a = portal.sign_in(portal.a, "amy", Role::Admin).await;
    portal.add_dect(&a, portal.a, "000413000001", fleet_a).await;
    portal.add_dect(b, portal.b, "000413000002", fleet_b).await;
    two
}

#[tokio::test]
async fn nobody_may_do_anything() {
    let Two { portal, fleet_a, .. } = two_tenants_with_dect().await;
    for (method, path, operation) in operations() {
        let filled = fill(&path, &portal.a.to_string(), &fleet_a);
        for body in [body(&operation, &portal.a.to_string(), &fleet_a), "{".to_owned()] {
            if operation == "create_session" {
                continue;
            }
            let answer = portal.ask(&Who::Nobody, method.clone(), &filled, &body).await;
            assert_eq!(answer.problem(), "401 unauthenticated", "{operation}");
        }
    }
}

#[tokio::test]
async fn a_viewer_changes_nothing() {
    let Two { portal, fleet_a, .. } = two_tenants_with_dect().await;
    let viewer = portal.sign_in(portal.a, "vera", Role::Viewer).await;
    let party = portal.a.to_string();
    let mut refused = 0;
    for (method, path, operation) in operations() {
        // What one may do about oneself needs no role.
        let about_oneself = [
            "create_session",
            "delete_session",
            "begin_acting",
            "end_acting",
            "update_me",
            "create_token",
            "delete_token",
        ];
        if method == Method::GET || about_oneself.contains(&operation.as_str()) {
            continue;
        }
        let filled = fill(&path, &party, &fleet_a);
        let answer = portal.ask(&viewer, method, &filled, &body(&operation, &party, &fleet_a)).await;
        assert_eq!(answer.problem(), "403 forbidden", "{operation}");
        refused += 1;
    }
    assert!(refused >= 15, "{refused}");
}

#[tokio::test]
async fn a_foreign_id_is_answered_like_an_absent_one() {
    let Two { portal, b, fleet_a, fleet_b } = two_tenants_with_dect().await;
    let foreign = portal.a.to_string();
    let absent = || ABSENT.to_owned();
    let nothing = Fleet {
        site: absent(),
        user: absent(),
        portal_user: absent(),
        device: absent(),
        reboot: absent(),
        import: absent(),
        export: absent(),
        base: absent(),
        dect_system: absent(),
        dect_reboot: absent(),
    };
    let mut tried = 0;
    for (method, path, operation) in operations() {
        let body_b = body(&operation, &portal.b.to_string(), &fleet_b);
        if path.contains("{id}") {
            let of = async |party: &str, fleet: &Fleet| {
                portal.ask(&b, method.clone(), &fill(&path, party, fleet), &body_b).await
            };
            let (theirs, absent) = (of(&foreign, &fleet_a).await, of(ABSENT, &nothing).await);
            assert_eq!(theirs.problem(), "404 not_found", "{operation}");
            assert_eq!(theirs.without_request_id(), absent.without_request_id(), "{operation}");
            assert_eq!(headers(&theirs.headers), headers(&absent.headers), "{operation}");
            tried += 1;
        }
        let (theirs, absent) = (body(&operation, &foreign, &fleet_a), body(&operation, ABSENT, &nothing));
        if theirs != absent {
            let own = fill(&path, &portal.b.to_string(), &fleet_b);
            let theirs = portal.ask(&b, method.clone(), &own, &theirs).await;
            let absent = portal.ask(&b, method.clone(), &own, &absent).await;
            assert!(theirs.problem().starts_with("422 invalid "), "{operation}: {}", theirs.problem());
            assert!(theirs.problem().ends_with(":not_found"), "{operation}: {}", theirs.problem());
            assert_eq!(theirs.without_request_id(), absent.without_request_id(), "{operation}");
            tried += 1;
        }
    }
    assert!(tried >= 20, "{tried}");
    let exports = "exports/devices.csv?party_id={}";
    let imports = ["imports?party_id={}", "imports/template.csv?party_id={}"];
    for query in [
        imports[0],
        imports[1],
        exports,
        "devices?party_id={}",
        "dect-systems?party_id={}",
        "line-states?party_id={}",
        "sites?party_id={}",
        "parties?parent_id={}",
        "audit?party_id={}",
        "audit.csv?party_id={}",
    ] {
        let ask = async |id: &str| portal.get(&b, &format!("/api/v1/{}", query.replace("{}", id))).await;
        let (theirs, absent) = (ask(&foreign).await, ask(ABSENT).await);
        assert_eq!(theirs.problem(), "404 not_found", "{query}");
        assert_eq!(theirs.without_request_id(), absent.without_request_id(), "{query}");
    }
    let (exports, lines) = ("exports/devices.csv?site_id={}", "exports/line-states.csv?site_id={}");
    for query in [exports, lines, "devices?site_id={}", "line-states?site_id={}", "users?site_id={}"] {
        let ask = async |id: &str| portal.get(&b, &format!("/api/v1/{}", query.replace("{}", id))).await;
        let (theirs, absent) = (ask(&fleet_a.site).await, ask(ABSENT).await);
        assert_eq!(theirs.problem(), "404 not_found", "{query}");
        assert_eq!(theirs.without_request_id(), absent.without_request_id(), "{query}");
    }
}

fn headers(headers: &axum::http::HeaderMap) -> Vec<String> {
    let told = headers.iter().filter(|(name, _)| *name != "x-request-id");
    told.map(|(name, value)| format!("{name}: {value:?}")).collect()
}

#[tokio::test]
async fn lists_hold_nothing_foreign() {
    let Two { portal, b, fleet_a, .. } = two_tenants_with_dect().await;
    let secret = [
        &portal.a.to_string(),
        &portal.provider.to_string(),
        &fleet_a.site,
        &fleet_a.user,
        &fleet_a.portal_user,
        &fleet_a.device,
        &fleet_a.base,
        &fleet_a.dect_system,
    ];
    for (method, path, operation) in operations() {
        if method != Method::GET || path.contains('{') || operation == "stream_events" {
            continue;
        }
        let answer = portal.get(&b, &path).await.expect(200);
        for id in secret {
            assert!(!answer.text.contains(id.as_str()), "{operation} tells {id}: {}", answer.text);
        }
        for name in ["Customer A", "Provider One", "alice", "001565000001", "000413000001"] {
            assert!(!answer.text.contains(name), "{operation} tells {name}: {}", answer.text);
        }
    }
    let sites: Value = portal.get(&b, "/api/v1/sites").await.json();
    assert_eq!(sites["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_search_finds_and_counts_nothing_foreign() {
    let Two { portal, b, .. } = two_tenants().await;
    // The neighbour's address, its beginning, what both have, and orders that might begin elsewhere.
    for query in [
        "q=001565000001",
        "q=00:15:65",
        "q=lyon",
        "q=yealink",
        "q=00",
        "kind=desk",
        "sort=status",
        "sort=site",
        "lines_available=1",
    ] {
        let answer = portal.get(&b, &format!("/api/v1/devices?{query}")).await.expect(200);
        assert!(!answer.text.contains("001565000001"), "{query}: {}", answer.text);
        let own = i64::from(query != "q=001565000001");
        assert_eq!(answer.json()["total"], own, "{query}: {}", answer.text);
    }
    for query in [
        "q=001565000001",
        "q=00:15:65",
        "q=lyon",
        "kind=desk",
        "state=unregistered",
        "state=unregistered&kind=desk",
    ] {
        let answer = portal.get(&b, &format!("/api/v1/line-states?{query}")).await.expect(200);
        assert!(!answer.text.contains("001565000001"), "{query}: {}", answer.text);
        let own = i64::from(query != "q=001565000001");
        assert_eq!(answer.json()["total"], own, "{query}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_taken_address_says_where_only_to_who_sees_it() {
    let Two { portal, b, fleet_b, .. } = two_tenants().await;
    let ask = async |mac: &str| {
        let body =
            format!(r#"{{"site_id":"{}","device_type_id":"yealink-t54w","mac":"{mac}"}}"#, fleet_b.site);
        portal.post(&b, "/api/v1/devices", &body).await
    };
    let own = ask("001565000002").await.json();
    assert_eq!(own["detail"], "00:15:65:00:00:02 is already in the inventory, at the site Lyon.");
    let foreign = ask("001565000001").await;
    insta::assert_snapshot!("mac_taken_elsewhere", foreign.snapshot());
}
