//! `tonalite device`: looking at the inventory. What is done to a phone has commands of its own.

use anyhow::Context;
use serde_json::{Value, json};
use tonalite_app::{App, ContactView, LineView};
use tonalite_core::access::Actor;
use tonalite_core::filter::{DeviceFilter, StatusFilter};
use tonalite_core::world::Clock;

use super::out::{Listing, Out, plain_table, visible};
use super::parties::find_party;
use super::told;
use super::words::{cell, maybe_time, sheet, time};
use crate::cli::{Device, DeviceName, Rows, StatusArg};
use crate::world::SystemClock;

pub(crate) async fn run(app: &App, command: Device, out: &Out) -> anyhow::Result<()> {
    let actor = Actor::command_line();
    match command {
        Device::List { party, site, device_type, status, rows } => {
            let party = match party {
                Some(id) => Some(find_party(app, &actor, id).await.context("--party")?),
                None => None,
            };
            let site = match site {
                Some(id) => Some(app.find_site(&actor, id.0).await.map_err(told).context("--site")?),
                None => None,
            };
            let device_types = match device_type {
                Some(id) => {
                    let known = app.device_type(&id).with_context(|| {
                        format!("--device-type {id}: the catalogue has no such type; an id is, for instance, yealink-t54w")
                    })?;
                    Some(vec![known.id.clone()])
                }
                None => None,
            };
            let filter = DeviceFilter {
                party: party.map(|party| (party.kind, party.key)),
                site: site.map(|site| site.key),
                device_types,
                status: status.map(StatusArg::status),
                ..DeviceFilter::default()
            };
            list(app, &actor, &filter, rows, out).await
        }
        Device::Show { device } => show(app, &actor, device, out).await,
    }
}

async fn list(app: &App, actor: &Actor, filter: &DeviceFilter, rows: Rows, out: &Out) -> anyhow::Result<()> {
    let total = app.count_devices(actor, filter).await.map_err(told)?.narrowed(filter.status).total();
    let total = u64::try_from(total).unwrap_or_default();
    let mut listing =
        Listing::new(out, rows, &["MAC", "TYPE", "STATUS", "LINES", "SITE", "CUSTOMER", "NAME", "ID"]);
    let mut after = None;
    loop {
        let page = app
            .page_devices(actor, filter, listing.wanted(), after, SystemClock.now())
            .await
            .map_err(told)?;
        for device in &page.items {
            let cells = vec![
                cell(device.mac.map(|mac| mac.with_colons()).as_deref()),
                device.device_type.clone(),
                status_word(device),
                format!("{}/{}", device.status.lines_registered, device.lines_assigned),
                cell(Some(&device.site_name)),
                cell(Some(&device.customer_name)),
                cell(device.labels.name.as_deref()),
                device.id.to_string(),
            ];
            listing.row(cells, &document(device));
        }
        out.progress(listing.shown(), total);
        after = page.next;
        if !listing.goes_on(after.is_some()).await? {
            return Ok(());
        }
    }
}

async fn show(app: &App, actor: &Actor, name: DeviceName, out: &Out) -> anyhow::Result<()> {
    let now = SystemClock.now();
    let device = match name {
        DeviceName::Id(id) => app.find_device(actor, id, now).await,
        DeviceName::Mac(mac) => app.find_device_by_mac(actor, mac, now).await,
    };
    let device = device.map_err(told).with_context(|| format!("device {name}"))?;
    let lines = app.lines_of_device(&device, now).await.map_err(told)?;
    let contacts = app.contacts_of_device(&device).await.map_err(told)?;

    let mut document = document(&device);
    document["lines"] = lines.iter().map(line_document).collect();
    document["contacts"] = contacts.iter().map(contact_document).collect();
    let mut words = sheet(&[
        ("id", device.id.to_string()),
        ("mac", cell(device.mac.map(|mac| mac.with_colons()).as_deref())),
        ("type", device.device_type.clone()),
        ("name", cell(device.labels.name.as_deref())),
        ("site", format!("{} ({})", device.site_name, device.site_id)),
        ("customer", format!("{} ({})", device.customer_name, device.customer_id)),
        ("status", format!("{} since {}", status_word(&device), time(device.status.since))),
        (
            "lines",
            format!(
                "{} registered of {} assigned, {} available",
                device.status.lines_registered,
                device.lines_assigned,
                device.lines_available()
            ),
        ),
        ("last seen", cell(device.status.last_seen.map(time).as_deref())),
        ("address", cell(device.status.last_ip.as_deref())),
        ("user agent", cell(device.status.user_agent.as_deref())),
        ("serial", cell(device.labels.serial.as_deref())),
        ("inventory id", cell(device.labels.inventory_id.as_deref())),
        ("note", cell(device.labels.note.as_deref())),
    ]);
    if !lines.is_empty() {
        let mut table =
            plain_table(&["PORT", "STATE", "SINCE", "EXPIRES", "USER", "EXTENSION", "ADDRESS OF RECORD"]);
        for view in &lines {
            table.add_row([
                view.line.port.to_string(),
                word_with_detail(view.state.as_str(), view.detail.map(|detail| detail.as_str())),
                time(view.since),
                cell(view.expires_at.map(time).as_deref()),
                visible(&view.line.user_name),
                visible(&view.line.extension),
                view.line.sip.aor(),
            ]);
        }
        words.push_str(&format!("\n\n{}", table.trim_fmt()));
    }
    if !contacts.is_empty() {
        let mut table = plain_table(&["PORT", "SOURCE", "EXPIRES", "CONTACT"]);
        for contact in &contacts {
            table.add_row([
                contact.port.to_string(),
                source_of(contact),
                time(contact.binding.expires_at),
                visible(&contact.binding.contact),
            ]);
        }
        words.push_str(&format!("\n\n{}", table.trim_fmt()));
    }
    Ok(out.answer(words, &document).await?)
}

