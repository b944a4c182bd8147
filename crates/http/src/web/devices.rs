//! Devices on pages: the list, the page of one, and removing it. Adding one is in `new_device`.

use std::collections::HashMap;

use axum::extract::Query;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tonalite_app::DeviceKind;
use tonalite_core::access::View;
use tonalite_core::device::Device;
use tonalite_core::error::FieldError;
use tonalite_core::filter::DeviceFilter;
use tonalite_core::id::DeviceId;
use tonalite_core::mac::Mac;
use tonalite_core::page::Limit;
use tonalite_core::party::Feature;
use tonalite_core::search::{Search, Term};
use tonalite_core::site::Site;
use tonalite_core::text::Locale;
use tonalite_core::{Error, Result};

use super::dect_bases::{dect_section, has_dect_tab};
use super::device_query::ListQuery;
use super::list_address::address_header;
use super::new_import::menu;
use super::view::choice::Choice;
use super::view::confirm::ConfirmPage;
use super::view::device_columns::heads;
use super::view::device_list::{self, Controls, DeviceListPage, DeviceRow, Notice, Shape};
use super::view::device_show::{ContactRow, DeviceShowPage, DeviceView, LineRow, TimelineRow};
use super::view::tabs::{Tab, Tabs};
use super::view::times::Times;
use super::visit::Visit;
use crate::problem::Problem;
use crate::read::PathId;
use crate::route_table::{Routes, get};

/// A list box longer than this is no longer one.
const MOST_CHOICES: usize = 1_000;
/// People who are named before a device is removed.
const MOST_PEOPLE: usize = 20;
/// What fits beside a device without scrolling for long.
const TIMELINE_ROWS: &str = "30";

