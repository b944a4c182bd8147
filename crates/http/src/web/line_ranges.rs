//! Ports of one device for many users: a range and a list, looked over before anything is written; and new credentials for
//! a whole site.

use axum::Form;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tonalite_app::{PortOrder, PortTaker};
use tonalite_core::access::Manage;
use tonalite_core::device::Device;
use tonalite_core::error::FieldError;
use tonalite_core::id::{DeviceId, SiteId};
use tonalite_core::line::LineUse;
use tonalite_core::{Error, Result};

use super::devices::device_label;
use super::lines::device_to_manage;
use super::view::choice::Choice;
use super::view::form::FormErrors;
use super::view::user_pages::{AssignRangePage, RangeRow, SiteCredentialsPage};
use super::visit::Visit;
use crate::api::site_credentials::site_credentials;
use crate::problem::Problem;
use crate::read::PathId;
use crate::route_table::{Routes, get};
use crate::sheet::SheetRequest;

/// The pages of this file.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/devices/{id}/assign-range", get(show_assign_range).post(assign_range))
        .route("/sites/{id}/credentials", get(confirm_site_credentials).post(new_site_credentials))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RangeForm {
    first_port: String,
    last_port: String,
    users: String,
    /// `fill`, `check` or `assign`.
    act: String,
}

async fn show_assign_range(visit: Visit, PathId(id): PathId<DeviceId>) -> Result<Response, Problem> {
    let device = device_to_manage(&visit, id).await?;
    let lines =
        visit.ctx.app.lines_of_device(&visit.actor()?.view(Device::clone(&device))?, visit.now()).await?;
    let free = (1..=device.lines_total).find(|port| !lines.iter().any(|line| line.line.port == *port));
    let form = RangeForm {
        first_port: free.unwrap_or(1).to_string(),
        last_port: device.lines_total.to_string(),
        ..RangeForm::default()
    };
    visit.show(&range_page(&visit, &device, &form, &[], &[]))
}

fn range_page(
    visit: &Visit,
    device: &Device,
    form: &RangeForm,
    orders: &[PortOrder],
    errors: &[FieldError],
) -> AssignRangePage {
    let t = visit.t();
    // `rows[3].extension` is the fourth row of the list, as people count.
    let row_of = |field: &str| field.strip_prefix("rows[")?.split_once(']')?.0.parse::<i64>().ok();
    let said = |error: &FieldError| match row_of(&error.field) {
        Some(row) => {
            let row = t.with("range-row", &[("row", (row + 1).into())]);
            Some(format!("{row} – {}", t.field_error(error)))
        }
        None if ["first_port", "last_port", "users"].contains(&error.field.as_str()) => None,
        None => Some(t.field_error(error)),
    };
    AssignRangePage {
        t,
        frame: visit.frame(),
        device_id: device.id.to_string(),
        device_label: device_label(visit, device),
        first_port: form.first_port.clone(),
        last_port: form.last_port.clone(),
        users: form.users.clone(),
        rows: orders.iter().map(row).collect(),
        form_errors: FormErrors::new(t, errors),
        row_errors: errors.iter().filter_map(said).collect(),
    }
}

fn row(order: &PortOrder) -> RangeRow {
    let (details, is_new) = match &order.taker {
        PortTaker::Known(user) => (&user.details, false),
        PortTaker::New(new) => (&**new, true),
    };
    RangeRow {
        port: order.port,
        user: details.name.clone(),
        extension: details.extension.as_str().to_owned(),
        is_new,
    }
}

