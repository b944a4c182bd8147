//! Folds operations into one group of row changes. Later operations on the same row win; timeline rows all stay.
//! Adding the same operations again changes nothing, so a group that failed can simply be committed again.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use tonalite_core::event::{Event, EventKind};
use tonalite_core::line_state::{Binding, LineState, StateDetail};
use tonalite_core::party::Tenancy;
use tonalite_core::registration::{DeviceRef, LineRef};
use tonalite_core::time::Timestamp;
use tonalite_core::timeline::{Stamp, TimelineKind};

use super::apply::Observed;
use super::writer::Op;

/// Timeline rows kept while the store is in trouble. State is bounded by the fleet; history must be bounded by hand.
const MAX_TIMELINE: usize = 100_000;

#[derive(Serialize, Clone)]
pub(crate) struct BindingJson {
    id: i64,
    line: i64,
    device: i64,
    contact: String,
    instance: Option<String>,
    reg_id: Option<u32>,
    call_id: String,
    cseq: u32,
    transport: &'static str,
    source: String,
    path: String,
    user_agent: Option<String>,
    registered_at: i64,
    refreshed_at: i64,
    expires_at: i64,
    granted: i64,
}

#[derive(Serialize, Clone)]
pub(crate) struct LineJson {
    line: i64,
    #[serde(flatten)]
    tenancy: TenancyJson,
    state: i64,
    detail: Option<&'static str>,
    since: i64,
    registered_at: Option<i64>,
    expires_at: Option<i64>,
}

#[derive(Serialize, Clone)]
pub(crate) struct TenancyJson {
    device: i64,
    site: i64,
    customer: i64,
    operator: Option<i64>,
    provider: i64,
}

/// A device whose state is to be worked out anew from its lines.
#[derive(Serialize, Clone)]
pub(crate) struct TouchedJson {
    #[serde(flatten)]
    pub(crate) tenancy: TenancyJson,
    pub(crate) at: i64,
    ip: Option<String>,
    user_agent: Option<String>,
    seen: Option<i64>,
}

#[derive(Serialize, Clone)]
pub(crate) struct TimelineJson {
    device: i64,
    at: i64,
    kind: &'static str,
    port: Option<u16>,
    ip: Option<String>,
    by: Option<i64>,
    acting_for: Option<i64>,
}

/// A line of which a contact was renewed, written already or not.
#[derive(Serialize, Clone)]
pub(crate) struct RenewedJson {
    line: i64,
    device: i64,
    at: i64,
}

#[derive(Serialize, Clone)]
pub(crate) struct RenewalJson {
    binding: i64,
    line: i64,
    call_id: String,
    cseq: u32,
    at: i64,
    expires_at: i64,
    granted: i64,
}

#[derive(Serialize, Clone)]
pub(crate) struct KeyJson {
    pub(crate) id: i64,
}

#[derive(Default, Clone)]
pub(crate) struct Batch {
    pub(crate) bindings: BTreeMap<i64, BindingJson>,
    pub(crate) ended_bindings: BTreeSet<i64>,
    pub(crate) lines: BTreeMap<i64, LineJson>,
    pub(crate) ended_lines: BTreeSet<i64>,
    pub(crate) new_devices: BTreeMap<i64, TouchedJson>,
    pub(crate) ended_devices: BTreeSet<i64>,
    /// Devices that may stand at another site than before.
    pub(crate) moved: BTreeMap<i64, TenancyJson>,
    pub(crate) touched: BTreeMap<i64, TouchedJson>,
    pub(crate) renewals: BTreeMap<i64, RenewalJson>,
    pub(crate) renewed: BTreeMap<i64, RenewedJson>,
    pub(crate) timeline: Vec<TimelineJson>,
    /// The devices by key, to say afterwards whose state changed.
    pub(crate) devices: BTreeMap<i64, DeviceRef>,
    /// Events that the operations themselves tell, in order.
    pub(crate) events: Vec<Event>,
    /// What phones did, in order.
    pub(crate) observed: Vec<Observed>,
}

impl Batch {
    pub(crate) fn is_empty(&self) -> bool {
        self.bindings.is_empty()
            && self.ended_bindings.is_empty()
            && self.lines.is_empty()
            && self.ended_lines.is_empty()
            && self.touched.is_empty()
            && self.ended_devices.is_empty()
            && self.renewals.is_empty()
            && self.timeline.is_empty()
    }

    /// Bounds what is kept while the store cannot commit.
    pub(crate) fn trim(&mut self) {
        let excess = self.timeline.len().saturating_sub(MAX_TIMELINE);
        self.timeline.drain(..excess);
        let excess = self.events.len().saturating_sub(MAX_TIMELINE);
        self.events.drain(..excess);
        let excess = self.observed.len().saturating_sub(MAX_TIMELINE);
        self.observed.drain(..excess);
    }

