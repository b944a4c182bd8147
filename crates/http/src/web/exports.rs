//! The download of devices from their page: all of them, or those that the page shows.

use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use tonalite_core::error::FieldError;
use tonalite_core::filter::{DeviceFilter, StatusFilter};
use tonalite_core::{Error, Result};

use super::devices::ListQuery;
use super::visit::Visit;
use crate::problem::Problem;
use crate::sheet::{FileName, SheetRequest, device_sheet, send_file};
use crate::state::HttpState;

/// The pages of this file.
pub(crate) fn routes() -> Router<HttpState> {
    Router::new().route("/devices/export", get(export_devices))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct SheetQuery {
    columns: Option<String>,
    /// The browser's own zone, which our script adds.
    tz: Option<String>,
}

async fn export_devices(
    visit: Visit,
    Query(list): Query<ListQuery>,
    Query(sheet): Query<SheetQuery>,
) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let app = &visit.ctx.app;
    // Taken apart whole: a filter that the list learns must narrow its export, too. Where one is in the list, the export
    // begins at the beginning.
    let ListQuery { site, device_type, status, after: _, added: _, removed: _ } = list;
    let party = actor.view(app.own_party(actor).await?)?;
    let asked = serde_json::json!({ "site_id": site, "device_type_id": device_type, "status": status });
    let site = match site.as_str() {
        "" => None,
        id => Some(app.find_site(actor, id.parse().map_err(|_| Error::NotFound)?).await?),
    };
    if !device_type.is_empty() && app.device_type(&device_type).is_none() {
        return Err(Error::NotFound.into());
    }
    let filter = DeviceFilter {
        site: site.as_ref().map(|site| site.key),
        device_types: (!device_type.is_empty()).then(|| vec![device_type]),
        status: match status.as_str() {
            "" => None,
            word => Some(StatusFilter::parse(word).ok_or_else(|| unknown_status(word))?),
        },
        ..DeviceFilter::default()
    };
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let request =
        SheetRequest { columns: given(sheet.columns), tz: given(sheet.tz), ..SheetRequest::default() };
    let sheet = device_sheet(&visit.ctx, &request, site.as_deref()).await?;
    let name = FileName::of_devices(&sheet, &party, site.as_deref(), visit.now());
    let file = app.export_devices(actor, party, filter, &sheet, asked, visit.now()).await?;
    send_file(file, &name)
}

fn unknown_status(word: &str) -> Error {
    let error = FieldError::new("status", "unknown_value");
    Error::Invalid(vec![error.with("value", tonalite_core::device::short(word))])
}
