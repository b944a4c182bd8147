//! The export's place on the page of line states, and what a browser without script is answered.

use axum::http::{StatusCode, header};
use serde_json::json;
use tonalite_core::portal_user::Role;
use tonalite_testkit::{Answer, TestPortal, Visitor, Whose};

use crate::bench::{Asked, customers, file, portal, seconds, support, switch};

async fn reader(portal: &TestPortal, whose: Whose, role: Role) -> Visitor {
    let visitor = portal.signed_in(whose, role).await;
    visitor.patch("/api/v1/me", json!({ "language": "en" })).await;
    visitor.with(header::ACCEPT, "text/html")
}

#[tokio::test]
async fn the_place_says_what_there_is() {
    let portal = portal().await;
    let page =
        async |visitor: &Visitor, query: &str| visitor.get(&format!("/line-states{query}")).await.text();
    let of_a = reader(&portal, Whose::A, Role::Support).await;
    let shown = page(&of_a, "?state=aged").await;
    assert!(shown.contains("Export Device Status</button>"), "{shown}");
    assert!(shown.contains(r#"<input type="hidden" name="state" value="aged">"#));
    assert!(shown.contains(&format!(r#"name="party" value="{}""#, portal.tree.a.party.id)));

    let viewer = reader(&portal, Whose::A, Role::Viewer).await;
    let shown = page(&viewer, "").await;
    assert!(!shown.contains("export-progress") && !shown.contains("Export Device Status"));

    // Who sees several customers chooses one, or a site.
    let provider = reader(&portal, Whose::Provider, Role::Support).await;
    let shown = page(&provider, "").await;
    assert!(shown.contains(r#"<select class="field" id="export-party" name="party" required>"#), "{shown}");
    assert!(shown.contains(">Customer A</option>") && shown.contains(">Customer B</option>"));
    let shown = page(&provider, &format!("?site={}", portal.tree.b.sites[0].id)).await;
    assert!(shown.contains(&format!(r#"name="party" value="{}""#, portal.tree.b.party.id)), "{shown}");

    switch(&portal, Some(false)).await;
    let shown = page(&of_a, "").await;
    assert!(!shown.contains("export-progress"));
    let platform = &portal.tree.platform.name;
    assert!(shown.contains(platform.as_str()), "above who switched it off: {shown}");
    let answer = of_a.get("/line-states/export").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    switch(&portal, None).await;
    let shown = page(&of_a, "").await;
    assert!(shown.contains("Operator"), "the party above: {shown}");
}

fn is_a_page(answer: &Answer, status: u16, says: &str) {
    let text = answer.text();
    assert_eq!(answer.status.as_u16(), status, "{text}");
    assert!(answer.header("content-type").starts_with("text/html"), "{text}");
    for part in [says, &format!("HTTP status {status}"), "Try again</button>"] {
        assert!(text.contains(part), "no {part}: {text}");
    }
}

#[tokio::test]
async fn without_script_the_answer_takes_its_time_or_says_why_with_a_button() {
    let portal = portal().await;
    let someone = reader(&portal, Whose::A, Role::Support).await;
    let path = format!("/line-states/export?site={}&q=&state=", portal.tree.a.sites[1].id);
    let answer = someone.get(&path).await;
    let text = file(&answer);
    assert!(text.contains("Paris") && !text.contains("Lyon"), "{text}");
    assert!(answer.header("content-disposition").starts_with("attachment"));

    let refused = someone.get(&path).await;
    is_a_page(&refused, 429, "began an export a moment ago. Try again in 5 seconds.");
    assert_eq!(refused.header("retry-after"), "5");
    let site = portal.tree.a.sites[1].id;
    assert!(refused.text().contains(&format!(r#"<input type="hidden" name="site" value="{site}">"#)));

    portal.advance_exports(seconds(5));
    portal.runs.fail();
    let failed = someone.get(&path).await;
    is_a_page(&failed, 500, "The export failed on our side.");
    assert!(failed.text().contains("Number of the failure: 019"), "{}", failed.text());
    portal.runs.let_go();

    portal.advance_exports(seconds(5));
    portal.runs.hold();
    let mut running = Vec::new();
    for other in customers(&portal, 3).await {
        running.push(Asked::send(&portal, &support(&portal, Whose::Provider).await, &other).await);
    }
    let waiting = Asked::send(&portal, &someone, &path).await;
    portal.advance_exports(seconds(30));
    is_a_page(&waiting.answer().await, 408, "waited in the queue for too long");
    portal.runs.let_go();
    for asked in running {
        asked.file().await;
    }
}
