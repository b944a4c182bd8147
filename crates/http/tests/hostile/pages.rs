//! The pages: each field of each form, each parameter of each address. The form comes again with what is wrong at its
//! field, in the person's language, and with nothing in it that the person's browser would carry out.

use axum::http::{StatusCode, header};
use tonalite_app::Location;
use tonalite_core::party::Feature;
use tonalite_core::portal_user::Role;
use tonalite_core::time::Span;
use tonalite_testkit::{Answer, PASSWORD, TestApp, TestPortal, Visitor, Whose, each_engine};

use crate::values::{Extent, MARKUP, encoded, texts};

/// A form: where it is sent, what is right in it, and under which id the message of each field stands.
struct Form {
    path: String,
    right: Vec<(&'static str, String)>,
    /// Field, and the id of what is said at it.
    fields: Vec<(&'static str, &'static str)>,
}

struct Target {
    portal: TestPortal,
    device: String,
    site: String,
    base: String,
    dect_system: String,
    on: Extent,
}

impl Target {
    async fn at(location: Location) -> Target {
        let on = Extent::on(&location);
        Target { on, ..Target::over(TestPortal::over(TestApp::start_at(location).await)).await }
    }

    async fn over(portal: TestPortal) -> Target {
        let site = portal.tree.a.sites[0].clone();
        let device = portal.add_device(&site, "grandstream-ht818", Some("000b82000001")).await;
        portal.add_user(&site, "<script>alert(8)</script>", "1001").await;
        portal.switch(portal.tree.provider.id, Feature::LineStateExport, Some(true)).await;
        let base = portal.add_device(&site, "snom-m700", Some("000413000001")).await.id.to_string();
        let system = serde_json::json!({
            "party_id": portal.tree.a.party.id.to_string(), "name": "<script>alert(8)</script>",
        });
        let program = portal.with_token(Whose::Provider, Role::Admin).await;
        let system = program.post("/api/v1/dect-systems", system).await.json();
        Target {
            device: device.id.to_string(),
            site: site.id.to_string(),
            base,
            dect_system: system["id"].as_str().unwrap().to_owned(),
            portal,
            on: Extent::All,
        }
    }

    /// Signed in anew each time, since the clock goes on.
    async fn manager(&self) -> Visitor {
        let visitor = self.portal.signed_in(Whose::A, Role::Manager).await;
        visitor.with(header::ACCEPT, "text/html").with(header::ACCEPT_LANGUAGE, "fr")
    }

