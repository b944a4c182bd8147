//! Devices on pages: the list, the page of one, and removing it. Adding one is in `new_device`.

use axum::Router;
use axum::extract::Query;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use tonalite_core::access::View;
use tonalite_core::device::Device;
use tonalite_core::error::FieldError;
use tonalite_core::filter::{DeviceFilter, StatusFilter};
use tonalite_core::id::DeviceId;
use tonalite_core::mac::Mac;
use tonalite_core::page::{Cursor, Limit};
use tonalite_core::site::Site;
use tonalite_core::{Error, Result};

use super::view::choice::Choice;
use super::view::confirm::ConfirmPage;
use super::view::device_list::{self, DeviceListPage, DeviceRow, Notice};
use super::view::device_show::{ContactRow, DeviceShowPage, DeviceView, LineRow, TimelineRow};
use super::view::times::Times;
use super::visit::Visit;
use crate::problem::Problem;
use crate::read::PathId;
use crate::state::HttpState;

/// A list box longer than this is no longer one.
const MOST_CHOICES: usize = 1_000;
/// What fits beside a device without scrolling for long.
const TIMELINE_ROWS: &str = "30";

/// The pages of this file.
pub(crate) fn routes() -> Router<HttpState> {
    Router::new()
        .route("/devices", get(list_devices))
        .route("/devices/{id}", get(show_device))
        .route("/devices/{id}/remove", get(confirm_remove_device).post(remove_device))
}

/// What to call the type of a device. One that the catalogue no longer has keeps its id.
pub(crate) fn type_name(visit: &Visit, device: &Device) -> String {
    visit
        .ctx
        .app
        .device_type(&device.device_type)
        .map_or_else(|| device.device_type.clone(), |kind| kind.name.clone())
}

/// What to call a device.
pub(crate) fn device_label(visit: &Visit, device: &Device) -> String {
    device_list::label(device, &type_name(visit, device))
}

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct ListQuery {
    site: String,
    #[serde(rename = "type")]
    device_type: String,
    status: String,
    after: String,
    /// A device that was just added: on top, even where the filter would hide it.
    added: String,
    /// The address of a device that was just removed.
    removed: String,
}

impl ListQuery {
    fn is_narrowed(&self) -> bool {
        !(self.site.is_empty() && self.device_type.is_empty() && self.status.is_empty())
    }

    /// Address of the list with these filters, another status, and from another row on.
    fn address(&self, status: &str, after: Option<&Cursor>) -> String {
        let after = after.map(Cursor::encode).unwrap_or_default();
        let pairs = [
            ("site", self.site.as_str()),
            ("type", &self.device_type),
            ("status", status),
            ("after", &after),
        ];
        let query: Vec<String> = pairs
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if query.is_empty() { "/devices".to_owned() } else { format!("/devices?{}", query.join("&")) }
    }
}