impl StatusArg {
    const fn status(self) -> StatusFilter {
        match self {
            StatusArg::Registered => StatusFilter::Registered,
            StatusArg::Partial => StatusFilter::Partial,
            StatusArg::Aged => StatusFilter::Aged,
            StatusArg::Unregistered => StatusFilter::Unregistered,
            StatusArg::NoLine => StatusFilter::NoLine,
        }
    }
}

fn status_word(device: &tonalite_core::device::Device) -> String {
    let state = &device.status.state;
    let word = if device.status.is_partial() { "registered,partial" } else { state.state.as_str() };
    word_with_detail(word, state.detail.map(|detail| detail.as_str()))
}

/// Without a space, so that a column stays a column for `awk`.
fn word_with_detail(word: &str, detail: Option<&str>) -> String {
    detail.map_or_else(|| word.to_owned(), |detail| format!("{word},{detail}"))
}

fn source_of(contact: &ContactView) -> String {
    let source = &contact.binding.source;
    format!("{}:{}", source.transport.as_str(), source.address)
}

fn document(device: &tonalite_core::device::Device) -> Value {
    let status = &device.status;
    json!({
        "id": device.id.to_string(),
        "mac": device.mac.map(|mac| mac.to_string()),
        "device_type_id": device.device_type,
        "site": { "id": device.site_id.to_string(), "name": device.site_name },
        "customer": { "id": device.customer_id.to_string(), "name": device.customer_name },
        "name": device.labels.name,
        "serial": device.labels.serial,
        "inventory_id": device.labels.inventory_id,
        "note": device.labels.note,
        "critical": device.critical,
        "lines_total": device.lines_total,
        "lines_assigned": device.lines_assigned,
        "lines_available": device.lines_available(),
        "lines_registered": status.lines_registered,
        "status": status.state.state.as_str(),
        "status_detail": status.state.detail.map(|detail| detail.as_str()),
        "partial": status.is_partial(),
        "status_since": time(status.since),
        "last_seen": maybe_time(status.last_seen),
        "last_ip": status.last_ip,
        "user_agent": status.user_agent,
        "created_at": time(device.created_at),
    })
}

fn line_document(view: &LineView) -> Value {
    json!({
        "port": view.line.port,
        "state": view.state.as_str(),
        "detail": view.detail.map(|detail| detail.as_str()),
        "since": time(view.since),
        "registered_at": maybe_time(view.registered_at),
        "expires_at": maybe_time(view.expires_at),
        "user_id": view.line.user_id.to_string(),
        "user_name": view.line.user_name,
        "extension": view.line.extension,
        "number": view.line.number,
        "aor": view.line.sip.aor(),
    })
}

fn contact_document(contact: &ContactView) -> Value {
    let binding = &contact.binding;
    json!({
        "port": contact.port,
        "contact": binding.contact,
        "source": source_of(contact),
        "user_agent": binding.user_agent,
        "registered_at": time(binding.registered_at),
        "expires_at": time(binding.expires_at),
    })
}
