//! DECT systems on pages: the list, one system, making and changing it. Their bases are in `dect_bases`, their reboots
//! in `dect_reboots`.

use axum::Form;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tonalite_app::{App, DectSystemChange, DectSystemView};
use tonalite_core::access::View;
use tonalite_core::dect::DectSystem;
use tonalite_core::device::Device;
use tonalite_core::error::FieldError;
use tonalite_core::id::{DectSystemId, DeviceId};
use tonalite_core::page::Limit;
use tonalite_core::party::{Party, PartyKind};
use tonalite_core::{Error, Result};

use super::dect_bases::{base_label, bases_to_choose};
use super::device_status::times;
use super::devices::{Pairs, device_label, found, type_name};
use super::list_address::cursor;
use super::view::confirm::ConfirmPage;
use super::view::dect_pages::{
    BaseChoice, ChainView, DectBaseView, DectEditPage, DectListPage, DectNewPage, DectRow, DectShowPage,
    number,
};
use super::view::dect_reboot_pages::DectRebootView;
use super::view::form::FormErrors;
use super::view::status::StatusView;
use super::view::tabs::{Tab, Tabs};
use super::view::times::Times;
use super::visit::Visit;
use crate::problem::Problem;
use crate::read::PathId;
use crate::route_table::{Routes, get};

/// The pages of this file.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/dect-systems", get(list_dect_systems))
        .route("/dect-systems/new", get(show_new_dect_system).post(create_dect_system))
        .route("/dect-systems/{id}", get(show_dect_system))
        .route("/dect-systems/{id}/edit", get(show_edit_dect_system).post(update_dect_system))
        .route("/dect-systems/{id}/delete", get(confirm_delete_dect_system).post(delete_dect_system))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ListPosition {
    after: String,
}

async fn list_dect_systems(visit: Visit, Query(position): Query<ListPosition>) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let t = visit.t();
    let after = cursor(&position.after)?;
    let on_first_page = after.is_none();
    let page = visit.ctx.app.page_dect_systems(actor, None, Limit::DEFAULT, after).await?;
    let row = |system: &DectSystem| DectRow {
        id: system.id.to_string(),
        name: system.name.clone(),
        customer: system.customer_name.clone(),
        bases: system.bases,
        chain: chain_of(&visit, system),
    };
    let is_customer = actor.scope.kind == PartyKind::Customer;
    visit.show(&DectListPage {
        t,
        tabs: Tabs::new("", Tab::Dect, true),
        may_manage: visit.may_manage(),
        new_address: (visit.may_manage() && is_customer && actor.sites.is_none())
            .then(|| "/dect-systems/new".to_owned()),
        shows_customer: visit.sees_customers(),
        shows_chain: actor.may_see_chain_ids(),
        rows: page.items.iter().map(row).collect(),
        on_first_page,
        next_address: page.next.map(|next| format!("/dect-systems?after={}", next.encode())),
        frame: visit.frame(),
    })
}

/// The chain ID of a system, for who may see it.
fn chain_of(visit: &Visit, system: &DectSystem) -> Option<ChainView> {
    let actor = visit.actor().ok()?;
    App::may_see_chain_id(actor, system.tenancy).then(|| ChainView::new(visit.t(), system.chain))
}

async fn show_dect_system(visit: Visit, PathId(id): PathId<DectSystemId>) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let (app, t, frame) = (&visit.ctx.app, visit.t(), visit.frame());
    let shown = app.find_dect_system(actor, id, visit.now()).await?;
    // The bases may stand at several sites: moments are in the zone of the first.
    let times = match shown.bases.first() {
        Some(base) => times(&visit, base).await?,
        None => Times::in_utc(t, visit.now()),
    };
    let last_reboot = app.newest_dect_reboot(actor, &shown).await?;
    let DectSystemView { system, bases } = shown;
    let elsewhere = usize::try_from(system.bases).unwrap_or(usize::MAX).saturating_sub(bases.len());
    let manages = actor.manage(system.clone().into_inner()).is_ok();
    let base = |device: &Device| DectBaseView {
        id: device.id.to_string(),
        label: device_label(&visit, device),
        name: device.labels.name.clone(),
        device_type: type_name(&visit, device),
        site: device.site_name.clone(),
        status: StatusView::new(&frame, &times, device),
    };
    visit.show(&DectShowPage {
        t,
        may_manage: manages,
        may_delete: manages && App::may_change_chain_id(actor, system.tenancy),
        may_reboot: frame.may_operate && elsewhere == 0 && !bases.is_empty(),
        id: id.to_string(),
        name: system.name.clone(),
        customer: visit.sees_customers().then(|| system.customer_name.clone()),
        chain: chain_of(&visit, &system),
        bases: bases.iter().map(base).collect(),
        count: t.with("dect-bases-count", &[("count", number(bases.len()).into())]),
        elsewhere: match elsewhere {
            0 => String::new(),
            n => t.with("dect-bases-elsewhere", &[("count", number(n).into())]),
        },
        last_reboot: last_reboot.map(|run| DectRebootView::new(t, &times, &run)),
        frame,
    })
}

