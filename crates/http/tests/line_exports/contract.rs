//! The sentences of the contract, one by one.

use tonalite_core::portal_user::Role;
use tonalite_core::time::Span;
use tonalite_testkit::Whose;

use crate::bench::{
    Asked, PATH, audited, customers, file, nothing_is_left, portal, refusal, rejected, seconds, support,
};

/// S1: two parallel exports in a session are delayed by 5 s.
#[tokio::test]
async fn s1_the_second_parallel_export_of_a_session_is_delayed_by_five_seconds() {
    let portal = portal().await;
    let someone = support(&portal, Whose::A).await;
    let [lyon, paris] = portal.tree.a.sites.each_ref().map(|site| format!("{PATH}?site_id={}", site.id));
    portal.runs.hold();
    let first = Asked::send(&portal, &someone, &lyon).await;
    portal.advance_exports(seconds(1));
    let second = Asked::send(&portal, &someone, &paris).await;
    // A third is refused: else sessions would queue without a bound.
    assert_eq!(refusal(&someone.get(PATH).await), rejected("export_parallel", 5));
    portal.runs.are_held(1).await;
    portal.runs.let_go();
    assert!(first.file().await.contains("Lyon"));
    portal.advance_exports(Span(4_999));
    assert_eq!((portal.app.export_load().open, portal.runs.begun()), (1, 1), "still delayed");
    portal.advance_exports(Span(1));
    assert!(second.file().await.contains("Paris"));
    assert_eq!(portal.runs.begun(), 2);
}

/// S1: a double click makes one run, and both get it.
#[tokio::test]
async fn s1_a_double_click_is_one_run() {
    let portal = portal().await;
    let someone = support(&portal, Whose::A).await;
    portal.runs.hold();
    let first = Asked::send(&portal, &someone, PATH).await;
    portal.advance_exports(Span(200));
    let second = Asked::send(&portal, &someone, PATH).await;
    portal.advance_exports(Span(1_800));
    portal.runs.let_go();
    let first = first.file().await;
    portal.advance_exports(Span(3_200));
    let second = second.answer().await;
    assert_eq!((second.header("age"), file(&second)), ("5", first));
    assert_eq!(portal.runs.begun(), 1);
}

/// S2: during the rate-limit period only one request is allowed per session …
#[tokio::test]
async fn s2_one_export_in_the_period_for_a_session() {
    let portal = portal().await;
    let provider = support(&portal, Whose::Provider).await;
    let [a, b] = [&portal.tree.a, &portal.tree.b].map(|c| format!("{PATH}?party_id={}", c.party.id));
    file(&provider.get(&a).await);
    portal.advance_exports(seconds(3));
    assert_eq!(refusal(&provider.get(&b).await), rejected("export_window", 2));
    assert_eq!(refusal(&provider.get(&a).await), rejected("export_window", 2), "nor the same again");
    portal.advance_exports(seconds(2));
    file(&provider.get(&b).await);
}

/// S2: … or for the customer.
#[tokio::test]
async fn s2_one_export_in_the_period_for_a_customer() {
    let portal = portal().await;
    let (one, other) = (support(&portal, Whose::A).await, support(&portal, Whose::A).await);
    let [lyon, paris] = portal.tree.a.sites.each_ref().map(|site| format!("{PATH}?site_id={}", site.id));
    file(&one.get(&lyon).await);
    portal.advance_exports(Span(3_200));
    assert_eq!(refusal(&other.get(&paris).await), rejected("export_window", 2), "rounded up");
    portal.advance_exports(Span(1_800));
    file(&other.get(&paris).await);
}

/// S3: two different users asking for the same customer and site in the same period: the first runs, the second gets cached
/// data.
#[tokio::test]
async fn s3_the_second_user_gets_what_the_first_one_made() {
    let portal = portal().await;
    let one = portal.with_token(Whose::A, Role::Support).await;
    let other = portal.with_token(Whose::A, Role::Manager).await;
    let first = one.get(PATH).await;
    assert!(first.headers.get("age").is_none(), "it is not from a cache");
    let first = file(&first);
    portal.advance_exports(seconds(3));
    portal.add_device(&portal.tree.a.sites[0], "yealink-t54w", Some("001565000099")).await;
    let second = other.get(PATH).await;
    assert_eq!((second.header("age"), file(&second)), ("3", first.clone()));
    assert_eq!(portal.runs.begun(), 1);
    portal.advance_exports(seconds(2));
    let later = other.get(PATH).await;
    assert!(later.headers.get("age").is_none());
    assert_ne!(file(&later), first, "after the period it is made anew");
    let log: Vec<_> = audited(&portal, "line_states.export").await;
    let runs: Vec<_> = log.iter().map(|(result, detail)| (result.as_str(), &detail["run"])).collect();
    assert_eq!(runs.len(), 3);
    assert!(
        runs.iter()
            .zip(["own", "cached", "own"])
            .all(|((result, run), expected)| { *result == "ok" && **run == serde_json::json!(expected) })
    );
}

