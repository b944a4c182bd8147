//! A portal whose provider has switched the export on, with devices of two customers, and requests that go on by themselves.

use axum::http::StatusCode;
use tokio::task::JoinHandle;
use tonalite_app::ExportSettings;
use tonalite_core::access::Actor;
use tonalite_core::party::{Feature, NewParty};
use tonalite_core::portal_user::Role;
use tonalite_core::time::Span;
use tonalite_testkit::{Answer, TestApp, TestPortal, Visitor, Whose, eventually};

pub(crate) const PATH: &str = "/api/v1/exports/line-states.csv";

/// Lyon has a device with a line, Paris one without; so have Berlin and Wien.
pub(crate) async fn portal() -> TestPortal {
    portal_with(ExportSettings::default()).await
}

pub(crate) async fn portal_with(settings: ExportSettings) -> TestPortal {
    let portal = TestPortal::over(TestApp::start_with(settings).await);
    switch(&portal, Some(true)).await;
    for (n, site) in portal.tree.a.sites.iter().chain(&portal.tree.b.sites).enumerate() {
        let device = portal.add_device(site, "yealink-t54w", Some(&format!("00156500000{n}"))).await;
        if n % 2 == 0 {
            let user = portal.add_user(site, "Anne Leroy", "1001").await;
            portal.assign_line(&device, 1, &user).await;
        }
    }
    portal
}

/// Switches the feature for the provider and all below.
pub(crate) async fn switch(portal: &TestPortal, on: Option<bool>) {
    portal.switch(portal.tree.provider.id, Feature::LineStateExport, on).await;
}

/// A session of its own, of somebody who may export.
pub(crate) async fn support(portal: &TestPortal, whose: Whose) -> Visitor {
    portal.with_token(whose, Role::Support).await
}

/// Further customers of the provider; gives the addresses of their exports.
pub(crate) async fn customers(portal: &TestPortal, count: usize) -> Vec<String> {
    let system = Actor::system();
    let mut paths = Vec::new();
    for n in 0..count {
        let provider = system.administer(portal.tree.provider.clone()).unwrap();
        let new = NewParty::parse("customer", &format!("Customer {n}"), None).unwrap();
        let customer = portal.app.create_party(&system, provider, new, portal.now()).await.unwrap();
        paths.push(format!("{PATH}?party_id={}", customer.id));
    }
    paths
}

/// A request that is under way.
pub(crate) struct Asked(pub(crate) JoinHandle<Answer>);

impl Asked {
    /// Sends it, and waits until it has come to the gate, or is answered.
    pub(crate) async fn send(portal: &TestPortal, who: &Visitor, path: &str) -> Asked {
        let open = portal.app.export_load().open;
        let (visitor, path) = (who.clone(), path.to_owned());
        let asked = tokio::spawn(async move { visitor.get(&path).await });
        eventually("the request has come to the gate", async || {
            (asked.is_finished() || portal.app.export_load().open == open + 1).then_some(())
        })
        .await;
        Asked(asked)
    }

    pub(crate) async fn answer(self) -> Answer {
        tokio::time::timeout(std::time::Duration::from_secs(20), self.0).await.unwrap().unwrap()
    }

    pub(crate) async fn file(self) -> String {
        file(&self.answer().await)
    }
}

pub(crate) fn file(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert_eq!(answer.header("content-length"), answer.body.len().to_string());
    answer.text()
}

/// Status, code, and when to ask again.
pub(crate) fn refusal(answer: &Answer) -> (u16, String, Option<String>) {
    let document = answer.json();
    assert_eq!(document["status"], answer.status.as_u16());
    assert!(!document["detail"].as_str().unwrap().starts_with("error-"), "{document}");
    let again = answer.headers.get("retry-after").map(|value| value.to_str().unwrap().to_owned());
    (answer.status.as_u16(), document["code"].as_str().unwrap().to_owned(), again)
}

pub(crate) fn rejected(code: &str, seconds: u16) -> (u16, String, Option<String>) {
    (429, code.to_owned(), Some(seconds.to_string()))
}

pub(crate) const fn seconds(seconds: i64) -> Span {
    Span::from_secs(seconds)
}

/// The results of the exports in the audit log, newest first.
pub(crate) async fn audited(portal: &TestPortal, action: &str) -> Vec<(String, serde_json::Value)> {
    let system = Actor::system();
    let page = portal.app.page_audit(&system, None, tonalite_core::page::Limit::DEFAULT, None).await.unwrap();
    let rows = page.items.into_iter().filter(|row| row.action == action);
    rows.map(|row| (row.result, row.detail)).collect()
}

/// Nothing is being made, and nobody waits.
pub(crate) async fn nothing_is_left(portal: &TestPortal) {
    eventually("nothing is left", async || {
        let load = portal.app.export_load();
        ((load.running, load.queued, load.open) == (0, 0, 0)).then_some(())
    })
    .await;
    let spool = portal.folder().join("spool");
    assert!(!spool.exists() || std::fs::read_dir(spool).unwrap().next().is_none(), "a file has a name");
}
