//! Parties in the API: found by name, features set from above, lists of device types, who hears of whom.

use axum::http::Method;
use serde_json::{Value, json};
use tonalite_core::id::PartyId;
use tonalite_core::portal_user::Role;

use crate::portal::{Portal, Who};

async fn people() -> (Portal, Who, Who) {
    let portal = Portal::start().await;
    let above = portal.sign_in(portal.provider, "paula", Role::Admin).await;
    let own = portal.sign_in(portal.a, "alice", Role::Admin).await;
    (portal, above, own)
}

/// The newest record of an action.
async fn newest(portal: &Portal, who: &Who, action: &str) -> Value {
    let audit = portal.get(who, "/api/v1/audit?limit=10").await.expect(200).json();
    let items = audit["items"].as_array().expect("items");
    items.iter().find(|item| item["action"] == action).unwrap_or_else(|| panic!("{action}: {audit}")).clone()
}

#[tokio::test]
async fn parties_are_found_by_name_page_by_page() {
    let (portal, above, own) = people().await;
    for name in ["Été Un", "Été Deux", "Été Trois"] {
        let body =
            json!({ "kind": "customer", "name": name, "parent_id": portal.provider.to_string() }).to_string();
        portal.post(&above, "/api/v1/parties", &body).await.expect(201);
    }
    let (mut names, mut after) = (Vec::new(), String::new());
    loop {
        let page = portal
            .get(&above, &format!("/api/v1/parties?q=ete&limit=2&after={after}"))
            .await
            .expect(200)
            .json();
        for item in page["items"].as_array().expect("items") {
            names.push(item["name"].as_str().expect("a name").to_owned());
            assert_eq!(item["features_effective"]["device_reboot"], true);
        }
        match page["next"].as_str() {
            Some(next) => after = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(names, ["Été Deux", "Été Trois", "Été Un"]);
    let none = portal.get(&own, "/api/v1/parties?q=ete").await.expect(200).json();
    assert_eq!(none["items"], json!([]), "a search opens nothing");
    assert_eq!(portal.get(&above, "/api/v1/parties?q=%20").await.problem(), "422 invalid q:required");
}

#[tokio::test]
async fn features_are_set_from_above_and_the_record_says_from_what_to_what() {
    let (portal, above, own) = people().await;
    let manager = portal.sign_in(portal.provider, "max", Role::Manager).await;
    let path = format!("/api/v1/parties/{}", portal.a);
    let off = r#"{"features":{"device_reboot":false}}"#;
    assert_eq!(portal.patch(&own, &path, off).await.problem(), "403 forbidden", "not for oneself");
    assert_eq!(portal.patch(&manager, &path, off).await.problem(), "403 forbidden");
    portal.patch(&above, &path, off).await.expect(200);
    portal
        .patch(&above, &path, r#"{"features":{"device_reboot":null},"contact":" 04 78 "}"#)
        .await
        .expect(200);
    let record = newest(&portal, &own, "party.update").await;
    let expected = json!({
        "features": { "before": { "device_reboot": false }, "after": { "device_reboot": null } },
        "contact": { "before": null, "after": "04 78" },
    });
    assert_eq!(record["detail"], expected);
    let provisioning = r#"{"features":{"provisioning":true}}"#;
    let refused = portal.patch(&above, &path, provisioning).await;
    assert_eq!(refused.problem(), "422 invalid features.provisioning:feature_missing");
    let kept = r#"{"features":{"provisioning":null}}"#;
    assert_eq!(
        portal.patch(&above, &path, kept).await.expect(200).json()["features_effective"]["provisioning"],
        false
    );

    // How it is reached, its own admins say.
    let said = portal.patch(&own, &path, r#"{"contact":"help@example.net"}"#).await.expect(200).json();
    assert_eq!(said["contact"], "help@example.net");
    assert_eq!(
        portal.patch(&own, &path, r#"{"contact":null}"#).await.expect(200).json()["contact"],
        Value::Null
    );
    let long = json!({ "contact": "x".repeat(201) }).to_string();
    assert_eq!(portal.patch(&own, &path, &long).await.problem(), "422 invalid contact:too_long");
}

#[tokio::test]
async fn who_is_refused_hears_who_can_switch_it_on() {
    let (portal, above, own) = people().await;
    let fleet = portal.fleet(&own, portal.a, "001565abcdef").await;
    portal
        .patch(&above, &format!("/api/v1/parties/{}", portal.provider), r#"{"contact":"04 78"}"#)
        .await
        .expect(200);
    let party = format!("/api/v1/parties/{}", portal.a);
    portal
        .patch(&above, &party, r#"{"features":{"device_reboot":false,"api_tokens":false}}"#)
        .await
        .expect(200);
    let refused = portal.post(&own, &format!("/api/v1/devices/{}/reboots", fleet.device), "").await;
    assert_eq!(refused.problem(), "403 feature_disabled");
    let said = "“Reboot of devices” is switched off for Customer A. The administrators of Provider One can switch it on. \
                Provider One: 04 78";
    assert_eq!(refused.json()["detail"], said);
    let refused = portal.post(&own, "/api/v1/tokens", r#"{"name":"x"}"#).await;
    assert_eq!(refused.problem(), "403 feature_disabled");
}

#[tokio::test]
async fn a_list_of_types_lies_within_the_one_above_and_is_set_from_above() {
    let (portal, above, own) = people().await;
    let fleet = portal.fleet(&own, portal.a, "001565abcdef").await;
    let path = format!("/api/v1/parties/{}/approved-device-types", portal.a);
    let site = format!("/api/v1/sites/{}/approved-device-types", fleet.site);
    let two = r#"{"device_type_ids":["yealink-t54w","snom-d785"]}"#;
    let first = portal.get(&above, &path).await.expect(200);
    assert_eq!(first.json()["own_device_type_ids"], Value::Null);
    assert_eq!(portal.put(&own, &path, two).await.problem(), "403 forbidden", "its own admins could undo it");
    let set = portal.put(&above, &path, two).await.expect(200);
    assert_eq!(set.json()["own_device_type_ids"], json!(["snom-d785", "yealink-t54w"]));
    assert_ne!(set.header("etag"), first.header("etag"));
    let mut late = Portal::request(&above, Method::PUT, &path, r#"{"device_type_ids":[]}"#);
    late.headers_mut().insert("if-match", first.header("etag").parse().expect("an etag"));
    assert_eq!(portal.send(late).await.problem(), "412 stale", "somebody was faster");
    let record = newest(&portal, &own, "approved_device_types.update").await;
    assert_eq!(record["detail"], json!({ "before": [], "after": ["snom-d785", "yealink-t54w"] }));

    let wrong = r#"{"device_type_ids":["yealink-t54w","poly-vvx-450","nonsense"]}"#;
    let refused = portal.put(&own, &site, wrong).await.problem();
    assert_eq!(
        refused,
        "422 invalid device_type_ids[1]:type_not_approved_above device_type_ids[2]:device_type_unknown"
    );
    portal.put(&own, &site, r#"{"device_type_ids":["snom-d785"]}"#).await.expect(200);
    portal.put(&above, &path, r#"{"device_type_ids":["yealink-t54w"]}"#).await.expect(200);
    let left = portal.get(&own, &site).await.expect(200).json();
    assert_eq!(left["device_type_ids"], json!([]), "what the list above lost is not approved below");
    assert_eq!(left["own_device_type_ids"], json!(["snom-d785"]), "and what was set is told as it was set");
    let device = portal.get(&own, &format!("/api/v1/devices/{}", fleet.device)).await.expect(200).json();
    assert_eq!(device["device_type"]["id"], "yealink-t54w", "what exists stays");
}

#[tokio::test]
async fn a_closed_party_lets_nobody_in_and_stays_readable_above() {
    let portal = Portal::start().await;
    let above = portal.sign_in(portal.provider, "above", Role::Admin).await;
    let closing = portal.party("customer", "Closing", portal.provider).await.id;
    let path = format!("/api/v1/parties/{closing}");
    let person = portal.sign_in(closing, "carla", Role::Admin).await;
    let token = portal.post(&person, "/api/v1/tokens", r#"{"name":"x"}"#).await.expect(201);
    let token = Who::Token(token.json()["token"].as_str().expect("a token").to_owned());
    portal.get(&token, "/api/v1/me").await.expect(200);
    let closed = r#"{"closed":true}"#;
    assert_eq!(portal.patch(&person, &path, closed).await.problem(), "403 forbidden");
    let both = portal.patch(&above, &path, r#"{"closed":true,"name":"x"}"#).await;
    assert_eq!(both.problem(), "422 invalid closed:closed_alone");

    let provider = format!("/api/v1/parties/{}", portal.provider);
    let platform = portal.sign_in(PartyId::PLATFORM, "root", Role::Admin).await;
    let refused = portal.patch(&platform, &provider, closed).await;
    assert_eq!(refused.problem(), "409 party_not_empty closed:party_not_empty");
    assert!(refused.text.contains("open parties 3"), "{}", refused.text);

    let answer = portal.patch(&above, &path, closed).await.expect(200);
    assert!(answer.json()["closed_at"].is_string(), "{}", answer.text);
    for who in [&person, &token] {
        assert_eq!(portal.get(who, "/api/v1/me").await.problem(), "401 unauthenticated");
    }
    let sign_in = r#"{"username":"carla","password":"correct horse battery"}"#;
    let again = portal.post(&Who::Nobody, "/api/v1/session", sign_in).await;
    assert_eq!(again.status, 401, "{}", again.text);
    portal.get(&above, &path).await.expect(200);
    let listed = async |query: &str| {
        let list = portal.get(&above, &format!("/api/v1/parties?kind=customer{query}")).await.expect(200);
        list.text.contains("Closing")
    };
    assert!(!listed("").await && listed("&closed=only").await && listed("&closed=include").await);
    assert!(listed(&format!("&q={closing}")).await, "who asks by the id means this one");
    let site = format!(r#"{{"party_id":"{closing}","name":"Late"}}"#);
    let late = portal.post(&above, "/api/v1/sites", &site).await;
    assert_eq!(late.problem(), "409 party_closed party_id:party_closed");
    let renamed = portal.patch(&above, &path, r#"{"name":"Other"}"#).await;
    assert_eq!(renamed.problem(), "409 party_closed party_id:party_closed");

    portal.patch(&above, &path, r#"{"closed":false}"#).await.expect(200);
    assert_eq!(
        portal.get(&person, "/api/v1/me").await.problem(),
        "401 unauthenticated",
        "the old session is over"
    );
    portal.post(&Who::Nobody, "/api/v1/session", sign_in).await.expect(204);
    let audit = portal.get(&above, "/api/v1/audit").await.expect(200);
    assert!(audit.text.contains("party.close") && audit.text.contains("party.reopen"), "{}", audit.text);
}

#[tokio::test]
async fn many_parties_are_changed_at_once_or_not_at_all() {
    let portal = Portal::start().await;
    let above = portal.sign_in(portal.provider, "above", Role::Admin).await;
    let below = |more: &str| format!(r#"{{"below_party_id":"{}",{more}}}"#, portal.provider);
    let change = async |body: String| {
        let answer = portal.post(&above, "/api/v1/party-changes", &body).await.expect(200).json();
        (answer["changed"].as_i64(), answer["unchanged"].as_i64())
    };
    let off = r#""features":{"device_reboot":false}"#;
    assert_eq!(change(below(&format!(r#"{off},"dry_run":true"#))).await, (Some(2), Some(0)));
    assert_eq!(change(below(&format!(r#"{off},"q":"customer a""#))).await, (Some(1), Some(0)));
    let differing = portal.get(&above, "/api/v1/parties?differs=features").await.expect(200).json();
    assert_eq!(differing["items"].as_array().map(Vec::len), Some(1), "{differing}");
    assert_eq!(change(below(off)).await, (Some(1), Some(1)));
    assert_eq!(change(below(r#""device_type_ids":["yealink-t54w"]"#)).await, (Some(2), Some(0)));
    let approved = format!("/api/v1/parties/{}/approved-device-types", portal.b);
    let approved = portal.get(&above, &approved).await.expect(200).json();
    assert_eq!(approved["own_device_type_ids"], serde_json::json!(["yealink-t54w"]));
    // One is not theirs to change: nothing is done for the other.
    let mixed = format!(
        r#"{{"party_ids":["{}","{}"],"features":{{"device_reboot":null}}}}"#,
        portal.a, portal.provider
    );
    assert_eq!(portal.post(&above, "/api/v1/party-changes", &mixed).await.problem(), "403 forbidden");
    assert_eq!(change(below(off)).await, (Some(0), Some(2)), "as it was");
    let audit = portal.get(&above, "/api/v1/audit").await.expect(200);
    assert_eq!(audit.text.matches("\"party.update\"").count(), 2, "one record a party: {}", audit.text);
}

#[tokio::test]
async fn a_sip_domain_changes_until_a_line_has_it_and_a_code_is_given_once() {
    let portal = Portal::start().await;
    let above = portal.sign_in(portal.provider, "above", Role::Admin).await;
    let a = portal.sign_in(portal.a, "alice", Role::Admin).await;
    let path = format!("/api/v1/parties/{}", portal.a);
    let domain = r#"{"sip_domain":"sip.a.example"}"#;
    assert_eq!(portal.patch(&a, &path, domain).await.problem(), "403 forbidden", "from above only");
    portal.patch(&above, &path, domain).await.expect(200);
    let fleet = portal.fleet(&a, portal.a, "001565000001").await;
    let line = format!("/api/v1/devices/{}/lines/1/user", fleet.device);
    let user = format!(r#"{{"user_id":"{}"}}"#, fleet.user);
    portal.ask(&a, Method::PUT, &line, &user).await.expect(200);
    let fixed = portal.patch(&above, &path, r#"{"sip_domain":null}"#).await;
    assert_eq!(fixed.problem(), "409 sip_domain_fixed sip_domain:sip_domain_fixed");

    let site = format!("/api/v1/sites/{}", fleet.site);
    portal.patch(&a, &site, r#"{"code":"Lyo-1"}"#).await.expect(200);
    let other = format!(r#"{{"party_id":"{}","name":"Nantes","code":"LYO-1"}}"#, portal.a);
    let taken = portal.post(&a, "/api/v1/sites", &other).await;
    assert_eq!(taken.problem(), "409 site_code_taken code:site_code_taken");
    let full = portal.ask(&a, Method::DELETE, &site, "").await;
    assert_eq!(full.problem(), "409 site_not_empty site_id:site_not_empty");
    assert!(full.text.contains("devices: 1") || full.text.contains("devices: 2"), "{}", full.text);
}
