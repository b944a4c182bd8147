//! The documentation of the API. Everybody may read it, as they may the document that it is made of: the API is the same
//! for all, the program is open, and who writes a client often has no account yet.

use std::sync::Arc;

use axum::response::Response;
use serde_json::Value;

use super::view::api_docs::{ApiDocsPage, Reference};
use super::visit::Visit;
use crate::problem::Problem;
use crate::route_table::{Routes, get};

/// The page of this file. The document is read once.
pub(crate) fn routes(document: &Value) -> Routes {
    let reference = Arc::new(Reference::of(document));
    Routes::new().route(crate::ctx::API_DOCS, get(async move |visit: Visit| show(&visit, &reference)))
}

fn show(visit: &Visit, reference: &Reference) -> Result<Response, Problem> {
    visit.show(&ApiDocsPage {
        t: visit.t(),
        origin: visit.ctx.state.config().public_url.origin().to_owned(),
        frame: visit.frame(),
        reference,
    })
}
