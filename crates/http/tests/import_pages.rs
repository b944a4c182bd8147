//! Import of devices on pages: who is shown what, the upload without script, its results, adding, undoing, and the news on
//! whatever page comes next.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use serde_json::json;
use tonalite_core::portal_user::Role;
use tonalite_testkit::{Answer, TestPortal, Visitor, Whose};

/// An id that nothing has.
const ABSENT: &str = "019b0000-0000-7000-8000-000000000000";
const GOOD: &str = "mac;device_type;site\r\n00:15:65:00:00:01;Yealink T54W;Lyon\r\n";
const MIXED: &str = "mac;device_type;site\r\n00:15:65:00:00:01;Yealink T54W;Lyon\r\n\
                     <b>1,57E+11;Yealink T54W;Lyon\r\n00:15:65:00:00:03;Yealink T54;Lion\r\n";

fn browser(visitor: &Visitor, language: &str) -> Visitor {
    visitor.with(header::ACCEPT, "text/html").with(header::ACCEPT_LANGUAGE, language)
}

async fn manager(portal: &TestPortal, language: &str) -> Visitor {
    browser(&portal.signed_in(Whose::A, Role::Manager).await, language)
}

fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.header("location").to_owned()
}

/// Sends the form as a browser does: the choices first, the file last.
async fn upload(visitor: &Visitor, choices: &[(&str, &str)], file: Option<(&str, &str)>) -> Answer {
    let mut body = String::new();
    for (name, value) in choices {
        body += &format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    let (name, content) = file.unwrap_or_default();
    body += &format!(
        "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: text/csv\r\n\r\n{content}\r\n--edge--\r\n"
    );
    let visitor = visitor.with(header::ORIGIN, "http://portal.test");
    visitor.send(Method::POST, "/imports", Some("multipart/form-data; boundary=edge"), Body::from(body)).await
}

/// Carries the import at this address on, and gives its id.
async fn carried_on(portal: &TestPortal, address: &str) -> String {
    let id = address.rsplit('/').next().unwrap_or_default().to_owned();
    let import = id.parse().expect("an id");
    portal.app.drive_import(import, portal.clock.as_ref()).await.expect("carried on");
    id
}

/// The browser with the cookies of an answer.
fn with_cookies(visitor: &Visitor, answer: &Answer) -> Visitor {
    let cookie = answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    let both = format!("{}; {cookie}", visitor_cookie(visitor));
    visitor.with(header::COOKIE, &both)
}

fn visitor_cookie(visitor: &Visitor) -> String {
    visitor.header(&header::COOKIE).unwrap_or_default()
}

#[tokio::test]
async fn who_is_shown_what() {
    let portal = TestPortal::start().await;
    let manager = manager(&portal, "en").await;
    let begun = upload(&manager, &[("mode", "add")], Some(("a.csv", GOOD))).await;
    let id = carried_on(&portal, &location(&begun)).await;
    let viewer = browser(&portal.signed_in(Whose::A, Role::Support).await, "en");
    let neighbour = browser(&portal.signed_in(Whose::B, Role::Admin).await, "en");
    let stranger = browser(&portal.anonymous(), "en");
    for (page, named) in [
        ("GET /imports/{id}", true),
        ("GET /imports/{id}/rows.csv", true),
        ("GET /imports/{id}/undo", true),
        ("GET /imports/{id}/told", true),
        ("POST /imports/{id}/apply", true),
        ("POST /imports/{id}/cancel", true),
        ("POST /imports/{id}/undo", true),
        ("GET /imports", false),
        ("GET /imports/new", false),
        ("GET /imports/template.csv", false),
    ] {
        let ask = async |visitor: &Visitor, id: &str| {
            let (method, path) = page.split_once(' ').unwrap_or_default();
            let path = path.replace("{id}", id);
            if method == "GET" { visitor.get(&path).await } else { visitor.submit(&path, &[]).await }
        };
        assert!(location(&ask(&stranger, &id).await).starts_with("/sign-in?needed=1"), "{page}");
        assert_eq!(ask(&viewer, &id).await.status, StatusCode::FORBIDDEN, "{page}");
        if named {
            let (theirs, absent) = (ask(&neighbour, &id).await, ask(&neighbour, ABSENT).await);
            assert_eq!(theirs.status, StatusCode::NOT_FOUND, "{page}");
            let plain = |answer: &Answer| {
                answer.text().replace(answer.header("x-request-id"), "").replace(&id, ABSENT)
            };
            assert_eq!(plain(&theirs), plain(&absent), "{page}");
        }
    }
    let menu = "Download .CSV template";
    assert!(manager.get("/devices").await.text().contains(menu));
    assert!(!viewer.get("/devices").await.text().contains(menu));
}

#[tokio::test]
async fn where_it_is_off_the_place_says_who_can_switch_it_on() {
    let portal = TestPortal::start().await;
    let manager = manager(&portal, "fr").await;
    let provider = portal.signed_in(Whose::Provider, Role::Admin).await;
    let party = format!("/api/v1/parties/{}", portal.tree.a.party.id);
    let off = provider.patch(&party, json!({ "features": { "device_import": false } })).await;
    assert_eq!(off.status, StatusCode::OK, "{}", off.text());
    for path in ["/devices", "/imports/new"] {
        let page = manager.get(path).await.text();
        assert!(page.contains("est désactivée pour Customer A"), "{path}: {page}");
        assert!(!page.contains("multipart/form-data") && !page.contains("Télécharger le modèle"), "{path}");
    }
    assert_eq!(upload(&manager, &[], Some(("a.csv", GOOD))).await.status, StatusCode::FORBIDDEN);
    assert_eq!(manager.get("/imports/template.csv").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn wrong_rows_are_shown_and_nothing_is_written_until_somebody_says_so() {
    let portal = TestPortal::start().await;
    let manager = manager(&portal, "fr").await;
    let begun = upload(&manager, &[("mode", "add"), ("at_once", "1")], Some(("C:\\a\\<i>.csv", MIXED))).await;
    let address = location(&begun);
    let reading = manager.get(&address).await.text();
    assert!(reading.contains("Vérification du fichier") && reading.contains("http-equiv=\"refresh\""));
    let id = carried_on(&portal, &address).await;
    let page = manager.get(&address).await.text();
    for text in [
        "Résultat de la vérification",
        "&#60;i&#62;.csv",
        "Rien n’a encore été ajouté",
        "Télécharger les 2 lignes à corriger (.csv)",
        "Ajouter l’appareil valide",
        "Le plus proche\u{a0}: Yealink T54W.",
        "R13",
    ] {
        assert!(page.contains(text), "{text} is not in {page}");
    }
    assert!(!page.contains("<b>1,57") && !page.contains("<i>.csv"));
    let right = manager.get(&format!("{address}?outcome=create")).await.text();
    assert!(right.contains("00:15:65:00:00:01") && !right.contains("R13"), "{right}");
    assert!(!manager.get("/devices").await.text().contains("00:15:65:00:00:01"));

    let file = manager.get(&format!("{address}/rows.csv?outcome=rejected")).await;
    assert!(file.header("content-disposition").contains("a-corriger"), "{:?}", file.headers);
    assert!(file.text().contains("00:15:65:00:00:03") && !file.text().contains("00:15:65:00:00:01"));

    let applied = manager.submit(&format!("{address}/apply"), &[("on_error", "skip")]).await;
    assert_eq!(location(&applied), address);
    carried_on(&portal, &address).await;
    let page = manager.get(&address).await.text();
    assert!(
        page.contains("1 appareil a été ajouté.") && page.contains(&format!("/imports/{id}/undo")),
        "{page}"
    );
    assert!(manager.get("/devices").await.text().contains("00:15:65:00:00:01"));

    let question = manager.get(&format!("{address}/undo")).await.text();
    assert!(
        question.contains("L’appareil qu’elle a ajouté est retiré, sauf s’il est utilisé."),
        "{question}"
    );
    assert_eq!(location(&manager.submit(&format!("{address}/undo"), &[]).await), address);
    carried_on(&portal, &address).await;
    assert!(manager.get(&address).await.text().contains("1 appareil a été retiré."));
    assert!(!manager.get("/devices").await.text().contains("00:15:65:00:00:01"));
    let list = manager.get("/imports").await.text();
    assert!(list.contains(&address) && list.contains("défaite"), "{list}");
}

#[tokio::test]
async fn the_end_is_told_on_the_next_page_and_once_it_was_seen_no_more() {
    let portal = TestPortal::start().await;
    let manager = manager(&portal, "en").await;
    let begun = upload(&manager, &[("at_once", "1")], Some(("a.csv", GOOD))).await;
    let (address, waiting) = (location(&begun), with_cookies(&manager, &begun));
    let id = address.rsplit('/').next().unwrap_or_default().to_owned();
    let page = waiting.get("/devices").await.text();
    assert!(page.contains(&format!("data-awaited=\"{id}\"")) && !page.contains("data-told"), "{page}");
    assert_eq!(waiting.get(&format!("{address}/told")).await.status, StatusCode::NO_CONTENT);
    carried_on(&portal, &address).await;
    for path in ["/devices", "/devices/new", "/imports/instructions"] {
        let page = waiting.get(path).await.text();
        assert!(page.contains("a.csv: 1 device was added."), "{path}: {page}");
        assert!(page.contains(&format!("value=\"{path}\"")), "closing it leads back to {path}");
    }
    assert!(
        !manager.get("/devices").await.text().contains("data-told"),
        "another browser does not wait for it"
    );
    let part = waiting.get(&format!("{address}/told")).await.text();
    assert!(part.contains("1 device was added.") && !part.contains("<html"), "{part}");
    let closed = waiting.submit(&format!("{address}/seen"), &[("return_to", "/devices?status=aged")]).await;
    assert_eq!(location(&closed), "/devices?status=aged");
    assert!(closed.header("set-cookie").starts_with("imports=;"), "{:?}", closed.headers);
    let elsewhere = waiting.submit(&format!("{address}/seen"), &[("return_to", "//evil.example")]).await;
    assert!(!location(&elsewhere).contains("evil"));
    let seen = waiting.get(&address).await;
    assert!(seen.header("set-cookie").starts_with("imports=;") && !seen.text().contains("data-told"));
}

#[tokio::test]
async fn addresses_that_are_typed_go_the_same_way() {
    let portal = TestPortal::start().await;
    let manager = manager(&portal, "en").await;
    let site = portal.tree.a.sites[0].id.to_string();
    let macs = "00:15:65:00:00:01\r\n\r\n001565000002\n=cmd|' /C calc'!A0\n";
    let fields = [("device_type_id", "yealink-t54w"), ("paste_site_id", site.as_str()), ("macs", macs)];
    for (missing, at) in [
        ("device_type_id", "paste-type-error"),
        ("paste_site_id", "paste-site-error"),
        ("macs", "paste-macs-error"),
    ] {
        let fields: Vec<(&str, &str)> = fields.into_iter().filter(|(name, _)| *name != missing).collect();
        let answer = manager.submit("/imports/typed", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{missing}");
        assert!(answer.text().contains(&format!("id=\"{at}\"")), "{missing}: {}", answer.text());
    }
    let foreign = portal.tree.b.sites[0].id.to_string();
    let theirs = [("device_type_id", "yealink-t54w"), ("paste_site_id", foreign.as_str()), ("macs", "1")];
    assert_eq!(manager.submit("/imports/typed", &theirs).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let address = location(&manager.submit("/imports/typed", &fields).await);
    carried_on(&portal, &address).await;
    let page = manager.get(&address).await.text();
    assert!(page.contains("typed list") && page.contains("Add the 2 valid devices"), "{page}");
    assert!(page.contains("=cmd|"), "the value as it was typed: {page}");
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_said_where_it_was_chosen() {
    let portal = TestPortal::start().await;
    let manager = manager(&portal, "fr").await;
    let none = upload(&manager, &[("mode", "add_and_update")], None).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = none.text();
    assert!(
        page.contains("Choisissez d’abord un fichier.") && page.contains("value=\"add_and_update\" checked"),
        "{page}"
    );
    assert!(!page.contains("name=\"at_once\" value=\"1\" checked"), "what was unticked stays unticked");

    let length = (202_u64 << 20).to_string();
    let large = manager.with(header::CONTENT_LENGTH, &length);
    let large = upload(&large, &[("mode", "add_and_update")], Some(("a.csv", GOOD))).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(large.text().contains("value=\"add_and_update\" checked"), "what was chosen is kept");
    assert!(large.text().contains("F02 · Le fichier dépasse 200\u{a0}Mio"), "{}", large.text());

    let broken =
        Body::from("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nmac;");
    let kind = Some("multipart/form-data; boundary=edge");
    let broken =
        manager.with(header::ORIGIN, "http://portal.test").send(Method::POST, "/imports", kind, broken).await;
    assert_eq!(broken.status, StatusCode::BAD_REQUEST, "{}", broken.text());

    let address = location(&upload(&manager, &[], Some(("a.pdf", "%PDF-1.7\n"))).await);
    carried_on(&portal, &address).await;
    let page = manager.get(&address).await.text();
    assert!(page.contains("Le fichier n’a pas pu être importé") && page.contains("F04"), "{page}");
}

#[tokio::test]
async fn who_has_several_customers_chooses_one() {
    let portal = TestPortal::start().await;
    let agent = browser(&portal.signed_in(Whose::Provider, Role::Manager).await, "en");
    let (a, b) = (&portal.tree.a.party, &portal.tree.b.party);
    for path in ["/imports/new", "/imports"] {
        let page = agent.get(path).await.text();
        assert!(
            page.contains(&a.name) && page.contains(&format!("{path}?party_id={}", b.id)),
            "{path}: {page}"
        );
    }
    let found = agent.get("/imports/new?q=customer%20a").await.text();
    assert!(found.contains(&a.name) && !found.contains(&b.name), "{found}");
    let none = agent.get("/imports/new?q=nobody").await.text();
    assert!(none.contains("No customer has this in its name."), "{none}");
    let form = agent.get(&format!("/imports/new?party_id={}", a.id)).await.text();
    assert!(form.contains(&format!("for {}", a.name)) && form.contains("Lyon"), "{form}");
    let template = agent.get(&format!("/imports/template.csv?party_id={}", a.id)).await;
    assert_eq!(
        template.header("content-disposition"),
        "attachment; filename=\"tonalite-devices-template.csv\""
    );
    let menu = agent.get("/devices").await.text();
    assert!(menu.contains("href=\"/imports/new\""), "{menu}");
}
