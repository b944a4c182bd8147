//! Lines of a device, on pages: assign one to a user, withdraw it, make new credentials for it.

use axum::Form;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tonalite_app::{LineView, NewCredentials};
use tonalite_core::access::{Manage, View};
use tonalite_core::device::Device;
use tonalite_core::error::FieldError;
use tonalite_core::id::{DeviceId, UserId};
use tonalite_core::line::Algorithms;
use tonalite_core::page::Limit;
use tonalite_core::site::Site;
use tonalite_core::user::{NewUser, User};
use tonalite_core::{Error, Result};

use super::devices::device_label;
use super::user_lines::{read_use, uses_to_choose};
use super::view::choice::Choice;
use super::view::confirm::ConfirmPage;
use super::view::form::FormErrors;
use super::view::line_pages::{AssignLinePage, CredentialItem, CredentialsPage, NewCredentialsPage};
use super::visit::Visit;
use crate::problem::Problem;
use crate::read::{PathId, PathPort};
use crate::route_table::{Routes, get};

/// A list box longer than this is no longer one.
const MOST_USERS: usize = 1_000;

/// The pages of this file.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/devices/{id}/assign", get(show_assign_line).post(assign_line))
        .route("/devices/{id}/lines/{port}/unassign", get(confirm_unassign_line).post(unassign_line))
        .route("/devices/{id}/lines/{port}/credentials", get(confirm_new_credentials).post(new_credentials))
        .route("/devices/{id}/lines/{port}/credentials/old", get(confirm_revoke).post(revoke_old_credentials))
}

pub(super) async fn device_to_manage(visit: &Visit, id: DeviceId) -> Result<Manage<Device>> {
    let actor = visit.actor()?;
    let device = visit.ctx.app.find_device(actor, id, visit.now()).await?;
    actor.manage(device.into_inner())
}

async fn lines_of(visit: &Visit, device: &Device) -> Result<Vec<LineView>> {
    visit.ctx.app.lines_of_device(&visit.actor()?.view(device.clone())?, visit.now()).await
}

