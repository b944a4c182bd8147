//! The export of line states through the gate as a use case: who is narrowed to some sites shares with nobody who sees more.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::sync::Arc;

use tokio::io::AsyncReadExt;
use tonalite_app::{LineExport, LineExportOrder, LineSheet, Session, SheetForm};
use tonalite_core::csv::line_state::LineColumn;
use tonalite_core::csv::{Dialect, Naming};
use tonalite_core::export_gate::{Refusal, SessionId};
use tonalite_core::filter::LineFilter;
use tonalite_core::party::Feature;
use tonalite_core::portal_user::Role;
use tonalite_core::time::Span;
use tonalite_core::world::Clock;
use tonalite_testkit::{TestApp, Whose, eventually};

async fn app() -> TestApp {
    let t = TestApp::start().await;
    t.switch(t.tree.provider.id, Feature::LineStateExport, Some(true)).await;
    for (n, site) in t.tree.a.sites.iter().enumerate() {
        t.add_device(site, "yealink-t54w", Some(&format!("00156500000{n}"))).await;
    }
    t
}

/// Asks for all sites of customer A.
async fn ask(t: &TestApp, session: &Session, id: u8) -> LineExport {
    let actor = &session.actor;
    let customer = actor.view(t.tree.a.party.clone()).unwrap();
    let form = SheetForm {
        naming: Naming::Keys,
        dialect: Dialect::default(),
        zone: "UTC".into(),
        write_time: Box::new(|at| at.0.to_string()),
    };
    let order = LineExportOrder {
        session: SessionId([id; 32]),
        customer: t.app.may_export_lines(actor, customer, t.now()).await.unwrap(),
        site: None,
        filter: LineFilter::default(),
        sheet: LineSheet { columns: LineColumn::parse_list("site", false).unwrap(), form, expand: false },
        asked: serde_json::Value::Null,
    };
    let clock: Arc<dyn Clock> = t.clock.clone();
    t.app.export_line_states(session, order, &clock).await.unwrap()
}

async fn text(export: LineExport) -> String {
    let LineExport::Ready { mut file, .. } = export else { panic!("no file") };
    let mut text = String::new();
    file.read_to_string(&mut text).await.unwrap();
    text
}

#[tokio::test]
async fn who_is_narrowed_to_some_sites_does_not_share_with_who_sees_all() {
    let t = app().await;
    let admin = t.session(Whose::A, Role::Admin).await;
    let mut clerk = t.session(Whose::A, Role::Support).await;
    clerk.actor.sites = Some(vec![t.tree.a.sites[1].key]);
    t.runs.hold();
    let all = async { text(ask(&t, &admin, 1).await).await };
    let narrowed = async {
        eventually("the first one runs", async || (t.runs.begun() == 1).then_some(())).await;
        t.advance_exports(Span::from_secs(1));
        let refused = ask(&t, &clerk, 2).await;
        t.runs.let_go();
        refused
    };
    let (all, narrowed) = tokio::join!(all, narrowed);
    assert_eq!(all, "site\r\n\"Lyon\"\r\n\"Paris\"\r\n");
    assert!(matches!(
        narrowed,
        LineExport::Rejected { refusal: Refusal::Window, retry_after } if retry_after == Span::from_secs(4)
    ));
    // The finished file is not theirs either, once the customer's window is over.
    t.advance_exports(Span::from_secs(4));
    assert_eq!(text(ask(&t, &clerk, 2).await).await, "site\r\n\"Paris\"\r\n");
    assert_eq!(t.runs.begun(), 2);
    // Two who are narrowed to the same sites see the same.
    assert_eq!(text(ask(&t, &clerk, 3).await).await, "site\r\n\"Paris\"\r\n");
    assert_eq!(t.runs.begun(), 2);
}
