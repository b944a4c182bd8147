//! One value that tells a handler who asks, from where, when and in which language. It is made once per request.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum_extra::extract::cookie::CookieJar;
use tonalite_app::{App, Session};
use tonalite_core::access::Actor;
use tonalite_core::text::{Language, Locale};
use tonalite_core::time::Timestamp;
use tonalite_core::{Error, Result};
use uuid::Uuid;

use crate::config::Network;
use crate::problem::Problem;
use crate::session::Credential;
use crate::state::HttpState;

/// Who asks, from where, when and in which language. Every handler takes it, first.
#[derive(Clone)]
pub(crate) struct Ctx {
    /// The use cases.
    pub(crate) app: Arc<App>,
    /// Settings, time and chance.
    pub(crate) state: HttpState,
    /// The session or token, when it is valid.
    pub(crate) session: Option<Arc<Session>>,
    /// What the request presented, valid or not.
    pub(crate) credential: Option<Credential>,
    /// Language of the answer.
    pub(crate) locale: Locale,
    /// When the request arrived.
    pub(crate) now: Timestamp,
    /// Finds the log lines of this request.
    pub(crate) request_id: RequestId,
    /// Address of the client; `None` when the transport has none.
    pub(crate) address: Option<IpAddr>,
    /// Whether an error may be told as a page.
    pub(crate) accepts_html: bool,
}

/// Number of a request: in the header `x-request-id`, in problem documents and in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RequestId(pub(crate) Uuid);

impl std::fmt::Display for RequestId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

/// Name of the cookie that keeps the language somebody chose before signing in.
pub(crate) const LANGUAGE_COOKIE: &str = "lang";

impl Ctx {
    /// Who acts.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when nobody is signed in.
    pub(crate) fn actor(&self) -> Result<&Actor> {
        self.signed_in().map(|session| &session.actor)
    }

    /// The session or token.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when nobody is signed in.
    pub(crate) fn signed_in(&self) -> Result<&Arc<Session>> {
        self.session.as_ref().ok_or(Error::Unauthenticated)
    }

    /// Reads a request. The second value is why the session could not be looked up: then nobody is signed in.
    pub(crate) async fn load(
        state: &HttpState,
        parts: &Parts,
        request_id: RequestId,
    ) -> (Ctx, Option<Problem>) {
        let now = state.now();
        let address = client_address(parts, &state.config().trusted_proxies);
        let credential = Credential::of(&parts.headers, &state.config().public_url);
        let looked_up = match &credential {
            _ if !may_need_session(parts.uri.path()) => Ok(None),
            None => Ok(None),
            Some(credential) => find_session(state, credential, address, now).await,
        };
        let (session, problem) = match looked_up {
            Ok(session) => (session.map(Arc::new), None),
            Err(error) => (None, Some(Problem::from(error))),
        };
        let ctx = Ctx {
            app: state.app().clone(),
            state: state.clone(),
            locale: language(parts, session.as_deref()).locale(),
            session,
            credential,
            now,
            request_id,
            address,
            accepts_html: accepts_html(&parts.headers),
        };
        (ctx, problem)
    }
}

/// Asks `app` whether what the request presents is valid.
pub(crate) async fn find_session(
    state: &HttpState,
    credential: &Credential,
    address: Option<IpAddr>,
    now: Timestamp,
) -> Result<Option<Session>> {
    match credential {
        Credential::Cookie(cookie) => state.app().find_session(cookie.expose(), address, now).await,
        Credential::Token(token) => state.app().find_token(token.expose(), address, now).await,
    }
}

impl<S: Sync> FromRequestParts<S> for Ctx {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Ctx, Problem> {
        parts
            .extensions
            .get::<Ctx>()
            .cloned()
            .ok_or_else(|| Problem::fault("the route stands outside of the context layer"))
    }
}

/// What is the same for everybody does not touch the database.
fn may_need_session(path: &str) -> bool {
    let public = ["/assets/", "/healthz", "/readyz", "/metrics", "/api/openapi.json"];
    !public.iter().any(|prefix| path.starts_with(prefix))
}

/// The page about the API: for people, though it stands among what is for programs.
pub(crate) const API_DOCS: &str = "/api/docs";

/// Whether the path belongs to programs rather than to people.
pub(crate) fn is_api(path: &str) -> bool {
    path.starts_with("/api/") && path != API_DOCS
}

fn language(parts: &Parts, session: Option<&Session>) -> Language {
    let accepted = parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    if is_api(parts.uri.path()) {
        return accepted.map_or(Language::English, Language::negotiate);
    }
    session
        .and_then(|session| session.portal_user.language)
        .or_else(|| Language::parse(CookieJar::from_headers(&parts.headers).get(LANGUAGE_COOKIE)?.value()))
        .unwrap_or_else(|| Language::negotiate(accepted.unwrap_or_default()))
}

fn accepts_html(headers: &HeaderMap) -> bool {
    let names_html = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains("text/html"));
    names_html || headers.contains_key("hx-request")
}

/// The peer's own address, without regard to what it claims.
pub(crate) fn peer_address(parts: &Parts) -> Option<IpAddr> {
    parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical())
}

/// Address of the client: the peer, or what a trusted proxy says. Of a chain, the last address that no trusted proxy
/// has: everything left of it may be invented.
pub(crate) fn client_address(parts: &Parts, trusted: &[Network]) -> Option<IpAddr> {
    let peer = peer_address(parts)?;
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    if !is_trusted(peer) {
        return Some(peer);
    }
    let mut nearest = peer;
    let chain: Vec<&str> = parts
        .headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for hop in chain.iter().rev().take(16) {
        let Some(address) = parse_hop(hop) else { break };
        nearest = address;
        if !is_trusted(address) {
            break;
        }
    }
    Some(nearest)
}

/// Some proxies add the port.
fn parse_hop(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let address = hop.parse::<IpAddr>().ok().or_else(|| Some(hop.parse::<SocketAddr>().ok()?.ip()));
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn parts(peer: &str, forwarded: &[&str]) -> Parts {
        let mut request = Request::builder().uri("/");
        for value in forwarded {
            request = request.header("x-forwarded-for", *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        parts.extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 4711)));
        parts
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let trusted = [Network::parse("10.0.0.0/8").unwrap()];
        for (peer, forwarded, expected) in [
            ("192.0.2.1", vec!["198.51.100.9"], "192.0.2.1"),
            ("10.0.0.1", vec![], "10.0.0.1"),
            ("10.0.0.1", vec!["198.51.100.9"], "198.51.100.9"),
            ("10.0.0.1", vec!["203.0.113.5, 198.51.100.9, 10.0.0.2"], "198.51.100.9"),
            ("10.0.0.1", vec!["203.0.113.5", "198.51.100.9"], "198.51.100.9"),
            ("10.0.0.1", vec!["198.51.100.9:5061"], "198.51.100.9"),
            ("10.0.0.1", vec!["198.51.100.9, nonsense"], "10.0.0.1"),
            ("::ffff:10.0.0.1", vec!["2001:db8::7"], "2001:db8::7"),
        ] {
            let address = client_address(&parts(peer, &forwarded), &trusted);
            assert_eq!(address, Some(expected.parse().unwrap()), "{peer} {forwarded:?}");
        }
    }
}
