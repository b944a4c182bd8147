//! The page of one device: what it is, its lines, who is in contact, what happened.

use askama::Template;
use tonalite_core::device::Device;
use tonalite_core::line::{Line, LineUse};
use tonalite_core::line_state::{Binding, LineState, StateDetail};
use tonalite_core::text::Locale;
use tonalite_core::time::Timestamp;
use tonalite_core::timeline::{TimelineEntry, TimelineKind};

use super::dect_pages::DectSection;
use super::device_list::{Notice, label};
use super::feature_off::FeatureOffView;
use super::frame::Frame;
use super::status::{StatusView, shown_state, word_key};
use super::times::{Lasting, Moment, Times};

/// `devices/show.html`
#[derive(Template)]
#[template(path = "devices/show.html")]
pub(crate) struct DeviceShowPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) may_manage: bool,
    /// Why it cannot be rebooted from here, if so.
    pub(crate) reboot_off: Option<FeatureOffView>,
    pub(crate) notice: Option<Notice>,
    pub(crate) device: DeviceView,
    pub(crate) lines: Vec<LineRow>,
    pub(crate) contacts: Vec<ContactRow>,
    pub(crate) timeline: Vec<TimelineRow>,
    /// What there is to say of its DECT system; `None` for what is no base.
    pub(crate) dect: Option<DectSection>,
}

/// What the device is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeviceView {
    pub(crate) id: String,
    pub(crate) mac: String,
    pub(crate) label: String,
    pub(crate) name: Option<String>,
    pub(crate) device_type: String,
    pub(crate) site: String,
    pub(crate) site_address: String,
    pub(crate) customer: Option<String>,
    pub(crate) serial: Option<String>,
    pub(crate) inventory_id: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) critical: bool,
    pub(crate) lines_available: u16,
    pub(crate) last_seen: Option<Moment>,
    pub(crate) last_ip: Option<String>,
    pub(crate) user_agent: Option<String>,
    pub(crate) firmware: Option<String>,
    pub(crate) added: Moment,
    pub(crate) status: StatusView,
}

impl DeviceView {
    /// A device in words.
    pub(crate) fn new(
        frame: &Frame,
        times: &Times,
        device: &Device,
        type_name: &str,
        firmware: Option<&str>,
        shows_customer: bool,
    ) -> DeviceView {
        DeviceView {
            id: device.id.to_string(),
            mac: device.mac.map(|mac| mac.with_colons()).unwrap_or_default(),
            label: label(device, type_name),
            name: device.labels.name.clone(),
            device_type: type_name.to_owned(),
            site: device.site_name.clone(),
            site_address: format!("/devices?site={}", device.site_id),
            customer: shows_customer.then(|| device.customer_name.clone()),
            serial: device.labels.serial.clone(),
            inventory_id: device.labels.inventory_id.clone(),
            note: device.labels.note.clone(),
            critical: device.critical,
            lines_available: device.lines_available(),
            last_seen: device.status.last_seen.map(|at| times.moment(at)),
            last_ip: device.status.last_ip.clone(),
            user_agent: device.status.user_agent.clone(),
            firmware: firmware.map(str::to_owned),
            added: times.moment(device.created_at),
            status: StatusView::new(frame, times, device),
        }
    }
}

/// One assigned line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LineRow {
    pub(crate) port: u16,
    pub(crate) user: String,
    pub(crate) shared: bool,
    pub(crate) extension: String,
    pub(crate) number: Option<String>,
    pub(crate) state: &'static str,
    pub(crate) since: Option<Lasting>,
    /// What there is to say beyond the state; may be empty.
    pub(crate) remark: String,
    pub(crate) expires: Option<Moment>,
    /// Until when old credentials are valid beside new ones, for who may end it.
    pub(crate) overlap: Option<Moment>,
}

impl LineRow {
    /// A line in words.
    pub(crate) fn new(
        t: Locale,
        times: &Times,
        line: &Line,
        state: (LineState, Option<StateDetail>),
        since: Timestamp,
        expires_at: Option<Timestamp>,
    ) -> LineRow {
        let (state, detail) = state;
        LineRow {
            port: line.port,
            user: line.user_name.clone(),
            shared: line.line_use == LineUse::Shared,
            extension: line.extension.clone(),
            number: line.number.clone(),
            state: shown_state(state, detail),
            since: Some(times.lasting(since)),
            remark: remark(t, detail),
            expires: expires_at.filter(|_| state == LineState::Registered).map(|at| times.moment(at)),
            overlap: None,
        }
    }

    /// Key of the state's word.
    pub(crate) fn word_key(&self) -> &'static str {
        word_key(self.state)
    }
}

/// What there is to say beyond a state; may be empty.
pub(crate) fn remark(t: Locale, detail: Option<StateDetail>) -> String {
    detail.and_then(remark_key).map(|key| t.text(key)).unwrap_or_default()
}

fn remark_key(detail: StateDetail) -> Option<&'static str> {
    match detail {
        StateDetail::NeverSeen => Some("detail-never_seen"),
        StateDetail::Withdrawn => Some("detail-withdrawn"),
        StateDetail::Ended => Some("detail-ended"),
        StateDetail::Overdue => Some("detail-overdue"),
        StateDetail::Unconfirmed => Some("detail-unconfirmed"),
        // The word itself says so.
        StateDetail::NoLine => None,
    }
}

/// One live contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ContactRow {
    pub(crate) port: u16,
    /// Transport and address that the phone spoke from.
    pub(crate) address: String,
    pub(crate) user_agent: String,
    pub(crate) expires: Moment,
    pub(crate) remarks: Vec<String>,
}

impl ContactRow {
    /// A binding in words.
    pub(crate) fn new(t: Locale, times: &Times, port: u16, binding: &Binding, now: Timestamp) -> ContactRow {
        let overdue = binding.expires_at < now;
        ContactRow {
            port,
            address: format!("{} {}", binding.source.transport.as_str(), binding.source.address),
            user_agent: binding.user_agent.clone().unwrap_or_default(),
            expires: times.moment(binding.expires_at),
            remarks: overdue.then(|| t.text("detail-overdue")).into_iter().collect(),
        }
    }
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TimelineRow {
    pub(crate) at: Moment,
    pub(crate) text: String,
    pub(crate) state: Option<&'static str>,
    pub(crate) ip: Option<String>,
    /// Whose act it was, in words.
    pub(crate) by: Option<String>,
}

impl TimelineRow {
    /// An entry in words.
    pub(crate) fn new(t: Locale, times: &Times, entry: &TimelineEntry) -> TimelineRow {
        TimelineRow {
            at: times.moment(entry.at),
            text: t.with(
                &format!("timeline-{}", entry.kind.as_str()),
                &[("port", entry.port.unwrap_or_default().into())],
            ),
            state: match entry.kind {
                TimelineKind::Registered
                | TimelineKind::ReRegistered
                | TimelineKind::Restarted
                | TimelineKind::CameBack => Some("registered"),
                TimelineKind::Aged => Some("aged"),
                TimelineKind::Withdrew | TimelineKind::Ended | TimelineKind::NotBack => Some("unregistered"),
                _ => None,
            },
            ip: entry.ip.clone(),
            by: entry.by.as_ref().map(|by| match &by.acting_for {
                None => t.with("timeline-by", &[("user", by.username.as_str().into())]),
                Some(customer) => t.with(
                    "timeline-by-acting",
                    &[
                        ("user", by.username.as_str().into()),
                        ("party", by.party.as_str().into()),
                        ("customer", customer.as_str().into()),
                    ],
                ),
            }),
        }
    }
}
