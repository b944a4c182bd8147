//! A phone whose words are an attack: it registers like any other, and its words stay words.

use std::time::Duration;

use serde_json::json;
use tonalite_phones::{Fleet, FleetOptions, PhoneConfig};

use crate::api::Api;
use crate::installation::{Installation, PASSWORD};

const LIMIT: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_hostile_phone_registers_and_its_words_stay_words() {
    let installation = Installation::new();
    let token = installation.token("admin", "platform", "admin");
    let server = installation.serve();
    let api = server.api(&token);
    let line = api.make_line(&api.make_site(None), 1);
    let phone = PhoneConfig::hostile(&line.username, &line.domain, &line.password, server.sip);
    let sent = phone.user_agent.clone();
    let fleet = Fleet::start(vec![phone], &FleetOptions::default()).await.unwrap();
    assert!(fleet.wait_until(LIMIT, |stats| stats.registered == 1).await, "{:?}", fleet.stats());

    let (_, status) = api.look_at(&line.device);
    let told = status.to_string();
    // The mark that turns text round is nothing that one could see.
    let shown = |c: char| if c.is_control() || tonalite_core::name::is_invisible(c) { ' ' } else { c };
    let shown: String = sent.chars().map(shown).collect();
    assert!(told.contains(&serde_json::to_string(&shown).unwrap()), "{told}");

    let session = Api::with_cookie(server.http, "")
        .post("/api/v1/session", &json!({"username": "admin", "password": PASSWORD}));
    let cookie = session.header("set-cookie").unwrap().split(';').next().unwrap();
    let page = Api::with_cookie(server.http, cookie).get(&format!("/devices/{}", line.device));
    assert_eq!(page.status, 200);
    assert!(page.body.contains("alert(1)"), "the page does not show what the phone calls itself");
    for broken in ["<script>alert(1)", "<img src=x", "'\"></script>", "\u{1b}", "\u{7f}"] {
        assert!(!page.body.contains(broken), "{broken:?} is on the page");
    }
    fleet.shutdown(true).await;
    server.stop();
}
