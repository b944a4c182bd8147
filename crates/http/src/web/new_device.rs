//! The window *Add a Ported Device*, which without script is a page: site, device, MAC address, save.

use axum::Form;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tonalite_app::DeviceRequest;
use tonalite_core::device::{Device, short};
use tonalite_core::error::FieldError;
use tonalite_core::id::{DeviceId, SiteId};
use tonalite_core::mac::Mac;
use tonalite_core::party::PartyKind;
use tonalite_core::site::Site;
use tonalite_core::{Error, Result};

use super::devices::{found, sites_to_choose};
use super::view::device_new::{DeviceNewPage, TypeGroup};
use super::view::form::FormErrors;
use super::visit::Visit;
use crate::problem::Problem;
use crate::route_table::{Routes, get};

/// The page of this file.
pub(crate) fn routes() -> Routes {
    Routes::new().route("/devices/new", get(show_new_device).post(create_device))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct DeviceForm {
    site_id: String,
    device_type_id: String,
    mac: String,
}

async fn show_new_device(visit: Visit, Query(form): Query<DeviceForm>) -> Result<Response, Problem> {
    visit.actor()?;
    if !visit.may_manage() {
        return Err(Error::Forbidden.into());
    }
    let page = new_device_page(&visit, &form, &[]).await?;
    visit.show(&page)
}

/// The window with what was chosen so far, and what was wrong with it.
async fn new_device_page(visit: &Visit, form: &DeviceForm, errors: &[FieldError]) -> Result<DeviceNewPage> {
    let (app, t, actor) = (&visit.ctx.app, visit.t(), visit.actor()?);
    let site = match form.site_id.parse::<SiteId>() {
        Ok(id) => found(app.find_site(actor, id).await)?,
        Err(_) => None,
    };
    let mut sites = sites_to_choose(visit, &form.site_id, site.as_deref()).await?;
    // Where there is only one site, there is nothing to choose.
    let only_site = match (sites.as_mut_slice(), &site) {
        ([only], None) => {
            only.selected = true;
            only.value.parse().ok()
        }
        _ => None,
    };
    let site = match only_site {
        Some(id) => Some(app.find_site(actor, id).await?),
        None => site,
    };
    let approved = match &site {
        Some(site) => app.approved_at_site(site).await?,
        None => Vec::new(),
    };
    let types = approved.iter().map(|kind| (kind.vendor_name.as_str(), kind.id.as_str(), kind.name.as_str()));
    let taken = errors.iter().filter(|error| error.code == "mac_taken").flat_map(|error| &error.args);
    Ok(DeviceNewPage {
        t,
        frame: visit.frame(),
        types: TypeGroup::of(types, &form.device_type_id),
        sites,
        mac: form.mac.clone(),
        form_errors: FormErrors::new(t, errors),
        taken_address: taken
            .filter(|(name, _)| *name == "device_id")
            .find_map(|(_, id)| id.parse::<DeviceId>().ok())
            .map(|id| format!("/devices/{id}")),
        not_listed: not_listed(visit, site.as_deref()).await?,
        approve_address: site
            .as_deref()
            .filter(|site| {
                visit.sees_customers() && visit.may_administer() && actor.administer((*site).clone()).is_ok()
            })
            .map(|site| format!("/party-manager/sites/{}/device-types", site.id)),
    })
}

/// Whom to ask for a model that is not listed, and how: the people of a customer have one party to ask, others none.
async fn not_listed(visit: &Visit, site: Option<&Site>) -> Result<Vec<String>> {
    let (t, actor) = (visit.t(), visit.actor()?);
    let customer = match site {
        Some(site) => Some(site.customer_key),
        None => (actor.scope.kind == PartyKind::Customer).then_some(actor.scope.party),
    };
    let contact = match customer {
        Some(customer) => visit.ctx.app.contact_above(customer).await?,
        None => None,
    };
    let provider =
        contact.as_ref().map_or_else(|| t.text("devices-new-provider"), |contact| contact.party.clone());
    let ask = t.with("devices-new-not-listed", &[("provider", provider.into())]);
    let reached = contact.and_then(|contact| Some(t.contact(&contact.party, &contact.reached?)));
    Ok(std::iter::once(ask).chain(reached).collect())
}

async fn create_device(visit: Visit, Form(form): Form<DeviceForm>) -> Result<Response, Problem> {
    let device = match try_create_device(&visit, &form).await {
        Ok(device) => device,
        Err(error @ (Error::Invalid(_) | Error::Taken(_) | Error::Conflict(_))) => {
            let page = new_device_page(&visit, &form, error.fields()).await?;
            return visit.show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
        Err(error) => return Err(error.into()),
    };
    // Doubts about it are told where it is shown.
    Ok(visit.go(&format!("/devices?added={}", device.id)))
}

async fn try_create_device(visit: &Visit, form: &DeviceForm) -> Result<Device> {
    let actor = visit.actor()?;
    let mut missing = Vec::new();
    let site = match form.site_id.parse::<SiteId>() {
        Ok(id) => found(visit.ctx.app.find_site(actor, id).await)?,
        Err(_) => None,
    };
    if site.is_none() {
        let code = if form.site_id.is_empty() { "required" } else { "not_found" };
        missing.push(FieldError::new("site_id", code));
    }
    if form.device_type_id.is_empty() {
        missing.push(FieldError::new("device_type_id", "required"));
    }
    let Some(site) = site.filter(|_| missing.is_empty()) else {
        // Without site and type nobody can tell whether an address is needed, but a wrong one is wrong.
        if let Err(error) = Mac::parse(&form.mac)
            && !form.mac.trim().is_empty()
        {
            let value = short(&form.mac);
            missing.push(FieldError::new("mac", error.code()).with("value", value));
        }
        return Err(Error::Invalid(missing));
    };
    let request = DeviceRequest {
        mac: Some(&form.mac),
        device_type_id: &form.device_type_id,
        name: None,
        serial: None,
        inventory_id: None,
        note: None,
        critical: false,
    };
    let site = actor.manage(site.into_inner())?;
    let (device, _) = visit.ctx.app.create_device(actor, site, request, visit.now()).await?;
    Ok(device)
}