/// What was typed: a field may come several times.
#[derive(Default)]
struct NewForm {
    device: String,
    name: String,
    chain_id: String,
    device_ids: Vec<String>,
}

impl NewForm {
    fn read(pairs: Pairs) -> NewForm {
        let mut form = NewForm::default();
        for (name, value) in pairs {
            match name.as_str() {
                "device" => form.device = value,
                "name" => form.name = value,
                "chain_id" => form.chain_id = value,
                "device_ids" => form.device_ids.push(value),
                _ => {}
            }
        }
        form
    }
}

/// Whose system it is to be: of the customer of the base that one comes from, else one's own.
async fn customer_of(visit: &Visit, form: &NewForm) -> Result<(View<Party>, Option<Device>)> {
    let actor = visit.actor()?;
    let app = &visit.ctx.app;
    if form.device.is_empty() {
        let own = actor.view(app.own_party(actor).await?)?;
        // Who has many customers begins at a base of one.
        return if own.kind == PartyKind::Customer { Ok((own, None)) } else { Err(Error::NotFound) };
    }
    let id: DeviceId = form.device.parse().map_err(|_| Error::NotFound)?;
    let device = app.find_device(actor, id, visit.now()).await?.into_inner();
    let customer = app.find_party(actor, device.customer_id).await?;
    Ok((customer, Some(device)))
}

async fn show_new_dect_system(visit: Visit, Query(pairs): Query<Pairs>) -> Result<Response, Problem> {
    let mut form = NewForm::read(pairs);
    form.device_ids.push(form.device.clone());
    let page = new_page(&visit, &form, &[]).await?;
    visit.show(&page)
}

async fn new_page(visit: &Visit, form: &NewForm, errors: &[FieldError]) -> Result<DectNewPage> {
    let actor = visit.actor()?;
    let (customer, device) = customer_of(visit, form).await?;
    let customer = actor.manage(customer.into_inner())?;
    let bases = bases_to_choose(visit, customer.key, device.as_ref()).await?;
    let choice = |base: &Device| {
        let chosen = form.device_ids.iter().any(|id| *id == base.id.to_string());
        BaseChoice::new(visit.t(), base, base_label(visit, base), chosen)
    };
    Ok(DectNewPage {
        t: visit.t(),
        frame: visit.frame(),
        device_id: device.as_ref().map(|device| device.id.to_string()).unwrap_or_default(),
        name: form.name.clone(),
        chain_id: App::may_change_chain_id(actor, customer.tenancy).then(|| form.chain_id.clone()),
        bases: bases.iter().map(choice).collect(),
        form_errors: FormErrors::new(visit.t(), errors),
        cancel_address: device
            .map_or_else(|| "/dect-systems".to_owned(), |device| format!("/devices/{}", device.id)),
    })
}

