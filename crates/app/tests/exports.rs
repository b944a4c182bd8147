//! Exports as use cases: who gets which rows, what is written down, what a hang-up leaves.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::pin::pin;
use std::task::Poll;

use futures_util::future::poll_fn;
use tokio::io::AsyncReadExt;
use tonalite_app::{DeviceSheet, SheetForm};
use tonalite_core::access::{Actor, View};
use tonalite_core::csv::device::DeviceColumn;
use tonalite_core::csv::{Dialect, Naming};
use tonalite_core::filter::DeviceFilter;
use tonalite_core::page::Limit;
use tonalite_core::party::Party;
use tonalite_core::portal_user::Role;
use tonalite_core::time::Span;
use tonalite_core::{Error, Result};
use tonalite_testkit::{TestApp, Whose, eventually};

fn sheet(columns: &str) -> DeviceSheet {
    DeviceSheet {
        columns: DeviceColumn::parse_list(columns, true).unwrap(),
        form: SheetForm {
            naming: Naming::Keys,
            dialect: Dialect::default(),
            zone: "UTC".into(),
            write_time: Box::new(|at| at.0.to_string()),
        },
    }
}

fn party(t: &TestApp, actor: &Actor, whose: Whose) -> View<Party> {
    actor.view(t.tree.party(whose).clone()).unwrap()
}

async fn export(t: &TestApp, actor: &Actor, whose: Whose, filter: DeviceFilter) -> Result<String> {
    let (party, sheet) = (party(t, actor, whose), sheet("mac"));
    let mut file =
        t.app.export_devices(actor, party, filter, &sheet, serde_json::Value::Null, t.now()).await?;
    let mut text = String::new();
    file.read_to_string(&mut text).await?;
    assert_eq!(file.length(), text.len() as u64);
    Ok(text)
}

fn spool_is_empty(t: &TestApp) -> bool {
    std::fs::read_dir(t.folder().join("spool")).is_ok_and(|mut entries| entries.next().is_none())
}

/// One device at each site; the last digits say which.
async fn four_devices(t: &TestApp) {
    for (n, site) in t.tree.a.sites.iter().chain(&t.tree.b.sites).enumerate() {
        t.add_device(site, "yealink-t54w", Some(&format!("00156500000{n}"))).await;
    }
}

#[tokio::test]
async fn everybody_gets_the_rows_that_they_see() {
    let t = TestApp::start().await;
    four_devices(&t).await;
    let rows = |macs: &[u8]| {
        let lines: String = macs.iter().map(|n| format!("00:15:65:00:00:0{n}\r\n")).collect();
        format!("mac\r\n{lines}")
    };
    for (whose, macs) in [
        (Whose::Platform, &[0, 1, 2, 3][..]),
        (Whose::Provider, &[0, 1, 2, 3]),
        (Whose::Operator, &[0, 1]),
        (Whose::A, &[0, 1]),
        (Whose::B, &[2, 3]),
    ] {
        let actor = t.actor(whose, Role::Viewer).await;
        let text = export(&t, &actor, whose, DeviceFilter::default()).await.unwrap();
        assert_eq!(text, rows(macs), "{whose:?}");
    }
    let provider = t.actor(Whose::Provider, Role::Viewer).await;
    let below = export(&t, &provider, Whose::B, DeviceFilter::default()).await.unwrap();
    assert_eq!(below, rows(&[2, 3]), "of a party below");

    let mut narrowed = t.actor(Whose::A, Role::Viewer).await;
    narrowed.sites = Some(vec![t.tree.a.sites[1].key]);
    assert_eq!(export(&t, &narrowed, Whose::A, DeviceFilter::default()).await.unwrap(), rows(&[1]));
    let foreign = DeviceFilter { site: Some(t.tree.a.sites[0].key), ..DeviceFilter::default() };
    assert_eq!(export(&t, &narrowed, Whose::A, foreign).await.unwrap(), rows(&[]), "not even by key");
    assert!(spool_is_empty(&t));
}

#[tokio::test]
async fn every_export_is_written_down_and_so_is_one_that_failed() {
    let t = TestApp::start().await;
    four_devices(&t).await;
    let actor = t.actor(Whose::A, Role::Viewer).await;
    export(&t, &actor, Whose::A, DeviceFilter::default()).await.unwrap();
    // The folder cannot be one any more: no room on the disk looks the same.
    std::fs::remove_dir(t.folder().join("spool")).unwrap();
    std::fs::write(t.folder().join("spool"), "").unwrap();
    let failed = export(&t, &actor, Whose::A, DeviceFilter::default()).await;
    assert!(matches!(failed, Err(Error::Internal(_))), "{failed:?}");

    let admin = t.actor(Whose::A, Role::Admin).await;
    let log = t.app.page_audit(&admin, None, Limit::DEFAULT, None).await.unwrap().items;
    let told: Vec<_> = log.iter().filter(|entry| entry.action == "devices.export").collect();
    assert_eq!(told.len(), 2);
    assert_eq!((told[1].result.as_str(), &told[1].detail["rows"]), ("ok", &2.into()));
    assert_eq!(told[1].detail["columns"], serde_json::json!(["mac"]));
    assert_eq!((told[0].result.as_str(), &told[0].detail["rows"]), ("internal", &serde_json::Value::Null));
}

#[tokio::test]
async fn who_hangs_up_leaves_nothing_and_takes_no_place() {
    let t = TestApp::start().await;
    four_devices(&t).await;
    let system = Actor::system();
    let sheet = sheet("all");
    // Cut off at its first step, at its second, and so on, until one comes to its end.
    for steps in 1.. {
        let party = party(&t, &system, Whose::Platform);
        let filter = DeviceFilter::default();
        let mut work =
            pin!(t.app.export_devices(&system, party, filter, &sheet, serde_json::Value::Null, t.now()));
        let mut left = steps;
        let done = poll_fn(|context| {
            left -= 1;
            match work.as_mut().poll(context) {
                Poll::Pending if left > 0 => Poll::Pending,
                outcome => Poll::Ready(outcome.is_ready()),
            }
        });
        if done.await {
            assert!(steps > 3, "a file takes more than {steps} steps");
            break;
        }
    }
    // What was begun in the last moment may still be on its way out.
    eventually("the spool is empty", async || spool_is_empty(&t).then_some(())).await;
    // As many as may run at once, still.
    let mut files = Vec::new();
    for _ in 0..5 {
        let party = party(&t, &system, Whose::Platform);
        let filter = DeviceFilter::default();
        let made = t.app.export_devices(&system, party, filter, &sheet, serde_json::Value::Null, t.now());
        files.push(made.await.unwrap());
    }
}

#[tokio::test]
async fn who_asks_too_often_waits() {
    let t = TestApp::start().await;
    let actor = t.actor(Whose::A, Role::Viewer).await;
    for _ in 0..30 {
        export(&t, &actor, Whose::A, DeviceFilter::default()).await.unwrap();
    }
    let refused = export(&t, &actor, Whose::A, DeviceFilter::default()).await;
    assert!(matches!(refused, Err(Error::TooMany(wait)) if wait == Span::from_secs(2)), "{refused:?}");
    let another = t.actor(Whose::A, Role::Manager).await;
    assert!(export(&t, &another, Whose::A, DeviceFilter::default()).await.is_ok());
    t.advance(Span::from_secs(2));
    assert!(export(&t, &actor, Whose::A, DeviceFilter::default()).await.is_ok());
}
