//! Setting up a user, step by step: who, number, device and line, check. What was typed goes from step to step in the
//! address, so that Back works; nothing is written before the last step, which is one transaction.

use axum::Form;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tonalite_core::access::{Manage, View};
use tonalite_core::device::Device;
use tonalite_core::error::FieldError;
use tonalite_core::id::SiteId;
use tonalite_core::line::LineUse;
use tonalite_core::site::Site;
use tonalite_core::text::Language;
use tonalite_core::user::NewUser;
use tonalite_core::{Error, Result};

use super::devices::{device_label, found, sites_to_choose};
use super::lines::credentials_page;
use super::user_lines::{chosen_port, devices_to_choose};
use super::users::{language_label, languages_to_choose, read_typed};
use super::view::form::FormErrors;
use super::view::user_pages::{TypedUser, UserNewPage};
use super::visit::Visit;
use crate::problem::Problem;
use crate::route_table::{Routes, get};

/// The word for a user who gets a line later.
const LATER: &str = "none";

/// The pages of this file.
pub(crate) fn routes() -> Routes {
    Routes::new().route("/users/new", get(show_new_user).post(set_up_user))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct NewForm {
    step: String,
    site_id: String,
    name: String,
    email: String,
    language: String,
    extension: String,
    number: String,
    device_id: String,
    port: String,
    device_q: String,
    /// Whether the credentials are shown.
    credentials: String,
}

impl NewForm {
    fn typed(&self) -> TypedUser {
        TypedUser {
            name: self.name.clone(),
            extension: self.extension.clone(),
            number: self.number.clone(),
            email: self.email.clone(),
            language: self.language.clone(),
        }
    }
}

/// The fields of each step, in order.
const FIELDS: [&[&str]; 3] =
    [&["site_id", "name", "email", "language"], &["extension", "number"], &["device_id", "port"]];

/// The step that asks for a field; what stands at no field is shown at the last.
fn step_of(field: &str) -> u8 {
    let step = FIELDS.iter().position(|fields| fields.contains(&field)).unwrap_or(FIELDS.len());
    u8::try_from(step + 1).unwrap_or(4)
}

/// What was chosen so far.
struct Chosen {
    site: View<Site>,
    user: NewUser,
    place: Option<(Manage<Device>, u16)>,
}

async fn site_of(visit: &Visit, id: &str) -> Result<Option<View<Site>>> {
    let (actor, app) = (visit.actor()?, &visit.ctx.app);
    match id.parse::<SiteId>() {
        Ok(id) => found(app.find_site(actor, id).await),
        Err(_) => Ok(None),
    }
}

/// Everything that is wrong with the steps before `step`.
async fn check(visit: &Visit, form: &NewForm, step: u8) -> Result<Option<Chosen>> {
    let mut errors: Vec<FieldError> = Vec::new();
    let site = site_of(visit, &form.site_id).await?;
    if site.is_none() {
        let code = if form.site_id.is_empty() { "required" } else { "not_found" };
        errors.push(FieldError::new("site_id", code));
    }
    let user = match read_typed(&form.typed()) {
        Ok(user) => Some(user),
        Err(error) => {
            errors.extend(error.fields().iter().cloned());
            None
        }
    };
    let mut place = None;
    if let Some(site) = &site {
        if let Some(user) = &user
            && let Err(error) = visit.ctx.app.check_extension(site, user.extension.as_str()).await
        {
            match error {
                Error::Taken(field) => errors.push(field),
                error => return Err(error),
            }
        }
        if form.device_id != LATER && step > 3 {
            match chosen_port(visit, site, &form.device_id, &form.port).await {
                Ok(chosen) => place = Some(chosen),
                Err(Error::Invalid(fields)) => errors.extend(fields),
                Err(error) => return Err(error),
            }
        }
    }
    errors.retain(|error| step_of(&error.field) < step);
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    Ok(match (site, user) {
        (Some(site), Some(user)) => Some(Chosen { site, user, place }),
        _ => None,
    })
}

async fn show_new_user(visit: Visit, Query(form): Query<NewForm>) -> Result<Response, Problem> {
    visit.actor()?;
    if !visit.may_manage() {
        return Err(Error::Forbidden.into());
    }
    let step = form.step.parse().unwrap_or(1).clamp(1, 4);
    match check(&visit, &form, step).await {
        Ok(chosen) => {
            let page = page(&visit, &form, step, chosen.as_ref(), &[]).await?;
            visit.show(&page)
        }
        Err(error) => wrong(&visit, &form, error).await,
    }
}

/// The first step that something is wrong with, with all that is.
async fn wrong(visit: &Visit, form: &NewForm, error: Error) -> Result<Response, Problem> {
    let first = error.fields().iter().map(|field| step_of(&field.field)).min();
    match first {
        Some(step) => {
            let chosen = if step > 3 { check(visit, form, step).await? } else { None };
            let page = page(visit, form, step, chosen.as_ref(), error.fields()).await?;
            visit.show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        None => Err(error.into()),
    }
}

async fn page(
    visit: &Visit,
    form: &NewForm,
    step: u8,
    chosen: Option<&Chosen>,
    errors: &[FieldError],
) -> Result<UserNewPage> {
    let t = visit.t();
    let site = site_of(visit, &form.site_id).await?;
    let (devices, more) = match &site {
        Some(site) if step == 3 => devices_to_choose(visit, site, &form.device_q, &form.device_id).await?,
        _ => (Vec::new(), None),
    };
    let line = match chosen.and_then(|chosen| chosen.place.as_ref()) {
        Some((device, port)) => {
            let args = [("device", device_label(visit, device).into()), ("port", (*port).into())];
            t.with("users-summary-line", &args)
        }
        None => t.text("users-summary-no-line"),
    };
    Ok(UserNewPage {
        t,
        frame: visit.frame(),
        step,
        sites: match step {
            1 => sites_to_choose(visit, &form.site_id, site.as_deref()).await?,
            _ => Vec::new(),
        },
        site_id: form.site_id.clone(),
        site: site.map(|site| site.name.clone()).unwrap_or_default(),
        languages: languages_to_choose(t, &form.language),
        language: language_label(t, Language::parse(&form.language)),
        typed: form.typed(),
        devices,
        more,
        device_q: form.device_q.clone(),
        // Without a choice, the port that was shown at the check is the one that is asked for.
        port: match chosen.and_then(|chosen| chosen.place.as_ref()) {
            Some((_, port)) => port.to_string(),
            None => form.port.clone(),
        },
        device_id: form.device_id.clone(),
        line,
        form_errors: FormErrors::new(t, errors),
    })
}

async fn set_up_user(visit: Visit, Form(form): Form<NewForm>) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    if !visit.may_manage() {
        return Err(Error::Forbidden.into());
    }
    let chosen = match check(&visit, &form, 4).await {
        Ok(Some(chosen)) => chosen,
        Ok(None) => return wrong(&visit, &form, Error::invalid("name", "required")).await,
        Err(error) => return wrong(&visit, &form, error).await,
    };
    let site = actor.manage(chosen.site.into_inner())?;
    let shown = chosen.place.as_ref().map(|(device, port)| (device_label(&visit, device), device.id, *port));
    let place = chosen.place.map(|(device, port)| (device, port, LineUse::Primary));
    let name = chosen.user.name.clone();
    match visit.ctx.app.set_up_user(actor, site, chosen.user, place, visit.now()).await {
        Ok((user, made)) => {
            let address = format!("/users/{}?done=made", user.id);
            match (made, shown) {
                (Some(made), Some((device, id, port))) if !form.credentials.is_empty() => visit
                    .show(&credentials_page(&visit, &id.to_string(), (port, device, name), made.credentials)),
                (Some(_), Some((_, id, port))) => Ok(visit.go(&format!("{address}&line={id}:{port}"))),
                _ => Ok(visit.go(&address)),
            }
        }
        Err(error @ (Error::Invalid(_) | Error::Taken(_) | Error::Conflict(_))) => {
            wrong(&visit, &form, error).await
        }
        Err(error) => Err(error.into()),
    }
}
