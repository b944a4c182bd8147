//! The HTTP edge: the API, the pages, sessions, problem documents, event streams. Only this crate knows status codes.
//! It knows use cases (`app`) and words (`core`); neither SQL nor SIP.

mod api;
mod assets;
mod config;
mod ctx;
mod examples;
mod help;
mod layers;
mod line_export;
mod openapi;
mod operations;
mod problem;
mod read;
mod reboot_words;
mod refusals;
mod route_table;
mod serve;
mod session;
mod sheet;
mod state;
mod streams;
mod upload;
mod web;

use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::{from_fn, from_fn_with_state};
use tonalite_core::Error;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};

pub use config::{ConfigError, HttpConfig, Network, PublicUrl};
pub use openapi::document as openapi_document;
pub use route_table::PageRoute;
pub use serve::serve;
pub use session::cookie_name;
pub use state::{HttpState, MetricsText};

use problem::Problem;
use route_table::{Routes, get};

/// No JSON of ours and no form comes near it; files have limits of their own.
const MOST_BODY_BYTES: usize = 1 << 20;

/// Everything that is answered over HTTP.
///
/// # Errors
/// [`ConfigError::PublicUrl`] when the public address cannot be the origin of a request.
pub fn router(state: HttpState) -> Result<Router, ConfigError> {
    let public_url = &state.config().public_url;
    let cross_site = layers::refuse_cross_site(public_url)
        .map_err(|_| ConfigError::PublicUrl(public_url.origin().to_owned()))?;
    let (api, document) = openapi::routes().split_for_parts();
    let document = serde_json::to_value(openapi::complete(document))
        .map_err(|error| ConfigError::OpenApi(error.to_string()))?;
    let router = Router::new()
        .merge(api)
        .merge(all_but_the_api(&document).into_router())
        .fallback(async || Problem::from(Error::NotFound))
        // From the inside out: the last one sees the request first.
        .layer(DefaultBodyLimit::max(MOST_BODY_BYTES))
        .layer(from_fn_with_state(state.clone(), layers::carry_out))
        .layer(cross_site)
        .layer(from_fn(layers::limit_time))
        .layer(CatchPanicLayer::custom(layers::caught_panic))
        .layer(from_fn_with_state(state.clone(), layers::with_ctx))
        // Event streams are left alone by the layer's own rule; a file keeps the length that its receiver checks it by.
        .layer(
            CompressionLayer::new()
                .compress_when(DefaultPredicate::new().and(NotForContentType::const_new("text/csv"))),
        )
        .layer(from_fn_with_state(state.clone(), layers::observe))
        .layer(from_fn_with_state(state.clone(), layers::security_headers))
        .with_state(state);
    Ok(router)
}

/// Every page, and what is for who runs the installation. No operation of the API.
fn all_but_the_api(document: &serde_json::Value) -> Routes {
    let served = Bytes::from(document.to_string());
    web::routes(document)
        .route("/api/openapi.json", get(async move || ([(CONTENT_TYPE, "application/json")], served)))
        .route("/assets/{*name}", get(assets::get_asset))
        .route("/healthz", get(operations::get_health))
        .route("/readyz", get(operations::get_readiness))
        .route("/metrics", get(operations::get_metrics))
}

/// What [`router`] answers beside the operations of the OpenAPI document, in order of path and method.
///
/// # Errors
/// [`ConfigError::OpenApi`] when the document cannot be written, without which there is no page about it.
pub fn page_routes() -> Result<Vec<PageRoute>, ConfigError> {
    let document =
        serde_json::to_value(openapi::document()).map_err(|error| ConfigError::OpenApi(error.to_string()))?;
    Ok(all_but_the_api(&document).into_listed())
}