async fn list_devices(visit: Visit, Query(query): Query<ListQuery>) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let (app, t, now) = (&visit.ctx.app, visit.t(), visit.now());
    let site = match query.site.as_str() {
        "" => None,
        id => Some(app.find_site(actor, id.parse().map_err(|_| Error::NotFound)?).await?),
    };
    if !query.device_type.is_empty() && app.device_type(&query.device_type).is_none() {
        return Err(Error::NotFound.into());
    }
    let status = match query.status.as_str() {
        "" => None,
        word => Some(StatusFilter::parse(word).ok_or_else(|| {
            Error::Invalid(vec![
                FieldError::new("status", "unknown_value").with("value", tonalite_core::device::short(word)),
            ])
        })?),
    };
    let after = match query.after.as_str() {
        "" => None,
        text => Some(Cursor::decode(text).map_err(|error| Error::Invalid(vec![error]))?),
    };
    let filter = DeviceFilter {
        site: site.as_ref().map(|site| site.key),
        device_types: (!query.device_type.is_empty()).then(|| vec![query.device_type.clone()]),
        status,
        ..DeviceFilter::default()
    };
    let on_first_page = after.is_none();
    let page = app.page_devices(actor, &filter, Limit::DEFAULT, after, now).await?;
    let counts = app.count_devices(actor, &filter).await?;
    let added = match query.added.parse::<DeviceId>() {
        Ok(id) => found(app.find_device(actor, id, now).await)?.map(View::into_inner),
        Err(_) => None,
    };

    let frame = visit.frame();
    let times = Times::in_utc(t, now);
    let row = |device: &Device, fresh| {
        DeviceRow::new(&frame, &times, device, &type_name(&visit, device), visit.sees_customers(), fresh)
    };
    let on_top = added.iter().map(|device| row(device, true));
    let others = page.items.iter().filter(|device| added.as_ref().is_none_or(|added| added.id != device.id));
    let rows = on_top.chain(others.map(|device| row(device, false))).collect();
    let status_word = query.status.as_str();
    let (total, remark) = device_list::total_and_remark(t, counts, status);
    // The part that our script asks for stands below the list boxes.
    let sites = match visit.scripted {
        true => Vec::new(),
        false => sites_to_choose(&visit, &query.site, site.as_deref()).await?,
    };
    let types = app.device_types().iter();
    let shown = DeviceListPage {
        t,
        may_manage: visit.may_manage(),
        new_address: match query.site.as_str() {
            "" => "/devices/new".to_owned(),
            id => format!("/devices/new?site_id={id}"),
        },
        notice: notice(&visit, &query, added.as_ref()),
        sites,
        types: types
            .map(|kind| Choice::new(kind.id.as_str(), kind.name.as_str(), &query.device_type))
            .collect(),
        states: device_list::state_choices(t, status),
        band: device_list::band(t, counts, status, |status| {
            query.address(status.map_or("", StatusFilter::as_str), None)
        }),
        empty: device_list::why_empty(&page, counts, query.is_narrowed(), on_first_page),
        rows,
        total,
        remark,
        on_first_page,
        first_address: query.address(status_word, None),
        next_address: page.next.as_ref().map(|next| query.address(status_word, Some(next))),
        frame,
    };
    if !visit.scripted {
        return visit.show(&shown);
    }
    let address = query.address(status_word, None);
    Ok(([("hx-push-url", address)], visit.show(&shown.rows())?).into_response())
}

fn notice(visit: &Visit, query: &ListQuery, added: Option<&Device>) -> Option<Notice> {
    let t = visit.t();
    let named = |key: &str, device: String| t.with(key, &[("device", device.into())]);
    if let Some(device) = added {
        let doubts = visit.ctx.app.doubts_about(device);
        return Some(Notice {
            text: named("devices-added", device_label(visit, device)),
            address: Some(format!("/devices/{}", device.id)),
            warnings: doubts.iter().map(|doubt| device_list::doubt(t, doubt)).collect(),
        });
    }
    // Anybody may write an address by hand: only what is a MAC address is repeated.
    let removed = match query.removed.as_str() {
        "" => return None,
        text => Mac::parse(text).map_or_else(
            |_| t.text("devices-removed-one"),
            |mac| named("devices-removed", mac.with_colons()),
        ),
    };
    Some(Notice { text: removed, address: None, warnings: Vec::new() })
}

