//! `Idempotency-Key`: a POST that is sent again, because nobody knows whether it arrived, is carried out once.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use tonalite_app::{Remembered, Session};
use tonalite_core::Error;
use tonalite_core::error::FieldError;

use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::read::whole;

const KEY: &str = "idempotency-key";
/// As for all bodies; answers to a POST are far smaller.
const MOST_BYTES: usize = crate::MOST_BODY_BYTES;

/// Marks an answer that must not be remembered, since it holds a secret.
#[derive(Clone, Copy)]
pub(super) struct HoldsSecret;

/// Carries a keyed POST out once, and gives later ones the first answer.
pub(super) async fn once(ctx: Ctx, request: Request, next: Next) -> Result<Response, Problem> {
    if request.method() != Method::POST || !request.headers().contains_key(KEY) {
        return Ok(next.run(request).await);
    }
    let session = ctx.signed_in()?.clone();
    let key = key_of(request.headers())?;
    let (parts, body) = request.into_parts();
    let body = whole(Request::from_parts(parts.clone(), body)).await?;
    let path = parts.uri.path_and_query().map_or("", |path| path.as_str());
    let fingerprint = Sha256::new().chain_update(path).chain_update([0]).chain_update(&body).finalize();
    if let Some(first) = claim(&ctx, &session, &key, &fingerprint).await? {
        return Ok(first);
    }
    let request = Request::from_parts(parts, Body::from(body));
    let response = next.run(request).await;
    remember(&ctx, &session, &key, response).await
}

/// Claims the key for a request with this fingerprint; gives the answer of the first one, if there was one.
pub(super) async fn claim(
    ctx: &Ctx,
    session: &Session,
    key: &str,
    fingerprint: &[u8],
) -> Result<Option<Response>, Problem> {
    match ctx.app.claim_idempotency_key(session, key, fingerprint, ctx.now).await? {
        Remembered::New => Ok(None),
        Remembered::Underway => Err(conflict("idempotency_underway")),
        Remembered::Different => Err(conflict("idempotency_key_reused")),
        Remembered::Answered(status, answer) => Answer::replay(status, &answer).map(Some),
    }
}

/// The key of a request whose body is a file: it is read by its handler, which claims the key once all of it is there.
pub(super) fn key_of_file(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    headers.contains_key(KEY).then(|| key_of(headers)).transpose()
}

fn key_of(headers: &HeaderMap) -> Result<String, Problem> {
    let mut values = headers.get_all(KEY).iter();
    let key = values.next().and_then(|value| value.to_str().ok()).map(str::trim).unwrap_or_default();
    let is_visible = key.bytes().all(|byte| byte.is_ascii_graphic());
    if values.next().is_some() || !is_visible || !(1..=128).contains(&key.len()) {
        return Err(Error::invalid("Idempotency-Key", "idempotency_key_malformed").into());
    }
    Ok(key.to_owned())
}

fn conflict(code: &'static str) -> Problem {
    Error::Conflict(FieldError::new("Idempotency-Key", code)).into()
}

/// Remembers a success. A refusal is forgotten: the same request may be right later. After a fault nobody knows what
/// was done, so that the key stays claimed.
pub(super) async fn remember(
    ctx: &Ctx,
    session: &Session,
    key: &str,
    response: Response,
) -> Result<Response, Problem> {
    let status = response.status();
    if !status.is_success() {
        if status.is_client_error() || status == StatusCode::SERVICE_UNAVAILABLE {
            ctx.app.forget_idempotency_key(session, key).await?;
        }
        return Ok(response);
    }
    let holds_secret = response.extensions().get::<HoldsSecret>().is_some();
    if holds_secret {
        // Nothing of it is kept, so that it need not be read: it may be a long file.
        if let Err(error) =
            ctx.app.remember_answer(session, key, status.as_u16(), &Answer::Secret.text()).await
        {
            tracing::warn!(request.id = %ctx.request_id, code = error.code(), "an answer could not be remembered");
        }
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, MOST_BYTES)
        .await
        .map_err(|error| Problem::fault(format!("an answer could not be read: {error}")))?;
    let location = parts.headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
    let text = std::str::from_utf8(&body).unwrap_or_default();
    let answer = Answer::Whole { location: location.unwrap_or_default(), body: text }.text();
    // It was done: whoever asked is told so, even if the answer to a second try is lost.
    if let Err(error) = ctx.app.remember_answer(session, key, status.as_u16(), &answer).await {
        tracing::warn!(request.id = %ctx.request_id, code = error.code(), "an answer could not be remembered");
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

/// An answer as it is remembered: one letter, then for a whole one the address of what was made, a line feed, the body.
enum Answer<'a> {
    Whole { location: &'a str, body: &'a str },
    Secret,
}

impl Answer<'_> {
    fn text(&self) -> String {
        match self {
            Answer::Whole { location, body } => format!("W{location}\n{body}"),
            Answer::Secret => "S".to_owned(),
        }
    }

    fn replay(status: u16, text: &str) -> Result<Response, Problem> {
        let Some((location, body)) = text.strip_prefix('W').and_then(|rest| rest.split_once('\n')) else {
            return Err(conflict("idempotency_secret"));
        };
        let mut response = Body::from(body.to_owned()).into_response();
        *response.status_mut() = StatusCode::from_u16(status)
            .map_err(|_| Problem::fault(format!("remembered answer with status {status}")))?;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert("idempotent-replayed", HeaderValue::from_static("true"));
        if let Some(location) = HeaderValue::from_str(location).ok().filter(|value| !value.is_empty()) {
            headers.insert(header::LOCATION, location);
        }
        Ok(response)
    }
}
