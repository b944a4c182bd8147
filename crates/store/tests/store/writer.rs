//! A live writer under test: what is handed to it, what it told, and short ways to read what it wrote.

use std::sync::{Arc, Mutex};

use tokio::task::JoinHandle;
use tonalite_core::device::DeviceStatus;
use tonalite_core::event::{Event, EventKind};
use tonalite_core::line_state::{Binding, LineState, Source, StateDetail, Transport};
use tonalite_core::registration::{LineChange, LineRef, Renewal};
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::timeline::TimelineKind;
use tonalite_store::Store;
use tonalite_store::live::{Committed, LiveWriter};

use crate::fixture::{Fixture, NOW, device_ref, limit, line_ref};

/// A writer, and what it told.
pub(crate) struct Live {
    pub(crate) writer: LiveWriter,
    task: JoinHandle<()>,
    events: Arc<Mutex<Vec<Event>>>,
}

impl Live {
    pub(crate) fn start(store: &Arc<Store>) -> Live {
        let events = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&events);
        let (writer, task) = LiveWriter::start(Arc::clone(store), move |report| {
            heard.lock().unwrap().extend(report.events);
        });
        Live { writer, task, events }
    }

    /// Writes what waits and lets go of the store.
    pub(crate) async fn stop(self) {
        drop(self.writer);
        self.task.await.unwrap();
    }

    pub(crate) async fn change(&self, change: LineChange) -> Committed {
        let (tell, told) = tokio::sync::oneshot::channel();
        self.writer.change(change, Box::new(|committed| tell.send(committed).unwrap())).unwrap();
        told.await.unwrap()
    }

    /// Submits without waiting: what is submitted so, one after the other, becomes one group.
    pub(crate) fn submit(&self, change: LineChange) {
        self.writer.change(change, Box::new(drop)).unwrap();
    }

    pub(crate) fn told(&self) -> Vec<EventKind> {
        self.events.lock().unwrap().drain(..).map(|event| event.kind).collect()
    }

    /// A line that is registered now, without contacts to write.
    pub(crate) fn registered(&self, line: &LineRef, now: Timestamp) -> LineChange {
        LineChange {
            line: *line,
            at: now,
            state: LineState::Registered,
            detail: None,
            since: now,
            registered_at: Some(now),
            expires_at: Some(now + Span::from_secs(300)),
            stored: Vec::new(),
            removed: Vec::new(),
            observed: vec![TimelineKind::Registered],
            ip: Some("192.0.2.7".into()),
            user_agent: Some("Yealink SIP-T54W 96.86.0.20".into()),
        }
    }
}

/// A contact with something in every field.
pub(crate) fn binding(id: i64, now: Timestamp) -> Binding {
    Binding {
        id,
        contact: format!("<sip:{id}@192.0.2.7:5060;transport=udp>"),
        instance: Some("urn:uuid:00000000-0000-1000-8000-001565000001".into()),
        reg_id: Some(u32::MAX),
        call_id: format!("call-{id}@192.0.2.7"),
        cseq: u32::MAX,
        source: Source { transport: Transport::Udp, address: "[2001:db8::7]:5060".parse().unwrap() },
        path: vec!["<sip:edge1.example.net;lr>".into(), "<sip:edge2.example.net;lr>".into()],
        user_agent: Some("Yealink \"é\" \\ 😀".into()),
        registered_at: now,
        refreshed_at: now + Span(1),
        expires_at: now + Span::from_secs(300),
        granted: Span::from_secs(300),
        not_before: Timestamp::default(),
    }
}

pub(crate) fn renewal(line: &LineRef, binding: i64, at: Timestamp, granted: Span) -> Renewal {
    Renewal {
        line: *line,
        binding,
        call_id: "again@192.0.2.7".into(),
        cseq: 2,
        refreshed_at: at,
        expires_at: at + granted,
        granted,
        observed: Vec::new(),
    }
}

/// A device with its assigned lines (on ports 1, 2, …), in the inventory and in the live schema.
pub(crate) async fn device_with_lines(f: &Fixture, live: &Live, lines: u16) -> Vec<LineRef> {
    let site = f.site(&f.customer, "Lyon").await.unwrap();
    let user = f.user(&site, "100").await.unwrap();
    let device = f.device(&site, 0x0015_6500_0001).await;
    assert_eq!(live.writer.add_device(device_ref(&device), NOW).await, Committed::Yes);
    let mut refs = Vec::new();
    for port in 1..=lines {
        let line = line_ref(&device, &f.line(&device, port, &user).await);
        assert_eq!(live.writer.add_line(line, NOW).await, Committed::Yes);
        refs.push(line);
    }
    refs
}

/// As it is committed: nothing overdue, nothing unconfirmed.
pub(crate) async fn status(f: &Fixture, line: &LineRef) -> DeviceStatus {
    let never = Timestamp::default();
    f.store.find_device(line.device.id, never, never).await.unwrap().unwrap().status
}

pub(crate) async fn counts(f: &Fixture) -> [i64; 5] {
    let filter = tonalite_core::filter::DeviceFilter::default();
    let c = f.store.count_devices(&f.actor(&f.customer), &filter).await.unwrap();
    [c.registered, c.partial, c.aged, c.unregistered, c.no_line]
}

pub(crate) async fn kinds(f: &Fixture, line: &LineRef) -> Vec<TimelineKind> {
    let rows = f.store.find_timeline(line.device.key, limit(50)).await.unwrap();
    rows.into_iter().rev().map(|row| row.kind).collect()
}

pub(crate) fn device_status(
    line: &LineRef,
    status: LineState,
    detail: Option<StateDetail>,
    of: (u16, u16),
    since: Timestamp,
) -> EventKind {
    EventKind::DeviceStatus {
        device_id: line.device.id,
        status,
        status_detail: detail,
        lines_registered: of.0,
        lines_assigned: of.1,
        since,
    }
}

pub(crate) fn line_state(
    line: &LineRef,
    state: LineState,
    detail: Option<StateDetail>,
    since: Timestamp,
) -> EventKind {
    let (device_id, line_id, port) = (line.device.id, line.id, line.port);
    EventKind::LineState { device_id, line_id, port, state, state_detail: detail, since }
}
