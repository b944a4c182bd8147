//! The list of devices: the strip of counts, the filters, the rows.

use askama::Template;
use tonalite_app::LineUser;
use tonalite_core::device::{Device, Warning};
use tonalite_core::filter::{DeviceFilter, StatusCounts, StatusFilter};
use tonalite_core::page::Page;
use tonalite_core::text::{Arg, Locale};

use super::choice::Choice;
use super::device_columns::{ColumnChoice, Columns, Head};
use super::frame::Frame;
use super::import_new::ImportMenu;
use super::status::StatusView;
use super::tabs::{Tab, Tabs};
use super::times::{Lasting, Times};

/// `devices/list.html`
#[derive(Template)]
#[template(path = "devices/list.html")]
pub(crate) struct DeviceListPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) may_manage: bool,
    /// Where a device is added: with the site of the filter, if one.
    pub(crate) new_address: String,
    pub(crate) tabs: Tabs,
    /// For who may import.
    pub(crate) imports: Option<ImportMenu>,
    /// What was just done.
    pub(crate) notice: Option<Notice>,
    pub(crate) sites: Vec<Choice>,
    pub(crate) types: Vec<Choice>,
    pub(crate) kinds: Vec<Choice>,
    pub(crate) states: Vec<Choice>,
    pub(crate) controls: Controls,
    /// Leads to the DECT systems.
    pub(crate) shape: Shape,
    pub(crate) band: Vec<BandCell>,
    pub(crate) rows: Vec<DeviceRow>,
    /// Why there are no rows, if there are none.
    pub(crate) empty: Empty,
    /// "612 devices"
    pub(crate) total: String,
    pub(crate) remark: Option<String>,
    pub(crate) on_first_page: bool,
    pub(crate) first_address: String,
    pub(crate) next_address: Option<String>,
}

/// The part of it that filters exchange: block `rows`.
#[derive(Template)]
#[template(path = "devices/list.html", block = "rows")]
pub(crate) struct DeviceListRows<'a> {
    t: Locale,
    frame: &'a Frame,
    may_manage: bool,
    new_address: &'a str,
    shape: &'a Shape,
    band: &'a [BandCell],
    rows: &'a [DeviceRow],
    empty: Empty,
    total: &'a str,
    remark: Option<&'a str>,
    on_first_page: bool,
    first_address: &'a str,
    next_address: Option<&'a str>,
}

impl DeviceListPage {
    /// The part that filters exchange.
    pub(crate) fn rows(&self) -> DeviceListRows<'_> {
        DeviceListRows {
            t: self.t,
            frame: &self.frame,
            may_manage: self.may_manage,
            new_address: &self.new_address,
            shape: &self.shape,
            band: &self.band,
            rows: &self.rows,
            empty: self.empty,
            total: &self.total,
            remark: self.remark.as_deref(),
            on_first_page: self.on_first_page,
            first_address: &self.first_address,
            next_address: self.next_address.as_deref(),
        }
    }
}

/// What stands in the form above the list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Controls {
    /// What is looked for.
    pub(crate) q: String,
    pub(crate) problem: bool,
    pub(crate) lines_available: bool,
    pub(crate) critical: bool,
    pub(crate) columns: Vec<ColumnChoice>,
    pub(crate) limits: Vec<Choice>,
}

/// How the list is shown, and what is said when it shows nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) heads: Vec<Head>,
    pub(crate) columns: Columns,
    /// The word of the order, which the form sends on.
    pub(crate) sort: &'static str,
    /// What was looked for, as it may be repeated.
    pub(crate) searched: Option<String>,
    /// What was looked for is so short that little is found by it.
    pub(crate) is_short: bool,
    /// Something else hides devices, too.
    pub(crate) has_filters: bool,
    pub(crate) unsearch_address: String,
    pub(crate) unfilter_address: String,
    /// Whether the demo is worth a word: to those who run the portal for others.
    pub(crate) names_demo: bool,
}

/// Something that was just done, on top of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) text: String,
    /// What to open next.
    pub(crate) address: Option<String>,
    /// Doubts that did not stop it.
    pub(crate) warnings: Vec<String>,
}

/// Why a list is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Empty {
    /// There is nothing yet.
    NoDevices,
    /// There is something, but not with these filters.
    NoMatch,
    /// The rows of this page are gone.
    PastTheEnd,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeviceRow {
    pub(crate) id: String,
    /// With colons; empty for types without.
    pub(crate) mac: String,
    /// What to call it: its address, else its name, else its type.
    pub(crate) label: String,
    pub(crate) device_type: String,
    pub(crate) name: Option<String>,
    /// "13 of 16"
    pub(crate) lines: String,
    pub(crate) lines_available: u16,
    pub(crate) site: String,
    /// Only for readers above the customer.
    pub(crate) customer: Option<String>,
    /// Who uses its lines; filled where the column is shown.
    pub(crate) users: String,
    /// What the phone says it is: hostile text.
    pub(crate) agent: String,
    pub(crate) seen: Option<Lasting>,
    pub(crate) status: StatusView,
    /// Whether the reader may ask for a reboot, and its customer has them switched on.
    pub(crate) may_reboot: bool,
    /// Just added.
    pub(crate) fresh: bool,
}

