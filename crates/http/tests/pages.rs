//! The pages through the whole router, as a browser without script sees them, and as our own script asks for them.

use axum::http::{HeaderName, StatusCode, header};
use tonalite_core::portal_user::Role;
use tonalite_testkit::{Answer, PASSWORD, TestApp, TestPortal, Visitor, Whose};

/// An id that nothing has.
const ABSENT: &str = "019b0000-0000-7000-8000-000000000000";
const MAC: &str = "00:15:65:ab:cd:ef";

fn browser(visitor: &Visitor, language: &str) -> Visitor {
    visitor.with(header::ACCEPT, "text/html").with(header::ACCEPT_LANGUAGE, language)
}

async fn manager_of(portal: &TestPortal, whose: Whose) -> Visitor {
    browser(&portal.signed_in(whose, Role::Manager).await, "en")
}

fn scripted(visitor: &Visitor) -> Visitor {
    visitor.with(HeaderName::from_static("hx-request"), "true")
}

fn location(answer: &Answer) -> &str {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.header("location")
}

/// The page without the number of the request, by which alone two refusals may differ.
fn without_request_id(answer: &Answer) -> String {
    answer.text().replace(answer.header("x-request-id"), "(request)")
}

/// Every page, and whether it changes something. `{id}` is a device.
const PAGES: [(&str, bool); 12] = [
    ("GET /devices", false),
    ("GET /devices/new", true),
    ("POST /devices/new", true),
    ("GET /devices/{id}", false),
    ("GET /devices/{id}/remove", true),
    ("POST /devices/{id}/remove", true),
    ("GET /devices/{id}/assign", true),
    ("POST /devices/{id}/assign", true),
    ("GET /devices/{id}/lines/1/unassign", true),
    ("POST /devices/{id}/lines/1/unassign", true),
    ("GET /devices/{id}/lines/1/credentials", true),
    ("POST /devices/{id}/lines/1/credentials", true),
];

async fn ask(visitor: &Visitor, page: &str, id: &str, fields: &[(&str, &str)]) -> Answer {
    match page.replace("{id}", id).split_once(' ') {
        Some(("POST", path)) => visitor.submit(path, fields).await,
        Some((_, path)) => visitor.get(path).await,
        None => panic!("{page} has no method"),
    }
}

/// A device of customer A with a line that is assigned.
async fn device_with_line(portal: &TestPortal) -> String {
    let site = portal.tree.a.sites[0].clone();
    let device = portal.add_device(&site, "yealink-t54w", Some(MAC)).await;
    let user = portal.add_user(&site, "Anne Leroy", "1001").await;
    portal.assign_line(&device, 1, &user).await;
    device.id.to_string()
}

#[tokio::test]
async fn who_is_not_signed_in_is_sent_to_sign_in_and_back() {
    let portal = TestPortal::start().await;
    let stranger = browser(&portal.anonymous(), "fr");
    for (page, _) in PAGES {
        let answer = ask(&stranger, page, ABSENT, &[]).await;
        assert!(location(&answer).starts_with("/sign-in?needed=1"), "{page}");
    }
    let answer = stranger.get("/devices?status=aged").await;
    let way = location(&answer).to_owned();
    assert_eq!(way, "/sign-in?needed=1&return_to=%2Fdevices%3Fstatus%3Daged");
    let page = stranger.get(&way).await.text();
    assert!(page.contains("<html lang=\"fr\">") && page.contains("value=\"/devices?status=aged\""), "{page}");

    let user = portal.portal_user(Whose::A, Role::Viewer).await;
    let fields = |password| {
        [("username", user.username.as_str()), ("password", password), ("return_to", "/devices?status=aged")]
    };
    let refused = stranger.submit("/sign-in", &fields("wrong, and secret")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains(&user.username) && !refused.text().contains("and secret"));
    assert!(!refused.headers.contains_key("set-cookie"));
    let unknown = stranger.submit("/sign-in", &[("username", "nobody.here"), ("password", "x")]).await;
    let told = |answer: &Answer| answer.text().contains("ne correspondent pas");
    assert!(told(&refused) && told(&unknown), "which of the two was wrong is not said");

    let accepted = stranger.submit("/sign-in", &fields(PASSWORD)).await;
    assert_eq!(location(&accepted), "/devices?status=aged");
    let cookie = accepted.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let signed_in = stranger.with(header::COOKIE, cookie.split(';').next().unwrap_or_default());
    assert_eq!(signed_in.get("/devices?status=aged").await.status, StatusCode::OK);

    let out = signed_in.submit("/sign-out", &[]).await;
    assert_eq!(location(&out), "/sign-in?ended=1");
    assert!(location(&signed_in.get("/devices").await).starts_with("/sign-in"));
}