    fn forms(&self) -> Vec<Form> {
        let user = [("name", "Anne".to_owned()), ("extension", "777".to_owned()), ("number", String::new())];
        vec![
            Form {
                path: "/devices/new".into(),
                right: vec![
                    ("site_id", self.site.clone()),
                    ("device_type_id", "yealink-t54w".into()),
                    ("mac", "001565abcdef".into()),
                ],
                fields: vec![
                    ("site_id", "new-site-error"),
                    ("device_type_id", "new-device-error"),
                    ("mac", "new-mac-error"),
                ],
            },
            Form {
                path: format!("/devices/{}/assign", self.device),
                right: [("port", "1".to_owned())].into_iter().chain(user).collect(),
                fields: vec![
                    ("name", "user-name-error"),
                    ("extension", "user-extension-error"),
                    ("number", "user-number-error"),
                ],
            },
            Form {
                path: format!("/devices/{}/assign", self.device),
                right: vec![("port", "1".to_owned()), ("user_id", String::new())],
                fields: vec![("user_id", "known-user-error")],
            },
            Form {
                path: "/users/new".into(),
                right: vec![
                    ("site_id", self.site.clone()),
                    ("name", "Anne".into()),
                    ("email", String::new()),
                    ("extension", "778".into()),
                    ("number", String::new()),
                    ("device_id", "none".into()),
                ],
                fields: vec![
                    ("site_id", "person-site-error"),
                    ("name", "person-name-error"),
                    ("email", "person-email-error"),
                    ("extension", "person-extension-error"),
                    ("number", "person-number-error"),
                ],
            },
            Form {
                path: "/sites/new".into(),
                right: vec![
                    ("name", "Nantes".into()),
                    ("code", String::new()),
                    ("time_zone", "Europe/Paris".into()),
                    ("language", "fr".into()),
                ],
                fields: vec![
                    ("name", "site-name-error"),
                    ("code", "site-code-error"),
                    ("time_zone", "site-zone-error"),
                ],
            },
            Form {
                path: "/dect-systems/new".into(),
                right: vec![
                    ("device", self.base.clone()),
                    ("name", "Wards".into()),
                    ("device_ids", self.base.clone()),
                ],
                fields: vec![("name", "dect-name-error")],
            },
            Form {
                path: format!("/dect-systems/{}/bases", self.dect_system),
                right: vec![("device_id", self.base.clone())],
                fields: vec![("device_id", "dect-add-base-error")],
            },
        ]
    }
}

/// A page that may be shown to somebody.
fn check_page(what: &str, answer: &Answer) {
    let status = answer.status;
    assert!(!status.is_server_error(), "{what}: {status} {}", answer.text());
    if status.is_redirection() {
        let to = answer.header("location");
        assert!(to.starts_with('/') && !to.starts_with("//") && !to.starts_with("/\\"), "{what}: to {to}");
        return;
    }
    assert!(answer.header("content-type").starts_with("text/html"), "{what}: {}", answer.text());
    let page = answer.text();
    assert!(page.contains("<html lang=\"fr\">"), "{what}: not in the person's language");
    for markup in MARKUP {
        assert!(!page.contains(markup), "{what}: {markup} stands in the page");
    }
    assert!(!page.contains(">error-") && !page.contains("{ $"), "{what}: a text is missing: {page}");
}

#[tokio::test]
async fn every_field_of_every_form() {
    each_engine(async |location| {
        let target = Target::at(location).await;
        let mut manager = target.manager().await;
        let mut at_its_field = 0;
        for (place, form) in target.forms().into_iter().enumerate() {
            for (field, message) in &form.fields {
                for (n, text) in texts(target.on).iter().enumerate() {
                    if n % 10 == 0 {
                        target.portal.advance(Span::from_mins(29));
                        manager = target.manager().await;
                    }
                    // A user that was made keeps its extension.
                    let extension = format!("{place}{}{n:03}", field.len());
                    let mut fields: Vec<(&str, &str)> = Vec::new();
                    for (name, right) in &form.right {
                        fields.push(match *name {
                            name if name == *field => (name, text),
                            "extension" => ("extension", &extension),
                            name => (name, right),
                        });
                    }
                    let answer = manager.submit(&form.path, &fields).await;
                    let what = format!("{} with {field} = {text:.60?}", form.path);
                    check_page(&what, &answer);
                    match answer.status {
                        StatusCode::SEE_OTHER => {
                            // It was right after all. Made room for the next one.
                            undo(&target, &manager, &answer).await;
                        }
                        StatusCode::UNPROCESSABLE_ENTITY => {
                            let page = answer.text();
                            assert!(
                                page.contains(&format!("id=\"{message}\"")),
                                "{what}: nothing said at it: {page}"
                            );
                            assert!(page.contains("aria-invalid=\"true\""), "{what}: not marked");
                            at_its_field += 1;
                        }
                        other => panic!("{what}: {other}"),
                    }
                }
            }
        }
        assert!(at_its_field > 40, "{at_its_field}");
    })
    .await;
}

/// Takes back what a form did: a device that was added, a line that was assigned.
async fn undo(target: &Target, manager: &Visitor, answer: &Answer) {
    let to = answer.header("location");
    if to.starts_with("/dect-systems/") {
        // Names are not unique, and a base is in one system at a time: there is room for the next one.
        return;
    }
    if let Some((id, _)) = to.strip_prefix("/users/").and_then(|rest| rest.split_once('?')) {
        let undone = manager.submit(&format!("/users/{id}/delete?version=1&lines=0"), &[]).await;
        assert_eq!(undone.status, StatusCode::SEE_OTHER, "{to}: {}", undone.text());
        return;
    }
    if let Some(site) = to.strip_prefix("/sites/").and_then(|to| to.strip_suffix("?saved=new")) {
        let gone = manager.submit(&format!("/sites/{site}/delete"), &[("version", "1")]).await;
        assert_eq!(gone.status, StatusCode::SEE_OTHER, "{to}: {}", gone.text());
        return;
    }
    let undone = match to.strip_prefix("/devices?added=") {
        Some(id) => manager.submit(&format!("/devices/{id}/remove"), &[]).await,
        None => manager.submit(&format!("/devices/{}/lines/1/unassign", target.device), &[]).await,
    };
    assert_eq!(undone.status, StatusCode::SEE_OTHER, "{to}: {}", undone.text());
}

#[tokio::test]
async fn forms_that_are_none() {
    let target = Target::over(TestPortal::start().await).await;
    let manager = target.manager().await;
    let paths: Vec<String> = target.forms().into_iter().map(|form| form.path).collect();
    for path in paths.iter().map(String::as_str).chain(["/sign-in", "/language", "/sign-out"]) {
        let path = path.to_owned();
        for (kind, body) in [
            ("application/x-www-form-urlencoded", b"".to_vec()),
            ("application/x-www-form-urlencoded", b"%ff%fe=%".to_vec()),
            (
                "application/x-www-form-urlencoded",
                b"mac=a&mac=b&port=1&port=2&username=a&username=b&language=a&language=b".to_vec(),
            ),
            ("application/x-www-form-urlencoded", vec![b'a'; 2 << 20]),
            ("application/x-www-form-urlencoded", "a=b&".repeat(100_000).into_bytes()),
            ("application/json", b"{}".to_vec()),
            ("multipart/form-data; boundary=x", b"--x".to_vec()),
            ("<script>alert(1)</script>", b"x".to_vec()),
        ] {
            if path == "/sign-out" {
                continue;
            }
            let what = format!("{path} {kind} {:.40}", String::from_utf8_lossy(&body));
            let visitor = manager.with(header::ORIGIN, "http://portal.test");
            let answer = visitor.send(axum::http::Method::POST, &path, Some(kind), body.into()).await;
            check_page(&what, &answer);
        }
    }
}

#[tokio::test]
async fn every_parameter_of_every_page() {
    each_engine(async |location| {
        let target = Target::at(location).await;
        let device = target.device.clone();
        let pages = [
            (
                "/devices".to_owned(),
                &["site", "type", "status", "after", "added", "removed", "q", "sort"][..],
            ),
            ("/line-states".to_owned(), &["site", "type", "kind", "state", "after", "columns", "q", "limit"]),
            ("/devices/export".to_owned(), &["site", "type", "status", "after", "columns", "tz"]),
            ("/line-states/export".to_owned(), &["site", "type", "kind", "state", "after", "q", "party"]),
            ("/devices/new".to_owned(), &["site_id", "device_type_id", "mac"]),
            (format!("/devices/{device}"), &["assigned", "withdrawn", "added"]),
            (format!("/devices/{device}/assign"), &["port"]),
            (format!("/devices/{device}/assign-range"), &["first_port", "users"]),
            ("/users".to_owned(), &["q", "site", "after", "deleted"]),
            (
                "/users/new".to_owned(),
                &["step", "site_id", "name", "extension", "number", "device_id", "device_q"],
            ),
            (format!("/sites/{}/credentials", target.site), &["device_type_id"]),
            ("/dect-systems".to_owned(), &["after"]),
            ("/dect-systems/new".to_owned(), &["device", "name", "device_ids"]),
            ("/sign-in".to_owned(), &["return_to", "needed", "ended"]),
        ];
        let mut manager = target.manager().await;
        for (path, parameters) in &pages {
            for name in *parameters {
                for text in texts(target.on) {
                    target.portal.advance(Span::from_secs(20));
                    let answer = manager.get(&format!("{path}?{name}={}", encoded(&text))).await;
                    let what = format!("{path}?{name}={text:.60?}");
                    let is_file = answer.headers.contains_key("content-disposition");
                    assert!(!is_file || path.ends_with("/export"), "{what}");
                    if !is_file {
                        check_page(&what, &answer);
                    }
                    // The same for our own script, which asks for a part of the page.
                    let scripted = manager.with(axum::http::HeaderName::from_static("hx-request"), "true");
                    let part = scripted.get(&format!("{path}?{name}={}", encoded(&text))).await;
                    assert!(!part.status.is_server_error(), "{what}: {}", part.text());
                    let pushed = part.headers.get("hx-push-url").and_then(|value| value.to_str().ok());
                    assert!(
                        pushed.is_none_or(|to| to.starts_with("/devices") || to.starts_with("/line-states")),
                        "{what}: {pushed:?}"
                    );
                }
                manager = target.manager().await;
            }
            for address in [
                format!("{path}?{}", "a=b&".repeat(2_000)),
                format!("{path}?%ff=%fe"),
                format!("{path}?=&&%"),
            ] {
                let answer = manager.get(&address).await;
                if !answer.headers.contains_key("content-disposition") {
                    check_page(&address, &answer);
                }
            }
        }
        for text in texts(target.on).iter().filter(|text| !text.is_empty()) {
            for path in [
                format!("/devices/{}", encoded(text)),
                format!("/devices/{}/remove", encoded(text)),
                format!("/devices/{device}/lines/{}/credentials", encoded(text)),
                format!("/devices/{device}/lines/{}/credentials/old", encoded(text)),
                format!("/users/{}", encoded(text)),
                format!("/users/{}/assign", encoded(text)),
                format!("/sites/{}/credentials", encoded(text)),
                format!("/dect-systems/{}", encoded(text)),
                format!("/dect-systems/{}/edit", encoded(text)),
                format!("/dect-systems/{}/bases/{}/remove", target.dect_system, encoded(text)),
                format!("/dect-reboots/{}", encoded(text)),
                format!("/{}", encoded(text)),
            ] {
                let answer = manager.get(&path).await;
                check_page(&path, &answer);
                assert!(!answer.status.is_success(), "{path}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn signing_in_and_the_language() {
    let target = Target::over(TestPortal::start().await).await;
    let user = target.portal.portal_user(Whose::A, Role::Viewer).await;
    let stranger =
        target.portal.anonymous().with(header::ACCEPT, "text/html").with(header::ACCEPT_LANGUAGE, "fr");
    for text in texts(target.on) {
        target.portal.advance(Span::from_mins(30));
        let what = format!("{text:.60?}");
        let refused = stranger.submit("/sign-in", &[("username", &text), ("password", &text)]).await;
        check_page(&what, &refused);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{what}");
        if text.starts_with('/') || text.contains(':') || text.contains('\n') {
            let right = [("username", user.username.as_str()), ("password", PASSWORD), ("return_to", &text)];
            let to = stranger.submit("/sign-in", &right).await;
            check_page(&what, &to);
            assert_eq!(to.status, StatusCode::SEE_OTHER, "{what}: {}", to.text());
        }
        check_page(&what, &stranger.submit("/language", &[("language", &text), ("return_to", &text)]).await);
        let kept = stranger.submit("/language", &[("language", "fr"), ("return_to", &text)]).await;
        check_page(&what, &kept);
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{what}: {}", kept.text());
    }
    // A way back in another script: browsers send it encoded, others may not.
    for to in ["/devices?q=é", "/é", "/devices?q=😀"] {
        let right = [("username", user.username.as_str()), ("password", PASSWORD), ("return_to", to)];
        let answer = stranger.submit("/sign-in", &right).await;
        check_page(to, &answer);
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{to}: {}", answer.text());
    }
}

#[tokio::test]
async fn party_manager() {
    each_engine(async |location| {
        let target = Target::at(location).await;
        let a = target.portal.tree.a.party.id;
        let types = format!("/party-manager/{a}/device-types");
        let at_site = format!("/party-manager/sites/{}/device-types", target.site);
        let addresses = [
            ("/party-manager".to_owned(), &["q", "kind", "below", "after"][..]),
            (format!("/party-manager/{a}"), &["saved", "sites_after"]),
        ];
        let forms = [
            (format!("/party-manager/{a}"), &["version", "device_reboot", "provisioning"][..]),
            (format!("/party-manager/{a}/contact"), &["version", "contact"]),
            (types.clone(), &["version", "mode", "act", "type", "q", "confirmed"]),
            (at_site, &["version", "mode", "act", "type", "q"]),
        ];
        for (n, text) in texts(target.on).iter().enumerate() {
            if n % 10 == 0 {
                target.portal.advance(Span::from_mins(29));
            }
            let admin = target.portal.signed_in(Whose::Operator, Role::Admin).await;
            let admin = admin.with(header::ACCEPT, "text/html").with(header::ACCEPT_LANGUAGE, "fr");
            for (path, parameters) in &addresses {
                for name in *parameters {
                    let address = format!("{path}?{name}={}", encoded(text));
                    check_page(&address, &admin.get(&address).await);
                }
            }
            for (path, fields) in &forms {
                for name in *fields {
                    let right = [("version", "1"), ("mode", "own"), ("type", "snom-d785"), ("act", "save")];
                    let others = right.into_iter().filter(|(field, _)| field != name);
                    let sent: Vec<(&str, &str)> = others.chain([(*name, text.as_str())]).collect();
                    check_page(
                        &format!("{path} with {name} = {text:.60?}"),
                        &admin.submit(path, &sent).await,
                    );
                }
            }
            if !text.is_empty() {
                let path = format!("/party-manager/{}", encoded(text));
                let answer = admin.get(&path).await;
                check_page(&path, &answer);
                assert!(!answer.status.is_success(), "{path}");
            }
            // What was kept of it stands on these pages.
            for path in [
                format!("/party-manager/{a}"),
                types.clone(),
                format!("/devices/new?site_id={}", target.site),
            ] {
                check_page(&path, &admin.get(&path).await);
            }
        }
    })
    .await;
}
