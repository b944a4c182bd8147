//! The page of one device, and the same in the API: what its phone says of itself.

use axum::http::header;
use tonalite_core::portal_user::Role;
use tonalite_testkit::{TestPortal, Whose, register_contact};

#[tokio::test]
async fn a_device_shows_the_firmware_that_its_phone_names() {
    let portal = TestPortal::start().await;
    let site = portal.tree.a.sites[0].clone();
    let device = portal.add_device(&site, "yealink-t54w", Some("00:15:65:ab:cd:ef")).await;
    let user = portal.add_user(&site, "Anne Leroy", "1001").await;
    portal.assign_line(&device, 1, &user).await;
    let viewer = portal.signed_in(Whose::A, Role::Viewer).await;
    let api = format!("/api/v1/devices/{}", device.id);
    let page = async |language: &str| {
        let browser = viewer.with(header::ACCEPT, "text/html").with(header::ACCEPT_LANGUAGE, language);
        browser.get(&format!("/devices/{}", device.id)).await.text()
    };
    let json = viewer.get(&api).await.json();
    assert!(json.as_object().is_some_and(|fields| fields.contains_key("firmware")), "{json}");
    assert_eq!(json["firmware"], serde_json::Value::Null);
    assert!(!page("en").await.contains("Firmware"), "nothing is known");

    register_contact(&portal.app, device.id, 1, "call", portal.now()).await;
    assert_eq!(viewer.get(&api).await.json()["firmware"], "96.86.0.100");
    for (language, label) in [("en", "Firmware"), ("fr", "Micrologiciel")] {
        let text = page(language).await;
        assert!(text.contains(&format!("<dt>{label}</dt><dd>96.86.0.100</dd>")), "{text}");
    }
}