#[tokio::test]
async fn nobody_is_sent_to_another_site() {
    let portal = TestPortal::start().await;
    let stranger = browser(&portal.anonymous(), "en");
    let user = portal.portal_user(Whose::A, Role::Viewer).await;
    for elsewhere in ["//evil.example", "/\\evil.example", "https://evil.example/", "javascript:alert(1)"] {
        let fields = [("username", user.username.as_str()), ("password", PASSWORD), ("return_to", elsewhere)];
        assert_eq!(location(&stranger.submit("/sign-in", &fields).await), "/devices");
        let fields = [("language", "fr"), ("return_to", elsewhere)];
        assert_eq!(location(&stranger.submit("/language", &fields).await), "/devices");
    }
}

#[tokio::test]
async fn the_language_is_kept_before_and_after_signing_in() {
    let portal = TestPortal::start().await;
    let stranger = browser(&portal.anonymous(), "en");
    let switched = stranger.submit("/language", &[("language", "fr"), ("return_to", "/sign-in")]).await;
    assert_eq!(location(&switched), "/sign-in");
    let cookie = switched.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    assert!(
        stranger.with(header::COOKIE, &cookie).get("/sign-in").await.text().contains("<html lang=\"fr\">")
    );

    let user = browser(&portal.signed_in(Whose::A, Role::Viewer).await, "en");
    user.submit("/language", &[("language", "fr"), ("return_to", "/devices")]).await;
    assert!(
        user.get("/devices").await.text().contains("<html lang=\"fr\">"),
        "it is the person's, not the browser's"
    );
    let wrong = user.submit("/language", &[("language", "xx")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_device_is_added_with_every_error_at_its_field() {
    let portal = TestPortal::start().await;
    let manager = manager_of(&portal, Whose::A).await;
    let site = portal.tree.a.sites[0].id.to_string();
    let empty = manager.get("/devices").await.text();
    assert!(empty.contains("No devices yet") && empty.contains("href=\"/devices/new\""));

    let nothing = manager.submit("/devices/new", &[("mac", "00:15:<zz>")]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = nothing.text();
    for field in ["new-site", "new-device", "new-mac"] {
        assert!(page.contains(&format!("id=\"{field}-error\"")), "{field}: {page}");
    }
    assert!(page.contains("value=\"00:15:&#60;zz&#62;\""), "what was typed is kept, as text");

    let types = manager.get(&format!("/devices/new?site_id={site}&mac=0015")).await.text();
    assert!(types.contains("<optgroup label=\"Yealink\">") && types.contains("value=\"0015\""));

    let fields = [("site_id", site.as_str()), ("device_type_id", "yealink-t54w"), ("mac", "0015.65AB.CDEF")];
    let added = manager.submit("/devices/new", &fields).await;
    let way = location(&added).to_owned();
    let id = way.strip_prefix("/devices?added=").unwrap_or_else(|| panic!("{way}")).to_owned();
    let list = manager.get(&way).await.text();
    assert!(list.contains(&format!("{MAC} has been added.")) && list.contains("class=\"fresh\""), "{list}");
    assert!(list.contains("No line assigned") && list.contains("data-state=\"no_line\""));
    // Pinned on top even where the filter would hide it, and never there twice.
    let filtered = manager.get(&format!("/devices?status=aged&added={id}")).await.text();
    assert_eq!(filtered.matches(&format!("id=\"name-{id}\"")).count(), 1);
    assert_eq!(list.matches(&format!("id=\"name-{id}\"")).count(), 1);

    let again = manager.submit("/devices/new", &fields).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text().contains(&format!("href=\"/devices/{id}\"")), "the one that has it is a link away");
}

#[tokio::test]
async fn a_doubt_is_told_and_does_not_stop() {
    let portal = TestPortal::start().await;
    let manager = manager_of(&portal, Whose::A).await;
    let site = portal.tree.a.sites[0].id.to_string();
    let fields =
        [("site_id", site.as_str()), ("device_type_id", "yealink-t54w"), ("mac", "02:15:65:00:00:01")];
    let way = location(&manager.submit("/devices/new", &fields).await).to_owned();
    assert!(
        manager.get(&way).await.text().contains("set by software"),
        "W02 is told where the device is shown"
    );
}

#[tokio::test]
async fn an_address_in_use_elsewhere_says_nothing_of_where() {
    let portal = TestPortal::start().await;
    let id = device_with_line(&portal).await;
    let stranger = manager_of(&portal, Whose::B).await;
    let site = portal.tree.b.sites[0].id.to_string();
    let fields = [("site_id", site.as_str()), ("device_type_id", "yealink-t54w"), ("mac", MAC)];
    let refused = stranger.submit("/devices/new", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = refused.text();
    assert!(
        page.contains("new-mac-error")
            && !page.contains(&id)
            && !page.contains("Lyon")
            && !page.contains("Customer A")
    );
}

#[tokio::test]
async fn a_foreign_device_is_no_device() {
    let portal = TestPortal::start().await;
    let id = device_with_line(&portal).await;
    let stranger = manager_of(&portal, Whose::B).await;
    for (page, _) in PAGES.iter().filter(|(page, _)| page.contains("{id}")) {
        let fields = [("port", "2"), ("user_id", ABSENT)];
        let (foreign, absent) =
            (ask(&stranger, page, &id, &fields).await, ask(&stranger, page, ABSENT, &fields).await);
        assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{page}");
        let (foreign, absent) = (without_request_id(&foreign), without_request_id(&absent));
        assert_eq!(foreign.replace(&id, ABSENT), absent, "{page}: the same page for both");
    }
    let list = stranger.get(&format!("/devices?added={id}")).await.text();
    assert!(!list.contains(MAC) && !list.contains(&format!("/devices/{id}")) && !list.contains("Lyon"));
    let site = portal.tree.a.sites[0].id.to_string();
    assert_eq!(stranger.get(&format!("/devices?site={site}")).await.status, StatusCode::NOT_FOUND);
    let window = stranger.get(&format!("/devices/new?site_id={site}")).await.text();
    assert!(!window.contains(&format!("<option value=\"{site}")) && !window.contains("<optgroup"));
}

#[tokio::test]
async fn who_may_only_look_is_shown_no_buttons_and_refused() {
    let portal = TestPortal::start().await;
    let id = device_with_line(&portal).await;
    for role in [Role::Viewer, Role::Support] {
        let reader = browser(&portal.signed_in(Whose::A, role).await, "en");
        for (page, changes) in PAGES {
            let site = portal.tree.a.sites[0].id.to_string();
            let fields = [
                ("site_id", site.as_str()),
                ("device_type_id", "yealink-t54w"),
                ("mac", "001565000002"),
                ("port", "2"),
            ];
            let answer = ask(&reader, page, &id, &fields).await;
            let expected = if changes { StatusCode::FORBIDDEN } else { StatusCode::OK };
            assert_eq!(answer.status, expected, "{role:?} {page}");
            if !changes {
                let text = answer.text();
                assert!(
                    !text.contains("/devices/new")
                        && !text.contains("/remove")
                        && !text.contains("/credentials"),
                    "{page}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_line_is_assigned_given_credentials_and_withdrawn() {
    let portal = TestPortal::start().await;
    let manager = manager_of(&portal, Whose::A).await;
    let site = portal.tree.a.sites[0].clone();
    let id = portal.add_device(&site, "yealink-t54w", Some(MAC)).await.id.to_string();
    let show = format!("/devices/{id}");

    let wrong =
        manager.submit(&format!("{show}/assign"), &[("port", "1"), ("name", ""), ("extension", "12a")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("user-name-error") && wrong.text().contains("user-extension-error"));
    let new =
        [("port", "1"), ("name", "Salle Rhône"), ("extension", "1090"), ("number", "+33 4 78 00 00 00")];
    let assigned = manager.submit(&format!("{show}/assign"), &new).await;
    assert_eq!(location(&assigned), format!("{show}?assigned=1"));
    let page = manager.get(&format!("{show}?assigned=1")).await.text();
    assert!(page.contains("Line 1 is assigned to Salle Rhône.") && page.contains("never seen"), "{page}");
    assert!(page.contains("+33478000000") && page.contains("0 of 1 line registered"));

    // The second line to the same user, chosen from the list.
    let window = manager.get(&format!("{show}/assign")).await.text();
    let user = window
        .split("<option value=\"")
        .find(|part| part.contains("1090 · Salle Rhône"))
        .unwrap_or_else(|| panic!("{window}"));
    let user = user.split('"').next().unwrap_or_default().to_owned();
    let second = manager.submit(&format!("{show}/assign"), &[("port", "2"), ("user_id", &user)]).await;
    assert_eq!(location(&second), format!("{show}?assigned=2"));
    let taken = manager.submit(&format!("{show}/assign"), &[("port", "2"), ("user_id", "")]).await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);

    let asked = manager.get(&format!("{show}/lines/1/credentials")).await.text();
    assert!(asked.contains("New credentials for line 1") && !asked.contains("data-credential"));
    let made = manager.submit(&format!("{show}/lines/1/credentials"), &[]).await;
    assert_eq!(made.status, StatusCode::OK);
    assert_eq!(made.header("cache-control"), "no-store");
    let text = made.text();
    let password = text
        .split("data-credential=\"password\">")
        .nth(1)
        .and_then(|rest| rest.split('<').next())
        .unwrap_or_default();
    assert!(password.len() >= 12 && text.contains("You will not see this password again"), "{text}");
    for path in [show.clone(), "/devices".to_owned(), format!("{show}/lines/1/credentials")] {
        assert!(!manager.get(&path).await.text().contains(password), "{path} shows the password");
    }
    assert_eq!(manager.get(&format!("{show}/lines/7/credentials")).await.status, StatusCode::NOT_FOUND);

    let withdrawn = manager.submit(&format!("{show}/lines/2/unassign"), &[]).await;
    assert_eq!(location(&withdrawn), format!("{show}?withdrawn=2"));
    assert!(manager.get(&format!("{show}?withdrawn=2")).await.text().contains("Line 2 is available again."));

    assert!(
        manager.get(&format!("{show}/remove")).await.text().contains("1 line is taken back from its user.")
    );
    let removed = manager.submit(&format!("{show}/remove"), &[]).await;
    assert_eq!(location(&removed), "/devices?removed=001565abcdef");
    assert!(
        manager
            .get("/devices?removed=001565abcdef")
            .await
            .text()
            .contains(&format!("{MAC} has been removed."))
    );
    assert_eq!(manager.get(&show).await.status, StatusCode::NOT_FOUND);
    let lie = manager.get("/devices?removed=%3Cb%3Eeverything").await.text();
    assert!(
        lie.contains("The device has been removed.") && !lie.contains("everything has"),
        "only an address is repeated"
    );
}

#[tokio::test]
async fn the_list_is_filtered_paged_and_counted() {
    let portal = TestPortal::start().await;
    let [lyon, paris] = portal.tree.a.sites.clone();
    for n in 0..51 {
        portal.add_device(&lyon, "yealink-t54w", Some(&format!("0015650000{n:02x}"))).await;
    }
    portal.add_device(&paris, "poly-vvx-450", Some("64167f029a11")).await;
    let reader = browser(&portal.signed_in(Whose::A, Role::Viewer).await, "fr");
    let rows = |page: &str| page.matches(" id=\"name-").count();
    let first = reader.get("/devices").await.text();
    assert_eq!(rows(&first), 50);
    assert!(first.contains("52 appareils"));
    let next = first
        .split("href=\"")
        .find(|part| part.contains("rel=\"next\""))
        .and_then(|part| part.split('"').next());
    let next = next.unwrap_or_else(|| panic!("{first}")).replace("&#38;", "&");
    assert_eq!(rows(&reader.get(&next).await.text()), 2);
    let one =
        reader.get(&format!("/devices?site={}&type=poly-vvx-450&status=no_line", paris.id)).await.text();
    assert!(rows(&one) == 1 && one.contains("64:16:7f:02:9a:11"));
    let none = reader.get("/devices?status=aged").await.text();
    assert!(rows(&none) == 0 && none.contains("Aucun appareil ne correspond à ces filtres"));
    for (path, status) in [
        ("/devices?status=dead", StatusCode::UNPROCESSABLE_ENTITY),
        ("/devices?after=%00", StatusCode::UNPROCESSABLE_ENTITY),
        ("/devices?type=nokia-3310", StatusCode::NOT_FOUND),
        ("/devices?site=1", StatusCode::NOT_FOUND),
        ("/devices/not-an-id", StatusCode::NOT_FOUND),
        ("/nothing-here", StatusCode::NOT_FOUND),
    ] {
        let answer = reader.get(path).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.text().contains(answer.header("x-request-id")), "{path}: the page names its request");
    }
}

#[tokio::test]
async fn our_own_script_gets_parts_and_is_told_the_way_on() {
    let portal = TestPortal::start().await;
    let manager = manager_of(&portal, Whose::A).await;
    let script = scripted(&manager);
    let part = script.get("/devices?status=aged&site=&type=").await;
    assert!(part.text().trim_start().starts_with("<div id=\"results\">"), "{}", part.text());
    assert_eq!(part.header("hx-push-url"), "/devices?status=aged");
    let site = portal.tree.a.sites[0].id.to_string();
    let fields = [("site_id", site.as_str()), ("device_type_id", "yealink-t54w"), ("mac", MAC)];
    let added = script.submit("/devices/new", &fields).await;
    assert_eq!(added.status, StatusCode::NO_CONTENT);
    assert!(added.header("hx-redirect").starts_with("/devices?added="));
    // Sent on to sign in, a background request has no place for that page.
    let stranger = scripted(&browser(&portal.anonymous(), "en"));
    let way = location(&stranger.get("/devices").await).to_owned();
    assert_eq!(stranger.get(&way).await.header("hx-redirect"), "/sign-in?needed=1");
}

#[tokio::test]
async fn pages_of_a_provider_name_the_customer() {
    let portal = TestPortal::over(TestApp::start().await);
    let id = device_with_line(&portal).await;
    let agent = manager_of(&portal, Whose::Provider).await;
    let list = agent.get("/devices").await.text();
    assert!(list.contains("Customer A · Lyon") && list.contains("Customer B · Berlin"));
    assert!(agent.get(&format!("/devices/{id}")).await.text().contains("Customer A"));
    let own = manager_of(&portal, Whose::A).await;
    assert!(!own.get("/devices").await.text().contains("Customer A"));
}
