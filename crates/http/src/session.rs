//! What carries a session over HTTP: the cookie and the bearer token. Whether they are valid is asked of `app`.

use axum::http::{HeaderMap, header};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use sha2::{Digest, Sha256};
use tonalite_core::secret::Secret;

use crate::config::PublicUrl;

/// Nothing that we hand out is longer; what is longer is not looked up.
const LONGEST: usize = 512;

/// What a request presents to say who asks.
#[derive(Clone)]
pub(crate) enum Credential {
    /// Value of the session cookie.
    Cookie(Secret<String>),
    /// API token out of `Authorization: Bearer`.
    Token(Secret<String>),
}

impl Credential {
    /// Reads the headers. A token wins over a cookie: who sends one means it. Other schemes are a proxy's own affair.
    pub(crate) fn of(headers: &HeaderMap, public_url: &PublicUrl) -> Option<Credential> {
        let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let (scheme, token) =
            authorization.map_or(("", ""), |value| value.split_once(' ').unwrap_or((value, "")));
        if scheme.eq_ignore_ascii_case("bearer") {
            let token = token.trim();
            let plausible = (1..=LONGEST).contains(&token.len());
            return plausible.then(|| Credential::Token(Secret::new(token.to_owned())));
        }
        let jar = CookieJar::from_headers(headers);
        let value = jar.get(cookie_name(public_url))?.value();
        (1..=LONGEST).contains(&value.len()).then(|| Credential::Cookie(Secret::new(value.to_owned())))
    }

    /// Tells sessions apart in memory without holding their secrets.
    pub(crate) fn fingerprint(&self) -> [u8; 32] {
        let (kind, secret) = match self {
            Credential::Cookie(secret) => (b"c", secret),
            Credential::Token(secret) => (b"t", secret),
        };
        Sha256::new().chain_update(kind).chain_update(secret.expose()).finalize().into()
    }
}

/// Name of the session cookie. With the prefix `__Host-` browsers refuse it from a subdomain or without TLS
/// (RFC 6265bis §4.1.3.2); over plain HTTP they would refuse it altogether.
pub fn cookie_name(public_url: &PublicUrl) -> &'static str {
    if public_url.is_https() { "__Host-tonalite" } else { "tonalite" }
}

/// The cookie of a new session. It has no lifetime of its own: the server knows when a session ends.
pub(crate) fn session_cookie(public_url: &PublicUrl, value: Secret<String>) -> Cookie<'static> {
    let mut cookie = Cookie::new(cookie_name(public_url), value.into_exposed());
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(public_url.is_https());
    cookie
}

/// The cookie that makes a browser forget the session.
pub(crate) fn ended_cookie(public_url: &PublicUrl) -> Cookie<'static> {
    let mut cookie = session_cookie(public_url, Secret::new(String::new()));
    cookie.make_removal();
    cookie
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookie(url: &str) -> String {
        session_cookie(&PublicUrl::parse(url).unwrap(), Secret::new("abc".into())).to_string()
    }

    #[test]
    fn cookies_say_all_that_protects_them() {
        assert_eq!(
            cookie("https://x.example"),
            "__Host-tonalite=abc; HttpOnly; SameSite=Lax; Secure; Path=/"
        );
        assert_eq!(cookie("http://127.0.0.1:8080"), "tonalite=abc; HttpOnly; SameSite=Lax; Path=/");
    }

    #[test]
    fn hostile_credentials_are_nobody() {
        let url = PublicUrl::parse("http://x.example").unwrap();
        for value in ["Bearer", "Bearer ", &format!("bearer {}", "x".repeat(513))] {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            headers.insert(header::COOKIE, "tonalite=valid".parse().unwrap());
            assert!(Credential::of(&headers, &url).is_none(), "{value}");
        }
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "__Host-tonalite=other; tonalite=mine".parse().unwrap());
        headers.insert(header::AUTHORIZATION, "Basic dTpw".parse().unwrap());
        assert!(
            matches!(Credential::of(&headers, &url), Some(Credential::Cookie(c)) if c.expose() == "mine")
        );
    }
}
