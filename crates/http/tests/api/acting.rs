//! Acting for a customer: what is seen, what is written down, how it ends.

use axum::http::{Method, header};
use serde_json::{Value, json};
use tonalite_core::portal_user::Role;
use tonalite_core::time::Span;

use crate::portal::{Answer, Fleet, Portal, Who};

const ACTING: &str = "/api/v1/session/acting";

struct Scene {
    portal: Portal,
    /// A manager of the provider.
    agent: Who,
    /// An administrator of the customer.
    alice: Who,
    a: Fleet,
    b: Fleet,
}

async fn scene() -> Scene {
    let portal = Portal::start().await;
    let agent = portal.sign_in(portal.provider, "marc.petit", Role::Manager).await;
    let alice = portal.sign_in(portal.a, "alice", Role::Admin).await;
    let bob = portal.sign_in(portal.b, "bob", Role::Admin).await;
    let a = portal.fleet(&alice, portal.a, "001565000001").await;
    let b = portal.fleet(&bob, portal.b, "001565000002").await;
    Scene { portal, agent, alice, a, b }
}

impl Scene {
    async fn act(&self) -> Answer {
        let body = json!({ "party_id": self.portal.a.to_string() }).to_string();
        self.portal.put(&self.agent, ACTING, &body).await
    }

    /// How many devices the agent sees.
    async fn seen(&self) -> Value {
        self.portal.get(&self.agent, "/api/v1/devices").await.expect(200).json()["total"].clone()
    }

    async fn page(&self, path: &str) -> String {
        let mut request = Portal::request(&self.agent, Method::GET, path, "");
        request.headers_mut().insert(header::ACCEPT, "text/html".parse().expect("a type"));
        self.portal.send(request).await.expect(200).text
    }
}

#[tokio::test]
async fn an_agent_sees_the_customer_and_nothing_else() {
    let scene = scene().await;
    let Scene { portal, agent, a, b, .. } = &scene;
    assert_eq!(scene.seen().await, 2);
    let acting = scene.act().await.expect(200).json();
    assert_eq!(acting["party_name"], "Customer A");
    assert_eq!(scene.seen().await, 1);
    assert_eq!(portal.get(agent, &format!("/api/v1/devices/{}", a.device)).await.status, 200);
    let foreign = portal.get(agent, &format!("/api/v1/devices/{}", b.device)).await;
    assert_eq!(foreign.problem(), "404 not_found");
    let me = portal.get(agent, "/api/v1/me").await.expect(200).json();
    assert_eq!(
        (&me["party"]["kind"], &me["acting"]["party_name"]),
        (&json!("provider"), &json!("Customer A"))
    );
    for path in ["/devices", "/line-states", "/help", &format!("/devices/{}", a.device)] {
        let page = scene.page(path).await;
        assert!(page.contains("You act for Customer A.") && page.contains("in 60 minutes"), "{path}");
    }
    portal.delete(agent, ACTING).await.expect(204);
    portal.delete(agent, ACTING).await.expect(204);
    assert_eq!(scene.seen().await, 2);
    assert!(!scene.page("/devices").await.contains("You act for"));
}

#[tokio::test]
async fn both_names_are_written_down() {
    let scene = scene().await;
    let Scene { portal, agent, alice, a, .. } = &scene;
    scene.act().await.expect(200);
    let path = format!("/api/v1/devices/{}", a.device);
    portal.patch(agent, &path, r#"{"name":"Accueil"}"#).await.expect(200);
    let page = scene.page(&format!("/devices/{}", a.device)).await;
    assert!(page.contains("by marc.petit of Provider One, acting for Customer A"), "{page}");
    portal.delete(agent, ACTING).await.expect(204);
    portal.patch(agent, &path, r#"{"name":"Standard"}"#).await.expect(200);
    assert!(scene.page(&format!("/devices/{}", a.device)).await.contains(">by marc.petit<"));
    let audit = portal.get(alice, "/api/v1/audit?limit=10").await.expect(200).json();
    let told: Vec<(&str, &str)> = audit["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter(|item| item["actor_name"] == "marc.petit")
        .map(|item| (item["action"].as_str().expect("a word"), item["result"].as_str().expect("a word")))
        .collect();
    let expected =
        [("device.update", "ok"), ("acting.end", "ok"), ("device.update", "ok"), ("acting.begin", "ok")];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn it_ends_by_itself_after_an_hour() {
    let scene = scene().await;
    scene.act().await.expect(200);
    for _ in 0..2 {
        scene.portal.advance(Span::from_mins(29));
        assert_eq!(scene.seen().await, 1);
    }
    scene.portal.advance(Span::from_mins(2));
    assert_eq!(scene.seen().await, 2);
    assert_eq!(scene.seen().await, 2);
    let again = scene.portal.sign_in(scene.portal.a, "anna", Role::Admin).await;
    let audit = scene.portal.get(&again, "/api/v1/audit?limit=20").await.expect(200).json();
    let items = audit["items"].as_array().expect("items");
    let ends: Vec<&Value> = items.iter().filter(|item| item["action"] == "acting.end").collect();
    assert_eq!(ends.len(), 1, "told once: {audit}");
    assert_eq!(ends[0]["detail"], json!({ "by_itself": true }));
}

#[tokio::test]
async fn who_may_act_and_for_whom() {
    let scene = scene().await;
    let Scene { portal, agent, alice, .. } = &scene;
    let for_party = |id: &str| json!({ "party_id": id }).to_string();
    let own = for_party(&portal.a.to_string());
    assert_eq!(portal.put(alice, ACTING, &own).await.problem(), "403 already_your_own");
    let provider = for_party(&portal.provider.to_string());
    assert_eq!(portal.put(agent, ACTING, &provider).await.problem(), "422 invalid party_id:not_a_customer");
    let token = portal.post(agent, "/api/v1/tokens", r#"{"name":"x"}"#).await.expect(201).json();
    let token = Who::Token(token["token"].as_str().expect("a token").to_owned());
    assert_eq!(portal.put(&token, ACTING, &own).await.problem(), "403 not_a_session");
    assert_eq!(portal.delete(&token, ACTING).await.problem(), "403 not_a_session");
    let other = portal.party("provider", "Provider Two", tonalite_core::id::PartyId::PLATFORM).await;
    let stranger = portal.sign_in(other.id, "sam", Role::Admin).await;
    let theirs = portal.put(&stranger, ACTING, &own).await;
    let absent = portal.put(&stranger, ACTING, &for_party("019b0000-0000-7000-8000-000000000000")).await;
    assert_eq!(theirs.problem(), "422 invalid party_id:not_found");
    assert_eq!(theirs.without_request_id(), absent.without_request_id());
}

#[tokio::test]
async fn an_administrator_of_the_provider_has_no_right_from_above_meanwhile() {
    let Scene { portal, .. } = scene().await;
    let paula = portal.sign_in(portal.provider, "paula", Role::Admin).await;
    let path = format!("/api/v1/parties/{}", portal.a);
    let off = r#"{"features":{"device_reboot":false}}"#;
    portal.put(&paula, ACTING, &json!({ "party_id": portal.a.to_string() }).to_string()).await.expect(200);
    assert_eq!(portal.patch(&paula, &path, off).await.problem(), "403 forbidden");
    let next = json!({ "party_id": portal.b.to_string() }).to_string();
    portal.put(&paula, ACTING, &next).await.expect(200);
    assert_eq!(portal.get(&paula, &path).await.problem(), "404 not_found", "now it is the other one");
    portal.delete(&paula, ACTING).await.expect(204);
    portal.patch(&paula, &path, off).await.expect(200);
}
