//! Made-up pages of a status check and of reboots, for the snapshot tests.

use tonalite_core::contact_request::ContactAnswer;
use tonalite_core::id::{DeviceId, DeviceKey, RebootId, RebootKey, SiteKey};
use tonalite_core::party::Tenancy;
use tonalite_core::reboot::{Reboot, RebootReason, RebootState, Snapshot};
use tonalite_core::text::Language;
use tonalite_core::time::Span;

use super::device_check::{CheckedContactView, CheckedLineView, DeviceStatusPage};
use super::reboot_pages::{Person, RebootPage, RebootProgressPage, RebootView};
use super::sample::{NOW, binding, frame, id, times};

/// A reboot in this state.
fn reboot(language: Language, state: RebootState) -> RebootView {
    let answered = state != RebootState::Sent;
    let refused = state == RebootState::Refused;
    let reboot = Reboot {
        key: RebootKey(1),
        id: RebootId::from_uuid(id(0x7000)),
        device_key: DeviceKey(1),
        device_id: DeviceId::from_uuid(id(0x1000)),
        site: SiteKey(1),
        tenancy: Tenancy::default(),
        asked_by: Some("anne.leroy".into()),
        state,
        code: answered.then_some(if refused { 486 } else { 200 }),
        reason: refused.then_some(RebootReason::Busy),
        phrase: refused.then(|| "Busy <here>".into()),
        requested_at: NOW - Span::from_secs(60),
        answered_at: answered.then_some(NOW - Span::from_secs(60)),
        down_at: (state == RebootState::Back).then_some(NOW - Span::from_secs(57)),
        back_at: (state == RebootState::Back).then_some(NOW - Span::from_secs(18)),
        deadline: Some(NOW + Span::from_secs(120)),
        updated_at: NOW,
        snapshot: Snapshot::default(),
    };
    RebootView::new(language.locale(), &times(language), &reboot)
}

/// The page that follows a reboot.
pub(crate) fn reboot_progress(language: Language, state: RebootState) -> RebootProgressPage {
    let t = language.locale();
    RebootProgressPage {
        t,
        frame: frame(language, "/reboots/019b"),
        title: t.with("reboot-progress-title", &[("device", "00:15:65:ab:cd:ef".into())]),
        subtitle: "Yealink T54W · Lyon Part-Dieu".into(),
        reboot: reboot(language, state),
    }
}

/// The page that asks before a reboot.
pub(crate) fn reboot_ask(language: Language) -> RebootPage {
    let t = language.locale();
    let keys = ["reboot-call", "reboot-only", "reboot-gateway", "reboot-conditional", "reboot-unreachable"];
    let person = |name: &str, extension: &str, number: Option<&str>| Person {
        name: name.into(),
        extension: extension.into(),
        number: number.map(str::to_owned),
    };
    RebootPage {
        t,
        frame: frame(language, "/devices/019b/reboot"),
        device_id: "019b".into(),
        title: t.with("reboot-title", &[("device", "00:15:65:ab:cd:ef".into())]),
        subtitle: "Yealink T54W · Lyon Part-Dieu".into(),
        critical: true,
        off: None,
        people: vec![
            person("Anne Leroy", "1001", Some("+33478000001")),
            person("Salle <Rhône>", "1002", None),
        ],
        remarks: keys.iter().map(|key| t.text(key)).collect(),
    }
}

/// The status of a device, before the phone is asked or after.
pub(crate) fn device_status(language: Language, asked: bool) -> DeviceStatusPage {
    let t = language.locale();
    let (frame, times) = (frame(language, "/devices/019b/status"), times(language));
    let until = NOW + Span::from_secs(240);
    let reason = "OK".to_owned();
    let answers = [
        ContactAnswer::Answered { code: 200, reason, after: Span(23), authenticated: false },
        ContactAnswer::NoAnswer,
    ];
    let line = |port: u16, state: &'static str, answers: &[ContactAnswer]| CheckedLineView {
        port,
        user: "Anne Leroy".into(),
        extension: format!("100{port}"),
        state,
        registered: Some(times.moment(NOW - Span::from_secs(60))),
        expires: (!answers.is_empty()).then(|| times.moment(until)),
        contacts: answers
            .iter()
            .map(|answer| CheckedContactView::new(t, &times, &binding(), asked.then_some(answer)))
            .collect(),
    };
    DeviceStatusPage {
        t,
        device_id: "019b".into(),
        subtitle: "00:0b:82:55:10:02 · Grandstream HT818 · Brest Port".into(),
        state: "registered",
        word: "registered",
        chain: None,
        partial: true,
        count: frame.lines_registered(1, 2),
        checked: asked.then(|| times.moment(NOW)),
        asks: !asked,
        problem: None,
        lines: vec![line(1, "registered", &answers), line(2, "aged", &[])],
        silent: asked,
        gateway: true,
        last_reboot: asked.then(|| reboot(language, RebootState::Back)),
        frame,
    }
}
