//! For who runs the installation: is the process alive, can it do its work, what do its meters say.

use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::{Json, http::StatusCode};
use serde::Serialize;
use tonalite_core::Error;
use tonalite_core::time::Span;

use crate::ctx::{Ctx, client_address, peer_address};
use crate::problem::{PROBLEM_JSON, Problem, ProblemDocument};
use crate::state::HttpState;

/// `GET /healthz`: the process runs and answers.
pub(crate) async fn get_health() -> &'static str {
    "ok\n"
}

/// What `/readyz` answers when all is well.
#[derive(Serialize)]
struct Ready {
    status: &'static str,
}

/// What it answers otherwise: a problem document with the parts concerned.
#[derive(Serialize)]
struct NotReady {
    #[serde(flatten)]
    problem: ProblemDocument,
    degraded: Vec<Degraded>,
}

#[derive(Serialize)]
struct Degraded {
    part: &'static str,
    reason: &'static str,
}

/// `GET /readyz`: 200 when the process can do its work, else 503 with what is degraded.
pub(crate) async fn get_readiness(ctx: Ctx) -> Response {
    let mut degraded: Vec<Degraded> =
        ctx.app.health().degraded().into_iter().map(|(part, reason)| Degraded { part, reason }).collect();
    if let Err(error) = ctx.app.check_ready().await {
        if let Error::Internal(cause) = &error {
            tracing::error!(request.id = %ctx.request_id, error = cause.for_log(), "the database does not answer");
        }
        degraded.push(Degraded { part: "database", reason: error.code() });
    }
    if degraded.is_empty() {
        return Json(Ready { status: "ready" }).into_response();
    }
    let problem = Problem::from(Error::Unavailable(RETRY)).document(&ctx);
    let headers = [
        (header::CONTENT_TYPE, PROBLEM_JSON.to_owned()),
        (header::RETRY_AFTER, RETRY.seconds_up().to_string()),
    ];
    (StatusCode::SERVICE_UNAVAILABLE, headers, Json(NotReady { problem, degraded })).into_response()
}

/// Load balancers ask about as often.
const RETRY: Span = Span::from_secs(5);

/// `GET /metrics`: for loopback and the configured addresses; to everybody else the route does not exist.
/// A request that passed through a proxy which is not trusted is nobody's: its peer is only the proxy.
pub(crate) async fn get_metrics(
    State(state): State<HttpState>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    let address = client_address(&parts, &state.config().trusted_proxies);
    let came_by_stranger = address == peer_address(&parts)
        && ["x-forwarded-for", "forwarded"].iter().any(|name| parts.headers.contains_key(*name));
    let allowed = !came_by_stranger
        && address.is_some_and(|address| {
            address.is_loopback()
                || state.config().metrics_allowed.iter().any(|a| a.to_canonical() == address)
        });
    if !allowed {
        return Err(Error::NotFound.into());
    }
    let text = state.metrics_text();
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}
