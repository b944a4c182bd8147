//! Parties in the API: found by name, features set from above, lists of device types, who hears of whom.

use axum::http::Method;
use serde_json::{Value, json};
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