impl DeviceRow {
    /// A device as a row. `type_name` is the catalogue's.
    pub(crate) fn new(
        frame: &Frame,
        times: &Times,
        device: &Device,
        type_name: &str,
        shows_customer: bool,
        fresh: bool,
    ) -> DeviceRow {
        let lines_available = device.lines_available();
        DeviceRow {
            id: device.id.to_string(),
            mac: device.mac.map(|mac| mac.with_colons()).unwrap_or_default(),
            label: label(device, type_name),
            device_type: type_name.to_owned(),
            name: device.labels.name.clone(),
            lines: frame.texts.with(
                "devices-lines-available",
                &[("available", lines_available.into()), ("total", device.lines_total.into())],
            ),
            lines_available,
            site: device.site_name.clone(),
            customer: shows_customer.then(|| device.customer_name.clone()),
            users: String::new(),
            agent: device.status.user_agent.clone().unwrap_or_default(),
            seen: device.status.last_seen.map(|at| times.ago(at)),
            status: StatusView::new(frame, times, device),
            may_reboot: frame.may_operate,
            fresh,
        }
    }
}

/// The users of a device's lines in one line: the first three, and how many more.
pub(crate) fn users(t: Locale, users: &[LineUser]) -> String {
    let mut names: Vec<String> = Vec::new();
    for user in users {
        let name = t.with(
            "devices-user",
            &[("name", user.name.as_str().into()), ("extension", user.extension.as_str().into())],
        );
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let more = names.len().saturating_sub(SHOWN_USERS);
    names.truncate(SHOWN_USERS);
    let shown = names.join(", ");
    match i64::try_from(more) {
        Ok(more) if more > 0 => {
            t.with("devices-users-more", &[("users", shown.into()), ("count", more.into())])
        }
        _ => shown,
    }
}

/// A gateway may have two dozen users: more than a row has room for.
const SHOWN_USERS: usize = 3;

/// What to call a device: its address, else its name, else its type.
pub(crate) fn label(device: &Device, type_name: &str) -> String {
    match (device.mac, &device.labels.name) {
        (Some(mac), _) => mac.with_colons(),
        (None, Some(name)) => name.clone(),
        (None, None) => type_name.to_owned(),
    }
}

/// A doubt about a device, in words.
pub(crate) fn doubt(t: Locale, warning: &Warning) -> String {
    let args: Vec<(&str, Arg)> =
        warning.args.iter().map(|(name, value)| (*name, Arg::from(value.as_str()))).collect();
    t.with(&format!("warning-{}", warning.code), &args)
}

/// One cell of the strip of counts, which is also a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BandCell {
    pub(crate) name: &'static str,
    pub(crate) state: Option<&'static str>,
    pub(crate) word: String,
    pub(crate) count: String,
    pub(crate) remark: String,
    pub(crate) address: String,
    pub(crate) current: bool,
}

/// The strip. `address` tells where a status leads, with the other filters kept.
pub(crate) fn band(
    t: Locale,
    counts: StatusCounts,
    chosen: Option<StatusFilter>,
    address: impl Fn(Option<StatusFilter>) -> String,
) -> Vec<BandCell> {
    let partial = match counts.partial {
        0 => String::new(),
        n => t.with("devices-partial", &[("count", n.into())]),
    };
    let cell = |name, state, word: &str, count: i64, remark: String, status: Option<StatusFilter>| BandCell {
        name,
        state,
        word: t.text(word),
        count: match counts.at_least && count > 0 {
            true => t.with("devices-at-least", &[("count", t.number(count).into())]),
            false => t.number(count),
        },
        remark,
        address: address(status),
        current: status == chosen,
    };
    let state = |status: StatusFilter, count, remark| {
        let name = status.as_str();
        cell(name, Some(name), super::status::word_key(name), count, remark, Some(status))
    };
    vec![
        cell("all", None, "devices-all", counts.total(), String::new(), None),
        state(StatusFilter::Registered, counts.registered + counts.partial, partial),
        state(StatusFilter::Aged, counts.aged, String::new()),
        state(StatusFilter::Unregistered, counts.unregistered, String::new()),
        state(StatusFilter::NoLine, counts.no_line, String::new()),
    ]
}

/// What stands under the rows: how many there are, and what is among them that one might not expect.
pub(crate) fn total_and_remark(
    t: Locale,
    counts: StatusCounts,
    filter: &DeviceFilter,
) -> (String, Option<String>) {
    let total = counts.narrowed_to(filter).total();
    let total = match counts.at_least {
        true => t.with("devices-total-more", &[("count", t.number(total - 1).into())]),
        false => t.with("devices-total", &[("count", total.into())]),
    };
    let with_no_line = filter.status == Some(StatusFilter::Unregistered) && !filter.problem;
    let remark = (with_no_line && counts.no_line > 0)
        .then(|| t.with("devices-includes-no-line", &[("count", counts.no_line.into())]));
    (total, remark)
}

/// The states to choose from.
pub(crate) fn state_choices(t: Locale, chosen: Option<StatusFilter>) -> Vec<Choice> {
    let chosen = chosen.map_or("", StatusFilter::as_str);
    StatusFilter::ALL
        .into_iter()
        .map(|status| {
            let key = match status {
                StatusFilter::Partial => "devices-status-partial",
                other => super::status::word_key(other.as_str()),
            };
            Choice::new(status.as_str(), t.text(key), chosen)
        })
        .collect()
}

/// Why a page of devices is empty.
pub(crate) fn why_empty(
    page: &Page<Device>,
    counts: StatusCounts,
    narrowed: bool,
    on_first_page: bool,
) -> Empty {
    match (page.items.is_empty(), narrowed, on_first_page) {
        (true, _, false) => Empty::PastTheEnd,
        (true, true, true) => Empty::NoMatch,
        _ if counts.total() > 0 => Empty::PastTheEnd,
        _ => Empty::NoDevices,
    }
}