/// The pages of this file.
pub(crate) fn routes() -> Routes {
    Routes::new()
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

pub(super) type Pairs = Vec<(String, String)>;

async fn list_devices(visit: Visit, Query(pairs): Query<Pairs>) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let (app, t, now) = (&visit.ctx.app, visit.t(), visit.now());
    let query = ListQuery::read(&pairs)?;
    let site = match query.site.as_str() {
        "" => None,
        id => Some(app.find_site(actor, id.parse().map_err(|_| Error::NotFound)?).await?),
    };
    let filter = query.filter(asked_types(&visit, &query.device_type, &query.kind)?);
    let filter = DeviceFilter { site: site.as_ref().map(|site| site.key), ..filter };
    let on_first_page = query.after.is_none();
    let page = app.page_devices(actor, &filter, query.limit(), query.after.clone(), now).await?;
    let counts = app.count_devices(actor, &filter).await?;
    let added = match query.added.parse::<DeviceId>() {
        Ok(id) => found(app.find_device(actor, id, now).await)?.map(View::into_inner),
        Err(_) => None,
    };
    let users = match query.columns.users {
        true => app.users_of_devices(page.items.as_slice()).await?,
        false => HashMap::new(),
    };

    let customers = page.items.iter().chain(&added).filter_map(|device| device.tenancy.customer);
    let features = app.features_of_all(customers).await?;
    let reboots_on = |device: &Device| {
        let features = device.tenancy.customer.and_then(|customer| features.get(&customer));
        features.is_some_and(|features| features.is_on(Feature::DeviceReboot))
    };

    let frame = visit.frame();
    let times = Times::in_utc(t, now);
    let row = |device: &Device, fresh| {
        let row =
            DeviceRow::new(&frame, &times, device, &type_name(&visit, device), visit.sees_customers(), fresh);
        let users = users.get(&device.key).map_or_else(String::new, |users| device_list::users(t, users));
        DeviceRow { users, may_reboot: row.may_reboot && reboots_on(device), ..row }
    };
    let on_top = added.iter().map(|device| row(device, true));
    let others = page.items.iter().filter(|device| added.as_ref().is_none_or(|added| added.id != device.id));
    let rows = on_top.chain(others.map(|device| row(device, false))).collect();
    let (total, remark) = device_list::total_and_remark(t, counts, &filter);
    // The part that our script asks for stands below the list boxes.
    let sites = match visit.scripted {
        true => Vec::new(),
        false => sites_to_choose(&visit, &query.site, site.as_deref()).await?,
    };
    // Nor does the menu.
    let imports = match visit.scripted {
        true => None,
        false => menu(&visit, site.as_deref()).await?,
    };
    let types = app.device_types().iter();
    let dect_tab = !visit.scripted && has_dect_tab(&visit, &query.kind).await?;
    let shown = DeviceListPage {
        t,
        may_manage: visit.may_manage(),
        new_address: match query.site.as_str() {
            "" => "/devices/new".to_owned(),
            id => format!("/devices/new?site_id={id}"),
        },
        tabs: Tabs::new(&query.site, Tab::Devices, dect_tab),
        imports,
        notice: notice(&visit, &query, added.as_ref()),
        sites,
        types: types
            .map(|kind| Choice::new(kind.id.as_str(), kind.name.as_str(), &query.device_type))
            .collect(),
        kinds: kinds_to_choose(t, &query.kind),
        states: device_list::state_choices(t, query.status),
        controls: Controls {
            q: query.q.clone(),
            problem: query.problem,
            lines_available: query.lines_available,
            critical: query.critical,
            columns: query.columns.choices(t, visit.sees_customers()),
            limits: ["50", "100", "200"]
                .map(|rows| Choice::new(rows, rows, &query.limit().get().to_string()))
                .into(),
        },
        shape: Shape {
            heads: heads(t, query.sort, |column| query.sorted_by(column).address()),
            columns: query.columns,
            sort: query.sort.as_str(),
            searched: query.search.as_ref().map(Search::shown),
            is_short: query.search.as_ref().is_some_and(|search| !search.terms().iter().any(Term::is_long)),
            has_filters: query.has_filters(),
            unsearch_address: query.without_search().address(),
            unfilter_address: query.without_filters().address(),
            names_demo: visit.may_manage() && visit.sees_customers(),
        },
        band: device_list::band(t, counts, query.status, |status| query.with_status(status).address()),
        empty: device_list::why_empty(&page, counts, query.is_narrowed(), on_first_page),
        rows,
        total,
        remark,
        on_first_page,
        first_address: query.first().address(),
        next_address: page.next.map(|next| ListQuery { after: Some(next), ..query.first() }.address()),
        frame,
    };
    if !visit.scripted {
        return visit.show(&shown);
    }
    Ok((address_header(&visit, &query), visit.show(&shown.rows())?).into_response())
}

/// The models that are asked for by id, by kind, or by both.
pub(super) fn asked_types(visit: &Visit, id: &str, kind: &str) -> Result<Option<Vec<String>>> {
    let app = &visit.ctx.app;
    if !id.is_empty() && app.device_type(id).is_none() {
        return Err(Error::NotFound);
    }
    let kind = match kind {
        "" => None,
        word => Some(DeviceKind::parse(word).ok_or_else(|| {
            let value = tonalite_core::device::short(word);
            Error::Invalid(vec![FieldError::new("kind", "unknown_value").with("value", value)])
        })?),
    };
    if id.is_empty() && kind.is_none() {
        return Ok(None);
    }
    let asked = app.device_types().iter().filter(|device_type| {
        (id.is_empty() || id == device_type.id) && kind.is_none_or(|kind| kind == device_type.kind)
    });
    Ok(Some(asked.map(|device_type| device_type.id.clone()).collect()))
}