async fn assign_range(
    visit: Visit,
    PathId(id): PathId<DeviceId>,
    Form(mut form): Form<RangeForm>,
) -> Result<Response, Problem> {
    let device = device_to_manage(&visit, id).await?;
    match try_assign_range(&visit, device.clone(), &mut form).await {
        Ok(Some(count)) => Ok(visit.go(&format!("/devices/{id}?ranged={count}"))),
        Ok(None) => {
            let orders = match form.act.as_str() {
                "check" => read_orders(&visit, &device, &form).await?,
                _ => Vec::new(),
            };
            visit.show(&range_page(&visit, &device, &form, &orders, &[]))
        }
        Err(error @ (Error::Invalid(_) | Error::Taken(_) | Error::Conflict(_))) => {
            let page = range_page(&visit, &device, &form, &[], error.fields());
            visit.show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

/// How many lines were assigned; `None` when nothing was to be.
async fn try_assign_range(
    visit: &Visit,
    device: Manage<Device>,
    form: &mut RangeForm,
) -> Result<Option<usize>> {
    let (actor, app) = (visit.actor()?, &visit.ctx.app);
    if form.act == "fill" {
        let ports = ports(visit, &device, form)?;
        let site = app.find_site(actor, device.site_id).await?;
        let takers = app.takers_without_line(actor, &site, ports.len()).await?;
        let rows: Vec<String> = takers
            .iter()
            .filter_map(|taker| match taker {
                PortTaker::Known(user) => {
                    Some(format!("{}; {}", user.details.extension.as_str(), user.details.name))
                }
                PortTaker::New(_) => None,
            })
            .collect();
        form.users = rows.join("\n");
        return Ok(None);
    }
    let orders = read_orders(visit, &device, form).await?;
    app.check_ports(actor, &device, &orders).await?;
    if form.act != "assign" {
        form.act = "check".to_owned();
        return Ok(None);
    }
    let made = app.assign_range(actor, device, orders, LineUse::Primary, visit.now()).await?;
    Ok(Some(made.len()))
}

fn ports(visit: &Visit, device: &Device, form: &RangeForm) -> Result<Vec<u16>> {
    // What is no number is no port of any device.
    let read = |text: &str| text.trim().parse().unwrap_or(0);
    visit.ctx.app.range_of_ports(device, read(&form.first_port), read(&form.last_port))
}

/// Rows of `extension; name; number`, with tabs as spreadsheets copy them, or commas.
async fn read_orders(visit: &Visit, device: &Device, form: &RangeForm) -> Result<Vec<PortOrder>> {
    let (actor, app) = (visit.actor()?, &visit.ctx.app);
    let ports = ports(visit, device, form)?;
    let rows: Vec<(String, String, String)> = form
        .users
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(ports.len() + 1)
        .map(|line| {
            let separator = [';', '\t', ','].into_iter().find(|separator| line.contains(*separator));
            let mut cells = line.split(separator.unwrap_or(';')).map(|cell| cell.trim().to_owned());
            let mut next = || cells.next().unwrap_or_default();
            (next(), next(), next())
        })
        .collect();
    if rows.is_empty() {
        return Err(Error::invalid("users", "required"));
    }
    if rows.len() > ports.len() {
        let error = FieldError::new("users", "too_many_users").with("max", ports.len());
        return Err(Error::Invalid(vec![error]));
    }
    let site = app.find_site(actor, device.site_id).await?;
    let takers = app.takers_of_rows(actor, &site, &rows).await?;
    Ok(ports.into_iter().zip(takers).map(|(port, taker)| PortOrder { taker, port }).collect())
}

async fn confirm_site_credentials(visit: Visit, PathId(id): PathId<SiteId>) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let t = visit.t();
    let site = actor.manage(visit.ctx.app.find_site(actor, id).await?.into_inner())?;
    let types = visit.ctx.app.device_types().iter();
    visit.show(&SiteCredentialsPage {
        t,
        frame: visit.frame(),
        site_id: id.to_string(),
        title: t.with("users-credentials-title", &[("site", site.name.as_str().into())]),
        types: types.map(|kind| Choice::new(kind.id.as_str(), kind.name.as_str(), "")).collect(),
    })
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct CredentialsForm {
    device_type_id: String,
}

/// Answers with the file itself: a page to fetch it from would have to keep it somewhere.
async fn new_site_credentials(
    visit: Visit,
    PathId(id): PathId<SiteId>,
    Form(form): Form<CredentialsForm>,
) -> Result<Response, Problem> {
    let device_type = Some(form.device_type_id.as_str()).filter(|id| !id.is_empty());
    site_credentials(&visit.ctx, id, device_type, &SheetRequest::default()).await
}
