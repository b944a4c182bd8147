//! Imports over the API: template, upload in both forms, keys, rows, decisions, and the words of what is refused.

use axum::body::Body;
use axum::http::{Method, Request, header};
use tonalite_core::portal_user::Role;

use crate::portal::{Answer, Portal, Who};

const GOOD: &str = "mac,device_type,site\n00:15:65:00:00:11,Yealink T54W,Lyon\n";
const MIXED: &str = "mac,device_type,site,name\n00:15:65:00:00:11,Yealink T54W,Lyon,Accueil\n\
                     1.57E+11,Yealink T54W,Lyon,\n00:15:65:00:00:13,Yealink T54,Lyonn,\n";

async fn manager() -> (Portal, Who) {
    let portal = Portal::start().await;
    let manager = portal.sign_in(portal.a, "alice", Role::Manager).await;
    portal.fleet(&manager, portal.a, "001565000001").await;
    (portal, manager)
}

async fn send(portal: &Portal, who: &Who, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut request = Portal::request(who, Method::POST, path, "");
    request.headers_mut().remove(header::CONTENT_TYPE);
    for (name, value) in headers {
        let name: header::HeaderName = name.parse().expect("a header");
        request.headers_mut().insert(name, value.parse().expect("a value"));
    }
    let (parts, _) = request.into_parts();
    portal.send(Request::from_parts(parts, Body::from(body.to_owned()))).await
}

const CSV: (&str, &str) = ("content-type", "text/csv");

#[tokio::test]
async fn from_a_file_with_wrong_rows_to_the_inventory_and_back() {
    let (portal, manager) = manager().await;
    let begun =
        send(&portal, &manager, "/api/v1/imports?apply=all_or_nothing", &[CSV], MIXED).await.expect(202);
    let address = begun.header("location").to_owned();
    assert_eq!(
        (address.as_str(), &begun.json()["state"]),
        (&*format!("/api/v1/imports/{}", begun.id()), &"reading".into())
    );
    portal.carry_on(&begun.id()).await;
    let plan = portal.get(&manager, &address).await.expect(200).json();
    let counts = ["rows_read", "create", "update", "unchanged", "rejected"].map(|name| plan[name].as_u64());
    assert_eq!(counts, [Some(3), Some(1), Some(0), Some(0), Some(2)]);
    assert_eq!(
        (&plan["state"], &plan["encoding"], &plan["separator"]),
        (&"planned".into(), &"utf-8".into(), &",".into())
    );

    let rows = portal.get(&manager, &format!("{address}/rows?outcome=rejected")).await.expect(200).json();
    let codes = |row: &serde_json::Value| {
        let errors = row["errors"].as_array().expect("errors").iter();
        errors
            .map(|error| error["code"].as_str().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!((codes(&rows["items"][0]), codes(&rows["items"][1])), ("R04".into(), "R10 R13".into()));
    assert_eq!(rows["items"][1]["line"], 4);
    assert_eq!(rows["items"][1]["errors"][0]["suggestion"], "Yealink T54W");
    let first = portal.get(&manager, &format!("{address}/rows?limit=1")).await.expect(200).json();
    let next = portal
        .get(&manager, &format!("{address}/rows?limit=2&after={}", first["next"]))
        .await
        .expect(200)
        .json();
    assert_eq!((&next["items"][0]["line"], &next["next"]), (&3.into(), &serde_json::Value::Null));

    let file = portal.get(&manager, &format!("{address}/rows.csv?outcome=rejected")).await.expect(200);
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert!(file.text.contains("error_code") && file.text.contains("R10 | R13"), "{}", file.text);

    let apply = format!("{address}/apply");
    let refused = portal.post(&manager, &apply, "").await;
    assert_eq!(refused.problem(), "409 import_has_rejected_rows on_error:import_has_rejected_rows");
    assert_eq!(
        portal.post(&manager, &apply, r#"{"on_error":"x"}"#).await.problem(),
        "422 invalid on_error:unknown_value"
    );
    portal.post(&manager, &apply, r#"{"on_error":"skip"}"#).await.expect(202);
    portal.carry_on(&begun.id()).await;
    let applied = portal.get(&manager, &address).await.expect(200).json();
    assert_eq!(applied["state"], "applied");
    assert!(applied["undo_until"].is_string() && applied.get("undone").is_none(), "{applied}");
    let devices = portal.get(&manager, "/api/v1/devices?q=001565000011").await.expect(200).json();
    assert_eq!(devices["total"], 1);
    assert_eq!(
        portal.post(&manager, &apply, "").await.problem(),
        "409 import_not_planned id:import_not_planned"
    );
    assert_eq!(
        portal.delete(&manager, &address).await.problem(),
        "409 import_not_planned id:import_not_planned"
    );

    let undo = format!("{address}/undo");
    portal.post(&manager, &undo, "").await.expect(202);
    portal.carry_on(&begun.id()).await;
    let undone = portal.get(&manager, &address).await.expect(200).json();
    assert_eq!((&undone["state"], &undone["undone"]["removed"]), (&"undone".into(), &1.into()));
    assert_eq!(
        portal.post(&manager, &undo, "").await.problem(),
        "409 import_not_applied id:import_not_applied"
    );
    let list = portal.get(&manager, "/api/v1/imports").await.expect(200).json();
    assert_eq!((&list["items"][0]["id"], &list["next"]), (&begun.id().into(), &serde_json::Value::Null));
}

#[tokio::test]
async fn a_form_is_a_file_and_nothing_else() {
    let (portal, manager) = manager().await;
    let kind = [("content-type", "multipart/form-data; boundary=edge")];
    let field = |name: &str, more: &str| {
        format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{GOOD}\r\n")
    };
    let ask = async |body: String| {
        send(&portal, &manager, "/api/v1/imports", &kind, &(body + "--edge--\r\n")).await
    };
    let begun = ask(field("file", "; filename=\"a/b.csv\"")).await.expect(202);
    let job = portal.get(&manager, begun.header("location")).await.expect(200).json();
    assert_eq!(job["file_name"], "b.csv");
    assert_eq!(ask(String::new()).await.problem(), "422 invalid file:required");
    assert_eq!(ask(field("party_id", "")).await.problem(), "422 invalid party_id:unknown_field");
    let two = field("file", "; filename=\"a\"") + &field("more", "");
    assert_eq!(ask(two).await.problem(), "422 invalid more:unknown_field");
    let cut = send(&portal, &manager, "/api/v1/imports", &kind, &field("file", "")).await;
    assert_eq!(cut.problem(), "400 malformed_request");
    let none =
        send(&portal, &manager, "/api/v1/imports", &[("content-type", "multipart/form-data")], "x").await;
    assert_eq!(none.problem(), "400 malformed_request");
    let json =
        send(&portal, &manager, "/api/v1/imports", &[("content-type", "application/json")], "{}").await;
    assert_eq!(json.problem(), "415 unsupported_media_type");
    let length = (202_u64 << 20).to_string();
    let large = send(&portal, &manager, "/api/v1/imports", &[CSV, ("content-length", &length)], GOOD).await;
    assert_eq!(large.problem(), "413 file_too_large");
    let list = portal.get(&manager, "/api/v1/imports").await.expect(200).json();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1), "what was refused is nothing: {list}");
}

#[tokio::test]
async fn the_same_key_is_the_same_import() {
    let (portal, manager) = manager().await;
    let keyed = [CSV, ("idempotency-key", "monday")];
    let first = send(&portal, &manager, "/api/v1/imports", &keyed, GOOD).await.expect(202);
    let again = send(&portal, &manager, "/api/v1/imports", &keyed, GOOD).await.expect(202);
    assert_eq!((again.id(), again.header("location")), (first.id(), first.header("location")));
    assert_eq!(again.header("idempotent-replayed"), "true");
    let other = send(&portal, &manager, "/api/v1/imports", &keyed, MIXED).await;
    assert_eq!(other.problem(), "409 idempotency_key_reused Idempotency-Key:idempotency_key_reused");
    let empty = send(&portal, &manager, "/api/v1/imports", &[CSV, ("idempotency-key", "")], GOOD).await;
    assert_eq!(empty.problem(), "422 invalid Idempotency-Key:idempotency_key_malformed");
    let list = portal.get(&manager, "/api/v1/imports").await.expect(200).json();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1), "{list}");
}

