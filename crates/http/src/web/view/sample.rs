//! Made-up pages for the snapshot tests: a clinic with phones in every state.

use tonalite_app::LineUser;
use tonalite_core::device::{Device, DeviceStatus, Labels};
use tonalite_core::error::FieldError;
use tonalite_core::filter::{DeviceFilter, DeviceSort, SortColumn, StatusCounts, StatusFilter};
use tonalite_core::id::{DeviceId, DeviceKey, LineId, LineKey, PartyId, SiteId, SiteKey, UserId, UserKey};
use tonalite_core::line::{Algorithms, Line, LineUse, SipIdentity};
use tonalite_core::line_state::{Binding, DeviceState, LineState, Source, StateDetail, Transport};
use tonalite_core::mac::Mac;
use tonalite_core::party::{PartyKind, SipDomain, Tenancy};
use tonalite_core::portal_user::Role;
use tonalite_core::site::TimeZoneName;
use tonalite_core::text::Language;
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::timeline::{TimelineActor, TimelineEntry, TimelineKind};

use crate::problem::ProblemDocument;
use crate::web::view::choice::Choice;
use crate::web::view::confirm::ConfirmPage;
use crate::web::view::device_columns::{Columns, heads};
use crate::web::view::device_list::{self, Controls, DeviceListPage, DeviceRow, Empty, Notice, Shape};
use crate::web::view::device_new::{DeviceNewPage, TypeGroup};
use crate::web::view::device_show::{ContactRow, DeviceShowPage, DeviceView, LineRow, TimelineRow};
use crate::web::view::form::FormErrors;
use crate::web::view::frame::Frame;
use crate::web::view::import_new::ImportMenu;
use crate::web::view::line_pages::{AssignLinePage, CredentialItem, CredentialsPage, NewCredentialsPage};
use crate::web::view::nav::Reader;
use crate::web::view::problem_page::ProblemPage;
use crate::web::view::sign_in_page::SignInPage;
use crate::web::view::tabs::{Tab, Tabs};
use crate::web::view::times::Times;

/// 2026-11-23T13:05:09Z
pub(crate) const NOW: Timestamp = Timestamp(1_795_439_109_000);

/// How far back a phone's state began, and what it is.
type Sample = (u64, &'static str, u16, u16, &'static str, LineState, Option<StateDetail>, u16, i64);

const FLEET: [Sample; 10] = [
    (0x0015_65ab_cdef, "Yealink T54W", 16, 3, "Lyon Part-Dieu", LineState::Registered, None, 3, 9_000),
    (0x6416_7f02_9a11, "Poly VVX 450", 12, 2, "Lyon Part-Dieu", LineState::Aged, None, 0, 720),
    (0x0004_13a1_007c, "Snom D785", 12, 4, "Brest Port", LineState::Registered, None, 3, 200_000),
    (
        0x000b_8255_1002,
        "Grandstream HT818",
        8,
        1,
        "Brest Port",
        LineState::Unregistered,
        Some(StateDetail::NeverSeen),
        0,
        86_400,
    ),
    (0x805e_c031_77d0, "Yealink T46U", 16, 1, "Lyon Part-Dieu", LineState::Registered, None, 1, 40),
    (
        0x0015_65ab_ce03,
        "Yealink T54W",
        16,
        0,
        "Nantes Gare",
        LineState::Unregistered,
        Some(StateDetail::NoLine),
        0,
        600_000,
    ),
    (0xc074_ad0b_63ee, "Grandstream GRP2614", 4, 1, "Nantes Gare", LineState::Registered, None, 1, 4_000),
    (0x0004_f210_2290, "Poly VVX 250", 4, 1, "Lyon Part-Dieu", LineState::Aged, None, 0, 700),
    (0x0056_2b04_3615, "Cisco 8851", 10, 2, "Brest Port", LineState::Registered, None, 2, 1_000_000),
    (0, "Generic SIP", 1, 1, "Nantes Gare", LineState::Unregistered, Some(StateDetail::Withdrawn), 0, 70),
];

pub(super) fn id(n: u64) -> uuid::Uuid {
    uuid::Uuid::from_u128(0x019b_0000_0000_7000_8000_0000_0000_0000 | u128::from(n))
}

/// The surroundings of a page at this path.
pub(crate) fn frame(language: Language, path: &str) -> Frame {
    Frame {
        texts: language.locale(),
        user: Some("anne.leroy".into()),
        may_operate: true,
        reader: Some(Reader { role: Role::Manager, kind: PartyKind::Customer, narrowed: false }),
        acting: None,
        path: path.into(),
        return_to: path.into(),
        told: Vec::new(),
        awaited: String::new(),
    }
}

