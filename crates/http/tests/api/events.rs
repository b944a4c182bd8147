//! The event stream: whom it tells what, where it goes on, when it ends.

use std::time::Duration;

use axum::body::BodyDataStream;
use axum::http::Request;
use futures_util::StreamExt;
use tonalite_core::portal_user::Role;
use tonalite_core::time::Span;
use tower::ServiceExt;

use crate::portal::{Portal, Who};

/// Reads one stream, message by message.
struct Reader {
    stream: BodyDataStream,
    text: String,
}

impl Reader {
    async fn open(portal: &Portal, who: &Who, last: Option<&str>) -> Reader {
        let mut request = Portal::request(who, axum::http::Method::GET, "/api/v1/events", "");
        if let Some(last) = last {
            request.headers_mut().insert("last-event-id", last.parse().expect("an id"));
        }
        request.headers_mut().insert("accept-encoding", "gzip, br".parse().expect("a header"));
        Reader::of(portal, request).await
    }

    async fn of(portal: &Portal, request: Request<axum::body::Body>) -> Reader {
        let response = portal.router.clone().oneshot(request).await.expect("infallible");
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-cache");
        assert!(!response.headers().contains_key("content-encoding"));
        Reader { stream: response.into_body().into_data_stream(), text: String::new() }
    }

    /// The next message; `None` at the end of the stream.
    async fn next(&mut self) -> Option<String> {
        loop {
            if let Some((message, rest)) = self.text.split_once("\n\n") {
                let message = message.to_owned();
                self.text = rest.to_owned();
                if message.starts_with(':') {
                    continue;
                }
                return Some(message);
            }
            // A bound, not a wait: what is awaited has been committed, so that it arrives at once or never.
            let chunk = tokio::time::timeout(Duration::from_secs(20), self.stream.next()).await;
            let chunk = chunk.expect("a message in time")?.expect("no error");
            self.text.push_str(std::str::from_utf8(&chunk).expect("text"));
        }
    }

    /// The next message with this name.
    async fn until(&mut self, event: &str) -> String {
        loop {
            let message = self.next().await.expect("the stream goes on");
            if field(&message, "event") == event {
                return message;
            }
        }
    }
}

fn field<'a>(message: &'a str, name: &str) -> &'a str {
    let line = message.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.unwrap_or_default().trim_start()
}

