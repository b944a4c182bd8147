//! The page of line states: what its address says, the way between it and the list of devices, and what it says when empty.

use axum::http::{HeaderName, StatusCode, header};
use tonalite_core::portal_user::Role;
use tonalite_testkit::{Answer, TestPortal, Visitor, Whose, register_contact};

async fn reader(portal: &TestPortal, whose: Whose, role: Role, language: &str) -> Visitor {
    let visitor = portal.signed_in(whose, role).await;
    visitor.with(header::ACCEPT, "text/html").with(header::ACCEPT_LANGUAGE, language)
}

/// A phone with two ports, one of them registered; one without a port; a neighbour's.
async fn fleet(portal: &TestPortal) -> String {
    let [lyon, paris] = portal.tree.a.sites.clone();
    let phone = portal.add_device(&lyon, "yealink-t54w", Some("00:15:65:ab:cd:02")).await;
    let user = portal.add_user(&lyon, "Zoé <Müller>", "1042").await;
    portal.assign_line(&phone, 1, &user).await;
    portal.assign_line(&phone, 3, &user).await;
    register_contact(&portal.app, phone.id, 3, "call", portal.now()).await;
    portal.add_device(&paris, "grandstream-ht818", Some("00:0b:82:ab:cd:01")).await;
    portal.add_device(&portal.tree.b.sites[0].clone(), "yealink-t54w", Some("00:15:65:ab:cd:09")).await;
    phone.id.to_string()
}

/// Address and port of each row, in order.
fn rows(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let text = answer.text();
    text.split("<a id=\"name-")
        .skip(1)
        .filter_map(|row| {
            let mac = row.split_once('>')?.1.split_once('<')?.0[15..].to_owned();
            let port =
                row.split_once("id=\"port-").and_then(|(_, rest)| rest.split_once('>')?.1.split_once('<'));
            // The port of a later row is not this one's.
            let own = row.split_once("</tr>").is_some_and(|(row, _)| row.contains("id=\"port-"));
            Some(match (own, port) {
                (true, Some((port, _))) => format!("{mac}/{port}"),
                _ => mac,
            })
        })
        .collect()
}

#[tokio::test]
async fn the_address_says_what_is_shown() {
    let portal = TestPortal::start().await;
    let phone = fleet(&portal).await;
    let visitor = reader(&portal, Whose::A, Role::Viewer, "en").await;
    let lyon = portal.tree.a.sites[0].id;
    for (query, expected) in [
        (String::new(), vec!["01", "02/1", "02/3"]),
        ("state=registered".into(), vec!["02/3"]),
        ("state=unregistered".into(), vec!["01", "02/1"]),
        ("state=aged".into(), vec![]),
        (format!("site={lyon}"), vec!["02/1", "02/3"]),
        ("kind=ata".into(), vec!["01"]),
        ("type=yealink-t54w&state=registered".into(), vec!["02/3"]),
        ("q=0015.65ab".into(), vec!["02/1", "02/3"]),
        ("q=muller&state=unregistered".into(), vec!["02/1"]),
        ("q=00:15:65:ab:cd:09".into(), vec![]),
        (
            "q=&site=&type=&kind=&state=&limit=100&columns=agent&columns=address".into(),
            vec!["01", "02/1", "02/3"],
        ),
    ] {
        assert_eq!(rows(&visitor.get(&format!("/line-states?{query}")).await), expected, "{query}");
    }
    let page = visitor.get("/line-states?columns=agent,address").await.text();
    assert!(page.contains("Zoé &#60;Müller&#62;") && !page.contains("<Müller>"), "{page}");
    assert!(
        page.contains("<code>udp 192.0.2.9:5060</code>") && page.contains("Yealink SIP-T54W 96.86.0.100")
    );
    assert!(page.contains(&format!("data-line=\"{phone}:3\" data-state=\"registered\"")));
    assert!(page.contains("data-state=\"no_line\"") && page.contains("No line assigned"));
    assert!(page.contains("<span data-total>3 lines</span>"), "{page}");
    assert!(page.contains(&format!("href=\"/devices/{phone}\"")));
}