/// The line on this port. One that is not assigned is not there.
async fn line_at(visit: &Visit, device: &Device, port: u16) -> Result<LineView> {
    let lines = lines_of(visit, device).await?;
    lines.into_iter().find(|line| line.line.port == port).ok_or(Error::NotFound)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct AssignForm {
    port: String,
    /// Absent in the form that makes a user.
    user_id: Option<String>,
    name: String,
    extension: String,
    number: String,
    r#use: String,
}

async fn show_assign_line(visit: Visit, PathId(id): PathId<DeviceId>) -> Result<Response, Problem> {
    let device = device_to_manage(&visit, id).await?;
    let page = assign_page(&visit, &device, &AssignForm::default(), &[]).await?;
    if page.ports.is_empty() {
        return Ok(visit.go(&format!("/devices/{id}")));
    }
    visit.show(&page)
}

async fn assign_page(
    visit: &Visit,
    device: &Device,
    form: &AssignForm,
    errors: &[FieldError],
) -> Result<AssignLinePage> {
    let t = visit.t();
    let site = visit.ctx.app.find_site(visit.actor()?, device.site_id).await?;
    let lines = lines_of(visit, device).await?;
    let free = (1..=device.lines_total).filter(|port| !lines.iter().any(|line| line.line.port == *port));
    let (users, more) = users_to_choose(visit, &site, form.user_id.as_deref().unwrap_or_default()).await?;
    Ok(AssignLinePage {
        t,
        frame: visit.frame(),
        device_id: device.id.to_string(),
        device_label: device_label(visit, device),
        site: device.site_name.clone(),
        ports: free.map(|port| Choice::new(port.to_string(), port.to_string(), &form.port)).collect(),
        uses: uses_to_choose(t, &form.r#use),
        more_users: more.then(|| t.with("devices-assign-more", &[("count", (MOST_USERS as i64).into())])),
        users,
        name: form.name.clone(),
        extension: form.extension.clone(),
        number: form.number.clone(),
        form_errors: FormErrors::new(t, errors),
    })
}

/// The users of a site, and whether there are more than fit a list box.
async fn users_to_choose(visit: &Visit, site: &View<Site>, chosen: &str) -> Result<(Vec<Choice>, bool)> {
    let limit = Limit::parse("200").unwrap_or(Limit::DEFAULT);
    let (mut choices, mut after) = (Vec::new(), None);
    loop {
        let page = visit.ctx.app.page_users(visit.actor()?, Some(site), None, limit, after).await?;
        choices.extend(page.items.iter().map(|user| {
            let label = format!("{} · {}", user.details.extension.as_str(), user.details.name);
            Choice::new(user.id.to_string(), label, chosen)
        }));
        after = page.next;
        if after.is_none() || choices.len() >= MOST_USERS {
            return Ok((choices, after.is_some()));
        }
    }
}

async fn assign_line(
    visit: Visit,
    PathId(id): PathId<DeviceId>,
    Form(form): Form<AssignForm>,
) -> Result<Response, Problem> {
    let device = device_to_manage(&visit, id).await?;
    match try_assign_line(&visit, device.clone(), &form).await {
        Ok(port) => Ok(visit.go(&format!("/devices/{id}?assigned={port}"))),
        Err(error @ (Error::Invalid(_) | Error::Taken(_) | Error::Conflict(_))) => {
            let page = assign_page(&visit, &device, &form, error.fields()).await?;
            visit.show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

async fn try_assign_line(visit: &Visit, device: Manage<Device>, form: &AssignForm) -> Result<u16> {
    let actor = visit.actor()?;
    let app = &visit.ctx.app;
    let port = form.port.parse().map_err(|_| Error::invalid("port", "required"))?;
    let line_use = read_use(&form.r#use)?;
    let user = match form.user_id.as_deref() {
        Some("") => return Err(Error::invalid("user_id", "required")),
        Some(id) => known_user(visit, id).await?,
        None => {
            let new = NewUser::parse(&form.name, &form.extension, Some(&form.number), None, None)?;
            let site = actor.manage(app.find_site(actor, device.site_id).await?.into_inner())?;
            app.set_up_user(actor, site, new, Some((device, port, line_use)), visit.now()).await?;
            return Ok(port);
        }
    };
    let line = app.assign_line(actor, device, port, user, line_use, visit.now()).await?;
    Ok(line.port)
}

async fn known_user(visit: &Visit, id: &str) -> Result<View<User>> {
    let wrong = || Error::invalid("user_id", "not_found");
    let id: UserId = id.parse().map_err(|_| wrong())?;
    match visit.ctx.app.find_user(visit.actor()?, id).await {
        Err(Error::NotFound) => Err(wrong()),
        found => found,
    }
}

async fn confirm_unassign_line(
    visit: Visit,
    PathId(id): PathId<DeviceId>,
    PathPort(port): PathPort,
) -> Result<Response, Problem> {
    let t = visit.t();
    let device = device_to_manage(&visit, id).await?;
    let line = line_at(&visit, &device, port).await?;
    let args = [("port", port.into()), ("user", line.line.user_name.into())];
    visit.show(&ConfirmPage {
        t,
        frame: visit.frame(),
        title: t.with("devices-unassign-title", &args),
        subtitle: device_label(&visit, &device),
        consequences: vec![t.text("devices-unassign-text")],
        action: format!("/devices/{id}/lines/{port}/unassign"),
        submit: t.text("devices-unassign-submit"),
        cancel_address: format!("/devices/{id}"),
    })
}

async fn unassign_line(
    visit: Visit,
    PathId(id): PathId<DeviceId>,
    PathPort(port): PathPort,
) -> Result<Response, Problem> {
    let device = device_to_manage(&visit, id).await?;
    visit.ctx.app.unassign_line(visit.actor()?, device, port, visit.now()).await?;
    Ok(visit.go(&format!("/devices/{id}?withdrawn={port}")))
}

async fn confirm_new_credentials(
    visit: Visit,
    PathId(id): PathId<DeviceId>,
    PathPort(port): PathPort,
) -> Result<Response, Problem> {
    let t = visit.t();
    let device = device_to_manage(&visit, id).await?;
    let line = line_at(&visit, &device, port).await?;
    visit.show(&NewCredentialsPage {
        t,
        frame: visit.frame(),
        device_id: id.to_string(),
        port,
        title: t.with("devices-credentials-ask", &[("port", port.into())]),
        text: t.with("devices-credentials-ask-text", &[("user", line.line.user_name.into())]),
    })
}

/// Answers with the page itself instead of a redirect: a page to go to would have to keep the secret somewhere.
async fn new_credentials(
    visit: Visit,
    PathId(id): PathId<DeviceId>,
    PathPort(port): PathPort,
) -> Result<Response, Problem> {
    let device = device_to_manage(&visit, id).await?;
    let line = line_at(&visit, &device, port).await?;
    let made = visit
        .ctx
        .app
        .new_credentials(visit.actor()?, device.clone(), port, Algorithms::default(), visit.now())
        .await?;
    let label = device_label(&visit, &device);
    visit.show(&credentials_page(&visit, &id.to_string(), (port, label, line.line.user_name), made))
}

/// Credentials, this once: of the line with this port, of this device, of this user.
pub(super) fn credentials_page(
    visit: &Visit,
    device_id: &str,
    (port, device, user): (u16, String, String),
    made: NewCredentials,
) -> CredentialsPage {
    let t = visit.t();
    let args = [("port", port.into()), ("device", device.into()), ("user", user.into())];
    let item = |name, value: String| CredentialItem {
        name,
        label: t.text(&format!("devices-credentials-{name}")),
        value,
    };
    CredentialsPage {
        t,
        frame: visit.frame(),
        device_id: device_id.to_owned(),
        line: t.with("devices-credentials-line", &args),
        items: vec![
            item("username", made.username),
            item("password", made.password.into_exposed()),
            item("domain", made.domain),
            item("registrar", made.registrar),
        ],
    }
}

async fn confirm_revoke(
    visit: Visit,
    PathId(id): PathId<DeviceId>,
    PathPort(port): PathPort,
) -> Result<Response, Problem> {
    let t = visit.t();
    let device = device_to_manage(&visit, id).await?;
    let line = line_at(&visit, &device, port).await?;
    visit.show(&ConfirmPage {
        t,
        frame: visit.frame(),
        title: t.with("revoke-title", &[("port", port.into())]),
        subtitle: device_label(&visit, &device),
        consequences: vec![t.with("revoke-text", &[("user", line.line.user_name.into())])],
        action: format!("/devices/{id}/lines/{port}/credentials/old"),
        submit: t.text("revoke-submit"),
        cancel_address: format!("/devices/{id}"),
    })
}

async fn revoke_old_credentials(
    visit: Visit,
    PathId(id): PathId<DeviceId>,
    PathPort(port): PathPort,
) -> Result<Response, Problem> {
    let device = device_to_manage(&visit, id).await?;
    match visit.ctx.app.revoke_old_credentials(visit.actor()?, device, port, visit.now()).await {
        // A phone used the new ones meanwhile: what was asked for is so.
        Ok(()) | Err(Error::Conflict(_)) => Ok(visit.go(&format!("/devices/{id}?revoked={port}"))),
        Err(error) => Err(error.into()),
    }
}
