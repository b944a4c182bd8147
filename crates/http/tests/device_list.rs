//! The page of the list of devices: found, sorted, filtered and paged by its address, and what it says when it is empty.

use axum::http::{HeaderName, StatusCode, header};
use tonalite_core::portal_user::Role;
use tonalite_testkit::{Answer, TestPortal, Visitor, Whose};

async fn manager(portal: &TestPortal, whose: Whose) -> Visitor {
    let visitor = portal.signed_in(whose, Role::Manager).await;
    visitor.with(header::ACCEPT, "text/html").with(header::ACCEPT_LANGUAGE, "en")
}

/// Three devices of customer A, one of B.
async fn fleet(portal: &TestPortal) {
    let site = portal.tree.a.sites[0].clone();
    for (device_type, mac) in [
        ("yealink-t54w", "00:15:65:ab:cd:01"),
        ("snom-d785", "00:04:13:ab:cd:02"),
        ("poly-vvx-450", "64:16:7f:ab:cd:03"),
    ] {
        let device = portal.add_device(&site, device_type, Some(mac)).await;
        if device_type == "snom-d785" {
            let user = portal.add_user(&site, "Zoé <Müller>", "1042").await;
            portal.assign_line(&device, 1, &user).await;
        }
    }
    portal.add_device(&portal.tree.b.sites[0].clone(), "yealink-t54w", Some("00:15:65:ab:cd:09")).await;
}

/// The addresses of the rows, in order.
fn macs(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let text = answer.text();
    text.split("<a id=\"name-")
        .skip(1)
        .filter_map(|row| Some(row.split_once('>')?.1.split_once('<')?.0[..17].to_owned()))
        .collect()
}

#[tokio::test]
async fn the_address_says_what_is_shown() {
    let portal = TestPortal::start().await;
    fleet(&portal).await;
    let visitor = manager(&portal, Whose::A).await;
    let (one, two, three) = ("00:15:65:ab:cd:01", "00:04:13:ab:cd:02", "64:16:7f:ab:cd:03");
    for (query, expected) in [
        ("", vec![two, one, three]),
        ("q=0015.65ab", vec![one]),
        ("q=muller", vec![two]),
        ("q=1042", vec![two]),
        ("q=ABCD", vec![two, one, three]),
        ("q=cd:0&kind=desk&sort=-mac", vec![three, one, two]),
        ("sort=type", vec![three, two, one]),
        ("status=no_line", vec![one, three]),
        ("problem=1", vec![two]),
        ("lines_available=1&type=snom-d785", vec![two]),
        ("critical=1", vec![]),
        ("q=&site=&type=&kind=&status=&limit=100&columns=users&columns=seen", vec![two, one, three]),
    ] {
        assert_eq!(macs(&visitor.get(&format!("/devices?{query}")).await), expected, "{query}");
    }
    let page = visitor.get("/devices?q=zo%C3%A9&columns=users,agent&sort=-status").await.text();
    assert!(page.contains("Zoé &#60;Müller&#62; (1042)") && !page.contains("<Müller>"), "{page}");
    assert!(page.contains("value=\"zoé\"") && page.contains("aria-sort=\"descending\""));
    assert!(
        page.contains(
            "href=\"/devices?q=zo%C3%A9&#38;status=aged&#38;sort=-status&#38;columns=users,agent\""
        )
    );
}

