//! Ports of a device that go to many users in one go.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tonalite_app::{PortOrder, PortTaker};
use tonalite_core::error::FieldError;
use tonalite_core::id::{DeviceId, UserId};
use tonalite_core::line::LineUse;
use tonalite_core::user::NewUser;
use tonalite_core::{Error, Result};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::lines::unknown;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::read::{Body, Objects, PathId, json_body};
use crate::state::HttpState;

/// Operations of this file.
pub(super) fn routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new().routes(routes!(assign_lines))
}

json_body! {
    /// A user of the site, or one to be made there.
    struct RangeUser {
        /// A user of the device's site. The other fields are for one who is to be made.
        #[schema(value_type = Option<String>, format = Uuid, examples(json!(null)))]
        user_id: Option<UserId>,
        /// Name of the person, room or queue.
        #[schema(max_length = 120, examples("Room 101"))]
        name: Option<String>,
        /// 1 to 15 digits, unique at the site.
        #[schema(examples("2101"))]
        extension: Option<String>,
        /// E.164, in any grouping.
        #[schema(examples("+33478000101"))]
        number: Option<String>,
    }
}

json_body! {
    /// Which ports go to whom.
    struct RangeBody {
        /// The first port.
        #[schema(minimum = 1, examples(2))]
        first_port: u16,
        /// The last port.
        #[schema(minimum = 1, examples(3))]
        last_port: u16,
        /// Who gets them, in order, at most one for each port. Left out: the users of the site who have no line, in the order
        /// of their extensions.
        #[schema(value_type = Option<Vec<RangeUser>>, example = json!([{"name": "Room 101", "extension": "2101"}]))]
        users: Option<Objects<RangeUser>>,
        /// `primary`, or `shared` for further devices of the same users; `primary` when nothing is said.
        #[schema(examples("primary"))]
        r#use: Option<String>,
        /// `true`: say what would be done, and do nothing.
        #[schema(examples(false))]
        dry_run: Option<bool>,
    }
}

/// A port, and who has it or would have it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RangePort)]
struct RangePortJson {
    /// Port of the device.
    #[schema(examples(2))]
    port: u16,
    /// Who; `null` for a user who is only to be made.
    #[schema(format = Uuid)]
    user_id: Option<String>,
    /// Name of the user.
    #[schema(examples("Room 101"))]
    name: String,
    /// Extension of the user.
    #[schema(examples("2101"))]
    extension: String,
    /// Whether the user is made by this.
    #[schema(examples(true))]
    is_new: bool,
}

/// What was done, or would be.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RangeAnswer)]
struct RangeJson {
    /// By port.
    items: Vec<RangePortJson>,
    /// Whether nothing was done.
    #[schema(examples(false))]
    dry_run: bool,
}

/// Assign a range of lines
///
/// Gives ports of a device to users of its site, new ones among them, all or none. What is wrong is told at its row.
#[utoipa::path(
    post, path = "/api/v1/devices/{id}/line-assignments", tag = "lines", request_body = RangeBody,
    params(("id" = uuid::Uuid, Path, description = "The device.")),
    responses(
        (status = 200, description = "What would be done (`dry_run`).", body = RangeJson),
        (status = 201, description = "All are assigned.", body = RangeJson),
        (status = 409, description = "Somebody was faster: `line_taken`, `extension_taken`. No party above has a SIP domain: `sip_domain_missing`."),
    )
)]
async fn assign_lines(
    ctx: Ctx,
    PathId(id): PathId<DeviceId>,
    Body(body): Body<RangeBody>,
) -> Result<Response, Problem> {
    let actor = ctx.actor()?;
    let device = actor.manage(ctx.app.find_device(actor, id, ctx.now).await?.into_inner())?;
    let line_use = match &body.r#use {
        None => LineUse::default(),
        Some(word) => LineUse::parse(word).ok_or_else(|| unknown("use", word))?,
    };
    let ports = ctx.app.range_of_ports(&device, body.first_port, body.last_port)?;
    let takers = match body.users {
        Some(users) => takers(&ctx, users.0, ports.len()).await?,
        None => {
            let site = ctx.app.find_site(actor, device.site_id).await?;
            ctx.app.takers_without_line(actor, &site, ports.len()).await?
        }
    };
    let orders: Vec<PortOrder> =
        ports.into_iter().zip(takers).map(|(port, taker)| PortOrder { taker, port }).collect();
    let dry_run = body.dry_run.unwrap_or_default();
    let mut items: Vec<RangePortJson> = orders.iter().map(item).collect();
    if dry_run {
        ctx.app.check_ports(actor, &device, &orders).await?;
        return Ok(Json(RangeJson { items, dry_run }).into_response());
    }
    let made = ctx.app.assign_range(actor, device, orders, line_use, ctx.now).await?;
    for (item, made) in items.iter_mut().zip(made) {
        item.user_id = Some(made.user_id.to_string());
    }
    Ok((StatusCode::CREATED, Json(RangeJson { items, dry_run })).into_response())
}

fn item(order: &PortOrder) -> RangePortJson {
    let (user_id, details) = match &order.taker {
        PortTaker::Known(user) => (Some(user.id.to_string()), &user.details),
        PortTaker::New(new) => (None, &**new),
    };
    RangePortJson {
        port: order.port,
        is_new: user_id.is_none(),
        user_id,
        name: details.name.clone(),
        extension: details.extension.as_str().to_owned(),
    }
}

async fn takers(ctx: &Ctx, users: Vec<RangeUser>, ports: usize) -> Result<Vec<PortTaker>> {
    if users.len() > ports {
        let error = FieldError::new("users", "too_many_users").with("max", ports);
        return Err(Error::Invalid(vec![error]));
    }
    let mut takers = Vec::with_capacity(users.len());
    let mut errors = Vec::new();
    for (n, user) in users.into_iter().enumerate() {
        let place =
            |error: &FieldError| FieldError { field: format!("users[{n}].{}", error.field), ..error.clone() };
        match user.user_id {
            Some(id) => match ctx.app.find_user(ctx.actor()?, id).await {
                Ok(user) => takers.push(PortTaker::Known(Box::new(user))),
                Err(Error::NotFound) => {
                    errors.push(FieldError::new(format!("users[{n}].user_id"), "not_found"))
                }
                Err(error) => return Err(error),
            },
            None => {
                let (name, extension) = (user.name.unwrap_or_default(), user.extension.unwrap_or_default());
                match NewUser::parse(&name, &extension, user.number.as_deref(), None, None) {
                    Ok(new) => takers.push(PortTaker::New(Box::new(new))),
                    Err(error) => errors.extend(error.fields().iter().map(place)),
                }
            }
        }
    }
    if errors.is_empty() { Ok(takers) } else { Err(Error::Invalid(errors)) }
}
