//! Two customers of one provider on one server: neither learns that the other exists.

use std::time::Duration;

use serde_json::{Value, json};
use tonalite_phones::{Fleet, FleetOptions, PhoneConfig};

use crate::api::{Answer, Api};
use crate::installation::{Installation, Server};
use crate::inventory::{Line, mac, new_device};

const LIMIT: Duration = Duration::from_secs(30);
/// An id that nobody has.
const ABSENT: &str = "01a20adf-0399-7655-9391-752f4d876390";

/// A customer with a site, a device, a user and a line.
struct Customer {
    api: Api,
    party: String,
    site: String,
    device: String,
    user: String,
    line: Line,
}

/// The server, and the two. The installation is last: its folder must outlive the server.
struct Stage {
    a: Customer,
    b: Customer,
    server: Server,
    _installation: Installation,
}

impl Stage {
    fn set() -> Stage {
        let installation = Installation::new();
        let party = |kind, name, parent| {
            installation.one_line(&["party", "create", "--kind", kind, "--name", name, "--parent", parent])
        };
        let provider = party("provider", "Télécom du Parc", "platform");
        let made = ["Alpha", "Beta"].map(|name| {
            let id = party("customer", name, &provider);
            let token = installation.token(name, &id, "admin");
            (id, token)
        });
        let server = installation.serve();
        let [a, b] = [(&made[0], 1), (&made[1], 2)].map(|((party, token), number)| {
            let api = server.api(token);
            let text = |answer: Answer| answer.must(201)["id"].as_str().unwrap().to_owned();
            let site = json!({"party_id": party, "name": format!("Site of number {number}")});
            let site = text(api.post("/api/v1/sites", &site));
            let line = api.make_line(&site, number);
            let user = api.get("/api/v1/users").must(200)["items"][0]["id"].as_str().unwrap().to_owned();
            Customer { device: line.device.clone(), party: party.clone(), site, user, line, api }
        });
        Stage { a, b, server, _installation: installation }
    }
}

/// Status and body, without what differs between any two answers.
fn essence(answer: &Answer) -> (u16, String) {
    let mut body: Value = serde_json::from_str(&answer.body).unwrap();
    let id = body.as_object_mut().unwrap().remove("request_id").unwrap();
    assert_eq!(answer.header("x-request-id"), id.as_str());
    // Without the id the bytes must be equal, not only what they mean.
    (answer.status, answer.body.replace(id.as_str().unwrap(), ""))
}

#[test]
fn lists_hold_only_ones_own() {
    let Stage { a, b, .. } = &Stage::set();
    for path in ["devices", "sites", "users", "parties", "audit"] {
        let path = format!("/api/v1/{path}");
        let (of_a, of_b) = (a.api.get(&path), b.api.get(&path));
        assert!(!of_b.must(200)["items"].as_array().unwrap().is_empty(), "{path}");
        for word in
            [&a.party, &a.site, &a.device, &a.user, &a.line.username, "Alpha", "number 1", "Desk 1", &mac(1)]
        {
            assert!(!of_b.body.contains(word), "{path} tells B of {word}: {}", of_b.body);
        }
        assert!(of_a.body.contains(&a.party) || of_a.body.contains(&a.site), "{path} tells A nothing");
    }
    let list = b.api.get("/api/v1/devices").must(200);
    assert_eq!((&list["total"], &list["counts"]["unregistered"]), (&1.into(), &1.into()));
    // Not even the provider that both hang below.
    assert_eq!(b.api.get("/api/v1/parties").must(200)["items"][0]["parent_id"], Value::Null);
}