pub(super) fn kinds_to_choose(t: Locale, chosen: &str) -> Vec<Choice> {
    let kinds = DeviceKind::ALL.into_iter().map(DeviceKind::as_str);
    kinds.map(|kind| Choice::new(kind, t.text(&format!("devices-kind-{kind}")), chosen)).collect()
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
    /// Port of a line whose old credentials were just revoked.
    revoked: String,
    /// How many lines were just assigned in one go.
    ranged: String,
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
    let reboot_off = visit.feature_off(site.customer_key, Feature::DeviceReboot).await?;

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
        _ if !query.ranged.is_empty() => query.ranged.parse::<u16>().ok().map(|count| Notice {
            text: t.with("range-done", &[("count", count.into())]),
            address: None,
            warnings: Vec::new(),
        }),
        _ if !query.revoked.is_empty() => query.revoked.parse::<u16>().ok().map(|port| Notice {
            text: t.with("revoke-done", &[("port", port.into())]),
            address: None,
            warnings: Vec::new(),
        }),
        (None, Ok(port)) if !lines.iter().any(|line| line.line.port == port) => Some(Notice {
            text: t.with("devices-unassign-done", &[("port", port.into())]),
            address: None,
            warnings: Vec::new(),
        }),
        _ => None,
    };
    let overlaps = match visit.may_manage() {
        true => app.overlaps_of_device(&device).await?,
        false => Vec::new(),
    };
    let overlap = |port: u16| {
        let until = overlaps.iter().find(|(at, _)| *at == port).map(|(_, until)| *until);
        until.filter(|until| *until > now).map(|until| times.moment(until))
    };
    let firmware = device.status.user_agent.as_deref().and_then(|agent| visit.ctx.app.firmware_of(agent));
    let type_name = type_name(&visit, &device);
    visit.show(&DeviceShowPage {
        t,
        may_manage: visit.may_manage(),
        reboot_off,
        notice,
        device: DeviceView::new(&frame, &times, &device, &type_name, firmware, visit.sees_customers()),
        lines: lines
            .iter()
            .map(|line| {
                let state = (line.state, line.detail);
                let row = LineRow::new(t, &times, &line.line, state, line.since, line.expires_at);
                LineRow { overlap: overlap(line.line.port), ..row }
            })
            .collect(),
        contacts: contacts
            .iter()
            .map(|contact| ContactRow::new(t, &times, contact.port, &contact.binding, now))
            .collect(),
        dect: dect_section(&visit, &device).await?,
        timeline: timeline.iter().map(|entry| TimelineRow::new(t, &times, entry)).collect(),
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
        n => {
            let mut said = vec![t.with("devices-remove-lines", &[("count", n.into())])];
            said.extend(who_loses_a_line(&visit, &device).await?);
            said.extend(
                ["devices-remove-registrations", "devices-remove-credentials", "devices-remove-users"]
                    .map(|key| t.text(key)),
            );
            said
        }
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

/// Names and numbers of those who lose a line with a device, the first of many; whose other devices ring on is said.
async fn who_loses_a_line(visit: &Visit, device: &Device) -> Result<Vec<String>> {
    let (actor, app, t) = (visit.actor()?, &visit.ctx.app, visit.t());
    let lines = app.lines_of_device(&actor.view(device.clone())?, visit.now()).await?;
    let mut said = Vec::new();
    for view in lines.iter().take(MOST_PEOPLE) {
        let line = &view.line;
        let user = app.find_user(actor, line.user_id).await?.into_inner();
        let all = app.lines_of_users(std::slice::from_ref(&user), visit.now()).await?;
        let elsewhere = all.values().flatten().any(|own| own.held.line.device_key != device.key);
        let mut args =
            vec![("user", line.user_name.as_str().into()), ("extension", line.extension.as_str().into())];
        let key = match (&line.number, elsewhere) {
            (_, true) => "devices-remove-person-shared",
            (Some(number), false) => {
                args.push(("number", number.as_str().into()));
                "devices-remove-person-number"
            }
            (None, false) => "devices-remove-person",
        };
        said.push(t.with(key, &args));
    }
    let more = lines.len().saturating_sub(MOST_PEOPLE);
    if more > 0 {
        let more = i64::try_from(more).unwrap_or(i64::MAX);
        said.push(t.with("devices-remove-more", &[("count", more.into())]));
    }
    Ok(said)
}

async fn remove_device(visit: Visit, PathId(id): PathId<DeviceId>) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let device = visit.ctx.app.find_device(actor, id, visit.now()).await?;
    let device = actor.manage(device.into_inner())?;
    let removed = device.mac.map_or_else(|| "one".to_owned(), |mac| mac.to_string());
    visit.ctx.app.remove_device(actor, device, visit.now()).await?;
    Ok(visit.go(&format!("/devices?removed={removed}")))
}
