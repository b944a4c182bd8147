//! The bases of a DECT system on pages: adding and taking out, and what the page of a base says of its system.

use axum::Form;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tonalite_app::{DectSystemView, DeviceKind};
use tonalite_core::device::Device;
use tonalite_core::error::FieldError;
use tonalite_core::id::{DectSystemId, DeviceId, PartyKey};
use tonalite_core::page::Limit;
use tonalite_core::{Error, Result};

use super::devices::{device_label, found};
use super::view::choice::Choice;
use super::view::confirm::ConfirmPage;
use super::view::dect_pages::{BaseChoice, ChainView, DectAddBasePage, DectSection, number};
use super::view::form::FormErrors;
use super::visit::Visit;
use crate::problem::Problem;
use crate::read::{PathDeviceId, PathId};
use crate::route_table::{Routes, get};

/// Bases to choose from: a list box longer than this is no longer one.
const CHOICES: &str = "200";
/// Other bases named on the page of one.
const OTHERS: usize = 10;

/// The pages of this file.
pub(crate) fn routes() -> Routes {
    Routes::new().route("/dect-systems/{id}/bases", get(show_add_dect_base).post(add_dect_base)).route(
        "/dect-systems/{id}/bases/{device_id}/remove",
        get(confirm_remove_dect_base).post(remove_dect_base),
    )
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct BaseForm {
    device_id: String,
}

async fn show_add_dect_base(visit: Visit, PathId(id): PathId<DectSystemId>) -> Result<Response, Problem> {
    let page = add_base_page(&visit, id, "", &[]).await?;
    visit.show(&page)
}

async fn add_base_page(
    visit: &Visit,
    id: DectSystemId,
    chosen: &str,
    errors: &[FieldError],
) -> Result<DectAddBasePage> {
    let actor = visit.actor()?;
    let system = visit.ctx.app.find_dect_system(actor, id, visit.now()).await?.system;
    let system = actor.manage(system.into_inner())?;
    let bases = bases_to_choose(visit, system.customer_key, None).await?;
    let others = bases.iter().filter(|base| base.dect.as_ref().is_none_or(|member| member.system != id));
    let choice = |base: &Device| {
        let words = BaseChoice::new(visit.t(), base, base_label(visit, base), false);
        Choice::new(words.id, format!("{} · {}", words.label, words.remark), chosen)
    };
    Ok(DectAddBasePage {
        t: visit.t(),
        frame: visit.frame(),
        id: id.to_string(),
        name: system.name.clone(),
        bases: others.map(choice).collect(),
        form_errors: FormErrors::new(visit.t(), errors),
    })
}

async fn add_dect_base(
    visit: Visit,
    PathId(id): PathId<DectSystemId>,
    Form(form): Form<BaseForm>,
) -> Result<Response, Problem> {
    match try_add_dect_base(&visit, id, &form).await {
        Ok(()) => Ok(visit.go(&format!("/dect-systems/{id}"))),
        Err(error @ (Error::Invalid(_) | Error::Conflict(_))) => {
            let page = add_base_page(&visit, id, &form.device_id, error.fields()).await?;
            visit.show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

async fn try_add_dect_base(visit: &Visit, id: DectSystemId, form: &BaseForm) -> Result<()> {
    let actor = visit.actor()?;
    let app = &visit.ctx.app;
    let system = app.find_dect_system(actor, id, visit.now()).await?.system;
    let system = actor.manage(system.into_inner())?;
    let device = match form.device_id.parse::<DeviceId>() {
        Ok(id) => found(app.find_device(actor, id, visit.now()).await)?,
        Err(_) => None,
    };
    let code = if form.device_id.is_empty() { "required" } else { "not_found" };
    let device = device.ok_or_else(|| Error::invalid("device_id", code))?;
    app.add_dect_base(actor, &system, actor.manage(device.into_inner())?, visit.now()).await
}

async fn confirm_remove_dect_base(
    visit: Visit,
    PathId(id): PathId<DectSystemId>,
    PathDeviceId(device): PathDeviceId,
) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let t = visit.t();
    let DectSystemView { system, bases } = visit.ctx.app.find_dect_system(actor, id, visit.now()).await?;
    let system = actor.manage(system.into_inner())?;
    let base = bases.iter().find(|base| base.id == device).ok_or(Error::NotFound)?;
    let args = [("device", device_label(&visit, base).into()), ("system", system.name.as_str().into())];
    visit.show(&ConfirmPage {
        t,
        frame: visit.frame(),
        title: t.with("dect-remove-base-title", &args),
        subtitle: base.site_name.clone(),
        consequences: ["dect-remove-base-stays", "dect-remove-base-system", "dect-remove-base-phone"]
            .map(|key| t.text(key))
            .into(),
        action: format!("/dect-systems/{id}/bases/{device}/remove"),
        submit: t.text("dect-remove-base"),
        cancel_address: format!("/dect-systems/{id}"),
    })
}

async fn remove_dect_base(
    visit: Visit,
    PathId(id): PathId<DectSystemId>,
    PathDeviceId(device): PathDeviceId,
) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let app = &visit.ctx.app;
    let system = app.find_dect_system(actor, id, visit.now()).await?.system;
    let system = actor.manage(system.into_inner())?;
    let device = actor.manage(app.find_device(actor, device, visit.now()).await?.into_inner())?;
    app.remove_dect_base(actor, &system, device, visit.now()).await?;
    Ok(visit.go(&format!("/dect-systems/{id}")))
}

pub(super) fn is_dect(visit: &Visit, device: &Device) -> bool {
    let kind = visit.ctx.app.device_type(&device.device_type).map(|device_type| device_type.kind);
    kind == Some(DeviceKind::DectBase)
}

/// Whether the list of devices leads to the systems: where there is one, or where somebody looks at bases.
pub(super) async fn has_dect_tab(visit: &Visit, kind: &str) -> Result<bool> {
    if kind == DeviceKind::DectBase.as_str() {
        return Ok(true);
    }
    let one = Limit::parse("1").unwrap_or(Limit::DEFAULT);
    let page = visit.ctx.app.page_dect_systems(visit.actor()?, None, one, None).await?;
    Ok(!page.items.is_empty())
}

/// What the page of a device says of its DECT system; `None` for what is no base.
pub(super) async fn dect_section(visit: &Visit, device: &Device) -> Result<Option<DectSection>> {
    if !is_dect(visit, device) {
        return Ok(None);
    }
    let actor = visit.actor()?;
    let (app, t) = (&visit.ctx.app, visit.t());
    let chain = app.chain_of_device(actor, device).await?.map(|known| ChainView::new(t, known));
    let Some(member) = &device.dect else {
        return Ok(Some(DectSection { system: None, chain, others: Vec::new(), more: String::new() }));
    };
    let shown = app.find_dect_system(actor, member.system, visit.now()).await?;
    let others: Vec<&Device> = shown.bases.iter().filter(|base| base.id != device.id).collect();
    let more = others.len().saturating_sub(OTHERS);
    Ok(Some(DectSection {
        system: Some((member.system.to_string(), member.name.clone())),
        chain,
        others: others
            .iter()
            .take(OTHERS)
            .map(|base| (base.id.to_string(), format!("{} · {}", base_label(visit, base), base.site_name)))
            .collect(),
        more: match more {
            0 => String::new(),
            n => t.with("dect-others-more", &[("count", number(n).into())]),
        },
    }))
}

/// The bases of a customer; the one from which somebody comes is always among them.
pub(super) async fn bases_to_choose(
    visit: &Visit,
    customer: PartyKey,
    from: Option<&Device>,
) -> Result<Vec<Device>> {
    let limit = Limit::parse(CHOICES).unwrap_or(Limit::DEFAULT);
    let mut bases = visit.ctx.app.dect_bases_of(visit.actor()?, customer, limit, visit.now()).await?;
    if let Some(from) = from
        && is_dect(visit, from)
        && !bases.iter().any(|base| base.id == from.id)
    {
        bases.insert(0, from.clone());
    }
    Ok(bases)
}

pub(super) fn base_label(visit: &Visit, base: &Device) -> String {
    let label = device_label(visit, base);
    match &base.labels.name {
        Some(name) if *name != label => format!("{label} · {name}"),
        _ => label,
    }
}
