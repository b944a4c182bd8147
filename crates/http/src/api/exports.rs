//! Exports as CSV files.

use axum::response::Response;
use tonalite_core::Result;
use tonalite_core::filter::{DeviceSort, StatusFilter};
use tonalite_core::id::{PartyId, SiteId};
use tonalite_core::search::Search;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::devices::{DeviceQuery, resolve};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::read::{Query, query};
use crate::sheet::{FileName, SheetRequest, device_sheet, send_file};
use crate::state::HttpState;

/// Operations that make files.
pub(super) fn routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new().routes(routes!(export_devices))
}

query! {
    /// Which devices, and what the file looks like.
    struct DeviceExportQuery {
        /// Only devices of this party and those below it; one's own party when nothing is said.
        #[param(value_type = Option<String>, nullable = false)]
        party_id: Option<PartyId>,
        /// Only devices of this site.
        #[param(value_type = Option<String>, nullable = false)]
        site_id: Option<SiteId>,
        /// Only this model.
        #[param(nullable = false)]
        device_type_id: Option<String>,
        /// Only models of this kind: `desk`, `conference`, `ata`, `dect_base` or `generic`.
        #[param(nullable = false)]
        kind: Option<String>,
        /// `registered` (with the partial), `partial`, `aged`, `unregistered` (with those without a line) or `no_line`.
        #[param(value_type = Option<String>, nullable = false)]
        status: Option<StatusFilter>,
        /// `1`: only devices that are not well: aged, unregistered with a line, or partial. `0` is as if left out.
        #[param(value_type = Option<u8>, minimum = 0, maximum = 1, nullable = false)]
        problem: Option<bool>,
        /// `1`: only devices with a line that can still be assigned. `0` is as if left out.
        #[param(value_type = Option<u8>, minimum = 0, maximum = 1, nullable = false)]
        lines_available: Option<bool>,
        /// `1`: only critical devices; `0`: only the others.
        #[param(value_type = Option<u8>, minimum = 0, maximum = 1, nullable = false)]
        critical: Option<bool>,
        /// As for the list, but all that are found.
        #[param(value_type = Option<String>, nullable = false, max_length = 100, example = "00:15:65:ab lyon")]
        q: Option<Search>,
        /// As for the list.
        #[param(value_type = Option<String>, nullable = false)]
        sort: Option<DeviceSort>,
        /// `all`, or keys with commas between them; `mac,device_type,lines_available,site` when nothing is said.
        #[param(nullable = false)]
        columns: Option<String>,
        /// Headings, states and form of times: `en`, `fr`, or `raw` for the keys. `raw` for tokens when nothing is said,
        /// else the reader's language.
        #[param(nullable = false)]
        lang: Option<String>,
        /// Between cells: `,`, `;` or `tab`. `;` for people who read French when nothing is said, else `,`.
        #[param(nullable = false)]
        sep: Option<String>,
        /// Whether a byte order mark begins the file, `true` or `false`. `true` for people when nothing is said.
        #[param(nullable = false)]
        bom: Option<String>,
        /// Time zone of the times, such as `Europe/Paris`. UTC for tokens when nothing is said.
        #[param(nullable = false)]
        tz: Option<String>,
    }
}

/// Export devices
///
/// All devices of the filter as CSV, of one moment. The file is complete before its first byte is sent, so that its
/// length is known and a failure is a problem document. Text that a spreadsheet would take for a formula has a `'` in front.
#[utoipa::path(
    get, path = "/api/v1/exports/devices.csv", tag = "exports", params(DeviceExportQuery),
    responses((
        status = 200, description = "The file.", body = String, content_type = "text/csv",
        headers(("content-disposition" = String, description = "A name for the file.")),
        example = json!("mac,device_type,lines_available,site\r\n00:15:65:ab:cd:ef,\"Yealink T54W\",15,\"Lyon\"\r\n"),
    ))
)]
async fn export_devices(ctx: Ctx, Query(query): Query<DeviceExportQuery>) -> Result<Response, Problem> {
    let actor = ctx.actor()?;
    let DeviceExportQuery {
        party_id,
        site_id,
        device_type_id,
        kind,
        status,
        problem,
        lines_available,
        critical,
        q,
        sort,
        columns,
        lang,
        sep,
        bom,
        tz,
    } = query;
    let party = match party_id {
        Some(id) => ctx.app.find_party(actor, id).await?,
        None => actor.view(ctx.app.own_party(actor).await?)?,
    };
    let site = match site_id {
        Some(id) => Some(ctx.app.find_site(actor, id).await?),
        None => None,
    };
    let asked = serde_json::json!({
        "site_id": site_id.map(|id| id.to_string()), "device_type_id": device_type_id, "kind": kind,
        "status": status.map(StatusFilter::as_str), "problem": problem, "lines_available": lines_available,
        "critical": critical, "q": q.as_ref().map(Search::text),
    });
    let filter = DeviceQuery {
        party_id,
        site_id,
        device_type_id,
        kind,
        status,
        problem,
        lines_available,
        critical,
        q,
        sort,
        limit: None,
        after: None,
    };
    let filter = resolve(&ctx.app, actor, filter).await?;
    let sheet =
        device_sheet(&ctx, &SheetRequest { columns, lang, sep, bom, tz, expand: None }, site.as_deref())
            .await?;
    let name = FileName::of_devices(&sheet, &party, site.as_deref(), ctx.now);
    let file = ctx.app.export_devices(actor, party, filter, &sheet, asked, ctx.now).await?;
    send_file(file, &name)
}
