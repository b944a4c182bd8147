//! What the log holds at its most talkative: the request's number, and none of the secrets that passed by.

use axum::body::Body;
use axum::http::{Method, header};
use serde_json::json;
use tonalite_core::portal_user::Role;
use tonalite_testkit::{KeptLog, PASSWORD, TestPortal, Whose};

#[tokio::test]
async fn the_log_finds_a_request_and_holds_no_secret() {
    let kept = KeptLog::begin();
    let portal = TestPortal::start().await;
    let site = &portal.tree.a.sites[0];
    let device = portal.add_device(site, "yealink-t54w", Some("001565000001")).await;
    let user = portal.add_user(site, "Camille Roux", "100").await;
    portal.assign_line(&device, 1, &user).await;
    let who = portal.signed_in(Whose::A, Role::Admin).await;

    let wrong = json!({ "username": "a-admin", "password": "canary-password" });
    let refused = portal.anonymous().post("/api/v1/session", wrong).await;
    assert_eq!(refused.status, 401);
    let request_id = refused.header("x-request-id").to_owned();
    let stranger = portal.anonymous().with(header::AUTHORIZATION, "Bearer canary-token");
    assert_eq!(stranger.get("/api/v1/me").await.status, 401);
    let stranger = portal.anonymous().with(header::COOKIE, "tonalite=canary-cookie");
    assert_eq!(stranger.get("/api/v1/me").await.status, 401);
    assert_eq!(who.get("/api/v1/devices?q=canary-query").await.status, 200);
    let body = Body::from(r#"{"name": canary-body"#);
    assert_eq!(who.send(Method::POST, "/api/v1/sites", Some("application/json"), body).await.status, 400);

    let token = who.post("/api/v1/tokens", json!({ "name": "Script" })).await.json();
    let token = token["token"].as_str().expect("a token").to_owned();
    let program = portal.anonymous().with(header::AUTHORIZATION, &format!("Bearer {token}"));
    assert_eq!(program.get("/api/v1/me").await.status, 200);
    let path = format!("/api/v1/devices/{}/lines/1/credentials", device.id);
    let credentials = who.post(&path, json!({})).await.json();
    let sip_password = credentials["password"].as_str().expect("a password").to_owned();

    portal.app.shutdown().await;
    let fault = who.get("/api/v1/me").await;
    assert!(fault.status.is_server_error(), "{}", fault.status);

    let log = kept.text();
    let found = log.lines().filter(|line| line.contains(&request_id)).count();
    assert!(found > 0, "the refused request is in the log");
    assert!(log.contains("answered a request") && log.contains("/api/v1/session"), "{log:.2000}");
    let canaries = ["canary-password", "canary-token", "canary-cookie", "canary-query", "canary-body"];
    for secret in canaries.into_iter().chain([PASSWORD, &token, &sip_password]) {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "a secret is logged");
    }
}
