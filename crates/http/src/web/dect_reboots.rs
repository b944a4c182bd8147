//! *Reboot the system* on pages: asked once, then followed base by base.

use axum::http::StatusCode;
use axum::response::Response;
use tonalite_app::DectSystemView;
use tonalite_core::Error;
use tonalite_core::dect::DectReboot;
use tonalite_core::id::{DectRebootId, DectSystemId};

use super::view::dect_pages::number;
use super::view::dect_reboot_pages::{DectRebootPage, DectRebootProgressPage, DectRebootView};
use super::view::feature_off::FeatureOffView;
use super::view::times::Times;
use super::visit::Visit;
use crate::problem::Problem;
use crate::read::PathId;
use crate::route_table::{Routes, get};

/// The pages of this file.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/dect-systems/{id}/reboot", get(confirm_dect_reboot).post(reboot_dect_system))
        .route("/dect-reboots/{id}", get(show_dect_reboot))
}

async fn confirm_dect_reboot(visit: Visit, PathId(id): PathId<DectSystemId>) -> Result<Response, Problem> {
    let page = ask_page(&visit, id, None).await?;
    visit.show(&page)
}

async fn ask_page(
    visit: &Visit,
    id: DectSystemId,
    problem: Option<String>,
) -> Result<DectRebootPage, Problem> {
    let actor = visit.actor()?;
    let (app, t) = (&visit.ctx.app, visit.t());
    let DectSystemView { system, bases } = app.find_dect_system(actor, id, visit.now()).await?;
    // Who may not ask for one need not be asked either.
    let operated = bases.iter().all(|base| actor.operate(base.clone()).is_ok());
    if !operated || usize::try_from(system.bases).ok() != Some(bases.len()) {
        return Err(Error::Forbidden.into());
    }
    let mut off = None;
    if let Some(base) = bases.first() {
        let outlook = app.reboot_outlook(&actor.view(base.clone())?).await?;
        off = outlook.off.map(|off| FeatureOffView::new(t, actor, &off));
    }
    let critical = bases.iter().filter(|base| base.critical).count();
    let mut remarks: Vec<String> =
        ["dect-reboot-one", "dect-reboot-stops", "dect-reboot-calls", "dect-reboot-unreachable"]
            .map(|key| t.text(key))
            .into();
    if critical > 0 {
        remarks.push(t.with("dect-reboot-critical", &[("count", number(critical).into())]));
    }
    Ok(DectRebootPage {
        t,
        frame: visit.frame(),
        id: id.to_string(),
        title: t.with("dect-reboot-title", &[("system", system.name.as_str().into())]),
        subtitle: t.with("dect-bases-count", &[("count", number(bases.len()).into())]),
        off,
        problem,
        remarks,
    })
}

async fn reboot_dect_system(visit: Visit, PathId(id): PathId<DectSystemId>) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let system = visit.ctx.app.find_dect_system(actor, id, visit.now()).await?;
    match visit.ctx.app.reboot_dect_system(actor, system, visit.now()).await {
        // A window goes on showing; a page has an address of its own, to which one can come back.
        Ok(run) if visit.scripted => progress(&visit, &run),
        Ok(run) => Ok(visit.go(&format!("/dect-reboots/{}", run.id))),
        Err(Error::Conflict(error)) => {
            let page = ask_page(&visit, id, Some(visit.t().field_error(&error))).await?;
            visit.show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

async fn show_dect_reboot(visit: Visit, PathId(id): PathId<DectRebootId>) -> Result<Response, Problem> {
    let run = visit.ctx.app.find_dect_reboot(visit.actor()?, id).await?;
    progress(&visit, &run)
}

fn progress(visit: &Visit, run: &DectReboot) -> Result<Response, Problem> {
    let t = visit.t();
    visit.show(&DectRebootProgressPage {
        t,
        frame: visit.frame(),
        title: t.with("dect-reboot-progress", &[("system", run.system_name.as_str().into())]),
        reboot: DectRebootView::new(t, &Times::in_utc(t, visit.now()), run),
    })
}
