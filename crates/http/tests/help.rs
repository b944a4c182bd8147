//! The help through the whole router: for everybody, in the reader's language, and nothing but what is there.

use axum::http::{StatusCode, header};
use tonalite_core::portal_user::Role;
use tonalite_testkit::{TestPortal, Whose};

#[tokio::test]
async fn a_stranger_reads_the_help_in_the_language_of_the_browser() {
    let portal = TestPortal::start().await;
    for (language, title, reboot) in
        [("en", "<h1>Help</h1>", "Reboot a device"), ("fr", "<h1>Aide</h1>", "Redémarrer un appareil")]
    {
        let stranger = portal.anonymous().with(header::ACCEPT, "text/html");
        let stranger = stranger.with(header::ACCEPT_LANGUAGE, language);
        let index = stranger.get("/help").await;
        assert_eq!(index.status, StatusCode::OK);
        assert!(index.text().contains(title) && index.text().contains(reboot), "{}", index.text());
        let article = stranger.get("/help/reboot").await;
        assert_eq!(article.status, StatusCode::OK);
        assert!(article.text().contains(&format!("<h1>{reboot}</h1>")), "{}", article.text());
        assert!(article.text().contains(&format!("/assets/help/{language}/reboot-ask.png?v=")));
        assert!(stranger.get("/sign-in").await.text().contains("href=\"/help\""), "the way to it");
    }
}

#[tokio::test]
async fn who_is_signed_in_keeps_the_pages_around_it() {
    let portal = TestPortal::start().await;
    let viewer = portal.signed_in(Whose::A, Role::Viewer).await.with(header::ACCEPT, "text/html");
    let page = viewer.get("/help/states").await.text();
    assert!(page.contains("action=\"/sign-out\"") && page.contains("href=\"/devices\""), "{page}");
}

#[tokio::test]
async fn a_picture_is_sent_once_and_kept() {
    let portal = TestPortal::start().await;
    let stranger = portal.anonymous().with(header::ACCEPT, "text/html");
    let article = stranger.get("/help/reboot").await.text();
    let (_, address) = article.split_once("<img src=\"").unwrap();
    let (address, _) = address.split_once('"').unwrap();
    let picture = stranger.get(address).await;
    assert_eq!(picture.status, StatusCode::OK);
    assert_eq!(picture.header("content-type"), "image/png");
    assert_eq!(picture.header("cache-control"), "public, max-age=31536000, immutable");
}

#[tokio::test]
async fn what_is_no_article_and_no_picture_is_not_there() {
    let portal = TestPortal::start().await;
    let stranger = portal.anonymous().with(header::ACCEPT, "text/html");
    for path in [
        "/help/nothing",
        "/help/en",
        "/help/reboot.md",
        "/help/%FF",
        "/help/..%2F..%2FCargo.toml",
        "/help/%3Cscript%3E",
        "/assets/help/en/nothing.png",
        "/assets/help/../../../README.md",
        "/assets/help/..%2F..%2Farchitecture.md",
        "/assets/help/en/",
    ] {
        let answer = stranger.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}: {}", answer.text());
        assert!(!answer.text().contains("<script>"), "{path}");
    }
}