#[tokio::test]
async fn the_template_is_of_who_asks() {
    let (portal, manager) = manager().await;
    let path = "/api/v1/imports/template.csv";
    let english = "MAC address,Device type,Site,Name,Serial number,Inventory ID,Note\r\n";
    let file = portal.get(&manager, path).await.expect(200);
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"tonalite-devices-template.csv\"");
    assert!(file.text.starts_with(&format!("\u{feff}{english}")), "{}", file.text);
    assert!(file.text.contains("#,\"Yealink T54W\",\"Lyon\",,,,\r\n"), "{}", file.text);
    let french = portal.get(&manager, &format!("{path}?lang=fr")).await.expect(200);
    assert!(french.text.starts_with("\u{feff}Adresse MAC;Type d’appareil;Site;"), "{}", french.text);
    let keys = portal.get(&manager, &format!("{path}?lang=raw")).await.expect(200);
    assert!(keys.text.starts_with("mac,device_type,site,name,serial,inventory_id,note\r\n"), "{}", keys.text);
    assert_eq!(
        portal.get(&manager, &format!("{path}?lang=de")).await.problem(),
        "422 invalid lang:unknown_value"
    );
    // Sent back as it is, every one of the three holds comments alone.
    for file in [&file, &french, &keys] {
        let id = portal.import(&manager, "", &file.text).await;
        let job = portal.get(&manager, &format!("/api/v1/imports/{id}")).await.expect(200).json();
        assert_eq!((&job["rows_read"], &job["rejected"]), (&0.into(), &0.into()), "{job}");
    }
    let admin = portal.sign_in(portal.provider, "marie", Role::Admin).await;
    assert_eq!(portal.get(&admin, path).await.problem(), "422 invalid party_id:required");
    let above = format!("{path}?party_id={}", portal.provider);
    assert_eq!(portal.get(&admin, &above).await.problem(), "422 invalid party_id:not_a_customer");
    let off = format!("/api/v1/parties/{}", portal.a);
    portal.patch(&admin, &off, r#"{"features":{"device_import":false}}"#).await.expect(200);
    assert_eq!(portal.get(&manager, path).await.problem(), "403 feature_disabled");
    let refused = send(&portal, &manager, "/api/v1/imports", &[CSV], GOOD).await;
    assert_eq!(refused.problem(), "403 feature_disabled");
}
