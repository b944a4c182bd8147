//! Ends before the end: who hangs up, a run that takes too long, a spool that is full.

use tonalite_app::ExportSettings;
use tonalite_testkit::{Whose, eventually};

use crate::bench::{
    Asked, PATH, audited, customers, file, nothing_is_left, portal, portal_with, refusal, rejected, seconds,
    support,
};

#[tokio::test]
async fn hanging_up_stops_the_run_and_frees_its_place_but_not_the_window() {
    let portal = portal().await;
    let someone = support(&portal, Whose::A).await;
    portal.runs.hold();
    let asked = Asked::send(&portal, &someone, PATH).await;
    portal.runs.are_held(1).await;
    asked.0.abort();
    portal.runs.are_held(0).await;
    nothing_is_left(&portal).await;
    assert_eq!(refusal(&someone.get(PATH).await), rejected("export_window", 5));
    let hung_up = eventually("the hang-up is written down", async || {
        let log = audited(&portal, "line_states.export").await;
        log.into_iter().find(|(result, _)| result == "client_gone")
    });
    assert_eq!(hung_up.await.1["rows"], serde_json::Value::Null);
}

#[tokio::test]
async fn the_next_in_the_queue_takes_the_place_of_who_hung_up() {
    let portal = portal().await;
    portal.runs.hold();
    let mut asked = Vec::new();
    for path in customers(&portal, 4).await {
        asked.push(Asked::send(&portal, &support(&portal, Whose::Provider).await, &path).await);
    }
    portal.runs.are_held(3).await;
    assert_eq!(portal.app.export_load().queued, 1);
    asked.remove(0).0.abort();
    eventually("the fourth runs", async || (portal.runs.begun() == 4).then_some(())).await;
    portal.runs.let_go();
    for asked in asked {
        asked.file().await;
    }
}

#[tokio::test]
async fn one_of_two_who_share_may_hang_up_also_the_first() {
    let portal = portal().await;
    let (one, other) = (support(&portal, Whose::A).await, support(&portal, Whose::A).await);
    portal.runs.hold();
    let first = Asked::send(&portal, &one, PATH).await;
    let second = Asked::send(&portal, &other, PATH).await;
    first.0.abort();
    eventually("it is gone", async || (portal.app.export_load().open == 1).then_some(())).await;
    portal.runs.let_go();
    second.file().await;
    assert_eq!(portal.runs.begun(), 1);
}

#[tokio::test]
async fn a_run_that_takes_longer_than_it_may_is_stopped() {
    let portal = portal().await;
    let someone = support(&portal, Whose::A).await;
    portal.runs.hold();
    let asked = Asked::send(&portal, &someone, PATH).await;
    portal.runs.are_held(1).await;
    portal.advance_exports(seconds(119));
    portal.runs.are_held(1).await;
    portal.advance_exports(seconds(1));
    assert_eq!(refusal(&asked.answer().await), (500, "internal".into(), None));
    portal.runs.are_held(0).await;
    nothing_is_left(&portal).await;
}

/// The quota of the spool stands for the disk: both end in an error of the write.
#[tokio::test]
async fn a_full_spool_is_an_honest_500_and_leaves_nothing() {
    let portal = portal_with(ExportSettings { spool_bytes: 100, ..ExportSettings::default() }).await;
    let someone = support(&portal, Whose::A).await;
    assert_eq!(refusal(&someone.get(PATH).await), (500, "internal".into(), None));
    nothing_is_left(&portal).await;
    let log = audited(&portal, "line_states.export").await;
    assert_eq!(log[0].0, "internal");
    assert!(log[0].1["failure_id"].is_string());
    portal.advance_exports(seconds(5));
    assert_eq!(refusal(&someone.get(PATH).await).0, 500, "nothing of the first is left that would count");
}

/// There is room for the data, but not for the listener's own form of them.
#[tokio::test]
async fn a_form_that_cannot_be_written_is_an_honest_500_and_the_data_still_serve_others() {
    let portal = portal_with(ExportSettings { spool_bytes: 520, ..ExportSettings::default() }).await;
    let (one, other) = (support(&portal, Whose::A).await, support(&portal, Whose::A).await);
    let answer = one.get(PATH).await;
    assert_eq!(refusal(&answer), (500, "internal".into(), None));
    let small = file(&other.get(&format!("{PATH}?columns=site")).await);
    assert_eq!(small, "site\r\n\"Lyon\"\r\n\"Paris\"\r\n");
    assert_eq!(portal.runs.begun(), 1);
}

/// A disk that refuses the write, for real: the spool's folder cannot be made where a file is.
#[tokio::test]
async fn a_spool_that_cannot_be_written_is_an_honest_500() {
    let portal = portal().await;
    std::fs::write(portal.folder().join("spool"), "in the way").unwrap();
    let someone = support(&portal, Whose::A).await;
    let answer = someone.get(PATH).await;
    assert_eq!(refusal(&answer), (500, "internal".into(), None));
    assert!(!answer.text().contains("spool"), "{}", answer.text());
    let load = portal.app.export_load();
    assert_eq!((load.running, load.queued, load.open), (0, 0, 0));
}
