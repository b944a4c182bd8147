//! *Reboot Device* on pages: asked once, then followed to its end.

use axum::response::Response;
use tonalite_app::LineView;
use tonalite_core::device::Device;
use tonalite_core::id::{DeviceId, RebootId};
use tonalite_core::reboot::Reboot;

use super::device_status::{subtitle, times};
use super::devices::device_label;
use super::view::feature_off::FeatureOffView;
use super::view::reboot_pages::{Person, RebootPage, RebootProgressPage, RebootView};
use super::visit::Visit;
use crate::problem::Problem;
use crate::read::PathId;
use crate::route_table::{Routes, get};

/// The pages of this file.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/devices/{id}/reboot", get(confirm_reboot).post(reboot_device))
        .route("/reboots/{id}", get(show_reboot))
}

async fn confirm_reboot(visit: Visit, PathId(id): PathId<DeviceId>) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let (app, t) = (&visit.ctx.app, visit.t());
    let device = app.find_device(actor, id, visit.now()).await?;
    // Who may not ask for one need not be asked either.
    actor.operate(device.clone().into_inner())?;
    let outlook = app.reboot_outlook(&device).await?;
    let lines = app.lines_of_device(&device, visit.now()).await?;
    let remarks = [
        (true, "reboot-call"),
        (true, "reboot-only"),
        (outlook.gateway, "reboot-gateway"),
        (outlook.conditional, "reboot-conditional"),
        (outlook.contacts == 0, "reboot-unreachable"),
    ];
    visit.show(&RebootPage {
        t,
        frame: visit.frame(),
        device_id: id.to_string(),
        title: t.with("reboot-title", &[("device", device_label(&visit, &device).into())]),
        subtitle: subtitle(&visit, &device),
        critical: device.critical,
        off: outlook.off.map(|off| FeatureOffView::new(t, actor, &off)),
        people: lines.into_iter().map(person).collect(),
        remarks: remarks.into_iter().filter(|(holds, _)| *holds).map(|(_, key)| t.text(key)).collect(),
    })
}

fn person(view: LineView) -> Person {
    Person { name: view.line.user_name, extension: view.line.extension, number: view.line.number }
}

async fn reboot_device(visit: Visit, PathId(id): PathId<DeviceId>) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let device = visit.ctx.app.find_device(actor, id, visit.now()).await?;
    let operate = actor.operate(device.clone().into_inner())?;
    let reboot = visit.ctx.app.reboot_device(actor, operate, visit.now()).await?;
    if visit.scripted {
        // A window goes on showing; a page has an address of its own, to which one can come back.
        return progress(&visit, &device, &reboot).await;
    }
    Ok(visit.go(&format!("/reboots/{}", reboot.id)))
}

async fn show_reboot(visit: Visit, PathId(id): PathId<RebootId>) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let reboot = visit.ctx.app.find_reboot(actor, id).await?;
    let device = visit.ctx.app.find_device(actor, reboot.device_id, visit.now()).await?;
    progress(&visit, &device, &reboot).await
}

async fn progress(visit: &Visit, device: &Device, reboot: &Reboot) -> Result<Response, Problem> {
    let t = visit.t();
    let times = times(visit, device).await?;
    visit.show(&RebootProgressPage {
        t,
        frame: visit.frame(),
        title: t.with("reboot-progress-title", &[("device", device_label(visit, device).into())]),
        subtitle: subtitle(visit, device),
        reboot: RebootView::new(t, &times, reboot),
    })
}
