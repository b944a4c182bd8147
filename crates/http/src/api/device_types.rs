//! Device types: the catalogue of models.

use axum::Json;
use serde::Serialize;
use tonalite_app::DeviceType;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::read::NoQuery;
use crate::state::HttpState;

/// Operations on device types.
pub(super) fn routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new().routes(routes!(list_device_types))
}

/// A model of one vendor.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeviceType)]
pub(super) struct DeviceTypeJson {
    /// Id in the catalogue: a word that never changes.
    #[schema(examples("yealink-t54w"))]
    id: &'static str,
    /// Maker and model.
    #[schema(examples("Yealink T54W"))]
    name: &'static str,
    /// Id of the maker.
    #[schema(examples("yealink"))]
    vendor: &'static str,
    /// Name of the maker.
    #[schema(examples("Yealink"))]
    vendor_name: &'static str,
    /// `desk`, `conference`, `ata`, `dect_base` or `generic`.
    #[schema(examples("desk"))]
    kind: &'static str,
    /// Lines it can hold.
    #[schema(examples(16))]
    ports: u16,
    /// Whether it is known by a MAC address.
    #[schema(examples(true))]
    has_mac: bool,
}

impl DeviceTypeJson {
    pub(super) fn of(device_type: &'static DeviceType) -> DeviceTypeJson {
        DeviceTypeJson {
            id: &device_type.id,
            name: &device_type.name,
            vendor: &device_type.vendor,
            vendor_name: &device_type.vendor_name,
            kind: device_type.kind.as_str(),
            ports: device_type.ports,
            has_mac: device_type.has_mac,
        }
    }
}

/// All device types; there are few, hence no pages.
#[derive(Debug, Serialize, ToSchema)]
struct DeviceTypeList {
    /// All of them.
    items: Vec<DeviceTypeJson>,
}

/// List device types
///
/// Every model that the program knows. Which of them may be added at a site: its approved device types.
#[utoipa::path(
    get, path = "/api/v1/device-types", tag = "device types",
    responses((status = 200, description = "The whole catalogue.", body = DeviceTypeList))
)]
async fn list_device_types(ctx: Ctx, _: NoQuery) -> Result<Json<DeviceTypeList>, Problem> {
    let items = ctx.app.device_types().iter().map(DeviceTypeJson::of).collect();
    Ok(Json(DeviceTypeList { items }))
}
