//! Party Manager as a browser without script sees it: who is let in, what is switched, what that does to pages that are open.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use axum::http::{HeaderName, StatusCode, header};
use tonalite_core::portal_user::Role;
use tonalite_testkit::{Answer, TestPortal, Visitor, Whose};

/// An id that nothing has.
const ABSENT: &str = "019b0000-0000-7000-8000-000000000000";

async fn admin(portal: &TestPortal, whose: Whose) -> Visitor {
    browser(&portal.signed_in(whose, Role::Admin).await, "en")
}

fn browser(visitor: &Visitor, language: &str) -> Visitor {
    visitor.with(header::ACCEPT, "text/html").with(header::ACCEPT_LANGUAGE, language)
}

fn location(answer: &Answer) -> &str {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.header("location")
}

fn page_of(portal: &TestPortal, whose: Whose) -> String {
    format!("/party-manager/{}", portal.tree.party(whose).id)
}

async fn version_of(portal: &TestPortal, whose: Whose) -> String {
    let system = tonalite_core::access::Actor::system();
    let party = portal.app.find_party(&system, portal.tree.party(whose).id).await.unwrap();
    party.version.to_string()
}

/// Switches a feature as the form does.
async fn switch(portal: &TestPortal, visitor: &Visitor, whose: Whose, feature: &str, to: &str) -> Answer {
    let version = version_of(portal, whose).await;
    visitor.submit(&page_of(portal, whose), &[("version", &version), (feature, to)]).await
}

/// The page without the number of the request, by which alone two refusals may differ.
fn without_request_id(answer: &Answer) -> String {
    answer.text().replace(answer.header("x-request-id"), "(request)")
}

#[tokio::test]
async fn who_administers_finds_what_stands_below_and_nothing_else() {
    let portal = TestPortal::start().await;
    let provider = admin(&portal, Whose::Provider).await;
    let list = provider.get("/party-manager").await.text();
    for name in ["Operator", "Customer A", "Customer B"] {
        assert!(list.contains(&format!(">{name}</a>")), "{name}: {list}");
    }
    assert!(!list.contains("Tonalite</a></td>"), "what is above is no row: {list}");
    let found = provider.get("/party-manager?q=customer+A").await.text();
    assert!(found.contains(">Customer A</a>") && !found.contains(">Customer B</a>"), "{found}");
    let below = format!("/party-manager?below={}", portal.tree.operator.id);
    let below = provider.get(&below).await.text();
    assert!(below.contains(">Customer A</a>") && !below.contains(">Customer B</a>"), "{below}");
    assert!(provider.get("/party-manager?q=zzz").await.text().contains("Nothing found for “zzz”"));
    assert_eq!(provider.get("/party-manager?kind=nonsense").await.status, StatusCode::UNPROCESSABLE_ENTITY);

    let platform = admin(&portal, Whose::Platform).await.get("/party-manager?q=customer+a").await.text();
    assert!(platform.contains("Provider › Operator"), "where it stands: {platform}");
    let operator = admin(&portal, Whose::Operator).await;
    let list = operator.get("/party-manager").await.text();
    assert!(
        list.contains(">Customer A</a>") && !list.contains("Customer B") && !list.contains("Provider ›"),
        "{list}"
    );

    // Nothing stands below a customer.
    let customer = admin(&portal, Whose::A).await;
    assert_eq!(location(&customer.get("/party-manager").await), page_of(&portal, Whose::A));
    assert!(customer.get("/devices").await.text().contains("href=\"/party-manager\""));
    let manager = browser(&portal.signed_in(Whose::Provider, Role::Manager).await, "en");
    assert!(!manager.get("/devices").await.text().contains("/party-manager"), "no way to what is refused");
}

