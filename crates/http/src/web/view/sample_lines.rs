//! A made-up list of line states for the snapshot tests: a port in every state, a device without one.

use tonalite_app::{LineCount, ListedContact, ListedLine, ListedPort};
use tonalite_core::id::{DeviceId, DeviceKey, LineId, PartyId, SiteId, SiteKey, UserId};
use tonalite_core::line::LineUse;
use tonalite_core::line_state::{LineState, Source, StateDetail, Transport};
use tonalite_core::mac::Mac;
use tonalite_core::text::Language;
use tonalite_core::time::Span;

use super::device_list::Empty;
use super::export_part::{ExportForm, ExportPart};
use super::line_columns::Columns;
use super::line_list::{self, Controls, LineStateRow, LineStatesPage, Shape};
use super::sample::{NOW, choices, frame, id};
use super::tabs::{Tab, Tabs};

/// Address, model, site, port, state, how long ago it began.
type Sample = (u64, &'static str, &'static str, Option<u16>, LineState, Option<StateDetail>, i64);

const LINES: [Sample; 7] = [
    (0x0015_65ab_cdef, "Yealink T54W", "Lyon Part-Dieu", Some(1), LineState::Registered, None, 200_000),
    (
        0x0015_65ab_cdef,
        "Yealink T54W",
        "Lyon Part-Dieu",
        Some(2),
        LineState::Registered,
        Some(StateDetail::Overdue),
        200_000,
    ),
    (0x6416_7f02_9a11, "Poly VVX 450", "Lyon Part-Dieu", Some(1), LineState::Aged, None, 720),
    (
        0x000b_8255_1002,
        "Grandstream HT818",
        "Brest Port",
        Some(1),
        LineState::Unregistered,
        Some(StateDetail::Withdrawn),
        86_400,
    ),
    (
        0x0015_65ab_ce03,
        "Yealink T54W",
        "Nantes Gare",
        None,
        LineState::Unregistered,
        Some(StateDetail::NoLine),
        600_000,
    ),
    (0xc074_ad0b_63ee, "Grandstream GRP2614", "Nantes Gare", Some(3), LineState::Registered, None, 40),
    (0, "Generic SIP", "Nantes Gare", Some(1), LineState::Unregistered, Some(StateDetail::NeverSeen), 70),
];

fn line(n: usize) -> ListedLine {
    let (mac, device_type, site, port, state, detail, ago) = LINES[n];
    let since = NOW - Span::from_secs(ago);
    let contact = |port: u16| ListedContact {
        source: Source { transport: Transport::Udp, address: ([203, 0, 113, 20], port).into() },
        user_agent: Some("Yealink SIP-T54W <96.86>".into()),
        refreshed_at: NOW - Span::from_secs(200),
        expires_at: NOW + Span::from_secs(400),
    };
    let registered = state == LineState::Registered;
    ListedLine {
        device_key: DeviceKey(1),
        device_id: DeviceId::from_uuid(id(0x1000 + mac % 0xfff)),
        mac: Mac::from_u64(mac),
        device_name: (n == 2).then(|| "Accueil <hall>".into()),
        device_type: device_type.into(),
        lines_total: 4,
        site_key: SiteKey(1),
        site_id: SiteId::from_uuid(id(0x2000)),
        site_name: site.into(),
        site_time_zone: "Europe/Paris".into(),
        customer_id: PartyId::from_uuid(id(0x3000)),
        customer_name: "Clinique du Parc".into(),
        line: port.map(|port| ListedPort {
            id: LineId::from_uuid(id(0x4000)),
            port,
            line_use: if n == 1 { LineUse::Shared } else { LineUse::Primary },
            user_id: UserId::from_uuid(id(0x5000)),
            user_name: "Anne <b> Leroy".into(),
            extension: "1001".into(),
            number: (n == 0).then(|| "+33478000001".into()),
        }),
        state,
        detail,
        since,
        registered_at: (detail != Some(StateDetail::NeverSeen) && port.is_some())
            .then_some(NOW - Span::from_secs(200)),
        expires_at: registered.then_some(NOW + Span::from_secs(400)),
        chain_id: None,
        contacts: match registered {
            true => (0..=u16::try_from(n).unwrap_or(0)).map(|n| contact(5060 + n)).collect(),
            false => Vec::new(),
        },
    }
}

/// The list: with rows, filtered to nothing, or of somebody who has no devices yet.
pub(crate) fn line_states(language: Language, empty: Option<Empty>) -> LineStatesPage {
    let t = language.locale();
    let columns = Columns { customer: false, address: true, agent: true, chain: true };
    let row = |n| {
        let line = line(n);
        LineStateRow::new(t, &line, &line.device_type, false, NOW)
    };
    let unmatched = empty.is_some_and(|empty| empty == Empty::NoMatch);
    let state = unmatched.then_some(LineState::Aged);
    LineStatesPage {
        t,
        frame: frame(language, "/line-states"),
        may_manage: true,
        export: ExportPart::Form(ExportForm {
            filter: vec![("site", "x".into())],
            party: Some("019ac2f0-0000-7000-8000-00000000c001".into()),
            parties: Vec::new(),
        }),
        tabs: Tabs::new("019b0000-0000-7000-8000-000000002000", Tab::Lines, false),
        sites: choices(&["Brest Port", "Lyon Part-Dieu", "Nantes Gare"], ""),
        types: choices(&["Yealink T54W", "Poly VVX 450"], ""),
        kinds: choices(&["desk", "ata"], ""),
        states: line_list::state_choices(t, state),
        controls: Controls {
            q: if unmatched { "lyon <1>".into() } else { String::new() },
            columns: columns.choices(t, false, true),
            limits: choices(&["50", "100", "200"], "50"),
        },
        shape: Shape {
            columns,
            searched: unmatched.then(|| "lyon <1>".to_owned()),
            is_short: false,
            has_filters: unmatched,
            unsearch_address: "/line-states?state=aged".into(),
            unfilter_address: "/line-states".into(),
            new_address: "/devices/new".into(),
        },
        rows: if empty.is_some() { Vec::new() } else { (0..LINES.len()).map(row).collect() },
        empty: empty.unwrap_or(Empty::NoDevices),
        total: line_list::total(t, LineCount { total: 10_001, at_least: true }),
        on_first_page: true,
        first_address: "/line-states".into(),
        next_address: Some("/line-states?after=1~2".into()),
    }
}
