//! The portal in-process: requests go straight into the router, without a socket, as their senders see it:
//! with a session cookie, with a token, or as nobody.

use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tonalite_core::portal_user::Role;
use tonalite_http::{HttpConfig, HttpState, PublicUrl, router};
use tower::ServiceExt as _;

use crate::app::must;
use crate::{PASSWORD, TestApp, Whose};

/// Where the portal believes to be: over plain HTTP, as in the demo.
const ORIGIN: &str = "http://portal.test";

/// From where the requests come (RFC 5737).
const CLIENT: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)), 50_000);

/// An answer may be large (a page of 200 devices), never endless.
const MOST_BYTES: usize = 16 << 20;

/// A [`TestApp`] with the HTTP side over it.
pub struct TestPortal {
    t: TestApp,
    router: Router,
    shutdown: CancellationToken,
}

/// Somebody who sends requests.
#[derive(Clone)]
pub struct Visitor {
    router: Router,
    headers: HeaderMap,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
}

impl TestPortal {
    /// Starts on SQLite in a temporary folder.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start() -> TestPortal {
        Self::over(TestApp::start().await)
    }

    /// Puts the HTTP side over an application that runs already.
    ///
    /// # Panics
    /// When the router refuses its settings.
    pub fn over(t: TestApp) -> TestPortal {
        Self::at(t, ORIGIN)
    }

    /// The same at another public address.
    ///
    /// # Panics
    /// When the router refuses its settings.
    pub fn at(t: TestApp, origin: &str) -> TestPortal {
        let config = HttpConfig {
            public_url: must(PublicUrl::parse(origin), "the origin of the tests is refused"),
            trusted_proxies: Vec::new(),
            metrics_allowed: Vec::new(),
        };
        let shutdown = CancellationToken::new();
        let state = HttpState::new(
            t.app.clone(),
            t.clock.clone(),
            t.entropy.clone(),
            config,
            Arc::new(String::new),
            shutdown.clone(),
        );
        let router = must(router(state), "the router refuses its settings");
        TestPortal { t, router, shutdown }
    }

    /// Nobody in particular.
    pub fn anonymous(&self) -> Visitor {
        Visitor { router: self.router.clone(), headers: HeaderMap::new() }
    }

    /// A browser that has signed in, made as people do it: by its password.
    ///
    /// # Panics
    /// When the sign-in is refused.
    pub async fn signed_in(&self, whose: Whose, role: Role) -> Visitor {
        let user = self.t.portal_user(whose, role).await;
        let mut visitor = self.anonymous();
        let sign_in = json!({ "username": user.username, "password": PASSWORD });
        let answer = visitor.post("/api/v1/session", sign_in).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text());
        let cookie = answer.header("set-cookie");
        let pair = cookie.split_once(';').map_or(cookie, |(pair, _)| pair);
        visitor.set(header::COOKIE, pair);
        visitor
    }

    /// A program with an API token of that portal user.
    ///
    /// # Panics
    /// When the token is refused.
    pub async fn with_token(&self, whose: Whose, role: Role) -> Visitor {
        let session = self.t.session(whose, role).await;
        let made = self.t.app.create_token(&session, "test", None, None, self.t.now()).await;
        let (_, token) = must(made, "a token is refused");
        let mut visitor = self.anonymous();
        visitor.set(header::AUTHORIZATION, &format!("Bearer {}", token.expose()));
        visitor
    }

    /// Ends the event streams, as the end of the program does.
    pub fn shut_down(&self) {
        self.shutdown.cancel();
    }
}

impl Deref for TestPortal {
    type Target = TestApp;
    fn deref(&self) -> &TestApp {
        &self.t
    }
}

impl Visitor {
    /// Sends this header with every request from now on.
    ///
    /// # Panics
    /// When the value cannot stand in a header.
    pub fn set(&mut self, name: HeaderName, value: &str) {
        self.headers.insert(name, must(HeaderValue::from_str(value), "not a header"));
    }

    /// What this visitor sends as a header, where it is text.
    pub fn header(&self, name: &HeaderName) -> Option<String> {
        self.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    }

    /// The same visitor with one more header.
    ///
    /// # Panics
    /// When the value cannot stand in a header.
    #[must_use]
    pub fn with(&self, name: HeaderName, value: &str) -> Visitor {
        let mut visitor = self.clone();
        visitor.set(name, value);
        visitor
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, Body::empty()).await
    }

    /// POST with a JSON body.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send_json(Method::POST, path, &body).await
    }

    /// PUT with a JSON body.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send_json(Method::PUT, path, &body).await
    }

    /// PATCH with a JSON body.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send_json(Method::PATCH, path, &body).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None, Body::empty()).await
    }

    /// POST of a form, as a page sends it: from the portal's own origin.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let pair = |(name, value): &(&str, &str)| format!("{}={}", in_form(name), in_form(value));
        let body: Vec<String> = fields.iter().map(pair).collect();
        let visitor = self.with(header::ORIGIN, ORIGIN);
        let kind = Some("application/x-www-form-urlencoded");
        visitor.send(Method::POST, path, kind, Body::from(body.join("&"))).await
    }

    /// Any request with a JSON body.
    pub async fn send_json(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.send(method, path, Some("application/json"), Body::from(body.to_string())).await
    }

    /// Any request. Waits for the whole body: for an event stream use [`Visitor::open`].
    ///
    /// # Panics
    /// When it cannot be a request, or the answer breaks off or has no end.
    pub async fn send(&self, method: Method, path: &str, content_type: Option<&str>, body: Body) -> Answer {
        let response = self.open(method, path, content_type, body).await;
        let (parts, body) = response.into_parts();
        let body = must(to_bytes(body, MOST_BYTES).await, "the answer breaks off");
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Any request, answered with a body that is still to be read.
    ///
    /// # Panics
    /// When it cannot be a request.
    pub async fn open(
        &self,
        method: Method,
        path: &str,
        content_type: Option<&str>,
        body: Body,
    ) -> axum::response::Response {
        let mut request = must(Request::builder().method(method).uri(path).body(body), "not a request");
        request.headers_mut().extend(self.headers.clone());
        if let Some(kind) = content_type {
            let value = must(HeaderValue::from_str(kind), "not a content type");
            request.headers_mut().insert(header::CONTENT_TYPE, value);
        }
        request.extensions_mut().insert(ConnectInfo(CLIENT));
        let Ok(response) = self.router.clone().oneshot(request).await;
        response
    }
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is not JSON; tells what it is.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{} is not JSON ({error}): {}", self.status, self.text()))
    }

    /// A header.
    ///
    /// # Panics
    /// When it is absent.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_else(|| panic!("{} has no header {name}", self.status))
    }
}

/// The rules of `application/x-www-form-urlencoded`.
fn in_form(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' => char::from(byte).to_string(),
        b' ' => "+".to_owned(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_written_as_browsers_do() {
        assert_eq!(in_form("Siège & co."), "Si%C3%A8ge+%26+co.");
    }
}
