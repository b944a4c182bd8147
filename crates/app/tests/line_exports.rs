//! The export of line states as a use case: what is in the neutral file, and each listener's own form of it.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::net::SocketAddr;
use std::pin::pin;
use std::task::Poll;

use futures_util::future::poll_fn;
use tokio::io::AsyncReadExt;
use tonalite_app::{LineSheet, NeutralFile, SheetForm};
use tonalite_core::Error;
use tonalite_core::access::Actor;
use tonalite_core::csv::line_state::LineColumn;
use tonalite_core::csv::{Dialect, Naming, Separator};
use tonalite_core::device::Device;
use tonalite_core::filter::LineFilter;
use tonalite_core::line::Line;
use tonalite_core::line_state::{Binding, LineState, Source, StateDetail, Transport};
use tonalite_core::portal_user::Role;
use tonalite_core::registration::{DeviceRef, LineChange, LineRef};
use tonalite_core::text::Language;
use tonalite_core::time::{Span, Timestamp};
use tonalite_testkit::{TestApp, Whose, eventually};

fn sheet(columns: &str, naming: Naming, expand: bool) -> LineSheet {
    LineSheet {
        columns: LineColumn::parse_list(columns, true).unwrap(),
        form: SheetForm {
            naming,
            dialect: Dialect::default(),
            zone: "Europe/Paris".into(),
            write_time: Box::new(|at| {
                format!("t{}", (at.0 - tonalite_testkit::VirtualClock::START.0) / 1000)
            }),
        },
        expand,
    }
}

async fn text(t: &TestApp, neutral: &NeutralFile, sheet: &LineSheet) -> String {
    let mut file = t.app.send_line_states(neutral, sheet).await.unwrap();
    let mut text = String::new();
    file.read_to_string(&mut text).await.unwrap();
    assert_eq!(file.length(), text.len() as u64);
    text
}

/// A line in a state, with a contact at each of these addresses, the first the oldest.
async fn tell(t: &TestApp, device: &Device, line: &Line, state: LineState, contacts: &[&str]) {
    let now = t.now();
    let stored = contacts.iter().enumerate().map(|(n, address)| Binding {
        id: line.key.0 * 10 + n as i64,
        contact: "sip:x@192.0.2.9".into(),
        instance: None,
        reg_id: None,
        call_id: "c".into(),
        cseq: 1,
        source: Source { transport: Transport::Tcp, address: address.parse::<SocketAddr>().unwrap() },
        path: Vec::new(),
        user_agent: Some("=cmd|'/C calc'!A0 \"😀\"".into()),
        registered_at: now,
        refreshed_at: now,
        expires_at: now + Span::from_secs(60 * (n as i64 + 1)),
        granted: Span::from_mins(1),
        not_before: Timestamp::default(),
    });
    let device = DeviceRef { key: device.key, id: device.id, site: device.site_key, tenancy: device.tenancy };
    let change = LineChange {
        line: LineRef { key: line.key, id: line.id, port: line.port, device },
        at: now,
        state,
        detail: (state == LineState::Unregistered).then_some(StateDetail::Withdrawn),
        since: now,
        registered_at: Some(now),
        expires_at: (!contacts.is_empty()).then_some(now + Span::from_secs(60 * contacts.len() as i64)),
        user_agent: None,
        stored: stored.collect(),
        removed: Vec::new(),
        observed: Vec::new(),
        ip: None,
    };
    assert!(t.app.live().change(change, Box::new(drop)).is_ok());
    t.app.flush().await;
}

/// At the first site of A a phone with two ports and a gateway with one; at the second a phone without any.
async fn fleet(t: &TestApp) {
    let [lyon, paris] = &t.tree.a.sites;
    let phone = t.add_device(lyon, "yealink-t54w", Some("001565000001")).await;
    let gateway = t.add_device(lyon, "grandstream-ht818", Some("001565000002")).await;
    t.add_device(paris, "yealink-t54w", Some("001565000003")).await;
    t.add_device(&t.tree.b.sites[0], "yealink-t54w", Some("001565000004")).await;
    let anne = t.add_user(lyon, "Anne", "201").await;
    let (one, two) = (t.assign_line(&phone, 1, &anne).await, t.assign_line(&phone, 2, &anne).await);
    let three = t.assign_line(&gateway, 5, &anne).await;
    tell(t, &phone, &one, LineState::Registered, &["192.0.2.9:5060", "[2001:db8::1]:5070"]).await;
    tell(t, &phone, &two, LineState::Aged, &[]).await;
    tell(t, &gateway, &three, LineState::Unregistered, &[]).await;
}

const SOME: &str = "site,mac,device_type,port,primary,endpoint,label,extension,state,state_detail,bindings,contact_ip,\
    contact_port,transport,expires_at";