#[tokio::test]
async fn each_page_is_closed_to_lesser_roles_and_foreign_ones_are_like_absent_ones() {
    let portal = TestPortal::start().await;
    let (party, site) = (portal.tree.a.party.id.to_string(), portal.tree.a.sites[0].id.to_string());
    let pages = [
        ("GET", "/party-manager/{party}"),
        ("POST", "/party-manager/{party}"),
        ("POST", "/party-manager/{party}/contact"),
        ("GET", "/party-manager/{party}/device-types"),
        ("POST", "/party-manager/{party}/device-types"),
        ("GET", "/party-manager/sites/{site}/device-types"),
        ("POST", "/party-manager/sites/{site}/device-types"),
    ];
    let ask = async |visitor: &Visitor, (method, path): (&str, &str), party: &str, site: &str| {
        let path = path.replace("{party}", party).replace("{site}", site);
        match method {
            "GET" => visitor.get(&path).await,
            _ => visitor.submit(&path, &[("version", "1"), ("device_reboot", "off"), ("act", "save")]).await,
        }
    };
    let stranger = browser(&portal.anonymous(), "en");
    let neighbour = admin(&portal, Whose::B).await;
    let manager = browser(&portal.signed_in(Whose::Operator, Role::Manager).await, "en");
    for page in pages {
        assert!(location(&ask(&stranger, page, &party, &site).await).starts_with("/sign-in"), "{page:?}");
        let theirs = ask(&neighbour, page, &party, &site).await;
        let absent = ask(&neighbour, page, ABSENT, ABSENT).await;
        assert_eq!(
            (theirs.status, absent.status),
            (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND),
            "{page:?}"
        );
        let told = |answer: &Answer, party: &str, site: &str| {
            without_request_id(answer).replace(party, "(id)").replace(site, "(id)")
        };
        assert_eq!(told(&theirs, &party, &site), told(&absent, ABSENT, ABSENT), "{page:?}");
        assert_eq!(ask(&manager, page, &party, &site).await.status, StatusCode::FORBIDDEN, "{page:?}");
    }
    // A customer's administrators read, say how they are reached, and choose for their sites; the rest is set from above.
    let own = admin(&portal, Whose::A).await;
    let statuses = {
        let mut statuses = Vec::new();
        for page in pages {
            statuses.push(ask(&own, page, &party, &site).await.status.as_u16());
        }
        statuses
    };
    // The last: a list of one's own without any type.
    assert_eq!(statuses, [200, 403, 303, 403, 403, 200, 422]);
    let read = own.get(&page_of(&portal, Whose::A)).await.text();
    assert!(
        read.contains("Set by the administrators of Operator.") && !read.contains("save-features"),
        "{read}"
    );
    assert!(!read.contains("/party-manager/platform") && !read.contains("href=\"/party-manager/0"), "{read}");
}

