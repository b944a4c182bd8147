//! DECT systems over the API, and who learns of a chain ID: for all others it is absent everywhere, not empty.

use axum::http::{Method, header};
use serde_json::Value;
use tonalite_core::portal_user::Role;

use crate::portal::{Fleet, Portal, Who};

const CHAIN: &str = "48213";

struct Clinic {
    portal: Portal,
    admin: Who,
    fleet: Fleet,
    second: String,
}

impl Clinic {
    /// Customer A with a system of two bases; the first has a line.
    async fn open() -> Clinic {
        let portal = Portal::start().await;
        let admin = portal.sign_in(portal.a, "ada", Role::Admin).await;
        let mut fleet = portal.fleet(&admin, portal.a, "001565000001").await;
        portal.add_dect(&admin, portal.a, "000413000001", &mut fleet).await;
        let line = format!("/api/v1/devices/{}/lines/1/user", fleet.base);
        portal.put(&admin, &line, &format!(r#"{{"user_id":"{}"}}"#, fleet.user)).await.expect(200);
        let second = add_base(&portal, &admin, &fleet.site, "000413000002").await;
        let clinic = Clinic { portal, admin, fleet, second };
        clinic.portal.put(&clinic.admin, &clinic.base(&clinic.second), "").await.expect(204);
        clinic
    }

    fn system(&self) -> String {
        format!("/api/v1/dect-systems/{}", self.fleet.dect_system)
    }

    fn base(&self, device: &str) -> String {
        format!("{}/bases/{device}", self.system())
    }
}

async fn add_base(portal: &Portal, who: &Who, site: &str, mac: &str) -> String {
    let body = format!(r#"{{"site_id":"{site}","device_type_id":"snom-m700","mac":"{mac}"}}"#);
    portal.post(who, "/api/v1/devices", &body).await.expect(201).id()
}

#[tokio::test]
async fn a_chain_id_is_absent_for_who_may_not_see_it() {
    let Clinic { portal, admin, fleet, second } = Clinic::open().await;
    let mut people = vec![("customer admin", admin.clone(), true)];
    for (party, name, role, expected) in [
        (portal.a, "customer manager", Role::Manager, false),
        (portal.a, "customer support", Role::Support, false),
        (portal.a, "customer viewer", Role::Viewer, false),
        (portal.provider, "provider support", Role::Support, true),
        (portal.provider, "provider viewer", Role::Viewer, false),
    ] {
        people.push((name, portal.sign_in(party, &name.replace(' ', "."), role).await, expected));
    }
    let token = portal.post(&admin, "/api/v1/tokens", r#"{"name":"x","role":"manager"}"#).await.expect(201);
    let token = token.json()["token"].as_str().expect("a token").to_owned();
    people.push(("token of an admin, as a manager", Who::Token(token), false));

    let system = format!("/api/v1/dect-systems/{}", fleet.dect_system);
    let status = format!("/api/v1/devices/{}/status", fleet.base);
    let check = format!("/api/v1/devices/{}/status-checks?wait=0", fleet.base);
    for (who, visitor, may_see) in &people {
        for path in ["/api/v1/dect-systems", &system, &status] {
            let answer = portal.get(visitor, path).await.expect(200);
            assert_eq!(answer.text.contains("chain_id"), *may_see, "{who} {path}: {}", answer.text);
            assert_eq!(answer.text.contains(CHAIN), *may_see, "{who} {path}: {}", answer.text);
        }
        let checked = portal.post(visitor, &check, "").await;
        if checked.status.is_success() {
            assert_eq!(checked.text.contains(CHAIN), *may_see, "{who}: {}", checked.text);
            assert_eq!(checked.text.contains("chain_id"), *may_see, "{who}: {}", checked.text);
        }
        // Where nothing of it belongs, nobody finds it; only admins read the audit log.
        for path in ["/api/v1/devices", "/api/v1/audit"] {
            let answer = portal.get(visitor, path).await;
            let in_audit = path.ends_with("audit") && answer.status.is_success();
            assert!(!answer.text.contains(CHAIN) || in_audit && *may_see, "{who} {path}: {}", answer.text);
        }
        let found = portal.get(visitor, &format!("/api/v1/devices?q={CHAIN}")).await.expect(200).json();
        assert_eq!(found["total"], 0, "{who}: a search must not tell it");
        for page in [
            "/dect-systems".to_owned(),
            format!("/dect-systems/{}", fleet.dect_system),
            format!("/devices/{}", fleet.base),
            format!("/devices/{}", second),
            format!("/devices/{}/status", fleet.base),
            "/devices?kind=dect_base".to_owned(),
        ] {
            // A program is no browser.
            let Who::Cookie(_) = visitor else { continue };
            let mut request = Portal::request(visitor, Method::GET, &page, "");
            request.headers_mut().insert(header::ACCEPT, "text/html".parse().expect("a header"));
            let html = portal.send(request).await.expect(200).text;
            let belongs = *may_see && page != "/devices?kind=dect_base";
            assert_eq!(html.contains(CHAIN), belongs, "{who} {page}");
            assert_eq!(html.contains("Multi Cell Chain ID"), belongs, "{who} {page}");
        }
        let csv = portal.get(visitor, "/api/v1/exports/devices.csv?columns=all&lang=raw").await;
        if csv.status.is_success() {
            let head = csv.text.lines().next().expect("a head");
            assert_eq!(head.contains(",inventory_id,dect_chain_id,note,"), *may_see, "{who}: {head}");
            assert_eq!(head.contains("dect_chain_id"), *may_see, "{who}: {head}");
            assert_eq!(csv.text.contains(CHAIN), *may_see, "{who}");
        }
        let one = portal.get(visitor, "/api/v1/exports/devices.csv?columns=mac,dect_chain_id&lang=raw").await;
        if *may_see {
            let rows: Vec<String> = one.expect(200).text.lines().map(str::to_owned).collect();
            assert!(rows.iter().any(|row| row.ends_with(&format!(",{CHAIN}"))), "{rows:?}");
            assert!(rows.iter().any(|row| row.ends_with(',')), "a phone has none: {rows:?}");
        } else {
            let unknown = portal.get(visitor, "/api/v1/exports/devices.csv?columns=mac,nothing_at_all").await;
            assert_eq!(one.problem(), unknown.problem(), "{who}");
        }
    }
}

#[tokio::test]
async fn who_may_enter_one() {
    let clinic = Clinic::open().await;
    let Clinic { portal, admin, .. } = &clinic;
    let manager = portal.sign_in(portal.a, "mo", Role::Manager).await;
    let support = portal.sign_in(portal.provider, "sam", Role::Support).await;
    let above = portal.sign_in(portal.provider, "max", Role::Manager).await;
    let enter = r#"{"chain_id":"48300"}"#;
    assert_eq!(portal.patch(&manager, &clinic.system(), enter).await.problem(), "403 forbidden");
    assert_eq!(portal.patch(&support, &clinic.system(), enter).await.problem(), "403 forbidden");
    assert_eq!(portal.delete(&manager, &clinic.system()).await.problem(), "403 forbidden");
    let party = portal.a;
    let new = format!(r#"{{"party_id":"{party}","name":"Hall","chain_id":"48301"}}"#);
    assert_eq!(portal.post(&manager, "/api/v1/dect-systems", &new).await.problem(), "403 forbidden");
    // What needs no chain ID, a manager of the customer may do.
    portal.patch(&manager, &clinic.system(), r#"{"name":"Wards 1 to 3"}"#).await.expect(200);
    let unset = format!(r#"{{"party_id":"{party}","name":"Hall"}}"#);
    let hall = portal.post(&manager, "/api/v1/dect-systems", &unset).await.expect(201);
    assert_eq!(hall.json().get("chain_id"), None);
    let changed = portal.patch(&above, &clinic.system(), enter).await.expect(200).json();
    assert_eq!((&changed["chain_id"], &changed["chain_id_source"]), (&"48300".into(), &"entered".into()));
    let cleared = portal.patch(admin, &clinic.system(), r#"{"chain_id":null}"#).await.expect(200).json();
    assert_eq!((&cleared["chain_id"], &cleared["chain_id_source"]), (&Value::Null, &"not_set".into()));

    let events = portal.get(admin, "/api/v1/audit").await.expect(200).json();
    let acts: Vec<&str> =
        events["items"].as_array().expect("rows").iter().filter_map(|row| row["action"].as_str()).collect();
    assert_eq!(acts.iter().filter(|act| **act == "dect_system.update").count(), 3, "{acts:?}");
}

#[tokio::test]
async fn a_chain_id_is_one_systems_unless_it_is_the_factorys() {
    let clinic = Clinic::open().await;
    let Clinic { portal, admin, .. } = &clinic;
    let party = portal.a;
    let make = async |name: &str, chain: &str| {
        let body = format!(r#"{{"party_id":"{party}","name":"{name}","chain_id":"{chain}"}}"#);
        portal.post(admin, "/api/v1/dect-systems", &body).await
    };
    let taken = make("Hall", " 048213 ").await;
    assert_eq!(taken.problem(), "409 chain_id_taken chain_id:chain_id_taken");
    let message = taken.json()["errors"][0]["message"].as_str().expect("a message").to_owned();
    assert_eq!(message, "Chain ID 48213 belongs to the system “Wards” of the same customer.");
    assert_eq!(make("Hall", "12345678901").await.problem(), "422 invalid chain_id:chain_id_malformed");
    assert_eq!(make("", "x").await.problem(), "422 invalid name:required chain_id:chain_id_malformed");
    for name in ["Hall", "Cellar"] {
        let made = make(name, "512").await.expect(201).json();
        assert_eq!(made["chain_id_is_factory_default"], true);
    }
    // The neighbour's numbers are the neighbour's affair.
    let b = portal.sign_in(portal.b, "bob", Role::Admin).await;
    let body = format!(r#"{{"party_id":"{}","name":"Theirs","chain_id":"48213"}}"#, portal.b);
    portal.post(&b, "/api/v1/dect-systems", &body).await.expect(201);
}

#[tokio::test]
async fn bases_come_and_go() {
    let clinic = Clinic::open().await;
    let Clinic { portal, admin, fleet, second } = &clinic;
    let shown = portal.get(admin, &clinic.system()).await.expect(200);
    assert_eq!(shown.header("etag"), "\"2\"");
    let system = shown.json();
    let bases = system["bases"].as_array().expect("bases");
    let told: Vec<(&str, bool)> = bases
        .iter()
        .map(|base| (base["device_id"].as_str().expect("id"), base["secondary"].as_bool().expect("flag")))
        .collect();
    assert_eq!(told, [(fleet.base.as_str(), false), (second.as_str(), true)]);
    assert_eq!(system["bases_total"], 2);

    // Without a line of its own it is no problem, and its words say why.
    let device = portal.get(admin, &format!("/api/v1/devices/{second}")).await.expect(200).json();
    assert_eq!(
        (&device["status_detail"], &device["dect_system"]["secondary"]),
        (&"no_line".into(), &true.into())
    );
    let problems = portal.get(admin, "/api/v1/devices?problem=1&kind=dect_base").await.expect(200).json();
    let listed: Vec<&Value> = problems["items"].as_array().expect("rows").iter().map(|d| &d["id"]).collect();
    assert_eq!(listed, [&Value::from(fleet.base.as_str())], "the one with a line that never registered");
    let request = Portal::request(admin, Method::GET, &format!("/devices/{second}"), "");
    let html = portal.send(request).await.expect(200).text;
    assert!(html.contains("of Wards: lines belong to the handsets"), "{html}");
    assert!(html.contains(">Secondary base<"), "{html}");

    let phone = clinic.base(&fleet.device);
    assert_eq!(
        portal.put(admin, &phone, "").await.problem(),
        "409 not_a_dect_base device_id:not_a_dect_base"
    );
    portal.put(admin, &clinic.base(second), "").await.expect(204);
    assert_eq!(portal.get(admin, &clinic.system()).await.header("etag"), "\"2\"", "it was in it already");
    let old = portal.request_if_match(admin, &clinic.system(), r#"{"name":"Late"}"#, "\"1\"").await;
    assert_eq!(old.problem(), "412 stale");

    portal.delete(admin, &clinic.base(second)).await.expect(204);
    assert_eq!(portal.delete(admin, &clinic.base(second)).await.problem(), "404 not_found");
    portal.delete(admin, &format!("/api/v1/devices/{}", fleet.base)).await.expect(204);
    let empty = portal.get(admin, &clinic.system()).await.expect(200).json();
    assert_eq!(
        (&empty["bases_total"], &empty["chain_id"]),
        (&0.into(), &CHAIN.into()),
        "it stays, as it was"
    );
    let none = portal.post(admin, &format!("{}/reboots", clinic.system()), "").await;
    assert_eq!(none.problem(), "409 dect_system_without_bases dect_system:dect_system_without_bases");
    portal.delete(admin, &clinic.system()).await.expect(204);
    assert_eq!(portal.get(admin, &clinic.system()).await.problem(), "404 not_found");
}

#[tokio::test]
async fn bases_of_two_customers_make_no_system() {
    let clinic = Clinic::open().await;
    let Clinic { portal, fleet, .. } = &clinic;
    let above = portal.sign_in(portal.provider, "max", Role::Manager).await;
    let theirs = portal.fleet(&above, portal.b, "001565000009").await;
    let base = add_base(portal, &above, &theirs.site, "000413000009").await;
    let refused = portal.put(&above, &clinic.base(&base), "").await;
    assert_eq!(
        refused.problem(),
        "409 dect_base_of_another_customer device_id:dect_base_of_another_customer"
    );
    let body =
        format!(r#"{{"party_id":"{}","name":"Both","device_ids":["{}","{base}"]}}"#, portal.a, fleet.base);
    let refused = portal.post(&above, "/api/v1/dect-systems", &body).await;
    assert_eq!(refused.problem(), "422 invalid device_ids:dect_base_of_another_customer");
}

#[tokio::test]
async fn a_reboot_of_bases_that_cannot_be_asked_is_over_at_once_and_says_so() {
    let clinic = Clinic::open().await;
    let Clinic { portal, admin, fleet, second } = &clinic;
    let begun = portal.post(admin, &format!("{}/reboots", clinic.system()), "").await.expect(202);
    let run = begun.json();
    assert_eq!(begun.header("location"), format!("/api/v1/dect-reboots/{}", begun.id()));
    assert_eq!((&run["state"], &run["stop_reason"]), (&"done".into(), &Value::Null));
    let states: Vec<(&str, &str)> = run["bases"]
        .as_array()
        .expect("bases")
        .iter()
        .map(|base| (base["device_id"].as_str().expect("id"), base["state"].as_str().expect("state")))
        .collect();
    // The one without a line comes first.
    assert_eq!(states, [(second.as_str(), "not_possible"), (fleet.base.as_str(), "not_possible")]);
    assert_eq!(run["requested_by"], "ada");

    // Switched off, it is refused as for one device.
    let features = r#"{"features":{"device_reboot":false}}"#;
    let above = portal.sign_in(portal.provider, "root", Role::Admin).await;
    portal.patch(&above, &format!("/api/v1/parties/{}", portal.a), features).await.expect(200);
    let off = portal.post(admin, &format!("{}/reboots", clinic.system()), "").await;
    assert_eq!(off.problem(), "403 feature_disabled");
}