    pub(crate) fn add(&mut self, op: Op) {
        match op {
            Op::Change(change) => {
                let line = &change.line;
                for binding in &change.stored {
                    self.ended_bindings.remove(&binding.id);
                    self.renewals.remove(&binding.id);
                    self.bindings.insert(binding.id, binding_json(line, binding));
                }
                for id in &change.removed {
                    self.bindings.remove(id);
                    self.renewals.remove(id);
                    self.ended_bindings.insert(*id);
                }
                self.put_line(
                    line,
                    change.state,
                    change.detail,
                    change.since,
                    change.registered_at,
                    change.expires_at,
                );
                let seen = change.ip.is_some().then_some(change.at.0);
                self.touch(&line.device, change.at, change.ip.clone(), change.user_agent.clone(), seen);
                for kind in &change.observed {
                    self.observe(line, *kind, change.at);
                    self.note(line.device.key.0, change.at, *kind, Some(line.port), change.ip.clone());
                }
                self.tell_line(line, change.state, change.detail, change.since);
            }
            Op::Renew(renewals) => {
                for renewal in renewals {
                    let device = renewal.line.device.key.0;
                    for kind in &renewal.observed {
                        self.observe(&renewal.line, *kind, renewal.refreshed_at);
                        self.note(device, renewal.refreshed_at, *kind, Some(renewal.line.port), None);
                    }
                    if self.ended_bindings.contains(&renewal.binding) {
                        continue;
                    }
                    self.renewed(&renewal.line, renewal.refreshed_at);
                    match self.bindings.get_mut(&renewal.binding) {
                        // Not yet written at all: the renewal becomes part of it.
                        Some(binding) => {
                            binding.call_id = without_nul(&renewal.call_id);
                            binding.cseq = renewal.cseq;
                            binding.refreshed_at = renewal.refreshed_at.0;
                            binding.expires_at = renewal.expires_at.0;
                            binding.granted = renewal.granted.0;
                        }
                        None => {
                            let json = RenewalJson {
                                binding: renewal.binding,
                                line: renewal.line.key.0,
                                call_id: without_nul(&renewal.call_id),
                                cseq: renewal.cseq,
                                at: renewal.refreshed_at.0,
                                expires_at: renewal.expires_at.0,
                                granted: renewal.granted.0,
                            };
                            self.renewals.insert(renewal.binding, json);
                        }
                    }
                }
            }
            Op::DeviceAdded(device, stamp) => {
                self.touch(&device, stamp.at, None, None, None);
                if let Some(touched) = self.touched.get(&device.key.0) {
                    self.new_devices.insert(device.key.0, touched.clone());
                }
                self.note(device.key.0, stamp, TimelineKind::Added, None, None);
                self.tell(&device, EventKind::DeviceAdded(device.id));
            }
            Op::DeviceRemoved(device, lines) => {
                let key = device.key.0;
                for line in lines {
                    self.forget_line(line.0);
                }
                self.new_devices.remove(&key);
                self.moved.remove(&key);
                self.touched.remove(&key);
                self.timeline.retain(|row| row.device != key);
                self.ended_devices.insert(key);
                self.tell(&device, EventKind::DeviceRemoved(device.id));
            }
            // Of thousands at once nobody is told one by one: whoever brings them says what pages need to hear.
            Op::DevicesAdded(devices, stamp) => {
                for device in devices {
                    let touched = self.touch_quietly(&device, stamp.at).clone();
                    self.new_devices.insert(device.key.0, touched);
                    self.note(device.key.0, stamp, TimelineKind::Added, None, None);
                }
            }
            Op::DevicesChanged(devices, stamp) => {
                for device in devices {
                    self.touch_quietly(&device, stamp.at);
                    self.moved.insert(device.key.0, tenancy_json(&device));
                    self.note(device.key.0, stamp, TimelineKind::Changed, None, None);
                }
            }
            Op::DevicesRemoved(devices) => {
                for DeviceRef { key, .. } in devices {
                    self.new_devices.remove(&key.0);
                    self.moved.remove(&key.0);
                    self.touched.remove(&key.0);
                    self.ended_devices.insert(key.0);
                }
                let ended = &self.ended_devices;
                self.timeline.retain(|row| !ended.contains(&row.device));
            }
            Op::LineAdded(line, stamp) => {
                self.put_line(
                    &line,
                    LineState::Unregistered,
                    Some(StateDetail::NeverSeen),
                    stamp.at,
                    None,
                    None,
                );
                self.touch(&line.device, stamp.at, None, None, None);
                self.note(line.device.key.0, stamp, TimelineKind::LineAssigned, Some(line.port), None);
            }
            Op::LineRemoved(line, stamp) => {
                self.forget_line(line.key.0);
                self.touch(&line.device, stamp.at, None, None, None);
                self.note(line.device.key.0, stamp, TimelineKind::LineUnassigned, Some(line.port), None);
            }
            Op::Note(device, stamp, kind, port) => self.note(device.0, stamp, kind, port, None),
        }
    }

