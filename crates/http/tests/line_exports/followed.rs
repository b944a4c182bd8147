//! The export that is asked for at once and followed: its states, its file, its life, who sees it.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tonalite_core::portal_user::Role;
use tonalite_core::time::Span;
use tonalite_testkit::{Answer, TestPortal, Visitor, Whose, eventually};

use crate::bench::{Asked, PATH, audited, customers, file, portal, refusal, rejected, seconds, support};

const BEGIN: &str = "/api/v1/exports/line-states";

/// Begins one; gives its address.
async fn begin(who: &Visitor, query: &str, body: Value) -> String {
    let answer = who.post(&format!("{BEGIN}?{query}"), body).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text());
    let address = answer.header("location").to_owned();
    assert_eq!(address, format!("/api/v1/exports/{}", answer.json()["id"].as_str().unwrap()));
    address
}

/// Looks at it until it is in that state.
async fn until(who: &Visitor, address: &str, state: &str) -> Answer {
    eventually(state, async || {
        let answer = who.get(address).await;
        (answer.json()["state"] == state).then_some(answer)
    })
    .await
}

#[tokio::test]
async fn it_is_followed_to_its_file_which_is_kept_for_five_minutes() {
    let portal = portal().await;
    let someone = support(&portal, Whose::A).await;
    portal.runs.hold();
    let address = begin(&someone, "columns=site&lang=fr", json!({ "sep": ";" })).await;
    let running = until(&someone, &address, "running").await;
    assert_eq!(running.header("retry-after"), "1");
    for field in ["place", "file", "status", "code", "expires_at"] {
        assert_eq!(running.json()[field], Value::Null, "{field}");
    }
    let early = someone.get(&format!("{address}/file")).await;
    assert_eq!(refusal(&early), (409, "export_not_ready".into(), None));
    portal.runs.let_go();
    let ready = until(&someone, &address, "ready").await;
    assert!(ready.headers.get("retry-after").is_none());
    let told = ready.json();
    assert_eq!((&told["status"], &told["rows"], &told["shared"]), (&json!(200), &json!(2), &json!(false)));
    let link = told["file"].as_str().unwrap().to_owned();
    for _ in 0..2 {
        let answer = someone.get(&link).await;
        assert_eq!(file(&answer), "Site\r\n\"Lyon\"\r\n\"Paris\"\r\n", "as often as it is wanted");
        assert!(answer.header("content-disposition").contains("tonalite-lignes-customer-a-tous-2026"));
    }
    portal.advance_exports(Span(299_999));
    assert_eq!(someone.get(&link).await.status, StatusCode::OK);
    portal.advance_exports(Span(1));
    assert_eq!(someone.get(&link).await.status, StatusCode::NOT_FOUND);
    assert_eq!(someone.get(&address).await.status, StatusCode::NOT_FOUND);
    assert_eq!(audited(&portal, "line_states.fetch").await.len(), 3);
    let log = audited(&portal, "line_states.export").await;
    assert_eq!((log.len(), log[0].0.as_str()), (1, "ok"));
}

#[tokio::test]
async fn it_passes_the_same_gate() {
    let portal = portal().await;
    let someone = support(&portal, Whose::A).await;
    let [lyon, paris] = portal.tree.a.sites.each_ref().map(|site| format!("site_id={}", site.id));
    portal.runs.hold();
    let waited = Asked::send(&portal, &someone, &format!("{PATH}?{lyon}")).await;
    portal.advance_exports(seconds(1));
    let address = begin(&someone, &paris, json!({})).await;
    let delayed = someone.with(axum::http::header::ACCEPT_LANGUAGE, "fr").get(&address).await.json();
    assert_eq!((&delayed["state"], &delayed["seconds_left"]), (&json!("delayed"), &json!(5)));
    assert_eq!(
        delayed["detail"],
        "Une autre de vos exportations est en cours\u{a0}: celle-ci reprend dans 5 secondes."
    );
    assert_eq!(refusal(&someone.post(BEGIN, json!({})).await), rejected("export_parallel", 5));
    portal.runs.let_go();
    waited.file().await;
    portal.advance_exports(seconds(5));
    let ready = until(&someone, &address, "ready").await.json();
    assert!(file(&someone.get(ready["file"].as_str().unwrap()).await).contains("Paris"));
    assert_eq!(refusal(&someone.post(BEGIN, json!({})).await), rejected("export_window", 5));
}

#[tokio::test]
async fn a_delayed_one_may_be_refused_later() {
    let portal = portal().await;
    let (one, other) = (support(&portal, Whose::A).await, support(&portal, Whose::A).await);
    let [lyon, paris] = portal.tree.a.sites.each_ref().map(|site| format!("site_id={}", site.id));
    portal.runs.hold();
    let first = Asked::send(&portal, &one, &format!("{PATH}?{lyon}")).await;
    portal.advance_exports(seconds(1));
    let address = begin(&one, &paris, json!({})).await;
    portal.runs.let_go();
    first.file().await;
    portal.advance_exports(Span(4_500));
    file(&other.get(PATH).await);
    portal.advance_exports(Span(500));
    let rejected = until(&one, &address, "rejected").await;
    assert_eq!(rejected.header("retry-after"), "5");
    let told = rejected.json();
    assert_eq!((&told["status"], &told["code"]), (&json!(429), &json!("export_window")));
    assert_eq!(told["retry_after"], 5);
    portal.advance_exports(seconds(2));
    assert_eq!(one.get(&address).await.json()["retry_after"], 3, "it counts down");
}