#[tokio::test]
async fn what_is_switched_off_is_gone_at_once_and_says_who_can_switch_it_on() {
    let portal = TestPortal::start().await;
    let site = portal.tree.a.sites[0].clone();
    let device = portal.add_device(&site, "yealink-t54w", Some("00:15:65:ab:cd:ef")).await;
    let other =
        portal.add_device(&portal.tree.b.sites[0].clone(), "yealink-t54w", Some("00:15:65:ab:cd:01")).await;
    let (provider, operator) = (admin(&portal, Whose::Provider).await, admin(&portal, Whose::Operator).await);
    let helper = browser(&portal.signed_in(Whose::A, Role::Support).await, "en");
    let page = format!("/devices/{}", device.id);
    let reboot = format!("{page}/reboot");
    let button = format!("href=\"{reboot}\"");
    assert!(helper.get(&page).await.text().contains(&button));
    assert!(helper.get("/devices").await.text().contains(&button));

    // Off at the operator, by its provider: on at the customer changes nothing.
    assert!(
        location(&switch(&portal, &provider, Whose::Operator, "device_reboot", "off").await)
            .contains("saved=features")
    );
    switch(&portal, &operator, Whose::A, "device_reboot", "on").await;
    let set = operator.get(&page_of(&portal, Whose::A)).await.text();
    assert!(set.contains("Switched off at Operator: nobody below can switch it on."), "{set}");
    let said =
        "“Reboot of devices” is switched off for Operator. The administrators of Provider can switch it on.";
    let refused = helper.submit(&reboot, &[]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.text().contains(said), "{}", refused.text());
    let scripted = helper.with(HeaderName::from_static("hx-request"), "true").submit(&reboot, &[]).await;
    assert!(scripted.status == StatusCode::FORBIDDEN && scripted.text().contains(said), "in a window, too");
    let shown = helper.get(&page).await.text();
    assert!(!shown.contains(&button) && shown.contains(said), "{shown}");
    assert!(!shown.contains("Open it in Party Manager"));
    assert!(!helper.get("/devices").await.text().contains(&button));
    // In one list, each row follows its own customer.
    let list = provider.get("/devices").await.text();
    assert!(
        !list.contains(&button) && list.contains(&format!("href=\"/devices/{}/reboot\"", other.id)),
        "{list}"
    );
    let above = provider.get(&page).await.text();
    assert!(above.contains(&format!(
        "<a href=\"{}\">Open it in Party Manager</a>",
        page_of(&portal, Whose::Operator)
    )));

    // How the party above is reached, where it says so.
    let version = version_of(&portal, Whose::Operator).await;
    let path = format!("{}/contact", page_of(&portal, Whose::Operator));
    let contact = [("version", version.as_str()), ("contact", "04 78 <b>00</b>")];
    assert!(location(&operator.submit(&path, &contact).await).contains("saved=contact"));
    let shown = helper.get(&page).await.text();
    assert!(shown.contains("Operator: 04 78 &#60;b&#62;00"), "what is typed is text: {shown}");

    switch(&portal, &provider, Whose::Operator, "device_reboot", "inherit").await;
    assert!(helper.get(&page).await.text().contains(&button), "at once");
    let french = browser(&helper, "fr");
    switch(&portal, &provider, Whose::Operator, "device_reboot", "off").await;
    let said = "La fonction «\u{a0}Redémarrage d’appareils\u{a0}» est désactivée pour Operator. Les administrateurs de \
                Provider peuvent l’activer.";
    assert!(french.get(&page).await.text().contains(said));
}

