//! A line for a user, from the user's page: a device of its site, and a free port of it.

use axum::Form;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tonalite_core::access::{Manage, View};
use tonalite_core::device::Device;
use tonalite_core::error::FieldError;
use tonalite_core::filter::DeviceFilter;
use tonalite_core::id::{DeviceId, UserId};
use tonalite_core::line::LineUse;
use tonalite_core::page::Limit;
use tonalite_core::search::Search;
use tonalite_core::site::Site;
use tonalite_core::text::Locale;
use tonalite_core::user::User;
use tonalite_core::{Error, Result};

use super::devices::{device_label, found, type_name};
use super::users::user_to_manage;
use super::view::choice::Choice;
use super::view::form::FormErrors;
use super::view::user_pages::{DeviceChoice, UserAssignPage};
use super::visit::Visit;
use crate::problem::Problem;
use crate::read::PathId;
use crate::route_table::{Routes, get};

/// The pages of this file.
pub(crate) fn routes() -> Routes {
    Routes::new().route("/users/{id}/assign", get(show_assign_user).post(assign_user))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct AssignForm {
    device_id: String,
    port: String,
    r#use: String,
    device_q: String,
}

/// Devices of a site with available lines, the first of many, and whether there are more. The chosen one is among them.
pub(super) async fn devices_to_choose(
    visit: &Visit,
    site: &View<Site>,
    typed: &str,
    chosen: &str,
) -> Result<(Vec<DeviceChoice>, Option<String>)> {
    let (actor, app, t) = (visit.actor()?, &visit.ctx.app, visit.t());
    let search = Search::parse(typed).map_err(|error| Error::Invalid(vec![error]))?;
    let filter =
        DeviceFilter { site: Some(site.key), lines_available: true, search, ..DeviceFilter::default() };
    let page = app.page_devices(actor, &filter, Limit::DEFAULT, None, visit.now()).await?;
    let choice = |device: &Device| {
        let free = t.with(
            "users-device-free",
            &[("count", device.lines_total.saturating_sub(device.lines_assigned).into())],
        );
        let id = device.id.to_string();
        DeviceChoice {
            chosen: id == chosen,
            id,
            label: device_label(visit, device),
            remark: format!("{} · {free}", type_name(visit, device)),
        }
    };
    let mut choices: Vec<DeviceChoice> = page.items.iter().map(choice).collect();
    if let Ok(id) = chosen.parse::<DeviceId>()
        && !choices.iter().any(|choice| choice.chosen)
        && let Some(device) = found(app.find_device(actor, id, visit.now()).await)?
        && device.site_key == site.key
    {
        choices.insert(0, choice(&device));
    }
    let most = i64::from(Limit::DEFAULT.get());
    let more = page.next.map(|_| t.with("users-device-more", &[("count", most.into())]));
    Ok((choices, more))
}

/// The device that was chosen, and its port: the one typed, or the first that is free.
pub(super) async fn chosen_port(
    visit: &Visit,
    site: &Site,
    device_id: &str,
    port: &str,
) -> Result<(Manage<Device>, u16)> {
    let (actor, app) = (visit.actor()?, &visit.ctx.app);
    if device_id.is_empty() {
        return Err(Error::invalid("device_id", "required"));
    }
    let device = match device_id.parse::<DeviceId>() {
        Ok(id) => found(app.find_device(actor, id, visit.now()).await)?,
        Err(_) => None,
    };
    let device = device.filter(|device| device.site_key == site.key);
    let device = device.ok_or_else(|| Error::invalid("device_id", "not_found"))?;
    let device = actor.manage(device.into_inner())?;
    let out_of_range = |port: &str| {
        let error =
            FieldError::new("port", "port_out_of_range").with("port", tonalite_core::device::short(port));
        Error::Invalid(vec![error.with("max", device.lines_total)])
    };
    let port = match port.trim() {
        "" => {
            let lines = app.lines_of_device(&actor.view(Device::clone(&device))?, visit.now()).await?;
            let free =
                (1..=device.lines_total).find(|port| !lines.iter().any(|line| line.line.port == *port));
            free.ok_or_else(|| Error::invalid("device_id", "no_free_port"))?
        }
        typed => {
            let port = typed.parse().map_err(|_| out_of_range(typed))?;
            if !(1..=device.lines_total).contains(&port) {
                return Err(out_of_range(typed));
            }
            port
        }
    };
    Ok((device, port))
}

/// Both uses, in words.
pub(super) fn uses_to_choose(t: Locale, chosen: &str) -> Vec<Choice> {
    [(LineUse::Primary, "users-line-primary"), (LineUse::Shared, "users-line-shared")]
        .into_iter()
        .map(|(line_use, key)| Choice::new(line_use.as_str(), t.text(key), chosen))
        .collect()
}

/// The use that was chosen; the first where nothing is said.
pub(super) fn read_use(word: &str) -> Result<LineUse> {
    match word {
        "" => Ok(LineUse::default()),
        word => LineUse::parse(word).ok_or_else(|| {
            let error = FieldError::new("use", "unknown_value");
            Error::Invalid(vec![error.with("value", tonalite_core::device::short(word))])
        }),
    }
}

async fn show_assign_user(
    visit: Visit,
    PathId(id): PathId<UserId>,
    Query(form): Query<AssignForm>,
) -> Result<Response, Problem> {
    let user = user_to_manage(&visit, id).await?;
    let page = assign_page(&visit, &user, &form, &[]).await?;
    visit.show(&page)
}

async fn assign_page(
    visit: &Visit,
    user: &User,
    form: &AssignForm,
    errors: &[FieldError],
) -> Result<UserAssignPage> {
    let t = visit.t();
    let site = visit.ctx.app.find_site(visit.actor()?, user.site_id).await?;
    let (devices, more) = devices_to_choose(visit, &site, &form.device_q, &form.device_id).await?;
    // Who has a line already gets a further device, most likely.
    let has_lines = visit.ctx.app.lines_of_users(std::slice::from_ref(user), visit.now()).await?;
    let chosen = match form.r#use.as_str() {
        "" if !has_lines.is_empty() => LineUse::Shared.as_str(),
        word => word,
    };
    Ok(UserAssignPage {
        t,
        frame: visit.frame(),
        id: user.id.to_string(),
        title: t.with("users-assign-title", &[("user", user.details.name.as_str().into())]),
        site: site.name.clone(),
        devices,
        more,
        device_q: form.device_q.clone(),
        port: form.port.clone(),
        uses: uses_to_choose(t, chosen),
        form_errors: FormErrors::new(t, errors),
    })
}

async fn assign_user(
    visit: Visit,
    PathId(id): PathId<UserId>,
    Form(form): Form<AssignForm>,
) -> Result<Response, Problem> {
    let user = user_to_manage(&visit, id).await?;
    match try_assign_user(&visit, &user, &form).await {
        Ok((device, port)) => Ok(visit.go(&format!("/users/{id}?done=assigned&line={device}:{port}"))),
        Err(error @ (Error::Invalid(_) | Error::Taken(_) | Error::Conflict(_))) => {
            let page = assign_page(&visit, &user, &form, error.fields()).await?;
            visit.show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

async fn try_assign_user(visit: &Visit, user: &User, form: &AssignForm) -> Result<(DeviceId, u16)> {
    let (actor, app) = (visit.actor()?, &visit.ctx.app);
    let site = app.find_site(actor, user.site_id).await?;
    let line_use = read_use(&form.r#use)?;
    let (device, port) = chosen_port(visit, &site, &form.device_id, &form.port).await?;
    let id = device.id;
    let line = app.assign_line(actor, device, port, actor.view(user.clone())?, line_use, visit.now()).await?;
    Ok((id, line.port))
}
