//! The pages: plain forms and links that work without script. Handlers fetch and act, one file per noun;
//! what a page says is made in `view`, what it looks like lies in `templates/`.

mod api_docs;
mod dect_bases;
mod dect_reboots;
mod dect_systems;
mod device_query;
mod device_status;
mod devices;
mod exports;
mod help;
mod import_told;
mod imports;
mod language;
mod line_export;
mod line_query;
mod line_states;
mod lines;
mod list_address;
mod new_device;
mod new_import;
mod parties;
mod party_many;
mod party_pages;
mod party_types;
mod reboots;
mod sign_in;
mod sites;
mod view;
mod visit;

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;

use crate::state::HttpState;

pub(crate) use visit::problem_page;

/// All pages. That of the API is made of its document.
pub(crate) fn routes(document: &serde_json::Value) -> Router<HttpState> {
    Router::new()
        .route("/", get(async || Redirect::to("/devices")))
        .merge(api_docs::routes(document))
        .merge(help::routes())
        .merge(sign_in::routes())
        .merge(language::routes())
        .merge(devices::routes())
        .merge(line_states::routes())
        .merge(line_export::routes())
        .merge(exports::routes())
        .merge(imports::routes())
        .merge(new_import::routes())
        .merge(new_device::routes())
        .merge(parties::routes())
        .merge(party_types::routes())
        .merge(party_many::routes())
        .merge(party_pages::routes())
        .merge(sites::routes())
        .merge(lines::routes())
        .merge(device_status::routes())
        .merge(reboots::routes())
        .merge(dect_systems::routes())
        .merge(dect_bases::routes())
        .merge(dect_reboots::routes())
}
