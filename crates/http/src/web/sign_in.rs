//! Signing in and out, on pages. Passwords and throttling are the use case's; here is the cookie.

use axum::Form;
use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::CookieJar;
use serde::Deserialize;
use tonalite_core::Error;
use tonalite_core::device::short;
use tonalite_core::secret::Secret;

use super::view::sign_in_page::SignInPage;
use super::visit::Visit;
use crate::problem::Problem;
use crate::route_table::{Routes, get, post};
use crate::session::{Credential, ended_cookie, session_cookie};

const HOME: &str = "/devices";

/// The pages of this file.
pub(crate) fn routes() -> Routes {
    Routes::new().route("/sign-in", get(show_sign_in).post(sign_in)).route("/sign-out", post(sign_out))
}

/// Address of the sign-in page, which leads back to `return_to`.
pub(crate) fn address(return_to: &str) -> String {
    if return_to == "/" || return_to == HOME {
        return "/sign-in?needed=1".to_owned();
    }
    let encoded: String = return_to.bytes().map(encode).collect();
    format!("/sign-in?needed=1&return_to={encoded}")
}

/// Percent-encoding of all but the unreserved characters (RFC 3986 §2.3).
fn encode(byte: u8) -> String {
    match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    }
}

/// Only a path of ours: `//host` and `/\host` are other sites to a browser.
pub(crate) fn own_path(text: &str) -> &str {
    let foreign = !text.starts_with('/') || text.starts_with("//") || text.starts_with("/\\");
    if foreign || text.bytes().any(|byte| byte.is_ascii_control() || byte == b' ') { HOME } else { text }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Arrival {
    return_to: String,
    needed: String,
    ended: String,
}

async fn show_sign_in(visit: Visit, Query(arrival): Query<Arrival>) -> Result<Response, Problem> {
    let return_to = own_path(&arrival.return_to);
    if visit.scripted {
        // A background request that was sent here has no place for this page: the browser itself must come.
        return Ok(visit.go(&address(return_to)));
    }
    if visit.ctx.session.is_some() {
        return Ok(visit.go(return_to));
    }
    let t = visit.t();
    let remark = match (arrival.ended.is_empty(), arrival.needed.is_empty()) {
        (false, _) => Some(t.text("sign_in-ended")),
        (_, false) => Some(t.text("sign_in-needed")),
        _ => None,
    };
    visit.show(&SignInPage {
        t,
        frame: visit.frame(),
        return_to: return_to.to_owned(),
        username: String::new(),
        problem: None,
        remark,
    })
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct SignInForm {
    username: String,
    password: String,
    return_to: String,
}

async fn sign_in(
    visit: Visit,
    jar: CookieJar,
    headers: HeaderMap,
    Form(form): Form<SignInForm>,
) -> Result<Response, Problem> {
    let t = visit.t();
    let return_to = own_path(&form.return_to).to_owned();
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).map(short);
    let password = Secret::new(form.password);
    let signed_in = visit
        .ctx
        .app
        .sign_in(&form.username, password, visit.ctx.address, user_agent.as_deref(), visit.now())
        .await;
    let (status, problem, seconds) = match signed_in {
        Ok((cookie, _)) => {
            // Whoever signs in anew leaves what was open before.
            if let (Some(Credential::Cookie(before)), Some(_)) = (&visit.ctx.credential, &visit.ctx.session) {
                visit.ctx.app.sign_out(before.expose(), visit.now()).await?;
            }
            let cookie = session_cookie(&visit.ctx.state.config().public_url, cookie);
            return Ok((jar.add(cookie), visit.go(&return_to)).into_response());
        }
        Err(Error::Unauthenticated) => (StatusCode::UNPROCESSABLE_ENTITY, t.text("sign_in-wrong"), None),
        Err(Error::TooMany(span)) => {
            (StatusCode::TOO_MANY_REQUESTS, t.error(&Error::TooMany(span)), Some(span.seconds_up().max(1)))
        }
        Err(error) => return Err(error.into()),
    };
    let mut response = visit.show_with(
        status,
        &SignInPage {
            t,
            frame: visit.frame(),
            return_to,
            username: form.username,
            problem: Some(problem),
            remark: None,
        },
    )?;
    if let Some(seconds) = seconds {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    Ok(response)
}

async fn sign_out(visit: Visit, jar: CookieJar) -> Result<Response, Problem> {
    if let Some(Credential::Cookie(cookie)) = &visit.ctx.credential {
        visit.ctx.app.sign_out(cookie.expose(), visit.now()).await?;
    }
    let forgotten = ended_cookie(&visit.ctx.state.config().public_url);
    Ok((jar.add(forgotten), visit.go("/sign-in?ended=1")).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_paths_are_returned_to() {
        for (text, path) in [
            ("/devices?site=1&status=aged", "/devices?site=1&status=aged"),
            ("", HOME),
            ("//evil.example", HOME),
            ("/\\evil.example", HOME),
            ("https://evil.example", HOME),
            ("/x\r\nSet-Cookie: a=b", HOME),
            ("javascript:alert(1)", HOME),
        ] {
            assert_eq!(own_path(text), path, "{text}");
        }
    }

    #[test]
    fn the_way_back_survives_the_address() {
        assert_eq!(address("/devices"), "/sign-in?needed=1");
        assert_eq!(address("/devices?status=aged"), "/sign-in?needed=1&return_to=%2Fdevices%3Fstatus%3Daged");
    }
}