#[tokio::test]
async fn what_an_address_cannot_say_is_told() {
    let portal = TestPortal::start().await;
    fleet(&portal).await;
    let visitor = manager(&portal, Whose::A).await;
    for query in [
        "colour=red",
        "sort=name",
        "status=well",
        "limit=0",
        "kind=car",
        "columns=secret",
        "after=1~31",
        "problem=yes",
    ] {
        let answer = visitor.get(&format!("/devices?{query}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert!(answer.text().contains("This address cannot be read"), "{query}");
    }
    let long = visitor.get(&format!("/devices?q={}", "x".repeat(10_240))).await;
    assert!(long.status.is_client_error(), "{}", long.status);
    for hostile in ["%27%3B--", "%22", "%25%25%25", "_", "NEAR(a+b)", "%F0%9F%93%9E", "*", "%FF"] {
        let answer = visitor.get(&format!("/devices?q={hostile}")).await;
        assert_eq!(macs(&answer), Vec::<String>::new(), "{hostile}");
    }
}

#[tokio::test]
async fn nothing_found_says_what_was_searched_and_the_way_back() {
    let portal = TestPortal::start().await;
    fleet(&portal).await;
    let visitor = manager(&portal, Whose::A).await;
    let page = visitor.get("/devices?q=%3Cb%3Enowhere&status=aged&sort=type").await.text();
    assert!(page.contains("Nothing found for “&#60;b&#62;nowhere”"), "{page}");
    assert!(page.contains("href=\"/devices?status=aged&#38;sort=type\">Clear the search"));
    assert!(page.contains("href=\"/devices?sort=type\">Clear search and filters"));
    assert!(visitor.get("/devices?q=zz").await.text().contains("Fewer than three characters"));
    assert!(
        visitor.get("/devices?critical=1").await.text().contains("none to which all of the filters apply")
    );
    // A neighbour's address is not found, and not counted.
    let page = visitor.get("/devices?q=00:15:65:ab:cd:09").await.text();
    assert!(
        page.contains("Nothing found") && page.contains("<span id=\"count-all\" data-live-text>0</span>"),
        "{page}"
    );
}

#[tokio::test]
async fn typing_on_replaces_its_address_and_filters_add_one() {
    let portal = TestPortal::start().await;
    fleet(&portal).await;
    let visitor = manager(&portal, Whose::A).await.with(HeaderName::from_static("hx-request"), "true");
    for (shown, asked, header) in [
        ("/devices", "q=lyo", Some(("hx-push-url", "/devices?q=lyo"))),
        ("/devices?q=ly", "q=lyo&status=", Some(("hx-replace-url", "/devices?q=lyo"))),
        ("/devices?q=lyo", "q=lyo&status=aged", Some(("hx-push-url", "/devices?q=lyo&status=aged"))),
        ("/devices?q=lyo", "q=lyo&site=", None),
        ("/devices?q=lyo", "q=", Some(("hx-replace-url", "/devices"))),
    ] {
        let current = format!("http://127.0.0.1:8080{shown}");
        let asker = visitor.with(HeaderName::from_static("hx-current-url"), &current);
        let answer = asker.get(&format!("/devices?{asked}")).await;
        assert!(answer.text().trim_start().starts_with("<div id=\"results\">"), "the part alone");
        for name in ["hx-push-url", "hx-replace-url"] {
            let told = answer.headers.get(name).map(|value| value.to_str().unwrap_or_default().to_owned());
            let expected =
                header.filter(|(expected, _)| *expected == name).map(|(_, address)| address.to_owned());
            assert_eq!(told, expected, "{shown} → {asked}: {name}");
        }
    }
}

#[tokio::test]
async fn pages_follow_each_other_with_all_that_was_asked() {
    let portal = TestPortal::start().await;
    let site = portal.tree.a.sites[0].clone();
    for n in 0..53 {
        portal.add_device(&site, "yealink-t54w", Some(&format!("0015650000{n:02x}"))).await;
    }
    let visitor = manager(&portal, Whose::A).await;
    let first = visitor.get("/devices?q=001565&sort=-type&limit=50").await;
    assert_eq!(macs(&first).len(), 50);
    assert!(first.text().contains("53 devices"));
    let text = first.text();
    let next = text.split("rel=\"next\"").next().and_then(|before| before.rsplit("href=\"").next());
    let next = next.and_then(|link| link.split('"').next()).expect("a next page").replace("&#38;", "&");
    assert!(next.starts_with("/devices?q=001565&sort=-type&after="), "{next}");
    let second = visitor.get(&next).await;
    assert_eq!(macs(&second).len(), 3);
    assert!(macs(&second).iter().all(|mac| !macs(&first).contains(mac)));
    assert!(second.text().contains("href=\"/devices?q=001565&#38;sort=-type\">First page"));
    let mixed = next.replace("sort=-type", "sort=type");
    assert_eq!(visitor.get(&mixed).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}