    fn put_line(
        &mut self,
        line: &LineRef,
        state: LineState,
        detail: Option<StateDetail>,
        since: Timestamp,
        registered_at: Option<Timestamp>,
        expires_at: Option<Timestamp>,
    ) {
        self.ended_lines.remove(&line.key.0);
        let json = LineJson {
            line: line.key.0,
            tenancy: tenancy_json(&line.device),
            state: state.as_i64(),
            detail: detail.map(StateDetail::as_str),
            since: since.0,
            registered_at: registered_at.map(|at| at.0),
            expires_at: expires_at.map(|at| at.0),
        };
        self.lines.insert(line.key.0, json);
    }

    fn forget_line(&mut self, line: i64) {
        self.lines.remove(&line);
        self.bindings.retain(|_, binding| binding.line != line);
        self.renewals.retain(|_, renewal| renewal.line != line);
        self.renewed.remove(&line);
        self.ended_lines.insert(line);
    }

    fn renewed(&mut self, line: &LineRef, at: Timestamp) {
        let json = RenewedJson { line: line.key.0, device: line.device.key.0, at: at.0 };
        let renewed = self.renewed.entry(line.key.0).or_insert(json);
        renewed.at = renewed.at.max(at.0);
    }

    fn touch(
        &mut self,
        device: &DeviceRef,
        at: Timestamp,
        ip: Option<String>,
        user_agent: Option<String>,
        seen: Option<i64>,
    ) {
        self.devices.insert(device.key.0, *device);
        let touched = self.touch_quietly(device, at);
        touched.ip = ip.as_deref().map(without_nul).or_else(|| touched.ip.take());
        touched.user_agent = user_agent.as_deref().map(without_nul).or_else(|| touched.user_agent.take());
        touched.seen = touched.seen.max(seen);
    }

    /// Has the state worked out anew, and tells nobody.
    fn touch_quietly(&mut self, device: &DeviceRef, at: Timestamp) -> &mut TouchedJson {
        self.ended_devices.remove(&device.key.0);
        let touched = self.touched.entry(device.key.0).or_insert_with(|| TouchedJson {
            tenancy: tenancy_json(device),
            at: at.0,
            ip: None,
            user_agent: None,
            seen: None,
        });
        touched.at = at.0;
        touched
    }

    fn note(
        &mut self,
        device: i64,
        stamp: impl Into<Stamp>,
        kind: TimelineKind,
        port: Option<u16>,
        ip: Option<String>,
    ) {
        let Stamp { at, by, acting_for } = stamp.into();
        self.timeline.push(TimelineJson {
            device,
            at: at.0,
            kind: kind.as_str(),
            port,
            ip: ip.as_deref().map(without_nul),
            by: by.map(|key| key.0),
            acting_for: acting_for.map(|key| key.0),
        });
    }

    fn observe(&mut self, line: &LineRef, kind: TimelineKind, at: Timestamp) {
        self.observed.push(Observed { device: line.device.key, line: line.key, kind, at });
    }

    fn tell(&mut self, device: &DeviceRef, kind: EventKind) {
        self.events.push(Event::at_site(device.tenancy, device.site, kind));
    }

    fn tell_line(
        &mut self,
        line: &LineRef,
        state: LineState,
        state_detail: Option<StateDetail>,
        since: Timestamp,
    ) {
        let kind = EventKind::LineState {
            device_id: line.device.id,
            line_id: line.id,
            port: line.port,
            state,
            state_detail,
            since,
        };
        self.tell(&line.device, kind);
    }
}

fn tenancy_json(device: &DeviceRef) -> TenancyJson {
    let Tenancy { provider, operator, customer } = device.tenancy;
    TenancyJson {
        device: device.key.0,
        site: device.site.0,
        customer: customer.map_or(0, |key| key.0),
        operator: operator.map(|key| key.0),
        provider: provider.map_or(0, |key| key.0),
    }
}

fn binding_json(line: &LineRef, binding: &Binding) -> BindingJson {
    BindingJson {
        id: binding.id,
        line: line.key.0,
        device: line.device.key.0,
        contact: without_nul(&binding.contact),
        instance: binding.instance.as_deref().map(without_nul),
        reg_id: binding.reg_id,
        call_id: without_nul(&binding.call_id),
        cseq: binding.cseq,
        transport: binding.source.transport.as_str(),
        source: binding.source.address.to_string(),
        path: without_nul(&binding.path.join("\n")),
        user_agent: binding.user_agent.as_deref().map(without_nul),
        registered_at: binding.registered_at.0,
        refreshed_at: binding.refreshed_at.0,
        expires_at: binding.expires_at.0,
        granted: binding.granted.0,
    }
}

/// PostgreSQL's text cannot hold NUL, and a phone may send one: without this, one datagram would stop the writer for all.
fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