#[tokio::test]
async fn the_queue_tells_its_places_and_gives_up() {
    let portal = portal().await;
    portal.runs.hold();
    let mut running = Vec::new();
    let paths = customers(&portal, 6).await;
    for path in &paths[..3] {
        running.push(Asked::send(&portal, &support(&portal, Whose::Provider).await, path).await);
    }
    let mut waiting = Vec::new();
    for path in &paths[3..] {
        let query = path.split_once('?').unwrap().1;
        let someone = support(&portal, Whose::Provider).await;
        waiting.push((begin(&someone, query, json!({})).await, someone));
    }
    for (n, (address, someone)) in waiting.iter().enumerate() {
        let told = someone.get(address).await.json();
        assert_eq!((&told["state"], &told["place"]), (&json!("queued"), &json!(n + 1)));
        assert_eq!(told["seconds_left"], 30);
    }
    let (address, someone) = &waiting[2];
    assert_eq!(someone.get(address).await.json()["detail"], "Third in the queue.");
    running.remove(0).0.abort();
    eventually("everybody moves up", async || {
        (someone.get(address).await.json()["place"] == 2).then_some(())
    })
    .await;
    portal.advance_exports(seconds(30));
    let told = until(someone, address, "timed_out").await.json();
    assert_eq!((&told["status"], &told["code"]), (&json!(408), &json!("export_timed_out")));
}

#[tokio::test]
async fn a_failure_has_a_number_for_the_log_and_nothing_else() {
    let portal = portal().await;
    let someone = support(&portal, Whose::A).await;
    portal.runs.fail();
    let address = begin(&someone, "", json!({})).await;
    let failed = until(&someone, &address, "failed").await;
    let told = failed.json();
    assert_eq!((&told["status"], &told["code"]), (&json!(500), &json!("internal")));
    assert_eq!(told["failure_id"].as_str().unwrap().len(), 36);
    assert!(!failed.text().contains("space"), "{}", failed.text());
    assert_eq!(someone.get(&format!("{address}/file")).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn who_began_a_shared_run_is_named_only_to_the_parties_above() {
    let portal = portal().await;
    let query = format!("party_id={}", portal.tree.a.party.id);
    portal.runs.hold();
    let first =
        Asked::send(&portal, &support(&portal, Whose::Operator).await, &format!("{PATH}?{query}")).await;
    portal.runs.are_held(1).await;
    portal.advance_exports(seconds(3));
    for (whose, role, named) in [
        (Whose::Provider, Role::Support, json!("operator-support")),
        (Whose::Operator, Role::Manager, Value::Null),
        (Whose::A, Role::Support, Value::Null),
    ] {
        let someone = portal.with_token(whose, role).await;
        let address = begin(&someone, &query, json!({})).await;
        let told = until(&someone, &address, "running").await.json();
        assert_eq!((&told["shared"], &told["age"], &told["shared_with"]), (&json!(true), &json!(3), &named));
        let detail = told["detail"].as_str().unwrap();
        assert!(detail.contains("Shared with an export of 3 seconds ago"), "{detail}");
        assert_eq!(detail.contains("operator-support"), !named.is_null(), "{detail}");
    }
    portal.runs.let_go();
    first.file().await;
    assert_eq!(portal.runs.begun(), 1);
}

async fn is_absent(who: &Visitor, address: &str) -> bool {
    let (one, file) = (who.get(address).await, who.get(&format!("{address}/file")).await);
    one.status == StatusCode::NOT_FOUND && file.status == StatusCode::NOT_FOUND
}

#[tokio::test]
async fn nobody_else_sees_it_and_there_are_eight_of_one_person() {
    let portal: TestPortal = portal().await;
    let someone = support(&portal, Whose::A).await;
    let address = begin(&someone, "", json!({})).await;
    until(&someone, &address, "ready").await;
    for (whose, role) in [
        (Whose::A, Role::Admin),
        (Whose::Provider, Role::Admin),
        (Whose::Platform, Role::Admin),
        (Whose::B, Role::Admin),
    ] {
        assert!(is_absent(&portal.with_token(whose, role).await, &address).await, "{whose:?}");
    }
    let own = support(&portal, Whose::A).await;
    assert!(!is_absent(&own, &address).await, "another session of the same person");
    let mut later = Vec::new();
    for _ in 0..8 {
        portal.advance_exports(seconds(5));
        later.push(begin(&someone, "", json!({})).await);
        until(&someone, later.last().unwrap(), "ready").await;
    }
    assert!(is_absent(&someone, &address).await, "the oldest makes room");
    assert!(!is_absent(&someone, &later[0]).await);
}

#[tokio::test]
async fn parameters_may_stand_in_the_body_and_are_checked_there() {
    let portal = portal().await;
    let provider = support(&portal, Whose::Provider).await;
    let party = portal.tree.a.party.id.to_string();
    let absent = "019b0000-0000-7000-8000-000000000000";
    for (body, wrong) in [
        (json!({ "party_id": absent }), "party_id:not_found"),
        (json!({ "party_id": party, "site_id": absent }), "site_id:not_found"),
        (json!({ "party_id": party, "site_id": portal.tree.b.sites[0].id.to_string() }), "site_id:not_found"),
        (json!({ "party_id": party, "device_type_id": "x" }), "device_type_id:not_found"),
        (json!({ "party_id": party, "state": "on" }), "state:unknown_value"),
        (json!({ "party_id": party, "expand": "all" }), "expand:unknown_value"),
        (json!({}), "party_id:customer_needed"),
    ] {
        let answer = provider.post(BEGIN, body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text());
        let error = &answer.json()["errors"][0];
        assert_eq!(
            format!("{}:{}", error["field"].as_str().unwrap(), error["code"].as_str().unwrap()),
            wrong
        );
    }
    let address = begin(&provider, "columns=mac", json!({ "party_id": party, "columns": "site" })).await;
    until(&provider, &address, "ready").await;
    assert!(file(&provider.get(&format!("{address}/file")).await).starts_with("site\r\n"));
}