#[test]
fn a_foreign_id_is_an_absent_one() {
    let Stage { a, b, .. } = &Stage::set();
    let of_device = [
        ("GET", "/api/v1/devices/ID", Value::Null),
        ("GET", "/api/v1/devices/ID/status", Value::Null),
        ("PATCH", "/api/v1/devices/ID", json!({"name": "mine"})),
        ("DELETE", "/api/v1/devices/ID", Value::Null),
        ("PUT", "/api/v1/devices/ID/lines/1/user", json!({"user_id": b.user})),
        ("DELETE", "/api/v1/devices/ID/lines/1/user", Value::Null),
        ("POST", "/api/v1/devices/ID/lines/1/credentials", json!({})),
    ];
    let of_site = [
        ("GET", "/api/v1/sites/ID", Value::Null),
        ("PATCH", "/api/v1/sites/ID", json!({"name": "mine"})),
        ("DELETE", "/api/v1/sites/ID", Value::Null),
        ("GET", "/api/v1/sites/ID/approved-device-types", Value::Null),
        ("PUT", "/api/v1/sites/ID/approved-device-types", json!({"device_type_ids": []})),
        ("GET", "/api/v1/devices?site_id=ID", Value::Null),
        ("GET", "/api/v1/users?site_id=ID", Value::Null),
        (
            "POST",
            "/api/v1/devices",
            json!({"site_id": "ID", "device_type_id": "yealink-t54w", "mac": mac(9)}),
        ),
        ("POST", "/api/v1/users", json!({"site_id": "ID", "name": "Mine", "extension": "1"})),
    ];
    let of_party = [
        ("GET", "/api/v1/parties/ID", Value::Null),
        ("PATCH", "/api/v1/parties/ID", json!({"name": "mine"})),
        ("GET", "/api/v1/parties/ID/approved-device-types", Value::Null),
        ("GET", "/api/v1/parties?parent_id=ID", Value::Null),
        ("GET", "/api/v1/sites?party_id=ID", Value::Null),
        ("GET", "/api/v1/devices?party_id=ID", Value::Null),
        ("GET", "/api/v1/audit?party_id=ID", Value::Null),
        ("POST", "/api/v1/sites", json!({"party_id": "ID", "name": "Mine"})),
        ("POST", "/api/v1/parties", json!({"kind": "customer", "parent_id": "ID", "name": "Mine"})),
    ];
    let own_line = format!("/api/v1/devices/{}/lines/2/user", b.device);
    let of_user =
        [("GET", "/api/v1/users/ID", Value::Null), ("PUT", own_line.as_str(), json!({"user_id": "ID"}))];
    let all = [(&a.device, &of_device[..]), (&a.site, &of_site), (&a.party, &of_party), (&a.user, &of_user)];
    for (id, (method, path, body)) in
        all.iter().flat_map(|(id, requests)| requests.iter().map(move |r| (id, r)))
    {
        let ask = |id: &str| {
            let body = body.to_string().replace("ID", id);
            let body: Value = serde_json::from_str(&body).unwrap();
            b.api.send(method, &path.replace("ID", id), Some(&body).filter(|body| !body.is_null()))
        };
        let (foreign, absent) = (essence(&ask(id)), essence(&ask(ABSENT)));
        assert_eq!(foreign, absent, "{method} {path} {body}");
        let expected = if path.contains("ID") { 404 } else { 422 };
        assert_eq!(foreign.0, expected, "{method} {path} {body}: {}", foreign.1);
    }
    // Nothing of A's was touched.
    assert_eq!(a.api.look_at(&a.device).0["name"], "Desk 1");
    assert_eq!(a.api.get(&format!("/api/v1/sites/{}", a.site)).must(200)["version"], 1);
}

#[test]
fn a_taken_address_says_nothing_of_its_owner() {
    let Stage { a, b, .. } = &Stage::set();
    let refused = b.api.post("/api/v1/devices", &new_device(&b.site, 1));
    let document = refused.must(409);
    assert_eq!((&document["code"], &document["errors"][0]["field"]), (&"mac_taken".into(), &"mac".into()));
    for word in [&a.party, &a.site, &a.device, &a.user, "Alpha", "number 1", "Desk 1"] {
        assert!(!refused.body.contains(word), "it tells {word}: {}", refused.body);
    }
    // To its owner it is: who adds a phone twice is told where it stands.
    let told = a.api.post("/api/v1/devices", &new_device(&a.site, 1));
    assert_eq!(told.must(409)["code"], "mac_taken");
    assert!(told.body.contains("Site of number 1"), "{}", told.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_is_silent_about_others() {
    let Stage { a, b, server, .. } = &Stage::set();
    let (of_a, of_b) = (a.api.events(), b.api.events());
    let line = &a.line;
    let phone = PhoneConfig::new(&line.username, &line.domain, &line.password, server.sip);
    let fleet = Fleet::start(vec![phone], &FleetOptions::default()).await.unwrap();
    assert!(fleet.wait_until(LIMIT, |stats| stats.registered == 1).await, "{:?}", fleet.stats());
    assert_eq!(of_a.status_of(&a.device, LIMIT)["status"], "registered");
    fleet.shutdown(true).await;
    assert_eq!(of_a.status_of(&a.device, LIMIT)["status"], "unregistered");

    // Events are told in the order in which they happened: had B been told of A's, it would have come before this one.
    let marker = b.api.make_device(&b.site, 3);
    let first = of_b.next(LIMIT).unwrap();
    assert_eq!((first.name.as_str(), &first.data["device_id"]), ("device.added", &marker.into()));
    // And the first that A hears next is its own, not B's.
    let marker = a.api.make_device(&a.site, 4);
    let rest = std::iter::from_fn(|| of_a.next(LIMIT)).find(|event| event.name == "device.added").unwrap();
    assert_eq!(rest.data["device_id"], marker.as_str());
}