#[tokio::test]
async fn two_people_who_switch_at_once_hear_of_each_other() {
    let portal = TestPortal::start().await;
    let operator = admin(&portal, Whose::Operator).await;
    let path = page_of(&portal, Whose::A);
    let first = operator.submit(&path, &[("version", "1"), ("device_reboot", "off")]).await;
    assert_eq!(location(&first), format!("{path}?saved=features"));
    let late = operator.submit(&path, &[("version", "1"), ("api_tokens", "off")]).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    let shown = late.text();
    assert!(shown.contains("role=\"alert\"") && shown.contains("name=\"version\" value=\"2\""), "{shown}");
    assert!(shown.contains("Switched off here"), "what the other did is shown: {shown}");
    for (fields, status) in [
        (vec![("version", "2"), ("device_reboot", "perhaps")], StatusCode::UNPROCESSABLE_ENTITY),
        (vec![("device_reboot", "on")], StatusCode::PRECONDITION_FAILED),
        (vec![("version", "x")], StatusCode::PRECONDITION_FAILED),
        (vec![("version", "2"), ("provisioning", "on")], StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        assert_eq!(operator.submit(&path, &fields).await.status, status, "{fields:?}");
    }
    let long = "x".repeat(201);
    let refused = operator.submit(&format!("{path}/contact"), &[("version", "2"), ("contact", &long)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text().contains("party-contact-error") && refused.text().contains(&long),
        "what was typed is kept"
    );
    assert!(!operator.get(&path).await.text().contains("provisioning"), "what does not exist is not offered");
}

#[tokio::test]
async fn device_types_are_chosen_within_the_list_above_and_asked_about_before_they_go() {
    let portal = TestPortal::start().await;
    let site = portal.tree.a.sites[0].clone();
    portal.add_device(&site, "snom-d785", Some("00:04:13:00:00:01")).await;
    let operator = admin(&portal, Whose::Operator).await;
    let path = format!("{}/device-types", page_of(&portal, Whose::A));
    let options = async |language: &str| {
        let manager = browser(&portal.signed_in(Whose::A, Role::Manager).await, language);
        manager.get(&format!("/devices/new?site_id={}", site.id)).await.text()
    };
    assert!(
        operator.get(&path).await.text().contains("value=\"yealink-t54w\" checked"),
        "who inherits begins with all"
    );

    // The buttons work without script: all of a maker, none of what was found.
    let snom =
        operator.submit(&path, &[("version", "1"), ("mode", "inherit"), ("act", "all:snom")]).await.text();
    assert!(
        snom.contains("value=\"snom-d785\" checked") && !snom.contains("value=\"yealink-t54w\" checked"),
        "{snom}"
    );
    assert!(snom.contains("name=\"mode\" value=\"own\" checked"), "types are chosen: a list of one's own");
    let fields = [("version", "1"), ("mode", "own"), ("type", "snom-d785"), ("q", "T54W"), ("act", "find")];
    let found = operator.submit(&path, &fields).await.text();
    assert!(found.contains("yealink-t54w") && !found.contains("poly-vvx"), "{found}");
    assert!(
        found.contains("<input type=\"hidden\" name=\"type\" value=\"snom-d785\">"),
        "kept though not shown: {found}"
    );
    let fields =
        [("version", "1"), ("type", "yealink-t54w"), ("type", "snom-d785"), ("q", "yea"), ("act", "none:*")];
    let none = operator.submit(&path, &fields).await.text();
    assert!(
        none.contains("value=\"snom-d785\"") && !none.contains("value=\"yealink-t54w\" checked"),
        "{none}"
    );
    let empty = operator.submit(&path, &[("version", "1"), ("mode", "own"), ("act", "save")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);

    let two = [
        ("version", "1"),
        ("mode", "own"),
        ("type", "yealink-t54w"),
        ("type", "poly-vvx-450"),
        ("act", "save"),
    ];
    let asked = operator.submit(&path, &two).await.text();
    assert!(
        asked.contains("Snom D785: 1 device<") && asked.contains("1 device below is of these types."),
        "{asked}"
    );
    assert!(options("en").await.contains("value=\"snom-d785\""), "nothing was done yet");
    let confirmed: Vec<(&str, &str)> = two.into_iter().chain([("confirmed", "1")]).collect();
    assert!(location(&operator.submit(&path, &confirmed).await).ends_with("?saved=types"));
    let offered = options("en").await;
    assert!(offered.contains("yealink-t54w") && !offered.contains("snom-d785"), "{offered}");
    assert!(offered.contains("Model not listed? Ask Operator to approve it."), "{offered}");
    let devices = operator.get("/devices").await.text();
    assert!(devices.contains("00:04:13:00:00:01"), "what exists stays");

    let late = operator.submit(&path, &confirmed).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED, "somebody was faster");

    // A site chooses among these two.
    let own = admin(&portal, Whose::A).await;
    let path = format!("/party-manager/sites/{}/device-types", site.id);
    let editor = own.get(&path).await.text();
    assert!(editor.contains("poly-vvx-450") && !editor.contains("snom-d785"), "{editor}");
    let foreign = [("version", "1"), ("mode", "own"), ("type", "snom-d785"), ("act", "save")];
    assert_eq!(own.submit(&path, &foreign).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let one =
        [("version", "1"), ("mode", "own"), ("type", "poly-vvx-450"), ("act", "save"), ("confirmed", "1")];
    assert!(location(&own.submit(&path, &one).await).starts_with(&page_of(&portal, Whose::A)));
    let offered = options("fr").await;
    assert!(offered.contains("poly-vvx-450") && !offered.contains("yealink-t54w"), "{offered}");
    assert!(own.get(&page_of(&portal, Whose::A)).await.text().contains("1 device type of its own"));
    let inherit = [("version", "2"), ("mode", "inherit"), ("act", "save")];
    assert!(location(&own.submit(&path, &inherit).await).ends_with("?saved=types"));
    assert!(options("en").await.contains("yealink-t54w"));
}