async fn create_dect_system(visit: Visit, Form(pairs): Form<Pairs>) -> Result<Response, Problem> {
    let form = NewForm::read(pairs);
    match try_create_dect_system(&visit, &form).await {
        Ok(system) => Ok(visit.go(&format!("/dect-systems/{}", system.id))),
        Err(error @ (Error::Invalid(_) | Error::Taken(_) | Error::Conflict(_))) => {
            let page = new_page(&visit, &form, error.fields()).await?;
            visit.show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

async fn try_create_dect_system(visit: &Visit, form: &NewForm) -> Result<DectSystem> {
    let actor = visit.actor()?;
    let app = &visit.ctx.app;
    let (customer, _) = customer_of(visit, form).await?;
    let customer = actor.manage(customer.into_inner())?;
    let mut bases = Vec::new();
    for id in form.device_ids.iter().take(tonalite_core::dect::MAX_BASES + 1) {
        let device = match id.parse::<DeviceId>() {
            Ok(id) => found(app.find_device(actor, id, visit.now()).await)?,
            Err(_) => None,
        };
        let device = device.ok_or_else(|| Error::invalid("device_ids", "not_found"))?;
        bases.push(actor.manage(device.into_inner())?);
    }
    let typed = DectSystemChange { name: Some(form.name.clone()), chain_id: Some(form.chain_id.clone()) };
    app.create_dect_system(actor, customer, typed, bases, visit.now()).await
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct EditForm {
    name: String,
    chain_id: Option<String>,
    version: String,
}

async fn show_edit_dect_system(visit: Visit, PathId(id): PathId<DectSystemId>) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let system = visit.ctx.app.find_dect_system(actor, id, visit.now()).await?.system;
    let system = actor.manage(system.into_inner())?;
    let chain_id = system.chain.map(|(chain_id, _)| chain_id.to_string()).unwrap_or_default();
    visit.show(&edit_page(&visit, &system, system.name.clone(), chain_id, &[]))
}

fn edit_page(
    visit: &Visit,
    system: &DectSystem,
    name: String,
    chain_id: String,
    errors: &[FieldError],
) -> DectEditPage {
    let may_change = visit.actor().is_ok_and(|actor| App::may_change_chain_id(actor, system.tenancy));
    DectEditPage {
        t: visit.t(),
        frame: visit.frame(),
        id: system.id.to_string(),
        version: system.version,
        name,
        chain_id: may_change.then_some(chain_id),
        form_errors: FormErrors::new(visit.t(), errors),
        is_stale: false,
    }
}

async fn update_dect_system(
    visit: Visit,
    PathId(id): PathId<DectSystemId>,
    Form(form): Form<EditForm>,
) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let app = &visit.ctx.app;
    let system = app.find_dect_system(actor, id, visit.now()).await?.system;
    let system = actor.manage(system.into_inner())?;
    // A version that is none matches none: the form is shown again with what holds now.
    let version = Some(form.version.parse().unwrap_or(-1));
    let typed = form.chain_id.clone().unwrap_or_default();
    let change = DectSystemChange { name: Some(form.name.clone()), chain_id: form.chain_id };
    let shown = system.clone().into_inner();
    match app.update_dect_system(actor, system, version, change, visit.now()).await {
        Ok(system) => Ok(visit.go(&format!("/dect-systems/{}", system.id))),
        Err(error @ (Error::Invalid(_) | Error::Taken(_))) => {
            let page = edit_page(&visit, &shown, form.name, typed, error.fields());
            visit.show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(Error::Stale) => {
            let system = app.find_dect_system(actor, id, visit.now()).await?.system;
            let chain_id = system.chain.map(|(chain_id, _)| chain_id.to_string()).unwrap_or_default();
            let page = edit_page(&visit, &system, system.name.clone(), chain_id, &[]);
            visit.show_with(StatusCode::UNPROCESSABLE_ENTITY, &DectEditPage { is_stale: true, ..page })
        }
        Err(error) => Err(error.into()),
    }
}

async fn confirm_delete_dect_system(
    visit: Visit,
    PathId(id): PathId<DectSystemId>,
) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let t = visit.t();
    let system = visit.ctx.app.find_dect_system(actor, id, visit.now()).await?.system;
    let system = actor.manage(system.into_inner())?;
    if !App::may_change_chain_id(actor, system.tenancy) {
        return Err(Error::Forbidden.into());
    }
    visit.show(&ConfirmPage {
        t,
        frame: visit.frame(),
        title: t.with("dect-delete-title", &[("system", system.name.as_str().into())]),
        subtitle: String::new(),
        consequences: vec![t.text("dect-delete-bases"), t.text("dect-delete-chain")],
        action: format!("/dect-systems/{id}/delete"),
        submit: t.text("dect-delete"),
        cancel_address: format!("/dect-systems/{id}"),
    })
}

async fn delete_dect_system(visit: Visit, PathId(id): PathId<DectSystemId>) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let system = visit.ctx.app.find_dect_system(actor, id, visit.now()).await?.system;
    visit.ctx.app.delete_dect_system(actor, actor.manage(system.into_inner())?, visit.now()).await?;
    Ok(visit.go("/dect-systems"))
}