#[tokio::test]
async fn one_neutral_file_in_every_listeners_form() {
    let t = TestApp::start().await;
    fleet(&t).await;
    let actor = t.actor(Whose::A, Role::Support).await;
    let neutral = t.app.make_line_states(&actor, &LineFilter::default(), t.now()).await.unwrap();
    assert_eq!(neutral.rows(), 4);
    t.advance(Span::from_secs(30));

    let site = [&t.tree.a.sites[0].name, &t.tree.a.sites[1].name];
    let raw = text(&t, &neutral, &sheet(SOME, Naming::Keys, false)).await;
    let expected = format!(
        "{}\r\n\
         \"{s0}\",00:15:65:00:00:01,\"Yealink T54W\",1,\"true\",\"primary\",\"Anne\",\"201\",\"registered\",,2,\"2001:db8::1\",5070,\"tcp\",t120\r\n\
         \"{s0}\",00:15:65:00:00:01,\"Yealink T54W\",2,\"true\",\"primary\",\"Anne\",\"201\",\"aged\",,0,,,,\r\n\
         \"{s0}\",00:15:65:00:00:02,\"Grandstream HT818\",5,\"true\",\"ata\",\"Anne\",\"201\",\"unregistered\",\"withdrawn\",0,,,,\r\n\
         \"{s1}\",00:15:65:00:00:03,\"Yealink T54W\",,,,,,\"unregistered\",\"no_line\",,,,,\r\n",
        SOME.replace(' ', ""),
        s0 = site[0],
        s1 = site[1],
    );
    assert_eq!(raw, expected);

    let french = Naming::Words(Language::French.locale());
    let mut in_french = sheet("mac,state,state_detail,expires_at,checked_at", french, true);
    in_french.form.dialect = Dialect { separator: Separator::Semicolon, bom: true };
    assert_eq!(
        text(&t, &neutral, &in_french).await,
        "\u{feff}Adresse MAC;État;Précision sur l’état;Expiration (Europe/Paris);Vérifié le (Europe/Paris)\r\n\
         00:15:65:00:00:01;\"enregistré\";;t120;t0\r\n\
         00:15:65:00:00:01;\"enregistré\";;t60;t0\r\n\
         00:15:65:00:00:01;\"âgé\";;;t0\r\n\
         00:15:65:00:00:02;\"non enregistré\";\"retirée par le téléphone\";;t0\r\n\
         00:15:65:00:00:03;\"non enregistré\";\"aucune ligne attribuée\";;t0\r\n",
    );
    let user_agents = text(&t, &neutral, &sheet("user_agent", Naming::Keys, false)).await;
    assert!(user_agents.contains("\"'=cmd|'/C calc'!A0 \"\"😀\"\"\"\r\n"), "{user_agents}");
}

#[tokio::test]
async fn a_filter_narrows_it_and_nobody_gets_rows_of_another() {
    let t = TestApp::start().await;
    fleet(&t).await;
    let a = t.actor(Whose::A, Role::Support).await;
    let mut narrowed = a.clone();
    narrowed.sites = Some(vec![t.tree.a.sites[1].key]);
    let aged = LineFilter { state: Some(LineState::Aged), ..LineFilter::default() };
    let unregistered = LineFilter { state: Some(LineState::Unregistered), ..LineFilter::default() };
    let foreign = LineFilter { site: Some(t.tree.b.sites[0].key), ..LineFilter::default() };
    for (actor, filter, rows) in [
        (&a, &LineFilter::default(), 4),
        (&a, &aged, 1),
        (&a, &unregistered, 2),
        (&a, &foreign, 0),
        (&narrowed, &LineFilter::default(), 1),
        (&t.actor(Whose::B, Role::Support).await, &LineFilter::default(), 1),
        (&t.actor(Whose::Platform, Role::Support).await, &LineFilter::default(), 5),
    ] {
        let made = t.app.make_line_states(actor, filter, t.now()).await.unwrap();
        assert_eq!(made.rows(), rows, "{filter:?}");
        let lines = text(&t, &made, &sheet("mac", Naming::Keys, false)).await.lines().count() as u64;
        assert_eq!(lines, rows + 1);
    }
}

#[tokio::test]
async fn what_is_written_meanwhile_is_in_the_next_one() {
    let t = TestApp::start().await;
    fleet(&t).await;
    let system = Actor::system();
    let before = t.app.make_line_states(&system, &LineFilter::default(), t.now()).await.unwrap();
    let own = sheet("mac,state", Naming::Keys, false);
    let first = text(&t, &before, &own).await;
    t.add_device(&t.tree.a.sites[0], "yealink-t54w", Some("001565000009")).await;
    let after = t.app.make_line_states(&system, &LineFilter::default(), t.now()).await.unwrap();
    assert_eq!((before.rows(), after.rows()), (5, 6));
    // Several at once, and again: the file stays as it was.
    let (again, once_more) = tokio::join!(text(&t, &before, &own), text(&t, &before, &own));
    assert_eq!((&again, &once_more), (&first, &first));
}

#[tokio::test]
async fn who_drops_it_leaves_nothing_and_takes_no_place() {
    let t = TestApp::start().await;
    fleet(&t).await;
    let (system, filter) = (Actor::system(), LineFilter::default());
    for steps in 1.. {
        let mut work = pin!(t.app.make_line_states(&system, &filter, t.now()));
        let mut left = steps;
        let done = poll_fn(|context| {
            left -= 1;
            match work.as_mut().poll(context) {
                Poll::Pending if left > 0 => Poll::Pending,
                outcome => Poll::Ready(outcome.is_ready()),
            }
        });
        if done.await {
            assert!(steps > 3, "a file takes more than {steps} steps");
            break;
        }
    }
    let spool = t.folder().join("spool");
    let empty =
        async || std::fs::read_dir(&spool).is_ok_and(|mut files| files.next().is_none()).then_some(());
    eventually("the spool is empty", empty).await;
    let mut making = Vec::new();
    for _ in 0..3 {
        making.push(t.app.make_line_states(&system, &filter, t.now()).await.unwrap());
    }
    // Finished ones take no place.
    assert!(t.app.make_line_states(&system, &filter, t.now()).await.is_ok());
    std::fs::remove_dir(&spool).unwrap();
    std::fs::write(&spool, "").unwrap();
    let failed = t.app.make_line_states(&system, &filter, t.now()).await;
    assert!(matches!(failed, Err(Error::Internal(_))), "no room is an error, and no half file");
}