pub(super) fn times(language: Language) -> Times {
    match TimeZoneName::parse("Europe/Paris") {
        Ok(zone) => Times::new(language.locale(), &zone, NOW),
        Err(_) => Times::in_utc(language.locale(), NOW),
    }
}

fn device(n: usize) -> Device {
    let (mac, device_type, lines_total, lines_assigned, site, state, detail, lines_registered, ago) =
        FLEET[n % FLEET.len()];
    let tenancy = Tenancy::default();
    Device {
        key: DeviceKey(1),
        id: DeviceId::from_uuid(id(0x1000 + u64::try_from(n).unwrap_or_default())),
        mac: Mac::from_u64(mac),
        device_type: device_type.into(),
        site_key: SiteKey(1),
        site_id: SiteId::from_uuid(id(0x2000)),
        site_name: site.into(),
        customer_id: PartyId::from_uuid(id(0x3000)),
        customer_name: "Clinique du Parc".into(),
        tenancy,
        labels: Labels {
            name: (n % 4 == 2).then(|| "Accueil <hall>".into()),
            note: (n == 0).then(|| "Next to the lift".into()),
            ..Labels::default()
        },
        critical: n == 0,
        lines_total,
        lines_assigned,
        dect: None,
        created_at: NOW - Span::from_hours(400),
        version: 1,
        status: DeviceStatus {
            state: DeviceState { state, detail },
            since: NOW - Span::from_secs(ago),
            lines_registered,
            lines_assigned,
            last_ip: Some("203.0.113.20".into()),
            user_agent: Some("Yealink SIP-T54W 96.86.0.100".into()),
            last_seen: Some(NOW - Span::from_secs(200)),
        },
    }
}

pub(super) fn choices(values: &[&str], chosen: &str) -> Vec<Choice> {
    values.iter().map(|value| Choice::new(*value, *value, chosen)).collect()
}

/// The list: with rows, filtered to nothing, or of somebody who has no devices yet.
pub(crate) fn device_list(language: Language, empty: Option<Empty>) -> DeviceListPage {
    let t = language.locale();
    let frame = frame(language, "/devices");
    let times = Times::in_utc(t, NOW);
    let counts = match empty {
        Some(Empty::NoDevices) => StatusCounts::default(),
        _ => StatusCounts {
            registered: 1_180,
            partial: 3,
            aged: 9,
            unregistered: 5,
            no_line: 15,
            at_least: false,
        },
    };
    let status = empty.is_some_and(|empty| empty == Empty::NoMatch).then_some(StatusFilter::Aged);
    let address = |status: Option<StatusFilter>| match status {
        None => "/devices".to_owned(),
        Some(status) => format!("/devices?status={}", status.as_str()),
    };
    let filter = DeviceFilter { status: Some(StatusFilter::Unregistered), ..DeviceFilter::default() };
    let (total, remark) = device_list::total_and_remark(t, counts, &filter);
    let columns = Columns { users: true, agent: true, seen: true, customer: false };
    let rows = (0..FLEET.len()).map(|n| {
        let device = device(n);
        let fresh = n == 0 && empty.is_none();
        let row = DeviceRow::new(&frame, &times, &device, &device.device_type, false, fresh);
        let user =
            |name: &str| LineUser { device: DeviceKey(1), name: name.into(), extension: "1001".into() };
        DeviceRow { users: device_list::users(t, &["Anne", "Paul", "Inès", "<b>"].map(user)), ..row }
    });
    DeviceListPage {
        t,
        may_manage: true,
        new_address: "/devices/new".into(),
        tabs: Tabs::new("", Tab::Devices, false),
        imports: Some(ImportMenu::new(Some("019b0000-0000-7000-8000-000000003000"))),
        notice: empty.is_none().then(|| Notice {
            text: t.with("devices-added", &[("device", "00:15:65:ab:cd:ef".into())]),
            address: Some("/devices/019b0000-0000-7000-8000-000000001000".into()),
            warnings: Vec::new(),
        }),
        sites: choices(&["Brest Port", "Lyon Part-Dieu", "Nantes Gare"], ""),
        types: choices(&["Yealink T54W", "Poly VVX 450"], ""),
        kinds: choices(&["desk", "ata"], ""),
        states: device_list::state_choices(t, status),
        controls: Controls {
            q: if status.is_some() { "lyon <1>".into() } else { String::new() },
            columns: columns.choices(t, false),
            limits: choices(&["50", "100", "200"], "50"),
            ..Controls::default()
        },
        shape: Shape {
            heads: heads(t, DeviceSort::by(SortColumn::Type, true), |_| "/devices?sort=mac".to_owned()),
            columns,
            sort: "-type",
            searched: status.is_some().then(|| "lyon <1>".to_owned()),
            is_short: false,
            has_filters: status.is_some(),
            unsearch_address: "/devices?status=aged".into(),
            unfilter_address: "/devices".into(),
            names_demo: true,
        },
        band: device_list::band(t, counts, status, address),
        rows: if empty.is_some() { Vec::new() } else { rows.collect() },
        empty: empty.unwrap_or(Empty::NoDevices),
        total,
        remark,
        on_first_page: true,
        first_address: "/devices".into(),
        next_address: Some("/devices?after=1~2".into()),
        frame,
    }
}

