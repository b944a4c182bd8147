//! What happens around every request: its number, its log line and metrics, its context, the headers of the answer,
//! panics and cross-site requests. The order is in [`crate::router`].

use std::any::Any;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::task::JoinError;
use tonalite_core::Error;
use tonalite_core::device::short;
use tonalite_core::time::Span;
use tonalite_core::world::new_id;
use tower_http::csrf::{ConfigError, CsrfLayer, ProtectionError};
use tracing::Instrument;

use crate::config::PublicUrl;
use crate::ctx::{Ctx, RequestId, client_address};
use crate::problem::{Problem, render};
use crate::state::HttpState;

/// Longer than any use case takes; the slowest waits two seconds for the registrar.
const SLOWEST: Duration = Duration::from_secs(30);
/// Files are made whole before they are sent: a million devices take seconds on any disk, not minutes. Files that people
/// send may come over a slow line; what stands still is ended sooner (`upload`).
const SLOWEST_FILE: Duration = Duration::from_secs(600);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Nothing from elsewhere, no inline script or style, no frames. `data:` is for the little images in the style sheet.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; \
     frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// Numbers the request, and tells of it in one line and in the metrics. Nothing of query, headers or body is told:
/// people type names into a search, and secrets travel in the rest.
pub(crate) async fn observe(State(state): State<HttpState>, mut request: Request, next: Next) -> Response {
    let started = state.now();
    let request_id = RequestId(new_id(started, state.entropy()));
    request.extensions_mut().insert(request_id);
    let method = request.method().clone();
    let path = short(request.uri().path());
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let (parts, body) = request.into_parts();
    let peer = client_address(&parts, &state.config().trusted_proxies);
    let span = tracing::info_span!("request", request.id = %request_id);

    let mut response = next.run(Request::from_parts(parts, body)).instrument(span).await;

    let status = response.status().as_u16();
    let elapsed_ms = state.now().since(started).0;
    tracing::debug!(
        request.id = %request_id, http.method = %method, http.path = path, http.status = status,
        elapsed_ms, peer = peer.map(tracing::field::display), "answered a request"
    );
    // The route's pattern, not the path: a stranger may invent paths, and every label is kept for ever.
    metrics::counter!("tonalite_http_requests_total", "route" => route, "status" => status.to_string())
        .increment(1);
    if let Ok(value) = HeaderValue::from_str(&request_id.to_string()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// Makes the [`Ctx`], and writes whatever problem comes back.
pub(crate) async fn with_ctx(State(state): State<HttpState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Some(request_id) = parts.extensions.get::<RequestId>().copied() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let (ctx, problem) = Ctx::load(&state, &parts, request_id).await;
    let (method, uri) = (parts.method.clone(), parts.uri.clone());
    let response = match problem {
        Some(problem) => problem.into_response(),
        None => {
            parts.extensions.insert(ctx.clone());
            next.run(Request::from_parts(parts, body)).await
        }
    };
    render(&ctx, &method, &uri, response)
}

/// Ends what takes too long to begin its answer.
pub(crate) async fn limit_time(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let sends = path.starts_with("/api/v1/exports/")
        || path.ends_with("/rows.csv")
        || ["/api/v1/audit.csv", "/audit/export"].contains(&path)
        || ["/devices/export", "/line-states/export"].contains(&path);
    let receives = request.method() == Method::POST && (path == "/api/v1/imports" || path == "/imports");
    let is_file = sends || receives;
    let most = if is_file { SLOWEST_FILE } else { SLOWEST };
    match tokio::time::timeout(most, next.run(request)).await {
        Ok(response) => response,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// A change that has begun is carried to its end, also when who asked hangs up: between its steps (the inventory, the live
/// state, the registrar) nothing may stop it. So it runs as a task of its own. A question just ends.
pub(crate) async fn carry_out(State(state): State<HttpState>, request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    let Ok(place) = state.changes().try_acquire_owned() else {
        return Problem::from(Error::Unavailable(Span::from_secs(1))).into_response();
    };
    let change = async move {
        let response = next.run(request).await;
        drop(place);
        response
    };
    match tokio::spawn(change.in_current_span()).await.map_err(JoinError::try_into_panic) {
        Ok(response) => response,
        // The layer outside makes an answer of it, as of any panic.
        Err(Ok(panic)) => std::panic::resume_unwind(panic),
        Err(Err(_)) => Problem::from(Error::Unavailable(Span::from_secs(1))).into_response(),
    }
}

/// Refuses whoever is not signed in, before anything of the request is looked at.
pub(crate) async fn signed_in_only(ctx: Ctx, request: Request, next: Next) -> Response {
    match ctx.actor() {
        Ok(_) => next.run(request).await,
        Err(error) => Problem::from(error).into_response(),
    }
}

/// The headers that every answer carries.
pub(crate) async fn security_headers(
    State(state): State<HttpState>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if state.config().public_url.is_https() {
        // Two years, as browsers' own lists ask for.
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=63072000"));
    }
    keep_private(headers);
    response
}

/// Answers are somebody's unless a handler says otherwise: no cache keeps them, not the one of the Back button either.
fn keep_private(headers: &mut HeaderMap) {
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// A panic is a fault of ours, like any other: an honest 500, and the connection lives on.
pub(crate) fn caught_panic(payload: Box<dyn Any + Send + 'static>) -> Response {
    let message = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    Problem::fault(format!("panicked: {message}")).into_response()
}

/// Builds the answer to a cross-site request.
pub(crate) type CrossSiteAnswer = fn(ProtectionError) -> Response<Body>;

/// Refuses changing requests that a browser sends for another site (`Sec-Fetch-Site`, else `Origin`). Behind a proxy
/// that rewrites `Host`, the public address is what makes the portal's own requests known as such.
///
/// # Errors
/// The public address is no origin.
pub(crate) fn refuse_cross_site(public_url: &PublicUrl) -> Result<CsrfLayer<CrossSiteAnswer>, ConfigError> {
    let answer: CrossSiteAnswer = |_| Problem::http(StatusCode::FORBIDDEN, "cross_site").into_response();
    Ok(CsrfLayer::new().add_trusted_origin(public_url.origin())?.with_rejection_response(answer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::routing::get;
    use tower::ServiceExt;
    use tower_http::catch_panic::CatchPanicLayer;

    async fn panics() -> &'static str {
        panic!("the secret of the panic")
    }

    #[tokio::test]
    async fn a_panic_is_an_answer_without_its_message() {
        let router = Router::new().route("/", get(panics)).layer(CatchPanicLayer::custom(caught_panic));
        let request = Request::builder().uri("/").body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(
            response.extensions().get::<std::sync::Arc<Problem>>().is_some(),
            "the outer layer writes it"
        );
        let body = axum::body::to_bytes(response.into_body(), 1 << 16).await.unwrap();
        assert!(body.is_empty(), "{body:?}");
    }
}