#[tokio::test]
async fn pages_follow_each_other() {
    let portal = TestPortal::start().await;
    fleet(&portal).await;
    let site = portal.tree.a.sites[0].clone();
    let phone = portal.add_device(&site, "poly-vvx-450", Some("64:16:7f:00:00:01")).await;
    let user = portal.add_user(&site, "Anne", "7").await;
    for port in 1..=12 {
        portal.assign_line(&phone, port, &user).await;
    }
    let visitor = reader(&portal, Whose::A, Role::Viewer, "en").await;
    let (mut address, mut found) = ("/line-states?limit=4".to_owned(), Vec::new());
    loop {
        let page = visitor.get(&address).await;
        found.extend(rows(&page));
        let text = page.text();
        let next = text.split_once("href=\"/line-states?limit=4&#38;after=");
        let Some((next, _)) = next.and_then(|(_, rest)| rest.split_once('"')) else { break };
        address = format!("/line-states?limit=4&after={next}");
    }
    assert_eq!(found.len(), 15, "{found:?}");
    assert_eq!(found.iter().collect::<std::collections::BTreeSet<_>>().len(), 15);
}

#[tokio::test]
async fn the_site_is_kept_between_the_two_lists() {
    let portal = TestPortal::start().await;
    fleet(&portal).await;
    let site = portal.tree.a.sites[0].id;
    for (language, devices, lines) in
        [("en", "Devices", "Line States"), ("fr", "Appareils", "États des lignes")]
    {
        let visitor = reader(&portal, Whose::A, Role::Viewer, language).await;
        let page = visitor.get(&format!("/devices?site={site}&status=no_line")).await.text();
        assert!(page.contains(&format!("<a href=\"/line-states?site={site}\">{lines}</a>")), "{page}");
        let page = visitor.get(&format!("/line-states?site={site}&state=aged")).await.text();
        assert!(page.contains(&format!("<a href=\"/devices?site={site}\">{devices}</a>")), "{page}");
        assert!(
            page.contains(&format!("<a href=\"/line-states?site={site}\" aria-current=\"page\">{lines}</a>"))
        );
        let page = visitor.get("/devices").await.text();
        assert!(page.contains(&format!("<a href=\"/line-states\">{lines}</a>")), "{page}");
    }
}

#[tokio::test]
async fn what_an_address_cannot_say_is_told() {
    let portal = TestPortal::start().await;
    let visitor = reader(&portal, Whose::A, Role::Viewer, "en").await;
    for query in
        ["colour=red", "sort=mac", "state=no_line", "limit=0", "kind=car", "columns=secret", "after=1~31"]
    {
        let answer = visitor.get(&format!("/line-states?{query}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert!(answer.text().contains("This address cannot be read"), "{query}");
    }
    let foreign = portal.tree.b.sites[0].id;
    for query in [format!("site={foreign}"), "site=x".to_owned(), "type=car".to_owned()] {
        assert_eq!(
            visitor.get(&format!("/line-states?{query}")).await.status,
            StatusCode::NOT_FOUND,
            "{query}"
        );
    }
}

#[tokio::test]
async fn an_empty_list_teaches() {
    let portal = TestPortal::start().await;
    let viewer = reader(&portal, Whose::A, Role::Viewer, "en").await;
    let manager = reader(&portal, Whose::A, Role::Manager, "en").await;
    let page = viewer.get("/line-states").await.text();
    assert!(page.contains("No lines yet") && !page.contains("/devices/new"), "{page}");
    assert!(manager.get("/line-states").await.text().contains("href=\"/devices/new\""));
    fleet(&portal).await;
    assert!(viewer.get("/line-states?state=aged").await.text().contains("No line matches these filters"));
    let page = viewer.get("/line-states?q=%3Cb%3Enowhere&state=aged&columns=agent").await.text();
    assert!(page.contains("Nothing found for “&#60;b&#62;nowhere”"), "{page}");
    assert!(page.contains("href=\"/line-states?state=aged&#38;columns=agent\">Clear the search"));
    assert!(page.contains("href=\"/line-states?columns=agent\">Clear search and filters"));
}

#[tokio::test]
async fn our_script_gets_the_rows_and_the_address_follows() {
    let portal = TestPortal::start().await;
    fleet(&portal).await;
    let visitor = reader(&portal, Whose::A, Role::Viewer, "en").await;
    let scripted = visitor.with(HeaderName::from_static("hx-request"), "true");
    let typed = scripted.with(HeaderName::from_static("hx-current-url"), "http://localhost/line-states?q=ab");
    let answer = typed.get("/line-states?q=abc&site=&state=").await;
    assert_eq!(answer.header("hx-replace-url"), "/line-states?q=abc");
    assert!(
        answer.text().trim_start().starts_with("<div id=\"results\">") && !answer.text().contains("<html")
    );
    let chosen = typed.get("/line-states?q=ab&state=registered").await;
    assert_eq!(chosen.header("hx-push-url"), "/line-states?q=ab&state=registered");
}