/// The window to add a device, as it opens or with every field wrong.
pub(crate) fn device_new(language: Language, wrong: bool) -> DeviceNewPage {
    let t = language.locale();
    let errors = [
        FieldError::new("site_id", "required"),
        FieldError::new("device_type_id", "required"),
        FieldError::new("mac", "mac_malformed").with("value", "00:15:65:zz"),
    ];
    let types = [
        ("Yealink", "yealink-t54w", "Yealink T54W"),
        ("Yealink", "yealink-t46u", "Yealink T46U"),
        ("Poly", "poly-vvx-450", "Poly VVX 450"),
    ];
    DeviceNewPage {
        t,
        frame: frame(language, "/devices/new"),
        sites: choices(&["Brest Port", "Lyon Part-Dieu", "Nantes Gare"], "Brest Port"),
        types: TypeGroup::of(types, ""),
        mac: if wrong { "00:15:65:zz".into() } else { String::new() },
        form_errors: if wrong { FormErrors::new(t, &errors) } else { FormErrors::default() },
        taken_address: wrong.then(|| "/devices/019b0000-0000-7000-8000-000000001000".into()),
        not_listed: vec![
            t.with("devices-new-not-listed", &[("provider", "Cordial Télécom".into())]),
            t.contact("Cordial Télécom", "+33 4 78 00 00 00"),
        ],
        approve_address: None,
    }
}

fn line(port: u16, name: &str) -> Line {
    Line {
        key: LineKey(i64::from(port)),
        id: LineId::from_uuid(id(0x4000)),
        device_key: DeviceKey(1),
        port,
        user_key: UserKey(1),
        user_id: UserId::from_uuid(id(0x5000)),
        user_name: name.into(),
        extension: format!("100{port}"),
        number: (port == 1).then(|| "+33478000001".into()),
        line_use: if port == 2 { LineUse::Shared } else { LineUse::Primary },
        sip: SipIdentity {
            username: "k7m2".into(),
            domain: SipDomain::for_provider(PartyId::from_uuid(id(0x6000))),
            algorithms: Algorithms::default(),
        },
    }
}

pub(super) fn binding() -> Binding {
    Binding {
        id: 1,
        contact: "sip:k7m2@203.0.113.20:5060".into(),
        instance: None,
        reg_id: None,
        call_id: "c".into(),
        cseq: 1,
        source: Source { transport: Transport::Udp, address: ([203, 0, 113, 20], 5060).into() },
        path: Vec::new(),
        user_agent: Some("Yealink SIP-T54W 96.86.0.100".into()),
        registered_at: NOW,
        refreshed_at: NOW,
        expires_at: NOW + Span::from_secs(240),
        granted: Span::from_secs(300),
        not_before: NOW,
    }
}

/// The page of one device: with lines, or fresh from the box.
pub(crate) fn device_show(language: Language, n: usize) -> DeviceShowPage {
    let t = language.locale();
    let frame = frame(language, "/devices/019b");
    let times = times(language);
    let device = device(n);
    let used = device.lines_assigned > 0;
    let until = NOW + Span::from_secs(240);
    let states = [
        (LineState::Registered, None),
        (LineState::Registered, Some(StateDetail::Overdue)),
        (LineState::Unregistered, Some(StateDetail::NeverSeen)),
    ];
    let lines = states.iter().zip(1u16..).map(|(state, port)| {
        LineRow::new(t, &times, &line(port, "Anne Leroy"), *state, NOW - Span::from_hours(3), Some(until))
    });
    let binding = binding();
    let by = |kind| {
        let acting_for = (kind == TimelineKind::LineAssigned).then(|| "Clinique du Parc".to_owned());
        let person =
            TimelineActor { username: "marc.petit".into(), party: "Alpes Télécom".into(), acting_for };
        matches!(kind, TimelineKind::Added | TimelineKind::LineAssigned).then_some(person)
    };
    let entry = |hours, kind, port: u16, ip: Option<&str>| {
        TimelineRow::new(
            t,
            &times,
            &TimelineEntry {
                at: NOW - Span::from_hours(hours),
                kind,
                port: (port > 0).then_some(port),
                ip: ip.map(str::to_owned),
                by: by(kind),
            },
        )
    };
    DeviceShowPage {
        t,
        may_manage: true,
        reboot_off: None,
        notice: None,
        device: DeviceView::new(&frame, &times, &device, &device.device_type, Some("96.86.0.100"), true),
        lines: if used { lines.collect() } else { Vec::new() },
        contacts: if used { vec![ContactRow::new(t, &times, 1, &binding, NOW)] } else { Vec::new() },
        dect: None,
        timeline: if used {
            vec![
                entry(2, TimelineKind::Registered, 1, Some("203.0.113.20")),
                entry(30, TimelineKind::Aged, 1, None),
                entry(31, TimelineKind::Withdrew, 2, Some("203.0.113.20")),
                entry(300, TimelineKind::LineAssigned, 1, None),
                entry(400, TimelineKind::Added, 0, None),
            ]
        } else {
            vec![entry(400, TimelineKind::Added, 0, None)]
        },
        frame,
    }
}

