//! *Device Status* on pages: at once what is known; the phone is asked by a second request, never by the first.

use std::collections::HashMap;

use axum::response::Response;
use tonalite_app::{CheckedLine, DeviceKind, LineView};
use tonalite_core::access::View;
use tonalite_core::contact_request::ContactAnswer;
use tonalite_core::device::Device;
use tonalite_core::id::DeviceId;
use tonalite_core::line_state::{Binding, LineState};
use tonalite_core::page::Limit;
use tonalite_core::time::Span;
use tonalite_core::{Error, Result};

use super::devices::{device_label, type_name};
use super::view::dect_pages::ChainView;
use super::view::device_check::{CheckedContactView, CheckedLineView, DeviceStatusPage};
use super::view::reboot_pages::RebootView;
use super::view::status::{SECONDARY, secondary_text, shown_state};
use super::view::times::Times;
use super::visit::Visit;
use crate::problem::Problem;
use crate::read::PathId;
use crate::route_table::{Routes, get};

/// As long as a phone is asked for; a page without script loads for so long.
const WAIT: Span = Span::from_secs(4);

/// The pages of this file.
pub(crate) fn routes() -> Routes {
    Routes::new().route("/devices/{id}/status", get(show_device_status).post(check_device))
}

/// A line, and what its contacts answered if they were asked.
struct Shown {
    view: LineView,
    contacts: Vec<(Binding, Option<ContactAnswer>)>,
}

async fn show_device_status(visit: Visit, PathId(id): PathId<DeviceId>) -> Result<Response, Problem> {
    let device = visit.ctx.app.find_device(visit.actor()?, id, visit.now()).await?;
    let lines = known_lines(&visit, &device).await?;
    let asks = visit.frame().may_operate && lines.iter().any(|line| !line.contacts.is_empty());
    let page = page(&visit, &device, lines).await?;
    visit.show(&DeviceStatusPage { asks, ..page })
}

async fn check_device(visit: Visit, PathId(id): PathId<DeviceId>) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let (app, t, now) = (&visit.ctx.app, visit.t(), visit.now());
    let device = app.find_device(actor, id, now).await?;
    match app.check_device(actor.operate(device.clone().into_inner())?, WAIT, now).await {
        Ok(check) => {
            let device = actor.view(check.device)?;
            let page = page(&visit, &device, check.lines.into_iter().map(Shown::from).collect()).await?;
            let times = times(&visit, &device).await?;
            visit.show(&DeviceStatusPage { checked: Some(times.moment(check.checked_at)), ..page })
        }
        // An answer like any other: a script that asks by itself must not be sent round in a circle.
        Err(Error::Unavailable(_)) => {
            let lines = known_lines(&visit, &device).await?;
            let page = page(&visit, &device, lines).await?;
            visit.show(&DeviceStatusPage { problem: Some(t.text("check-unavailable")), ..page })
        }
        Err(error) => Err(error.into()),
    }
}

impl From<CheckedLine> for Shown {
    fn from(line: CheckedLine) -> Shown {
        let contacts =
            line.contacts.into_iter().map(|contact| (contact.binding, Some(contact.answer))).collect();
        Shown { view: line.view, contacts }
    }
}

async fn known_lines(visit: &Visit, device: &View<Device>) -> Result<Vec<Shown>> {
    let lines = visit.ctx.app.lines_of_device(device, visit.now()).await?;
    let mut contacts: HashMap<u16, Vec<(Binding, Option<ContactAnswer>)>> = HashMap::new();
    for contact in visit.ctx.app.contacts_of_device(device).await? {
        contacts.entry(contact.port).or_default().push((contact.binding, None));
    }
    let shown = |view: LineView| {
        let contacts = contacts.remove(&view.line.port).unwrap_or_default();
        Shown { view, contacts }
    };
    Ok(lines.into_iter().map(shown).collect())
}

/// Times in the zone of the device's site.
pub(super) async fn times(visit: &Visit, device: &Device) -> Result<Times> {
    let site = visit.ctx.app.find_site(visit.actor()?, device.site_id).await?;
    Ok(Times::new(visit.t(), &site.time_zone, visit.now()))
}

/// What stands beside the title of a page about a device: its type and its site.
pub(super) fn subtitle(visit: &Visit, device: &Device) -> String {
    format!("{} · {}", type_name(visit, device), device.site_name)
}

/// The newest reboot of a device, in words.
async fn last_reboot(visit: &Visit, times: &Times, device: &View<Device>) -> Result<Option<RebootView>> {
    let limit = Limit::parse("1").unwrap_or(Limit::DEFAULT);
    let reboots = visit.ctx.app.reboots_of_device(device, limit).await?;
    Ok(reboots.first().map(|reboot| RebootView::new(visit.t(), times, reboot)))
}

async fn page(visit: &Visit, device: &View<Device>, lines: Vec<Shown>) -> Result<DeviceStatusPage> {
    let (t, frame) = (visit.t(), visit.frame());
    let times = times(visit, device).await?;
    let status = &device.status;
    let silent = |answer: &Option<ContactAnswer>| matches!(answer, Some(ContactAnswer::NoAnswer));
    let is_silent = lines.iter().any(|line| line.contacts.iter().any(|(_, answer)| silent(answer)));
    let line = |shown: Shown| CheckedLineView {
        port: shown.view.line.port,
        state: shown_state(shown.view.state, shown.view.detail),
        registered: shown.view.registered_at.map(|at| times.moment(at)),
        expires: shown
            .view
            .expires_at
            .filter(|_| shown.view.state == LineState::Registered)
            .map(|at| times.moment(at)),
        contacts: shown
            .contacts
            .iter()
            .map(|(binding, answer)| CheckedContactView::new(t, &times, binding, answer.as_ref()))
            .collect(),
        user: shown.view.line.user_name,
        extension: shown.view.line.extension,
    };
    let state = shown_state(status.state.state, status.state.detail);
    // Without lines there is nothing to count; of a secondary base it is said why.
    let secondary = secondary_text(t, device).filter(|_| status.lines_assigned == 0);
    let chain = visit.ctx.app.chain_of_device(visit.actor()?, device).await?;
    let kind = visit.ctx.app.device_type(&device.device_type).map(|device_type| device_type.kind);
    Ok(DeviceStatusPage {
        t,
        device_id: device.id.to_string(),
        subtitle: format!("{} · {}", device_label(visit, device), subtitle(visit, device)),
        state,
        word: if secondary.is_some() { SECONDARY } else { state },
        chain: chain.map(|known| ChainView::new(t, known)),
        partial: status.is_partial(),
        count: match status.lines_assigned {
            0 => secondary.unwrap_or_default(),
            assigned => frame.lines_registered(status.lines_registered, assigned),
        },
        checked: None,
        asks: false,
        problem: None,
        lines: lines.into_iter().map(line).collect(),
        silent: is_silent,
        gateway: kind == Some(DeviceKind::Ata),
        last_reboot: last_reboot(visit, &times, device).await?,
        frame,
    })
}