/// What is absent or foreign is not there; other errors stay errors.
pub(super) fn found<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(thing) => Ok(Some(thing)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The sites that somebody may choose from, up to [`MOST_CHOICES`]; the chosen one is always among them.
pub(super) async fn sites_to_choose(
    visit: &Visit,
    chosen: &str,
    chosen_site: Option<&Site>,
) -> Result<Vec<Choice>> {
    let actor = visit.actor()?;
    let several_customers = visit.sees_customers();
    let label = |site: &Site| match several_customers {
        true => format!("{} · {}", site.customer_name, site.name),
        false => site.name.clone(),
    };
    let limit = Limit::parse("200").unwrap_or(Limit::DEFAULT);
    let (mut choices, mut after) = (Vec::new(), None);
    loop {
        let page = visit.ctx.app.page_sites(actor, None, limit, after).await?;
        choices.extend(page.items.iter().map(|site| Choice::new(site.id.to_string(), label(site), chosen)));
        after = page.next;
        if after.is_none() || choices.len() >= MOST_CHOICES {
            break;
        }
    }
    if let Some(site) = chosen_site
        && !choices.iter().any(|choice| choice.selected)
    {
        choices.insert(0, Choice::new(site.id.to_string(), label(site), chosen));
    }
    Ok(choices)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ShowQuery {
    /// Port of a line that was just assigned.
    assigned: String,
    /// Port of a line that was just withdrawn.
    withdrawn: String,
}

async fn show_device(
    visit: Visit,
    PathId(id): PathId<DeviceId>,
    Query(query): Query<ShowQuery>,
) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let (app, t, now) = (&visit.ctx.app, visit.t(), visit.now());
    let device = app.find_device(actor, id, now).await?;
    let site = app.find_site(actor, device.site_id).await?;
    let lines = app.lines_of_device(&device, now).await?;
    let contacts = app.contacts_of_device(&device).await?;
    let limit = Limit::parse(TIMELINE_ROWS).unwrap_or(Limit::DEFAULT);
    let timeline = app.timeline_of_device(&device, limit).await?;
    let reboots = app.reboots_of_device(&device, limit).await?;

    let frame = visit.frame();
    let times = Times::new(t, &site.time_zone, now);
    let assigned = lines.iter().find(|line| line.line.port.to_string() == query.assigned);
    let notice = match (assigned, query.withdrawn.parse::<u16>()) {
        (Some(line), _) => {
            let args = [("port", line.line.port.into()), ("user", line.line.user_name.as_str().into())];
            Some(Notice {
                text: t.with("devices-assign-done", &args),
                address: visit
                    .may_manage()
                    .then(|| format!("/devices/{id}/lines/{}/credentials", line.line.port)),
                warnings: Vec::new(),
            })
        }
        (None, Ok(port)) if !lines.iter().any(|line| line.line.port == port) => Some(Notice {
            text: t.with("devices-unassign-done", &[("port", port.into())]),
            address: None,
            warnings: Vec::new(),
        }),
        _ => None,
    };
    visit.show(&DeviceShowPage {
        t,
        may_manage: visit.may_manage(),
        notice,
        device: DeviceView::new(&frame, &times, &device, &type_name(&visit, &device), visit.sees_customers()),
        lines: lines
            .iter()
            .map(|line| {
                LineRow::new(t, &times, &line.line, (line.state, line.detail), line.since, line.expires_at)
            })
            .collect(),
        contacts: contacts
            .iter()
            .map(|contact| ContactRow::new(t, &times, contact.port, &contact.binding, now))
            .collect(),
        timeline: timeline
            .iter()
            .map(|entry| TimelineRow::new(t, &times, entry).asked_by(t, entry, &reboots))
            .collect(),
        frame,
    })
}

async fn confirm_remove_device(visit: Visit, PathId(id): PathId<DeviceId>) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let t = visit.t();
    let device = visit.ctx.app.find_device(actor, id, visit.now()).await?;
    let device = actor.manage(device.into_inner())?;
    let lines = match device.lines_assigned {
        0 => vec![t.text("devices-remove-no-lines")],
        n => vec![
            t.with("devices-remove-lines", &[("count", n.into())]),
            t.text("devices-remove-registrations"),
            t.text("devices-remove-credentials"),
            t.text("devices-remove-users"),
        ],
    };
    visit.show(&ConfirmPage {
        t,
        frame: visit.frame(),
        title: t.with("devices-remove-title", &[("device", device_label(&visit, &device).into())]),
        subtitle: format!("{} · {}", type_name(&visit, &device), device.site_name),
        consequences: lines,
        action: format!("/devices/{id}/remove"),
        submit: t.text("devices-remove-submit"),
        cancel_address: format!("/devices/{id}"),
    })
}

async fn remove_device(visit: Visit, PathId(id): PathId<DeviceId>) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let device = visit.ctx.app.find_device(actor, id, visit.now()).await?;
    let device = actor.manage(device.into_inner())?;
    let removed = device.mac.map_or_else(|| "one".to_owned(), |mac| mac.to_string());
    visit.ctx.app.remove_device(actor, device, visit.now()).await?;
    Ok(visit.go(&format!("/devices?removed={removed}")))
}