async fn add(portal: &Portal, who: &Who, site: &str, mac: &str) -> String {
    let body = format!(r#"{{"site_id":"{site}","device_type_id":"yealink-t54w","mac":"{mac}"}}"#);
    portal.post(who, "/api/v1/devices", &body).await.expect(201).id()
}

#[tokio::test]
async fn each_tenant_hears_its_own_and_nothing_else() {
    let portal = Portal::start().await;
    let alice = portal.sign_in(portal.a, "alice", Role::Manager).await;
    let bob = portal.sign_in(portal.b, "bob", Role::Manager).await;
    let above = portal.sign_in(portal.provider, "paula", Role::Viewer).await;
    let fleet_a = portal.fleet(&alice, portal.a, "001565000001").await;
    let fleet_b = portal.fleet(&bob, portal.b, "001565000002").await;
    let mut hears_a = Reader::open(&portal, &alice, None).await;
    let mut hears_b = Reader::open(&portal, &bob, None).await;
    let mut hears_all = Reader::open(&portal, &above, None).await;

    let of_a = add(&portal, &alice, &fleet_a.site, "001565000003").await;
    let of_b = add(&portal, &bob, &fleet_b.site, "001565000004").await;
    for (reader, ids) in
        [(&mut hears_a, vec![&of_a]), (&mut hears_b, vec![&of_b]), (&mut hears_all, vec![&of_a, &of_b])]
    {
        for id in ids {
            let message = reader.until("device.added").await;
            assert_eq!(field(&message, "data"), format!(r#"{{"device_id":"{id}"}}"#));
        }
    }

    let line = format!("/api/v1/devices/{of_a}/lines/1/user");
    portal.put(&alice, &line, &format!(r#"{{"user_id":"{}"}}"#, fleet_a.user)).await.expect(200);
    let data = loop {
        let message = hears_a.until("device.status").await;
        let data: serde_json::Value = serde_json::from_str(field(&message, "data")).expect("JSON");
        // The first tells that it is there, without a line.
        if data["status_detail"] != "no_line" {
            break data;
        }
    };
    assert_eq!(data["device_id"], of_a.as_str());
    assert_eq!((&data["status"], &data["status_detail"]), (&"unregistered".into(), &"never_seen".into()));
    assert_eq!((&data["lines_registered"], &data["lines_assigned"]), (&0.into(), &1.into()));
    assert!(data["since"].as_str().is_some_and(|since| since.ends_with('Z')));

    portal.delete(&alice, &format!("/api/v1/devices/{of_a}")).await.expect(204);
    portal.delete(&bob, &format!("/api/v1/devices/{of_b}")).await.expect(204);
    // What Bob hears next is of his own: whatever happened at Alice's in between passed him by.
    let next = hears_b.next().await.expect("goes on");
    assert!(next.contains(&of_b), "{next}");
}

#[tokio::test]
async fn a_stream_goes_on_where_it_broke_off_or_says_that_it_cannot() {
    let portal = Portal::start().await;
    let who = portal.sign_in(portal.a, "alice", Role::Manager).await;
    let fleet = portal.fleet(&who, portal.a, "001565000001").await;
    let mut reader = Reader::open(&portal, &who, None).await;
    add(&portal, &who, &fleet.site, "001565000002").await;
    let last = field(&reader.until("device.added").await, "id").to_owned();
    drop(reader);
    let missed = add(&portal, &who, &fleet.site, "001565000003").await;

    let mut resumed = Reader::open(&portal, &who, Some(&last)).await;
    assert!(resumed.until("device.added").await.contains(&missed));
    let request =
        Portal::request(&who, axum::http::Method::GET, &format!("/api/v1/events?last_event_id={last}"), "");
    let mut resumed = Reader::of(&portal, request).await;
    assert!(resumed.until("device.added").await.contains(&missed));

    for unknown in ["", "1", "ffffffffffffffffffffffffffffffff", "' OR 1=1"] {
        let mut lost = Reader::open(&portal, &who, Some(unknown)).await;
        assert_eq!(lost.next().await.as_deref(), Some("event: reset\ndata: {}"), "{unknown:?}");
    }
}

#[tokio::test]
async fn a_stream_ends_with_the_session_and_with_the_process() {
    let portal = Portal::start().await;
    let who = portal.sign_in(portal.a, "alice", Role::Manager).await;
    let other = portal.sign_in(portal.a, "anna", Role::Manager).await;
    let fleet = portal.fleet(&other, portal.a, "001565000001").await;
    let mut ending = Reader::open(&portal, &who, None).await;
    let mut staying = Reader::open(&portal, &other, None).await;
    portal.delete(&who, "/api/v1/session").await.expect(204);
    portal.advance(Span::from_secs(31));
    // Told to who stays, and to nobody who left.
    let device = add(&portal, &other, &fleet.site, "001565000002").await;
    assert_eq!(ending.next().await, None);
    assert!(staying.until("device.added").await.contains(&device));
    portal.shutdown.cancel();
    while staying.next().await.is_some() {}
}

#[tokio::test]
async fn streams_of_one_session_are_bounded() {
    let portal = Portal::start().await;
    let who = portal.sign_in(portal.a, "alice", Role::Manager).await;
    let mut open = Vec::new();
    for _ in 0..8 {
        open.push(Reader::open(&portal, &who, None).await);
    }
    let refused = portal.get(&who, "/api/v1/events").await;
    assert_eq!(refused.problem(), "429 too_many");
    assert_eq!(refused.header("retry-after"), "30");
    open.pop();
    Reader::open(&portal, &who, None).await;
}
