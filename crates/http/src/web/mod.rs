//! The pages: plain forms and links that work without script. Handlers fetch and act, one file per noun;
//! what a page says is made in `view`, what it looks like lies in `templates/`.

mod acting;
mod api_docs;
mod audit;
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
mod line_ranges;
mod line_states;
mod lines;
mod list_address;
mod new_device;
mod new_import;
mod new_user;
mod parties;
mod party_many;
mod party_pages;
mod party_types;
mod reboots;
mod sign_in;
mod sites;
mod user_lines;
mod users;
mod view;
mod visit;

use axum::response::Redirect;

use crate::route_table::{Routes, get};

pub(crate) use visit::problem_page;

/// All pages. That of the API is made of its document.
pub(crate) fn routes(document: &serde_json::Value) -> Routes {
    Routes::new()
        .route("/", get(async || Redirect::to("/devices")))
        .merge(api_docs::routes(document))
        .merge(help::routes())
        .merge(sign_in::routes())
        .merge(language::routes())
        .merge(acting::routes())
        .merge(devices::routes())
        .merge(line_states::routes())
        .merge(line_export::routes())
        .merge(exports::routes())
        .merge(imports::routes())
        .merge(new_import::routes())
        .merge(new_device::routes())
        .merge(audit::routes())
        .merge(parties::routes())
        .merge(party_types::routes())
        .merge(party_many::routes())
        .merge(party_pages::routes())
        .merge(sites::routes())
        .merge(lines::routes())
        .merge(line_ranges::routes())
        .merge(users::routes())
        .merge(new_user::routes())
        .merge(user_lines::routes())
        .merge(device_status::routes())
        .merge(reboots::routes())
        .merge(dect_systems::routes())
        .merge(dect_bases::routes())
        .merge(dect_reboots::routes())
}