/// The page on which a line is given to a user.
pub(crate) fn assign_line(language: Language, users: &[&str]) -> AssignLinePage {
    let t = language.locale();
    AssignLinePage {
        t,
        frame: frame(language, "/devices/019b/assign"),
        device_id: "019b".into(),
        device_label: "00:15:65:ab:cd:ef".into(),
        site: "Lyon Part-Dieu".into(),
        ports: choices(&["3", "4"], "3"),
        uses: choices(&["primary", "shared"], "primary"),
        users: choices(users, ""),
        more_users: None,
        name: "Salle Rhône".into(),
        extension: "12a".into(),
        number: String::new(),
        form_errors: FormErrors::new(t, &[FieldError::new("extension", "extension_malformed")]),
    }
}

/// The page that asks before it makes new credentials.
pub(crate) fn new_credentials(language: Language) -> NewCredentialsPage {
    let t = language.locale();
    NewCredentialsPage {
        t,
        frame: frame(language, "/devices/019b/lines/1/credentials"),
        device_id: "019b".into(),
        port: 1,
        title: t.with("devices-credentials-ask", &[("port", 1u16.into())]),
        text: t.with("devices-credentials-ask-text", &[("user", "Anne Leroy".into())]),
    }
}

/// The page that shows them.
pub(crate) fn credentials(language: Language) -> CredentialsPage {
    let t = language.locale();
    let item = |name, value: &str| CredentialItem {
        name,
        label: t.text(&format!("devices-credentials-{name}")),
        value: value.into(),
    };
    CredentialsPage {
        t,
        frame: frame(language, "/devices/019b"),
        device_id: "019b".into(),
        line: t.with(
            "devices-credentials-line",
            &[("port", 1u16.into()), ("device", "00:15:65:ab:cd:ef".into()), ("user", "Anne Leroy".into())],
        ),
        items: vec![
            item("username", "k7m2xq4w9r"),
            item("password", "bdfg-2345-hjkm-6789"),
            item("domain", "1f2e3d4c.sip.internal"),
            item("registrar", "192.0.2.10:5060"),
        ],
    }
}

/// The page that asks before a device is removed.
pub(crate) fn remove(language: Language) -> ConfirmPage {
    let t = language.locale();
    ConfirmPage {
        t,
        frame: frame(language, "/devices/019b/remove"),
        title: t.with("devices-remove-title", &[("device", "00:15:65:ab:cd:ef".into())]),
        subtitle: "Yealink T54W · Lyon Part-Dieu".into(),
        consequences: vec![
            t.with("devices-remove-lines", &[("count", 3u16.into())]),
            t.text("devices-remove-registrations"),
            t.text("devices-remove-credentials"),
            t.text("devices-remove-users"),
        ],
        action: "/devices/019b/remove".into(),
        submit: t.text("devices-remove-submit"),
        cancel_address: "/devices/019b".into(),
    }
}

/// The door, untried or after a wrong password.
pub(crate) fn sign_in(language: Language, wrong: bool) -> SignInPage {
    let t = language.locale();
    SignInPage {
        t,
        frame: Frame { user: None, reader: None, ..frame(language, "/sign-in") },
        return_to: "/devices".into(),
        username: if wrong { "anne.leroy".into() } else { String::new() },
        problem: wrong.then(|| t.text("sign_in-wrong")),
        remark: (!wrong).then(|| t.text("sign_in-needed")),
    }
}

/// A page that is not there.
pub(crate) fn problem(language: Language) -> ProblemPage {
    let document = ProblemDocument {
        kind: "about:blank",
        title: "Not Found",
        status: 404,
        code: "not_found",
        detail: String::new(),
        errors: Vec::new(),
        request_id: id(0x9000).to_string(),
    };
    ProblemPage::new(frame(language, "/devices"), &document)
}
