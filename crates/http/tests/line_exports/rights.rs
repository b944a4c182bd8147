//! Who may export what, and which rows.

use axum::http::StatusCode;
use tonalite_app::DectSystemChange;
use tonalite_core::access::Actor;
use tonalite_core::portal_user::Role;
use tonalite_testkit::Whose;

use crate::bench::{PATH, audited, file, portal, refusal, seconds, support, switch};

#[tokio::test]
async fn it_is_off_until_a_party_above_switches_it_on() {
    let portal = portal().await;
    let someone = support(&portal, Whose::A).await;
    switch(&portal, None).await;
    for answer in
        [someone.get(PATH).await, someone.post("/api/v1/exports/line-states", serde_json::json!({})).await]
    {
        assert_eq!(refusal(&answer), (403, "feature_disabled".into(), None));
    }
    switch(&portal, Some(true)).await;
    file(&someone.get(PATH).await);
    let results: Vec<_> =
        audited(&portal, "line_states.export").await.into_iter().map(|(result, _)| result).collect();
    assert_eq!(results, ["ok", "feature_disabled", "feature_disabled"]);
}

#[tokio::test]
async fn it_is_a_right_of_support() {
    let portal = portal().await;
    let viewer = portal.with_token(Whose::A, Role::Viewer).await;
    assert_eq!(refusal(&viewer.get(PATH).await), (403, "forbidden".into(), None));
    assert_eq!(audited(&portal, "line_states.export").await[0].0, "forbidden");
    assert_eq!(portal.app.export_load().open, 0, "it counts for nothing");
    file(&support(&portal, Whose::A).await.get(PATH).await);
}

#[tokio::test]
async fn it_is_of_one_customer() {
    let portal = portal().await;
    let provider = support(&portal, Whose::Provider).await;
    let [a, b] = [&portal.tree.a, &portal.tree.b];
    let operator = &portal.tree.operator;
    for path in [PATH.to_owned(), format!("{PATH}?party_id={}", operator.id)] {
        let answer = provider.get(&path).await;
        assert_eq!(refusal(&answer), (422, "invalid".into(), None));
        assert_eq!(answer.json()["errors"][0]["code"], "customer_needed");
        assert_eq!(answer.json()["errors"][0]["field"], "party_id");
    }
    let of = |party: &str, site: &str| format!("{PATH}?party_id={party}&site_id={site}");
    let (of_a, of_b) = (a.party.id.to_string(), b.party.id.to_string());
    let mixed = provider.get(&of(&of_a, &b.sites[0].id.to_string())).await;
    assert_eq!(mixed.status, StatusCode::NOT_FOUND);
    let text = file(&provider.get(&of(&of_b, &b.sites[0].id.to_string())).await);
    assert!(text.contains("Berlin") && !text.contains("Wien") && !text.contains("Lyon"), "{text}");
    // A customer's own people may leave it out; somebody else's customer is none.
    let theirs = support(&portal, Whose::A).await.get(&format!("{PATH}?party_id={of_b}")).await;
    assert_eq!(theirs.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_filter_of_the_page_applies_and_all_sites_is_allowed() {
    let portal = portal().await;
    let someone = support(&portal, Whose::A).await;
    let site = portal.tree.a.sites[1].id;
    for (query, rows) in [
        ("", &["Lyon", "Paris"][..]),
        (&format!("site_id={site}"), &["Paris"]),
        ("state=registered", &[]),
        ("state=unregistered", &["Lyon", "Paris"]),
        ("q=anne", &["Lyon"]),
        ("kind=dect_base", &[]),
        ("device_type_id=yealink-t54w&q=paris", &["Paris"]),
    ] {
        let text = file(&someone.get(&format!("{PATH}?columns=site&{query}")).await);
        let told: Vec<_> = text.lines().skip(1).map(|line| line.trim_matches('"').to_owned()).collect();
        assert_eq!(told, rows, "{query}");
        portal.advance_exports(seconds(10));
    }
    let wrong = someone.get(&format!("{PATH}?state=on")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(portal.app.export_load().open, 0);
}

#[tokio::test]
async fn nobody_gets_a_column_that_is_not_theirs() {
    let portal = portal().await;
    let someone = support(&portal, Whose::A).await;
    let heading = file(&someone.get(PATH).await).lines().next().unwrap().to_owned();
    assert!(!heading.contains("dect_chain_id"), "{heading}");
    assert!(heading.starts_with("customer,site,mac,device_name,device_type,port"), "{heading}");
}

#[tokio::test]
async fn one_run_is_shared_and_only_who_may_see_chain_ids_gets_them() {
    let portal = portal().await;
    let system = Actor::system();
    let base = portal.add_device(&portal.tree.a.sites[0], "yealink-w70b", Some("001565770001")).await;
    let customer = system.manage(portal.tree.a.party.clone()).unwrap();
    let typed = DectSystemChange { name: Some("Hall".into()), chain_id: Some("4711".into()) };
    let bases = vec![system.manage(base).unwrap()];
    portal.app.create_dect_system(&system, customer, typed, bases, portal.now()).await.unwrap();
    let manager = portal.with_token(Whose::A, Role::Manager).await;
    let admin = portal.with_token(Whose::A, Role::Admin).await;

    let of_manager = manager.get(PATH).await;
    let of_admin = admin.get(PATH).await;
    assert!(of_admin.headers.contains_key("age"), "it is of the same run");
    let (of_manager, of_admin) = (file(&of_manager), file(&of_admin));
    assert!(!of_manager.contains("dect_chain_id") && !of_manager.contains("4711"), "{of_manager}");
    assert!(of_admin.contains("dect_chain_id") && of_admin.contains("4711"), "{of_admin}");

    let list = "/api/v1/line-states?kind=dect_base";
    assert!(manager.get(list).await.json()["items"][0].get("dect_chain_id").is_none());
    assert_eq!(admin.get(list).await.json()["items"][0]["dect_chain_id"], "4711");
    let others = admin.get("/api/v1/line-states?kind=desk").await.json();
    assert_eq!(others["items"][0].get("dect_chain_id"), Some(&serde_json::Value::Null));
}
