//! A phone that is registered without any: what the registrar would write for it.

use tonalite_app::App;
use tonalite_core::access::Actor;
use tonalite_core::id::DeviceId;
use tonalite_core::line_state::{Binding, LineState, Source, Transport};
use tonalite_core::registration::{DeviceRef, LineChange, LineRef};
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::timeline::TimelineKind;

use crate::app::must;

/// Registers an assigned port from 192.0.2.9, for ten minutes.
///
/// # Panics
/// When there is no such port.
pub async fn register_contact(app: &App, device: DeviceId, port: u16, call_id: &str, now: Timestamp) {
    let device = must(app.find_device(&Actor::system(), device, now).await, "no such device");
    let lines = must(app.lines_of_device(&device, now).await, "the lines cannot be read");
    let line = lines.into_iter().find(|line| line.line.port == port);
    let line = line.unwrap_or_else(|| panic!("port {port} is not assigned")).line;
    let binding = Binding {
        id: line.key.0,
        contact: format!("sip:{}@192.0.2.9:5060", line.sip.username),
        instance: None,
        reg_id: None,
        call_id: call_id.to_owned(),
        cseq: 1,
        source: Source { transport: Transport::Udp, address: ([192, 0, 2, 9], 5060).into() },
        path: Vec::new(),
        user_agent: Some("Yealink SIP-T54W 96.86.0.100".to_owned()),
        registered_at: now,
        refreshed_at: now,
        expires_at: now + Span::from_mins(10),
        granted: Span::from_mins(10),
        not_before: Timestamp::default(),
    };
    let device = DeviceRef { key: device.key, id: device.id, site: device.site_key, tenancy: device.tenancy };
    let change = LineChange {
        line: LineRef { key: line.key, id: line.id, port, device },
        at: now,
        state: LineState::Registered,
        detail: None,
        since: now,
        registered_at: Some(now),
        expires_at: Some(binding.expires_at),
        user_agent: binding.user_agent.clone(),
        stored: vec![binding],
        removed: Vec::new(),
        observed: vec![TimelineKind::Registered],
        ip: Some("192.0.2.9".to_owned()),
    };
    if app.live().change(change, Box::new(drop)).is_err() {
        panic!("the live writer is full");
    }
    app.flush().await;
}
