//! The page about the API: for everybody, in the reader's language, with every operation of the document.

use axum::http::{Method, header};
use tonalite_core::portal_user::Role;

use crate::portal::{Answer, Portal, Who};

async fn page(portal: &Portal, who: &Who, path: &str, language: &str) -> Answer {
    let mut request = Portal::request(who, Method::GET, path, "");
    let headers = request.headers_mut();
    headers.insert(header::ACCEPT, "text/html".parse().expect("a header"));
    headers.insert(header::ACCEPT_LANGUAGE, language.parse().expect("a header"));
    portal.send(request).await
}

#[tokio::test]
async fn everybody_may_read_about_the_api() {
    let portal = Portal::start().await;
    let french = page(&portal, &Who::Nobody, "/api/docs", "fr").await.expect(200);
    assert!(french.header("content-type").starts_with("text/html"));
    let text = &french.text;
    assert!(text.contains("<html lang=\"fr\">") && text.contains("Référence de l’API"), "{text}");
    let document = serde_json::to_value(tonalite_http::openapi_document()).expect("JSON");
    for (path, item) in document["paths"].as_object().expect("paths") {
        for operation in item.as_object().expect("operations").values() {
            let id = operation["operationId"].as_str().expect("an id");
            assert!(text.contains(&format!("<article class=\"part operation\" id=\"{id}\"")), "{id}");
        }
        assert!(text.contains(&format!("</b> <code>{path}</code>")), "{path}");
    }
    for told in ["<code>mac_taken</code>", "-X POST", "http://portal.example/api/v1/devices", "$TOKEN"] {
        assert!(text.contains(told), "{told}");
    }
    let who = portal.sign_in(portal.a, "marie", Role::Viewer).await;
    let english = page(&portal, &who, "/api/docs", "en").await.expect(200).text;
    assert!(english.contains("<html lang=\"en\">") && english.contains("href=\"/devices\""), "signed in");
    // Beside it the API is as it was: a problem is a document, also for who would rather have a page.
    assert_eq!(page(&portal, &Who::Nobody, "/api/docs/x", "fr").await.problem(), "404 not_found");
}
