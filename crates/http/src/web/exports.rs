//! The download of devices from their page: all of them, or those that the page shows.

use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use tonalite_core::filter::DeviceFilter;
use tonalite_core::{Error, Result};

use super::device_query::ListQuery;
use super::devices::{Pairs, asked_types};
use super::visit::Visit;
use crate::problem::Problem;
use crate::route_table::{Routes, get};
use crate::sheet::{FileName, SheetRequest, device_sheet, send_file};

/// The pages of this file.
pub(crate) fn routes() -> Routes {
    Routes::new().route("/devices/export", get(export_devices))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct SheetQuery {
    /// Not called `columns`: those are the list's, and what stands in its address may stand in this one.
    all_columns: Option<String>,
    /// The browser's own zone, which our script adds.
    tz: Option<String>,
}

/// What the list knows of itself, and what is only the file's.
const SHEET: [&str; 2] = ["all_columns", "tz"];

async fn export_devices(
    visit: Visit,
    Query(pairs): Query<Pairs>,
    Query(sheet): Query<SheetQuery>,
) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let app = &visit.ctx.app;
    // Read as the list reads it: a filter that the list learns narrows its export, too. Where one is in the list, the export
    // begins at the beginning.
    let list: Pairs = pairs.into_iter().filter(|(name, _)| !SHEET.contains(&name.as_str())).collect();
    let query = ListQuery::read(&list)?.first();
    let party = actor.view(app.own_party(actor).await?)?;
    let asked = serde_json::json!({ "list": query.address() });
    let site = match query.site.as_str() {
        "" => None,
        id => Some(app.find_site(actor, id.parse().map_err(|_| Error::NotFound)?).await?),
    };
    let filter = query.filter(asked_types(&visit, &query.device_type, &query.kind)?);
    let filter = DeviceFilter { site: site.as_ref().map(|site| site.key), ..filter };
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let columns = given(sheet.all_columns).map(|_| "all".to_owned());
    let request = SheetRequest { columns, tz: given(sheet.tz), ..SheetRequest::default() };
    let sheet = device_sheet(&visit.ctx, &request, site.as_deref()).await?;
    let name = FileName::of_devices(&sheet, &party, site.as_deref(), visit.now());
    let file = app.export_devices(actor, party, filter, &sheet, asked, visit.now()).await?;
    send_file(file, &name)
}