/// S3, while the first still runs: one run, each in their own language.
#[tokio::test]
async fn s3_an_english_provider_and_a_french_operator_share_a_run() {
    let portal = portal().await;
    let (provider, operator) =
        (support(&portal, Whose::Provider).await, support(&portal, Whose::Operator).await);
    let of =
        |lang: &str| format!("{PATH}?party_id={}&lang={lang}&columns=site,state", portal.tree.a.party.id);
    portal.runs.hold();
    let english = Asked::send(&portal, &provider, &of("en")).await;
    portal.advance_exports(seconds(1));
    let french = Asked::send(&portal, &operator, &of("fr")).await;
    portal.runs.let_go();
    assert_eq!(
        english.file().await,
        "Site,State\r\n\"Lyon\",\"unregistered\"\r\n\"Paris\",\"unregistered\"\r\n"
    );
    let french = french.answer().await;
    assert!(french.headers.get("age").is_none(), "it waited for it");
    assert_eq!(file(&french), "Site,État\r\n\"Lyon\",\"non enregistré\"\r\n\"Paris\",\"non enregistré\"\r\n");
    assert_eq!(portal.runs.begun(), 1);
}

/// S4: at most three in parallel globally, ten that arrive together are queued, the rest are rejected.
#[tokio::test]
async fn s4_three_run_ten_wait_the_rest_is_rejected() {
    let portal = portal().await;
    portal.runs.hold();
    let mut asked = Vec::new();
    for path in customers(&portal, 13).await {
        asked.push(Asked::send(&portal, &support(&portal, Whose::Provider).await, &path).await);
    }
    let load = portal.app.export_load();
    assert_eq!((load.running, load.queued), (3, 10));
    portal.runs.are_held(3).await;
    let late = support(&portal, Whose::A).await;
    assert_eq!(refusal(&late.get(PATH).await), rejected("export_queue_full", 5));
    portal.runs.let_go();
    for asked in asked {
        asked.file().await;
    }
    assert_eq!(portal.runs.begun(), 13);
    file(&late.get(PATH).await);
}

/// E1: 408, the request stayed in the queue. It leaves no window.
#[tokio::test]
async fn e1_who_waited_in_the_queue_for_too_long_is_told_408() {
    let portal = portal().await;
    portal.runs.hold();
    let paths = customers(&portal, 4).await;
    let mut asked = Vec::new();
    for path in &paths {
        asked.push(Asked::send(&portal, &support(&portal, Whose::Provider).await, path).await);
    }
    portal.advance_exports(seconds(30));
    let waited = asked.pop().unwrap().answer().await;
    assert_eq!(refusal(&waited), (408, "export_timed_out".into(), None));
    assert_eq!(waited.header("connection"), "close");
    let again = Asked::send(&portal, &support(&portal, Whose::Provider).await, &paths[3]).await;
    assert_eq!(portal.app.export_load().queued, 1, "its customer may ask again at once");
    portal.runs.let_go();
    again.file().await;
    for asked in asked {
        asked.file().await;
    }
    nothing_is_left(&portal).await;
}

/// E2: 500, the export failed on the server: for everybody who waited for it, and nothing of it is kept.
#[tokio::test]
async fn e2_a_failure_is_an_honest_500_for_all() {
    let portal = portal().await;
    let (one, other) = (support(&portal, Whose::A).await, support(&portal, Whose::A).await);
    portal.runs.hold();
    let first = Asked::send(&portal, &one, PATH).await;
    let second = Asked::send(&portal, &other, PATH).await;
    portal.runs.are_held(1).await;
    portal.runs.fail();
    for asked in [first, second] {
        let answer = asked.answer().await;
        assert_eq!(refusal(&answer), (500, "internal".into(), None));
        assert_eq!(answer.json()["request_id"], answer.header("x-request-id"));
        assert!(!answer.text().contains("space"), "the cause is for the log: {}", answer.text());
    }
    nothing_is_left(&portal).await;
    assert_eq!(refusal(&other.get(PATH).await), rejected("export_window", 5), "a failure uses up the window");
    portal.runs.let_go();
    portal.advance_exports(seconds(5));
    file(&other.get(PATH).await);
    let results: Vec<_> =
        audited(&portal, "line_states.export").await.into_iter().map(|(result, _)| result).collect();
    assert_eq!(results, ["ok", "export_window", "internal", "internal"]);
}
