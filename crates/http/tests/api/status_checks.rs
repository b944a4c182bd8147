//! The active check over the API: what is known, and what the phone answered.

use tonalite_app::PhoneCommand;
use tonalite_core::contact_request::ContactAnswer;
use tonalite_core::portal_user::Role;
use tonalite_core::time::Span;

use crate::reboots::phone;

#[tokio::test]
async fn a_phone_that_answers_and_one_that_does_not() {
    let (portal, support, fleet) = phone().await;
    portal.register(&fleet).await;
    let path = format!("/api/v1/devices/{}/status-checks", fleet.device);
    let mut phones = portal.app.phones().attach();
    let reason = "OK".to_owned();
    let answers = [
        ("answered", ContactAnswer::Answered { code: 200, reason, after: Span(23), authenticated: false }),
        ("no_answer", ContactAnswer::NoAnswer),
        ("no_path", ContactAnswer::NoPath),
        ("busy", ContactAnswer::Busy),
    ];
    for (outcome, answer) in answers {
        let answers = async {
            let Some(PhoneCommand::Request(_, tell)) = phones.recv().await else { panic!("no request") };
            tell.send(answer.clone()).expect("waits");
        };
        let (check, ()) = tokio::join!(portal.post(&support, &path, ""), answers);
        let check = check.expect(200);
        let json = check.json();
        assert_eq!(json["lines"][0]["contacts"][0]["answer"]["outcome"], outcome);
        assert_eq!(json["lines"][0]["state"], "registered", "silent, and registered all the same");
        if outcome == "answered" {
            // Made by chance.
            let username = json["lines"][0]["sip"]["username"].as_str().expect("a name").to_owned();
            insta::assert_snapshot!("status_check", check.snapshot().replace(&username, "<username>"));
        }
    }
}

#[tokio::test]
async fn how_long_to_wait() {
    let (portal, support, fleet) = phone().await;
    let path = |wait: &str| format!("/api/v1/devices/{}/status-checks?wait={wait}", fleet.device);
    for wait in ["0", "10"] {
        let check = portal.post(&support, &path(wait), "").await.expect(200).json();
        assert_eq!(check["lines"][0]["contacts"], serde_json::json!([]));
        assert_eq!(check["diagnosis"], serde_json::json!([]));
    }
    for wait in ["11", "-1", "4.5", "x"] {
        let refused = portal.post(&support, &path(wait), "").await;
        assert_eq!(refused.problem(), "422 invalid wait:wait_out_of_range", "{wait}");
    }
    let viewer = portal.sign_in(portal.a, "vera", Role::Viewer).await;
    assert_eq!(portal.post(&viewer, &path("0"), "").await.problem(), "403 forbidden");
}
