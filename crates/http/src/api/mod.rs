//! The API, one file per noun. Wire types live here: what a program reads and writes, and nothing that the store or the
//! rules of the trade are made of.

mod acting;
mod approved;
mod audit;
mod dect_reboots;
mod dect_systems;
mod device_json;
mod device_types;
mod devices;
mod events;
mod exports;
mod import_json;
pub(crate) mod imports;
mod line_assignments;
mod line_exports;
mod line_states;
mod lines;
mod me;
mod once;
mod parties;
mod party_changes;
mod personal_data;
mod reboots;
mod session;
pub(crate) mod site_credentials;
mod sites;
mod status;
mod status_checks;
mod tokens;
mod users;
mod wire;

use axum::middleware::from_fn;
use utoipa_axum::router::OpenApiRouter;

use crate::layers::signed_in_only;
use crate::state::HttpState;

pub(crate) use acting::cookie;
pub(crate) use audit::scope_of;
pub(crate) use devices::device_types;
pub(crate) use sites::zone_exists;
pub(crate) use wire::{parse_time, time_text};

/// Every operation under `/api/v1`. All but signing in refuse whoever is not signed in, before reading anything.
pub(crate) fn routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new()
        .merge(session::routes())
        .merge(acting::routes())
        .merge(me::routes())
        .merge(parties::routes())
        .merge(party_changes::routes())
        .merge(sites::routes())
        .merge(device_types::routes())
        .merge(approved::routes())
        .merge(devices::routes())
        .merge(status::routes())
        .merge(status_checks::routes())
        .merge(reboots::routes())
        .merge(dect_systems::routes())
        .merge(dect_reboots::routes())
        .merge(users::routes())
        .merge(lines::routes())
        .merge(line_assignments::routes())
        .merge(site_credentials::routes())
        .merge(line_states::routes())
        .merge(events::routes())
        .merge(exports::routes())
        .merge(line_exports::routes())
        .merge(imports::routes())
        .merge(audit::routes())
        .merge(personal_data::routes())
        .merge(tokens::routes())
        .route_layer(from_fn(once::once))
        // A file is not held in memory: its handler carries a keyed request out once.
        .merge(imports::upload_routes())
        .route_layer(from_fn(signed_in_only))
        // Added after the layers, hence outside of it.
        .merge(session::open_routes())
}
