//! What the live writer writes of a change and of a renewal, and what it tells.

use tonalite_core::event::EventKind;
use tonalite_core::line_state::{Binding, DeviceState, LineState, StateDetail};
use tonalite_core::registration::LineChange;
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::timeline::TimelineKind;
use tonalite_testkit::each_engine;

use crate::fixture::{Fixture, NOW, limit};
use crate::raw;
use crate::writer::{
    Live, binding, counts, device_status, device_with_lines, kinds, line_state, renewal, status,
};

/// Another phone registers the contact of the one before it: what was read of the old phone must not come back with a
/// restart.
#[tokio::test]
async fn a_contact_taken_over_is_stored_as_its_new_phone_gave_it() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let live = Live::start(&f.store);
        let lines = device_with_lines(&f, &live, 1).await;
        let line = &lines[0];
        let old = binding(1, NOW);
        let new = Binding {
            instance: Some("urn:uuid:00000000-0000-1000-8000-001565000002".into()),
            reg_id: Some(7),
            call_id: "new@192.0.2.7".into(),
            ..old.clone()
        };
        let nameless = Binding { instance: None, reg_id: None, ..new.clone() };
        for stored in [old, new, nameless] {
            let mut change = live.registered(line, NOW);
            change.stored = vec![stored.clone()];
            live.change(change).await;
            let read = f.store.find_bindings_of_device(line.device.key).await.unwrap();
            assert_eq!(read, [(line.key, stored)]);
        }
        live.stop().await;
        f.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_life_of_a_device_as_it_is_written_and_told() {
    use LineState::{Aged, Registered, Unregistered};
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let live = Live::start(&f.store);
        let lines = device_with_lines(&f, &live, 2).await;
        let (one, two) = (&lines[0], &lines[1]);
        let never = Some(StateDetail::NeverSeen);
        assert_eq!(
            live.told(),
            [
                EventKind::DeviceAdded(one.device.id),
                device_status(one, Unregistered, Some(StateDetail::NoLine), (0, 0), NOW),
                device_status(one, Unregistered, never, (0, 1), NOW),
                device_status(one, Unregistered, never, (0, 2), NOW),
            ]
        );
        assert_eq!(counts(&f).await, [0, 0, 0, 1, 0]);

        let t1 = NOW + Span::from_secs(10);
        let mut change = live.registered(one, t1);
        change.stored = vec![binding(1, t1)];
        live.change(change).await;
        assert_eq!(
            live.told(),
            [line_state(one, Registered, None, t1), device_status(one, Registered, None, (1, 2), t1)]
        );
        assert_eq!(counts(&f).await, [0, 1, 0, 0, 0], "partial");
        let partial = status(&f, one).await;
        assert!(partial.is_partial());
        assert_eq!(
            (partial.since, partial.last_seen, partial.last_ip.as_deref()),
            (t1, Some(t1), Some("192.0.2.7"))
        );
        assert_eq!(partial.user_agent.as_deref(), Some("Yealink SIP-T54W 96.86.0.20"));
        assert_eq!(
            f.store.find_bindings_of_device(one.device.key).await.unwrap(),
            [(one.key, binding(1, t1))]
        );

        let t2 = t1 + Span::from_secs(10);
        live.change(live.registered(two, t2)).await;
        assert_eq!(live.told()[1], device_status(one, Registered, None, (2, 2), t1), "since its first line");
        assert_eq!(counts(&f).await, [1, 0, 0, 0, 0]);

        let t3 = t2 + Span::from_secs(10);
        let withdrawn = LineChange {
            state: Unregistered,
            detail: Some(StateDetail::Withdrawn),
            expires_at: None,
            removed: vec![1],
            observed: vec![TimelineKind::Withdrew],
            ip: None,
            user_agent: None,
            ..live.registered(one, t3)
        };
        live.change(withdrawn).await;
        let t4 = t3 + Span::from_secs(10);
        let aged = LineChange {
            state: Aged,
            expires_at: None,
            observed: vec![TimelineKind::Aged],
            ip: None,
            user_agent: None,
            ..live.registered(two, t4)
        };
        live.change(aged).await;
        assert_eq!(
            live.told(),
            [
                line_state(one, Unregistered, Some(StateDetail::Withdrawn), t3),
                device_status(one, Registered, None, (1, 2), t1),
                line_state(two, Aged, None, t4),
                device_status(one, Aged, None, (0, 2), t4),
            ]
        );
        assert_eq!(counts(&f).await, [0, 0, 1, 0, 0]);
        let gone = status(&f, one).await;
        assert_eq!(
            (gone.last_seen, gone.last_ip.as_deref()),
            (Some(t2), Some("192.0.2.7")),
            "a silence is no sign"
        );
        assert!(f.store.find_bindings_of_device(one.device.key).await.unwrap().is_empty());

        let t5 = t4 + Span::from_secs(10);
        live.writer.remove_line(*two, t5).await;
        assert_eq!(live.told(), [device_status(one, Unregistered, Some(StateDetail::Withdrawn), (0, 1), t5)]);
        live.writer.remove_line(*one, t5).await;
        assert_eq!(live.told(), [device_status(one, Unregistered, Some(StateDetail::NoLine), (0, 0), t5)]);
        assert_eq!(counts(&f).await, [0, 0, 0, 0, 1]);
        use TimelineKind::{Added, LineAssigned, LineUnassigned, Withdrew};
        assert_eq!(
            kinds(&f, one).await,
            [
                Added,
                LineAssigned,
                LineAssigned,
                TimelineKind::Registered,
                TimelineKind::Registered,
                Withdrew,
                TimelineKind::Aged,
                LineUnassigned,
                LineUnassigned
            ]
        );
        let newest = &f.store.find_timeline(one.device.key, limit(1)).await.unwrap()[0];
        assert_eq!((newest.at, newest.port, newest.ip.as_deref()), (t5, Some(1), None));
        assert_eq!(
            f.store.find_timeline(one.device.key, limit(6)).await.unwrap()[5].ip.as_deref(),
            Some("192.0.2.7")
        );

        live.writer.remove_device(one.device, Vec::new()).await;
        assert_eq!(live.told(), [EventKind::DeviceRemoved(one.device.id)]);
        assert_eq!(counts(&f).await, [0; 5]);
        assert!(kinds(&f, one).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn removing_a_device_leaves_nothing_of_its_lines() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let live = Live::start(&f.store);
        let lines = device_with_lines(&f, &live, 2).await;
        let mut change = live.registered(&lines[0], NOW);
        change.stored = vec![binding(1, NOW), binding(2, NOW)];
        live.change(change).await;
        // All that is still under way goes with it.
        let mut late = live.registered(&lines[1], NOW);
        late.stored = vec![binding(3, NOW)];
        live.submit(late);
        live.writer.renew(vec![renewal(&lines[0], 1, NOW, Span::from_secs(60))]).unwrap();
        live.writer.remove_device(lines[0].device, lines.iter().map(|line| line.key).collect()).await;
        for table in ["binding", "line_state", "device_state", "timeline"] {
            let rows = raw::number(&f.location, &format!("SELECT count(*) FROM live.{table}")).await;
            assert_eq!(rows, 0, "{table}");
        }
        assert_eq!(counts(&f).await, [0; 5]);
    })
    .await;
}

#[tokio::test]
async fn a_renewal_moves_times_and_tells_nothing() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let live = Live::start(&f.store);
        let lines = device_with_lines(&f, &live, 1).await;
        let line = &lines[0];
        let mut change = live.registered(line, NOW);
        change.stored = vec![binding(1, NOW), binding(2, NOW)];
        live.change(change).await;
        live.told();

        let t1 = NOW + Span::from_secs(200);
        let mut restarted = renewal(line, 1, t1, Span::from_secs(600));
        restarted.observed = vec![TimelineKind::Restarted];
        live.writer.renew(vec![restarted]).unwrap();
        live.writer.barrier().await;
        assert_eq!(live.told(), []);
        let renewed = Binding {
            call_id: "again@192.0.2.7".into(),
            cseq: 2,
            refreshed_at: t1,
            expires_at: t1 + Span::from_secs(600),
            granted: Span::from_secs(600),
            ..binding(1, NOW)
        };
        let bindings = f.store.find_bindings_of_device(line.device.key).await.unwrap();
        assert_eq!(bindings, [(line.key, renewed), (line.key, binding(2, NOW))]);
        let read = async || {
            let never = Timestamp::default();
            f.store.find_line_states_of_device(line.device.key, never, never).await.unwrap().remove(0)
        };
        let state = read().await;
        assert_eq!((state.since, state.registered_at), (NOW, Some(t1)));
        assert_eq!(state.expires_at, Some(t1 + Span::from_secs(600)));
        assert_eq!(status(&f, line).await.last_seen, Some(t1));
        assert_eq!(kinds(&f, line).await.last(), Some(&TimelineKind::Restarted));

        // A grant may be shorter than the one before: the line expires when its last contact does.
        let t2 = t1 + Span::from_secs(10);
        live.writer.renew(vec![renewal(line, 1, t2, Span::from_secs(60))]).unwrap();
        live.writer.barrier().await;
        assert_eq!(read().await.expires_at, Some(NOW + Span::from_secs(300)), "that of the other contact");
        live.writer.renew(vec![renewal(line, 2, t2, Span::from_secs(60))]).unwrap();
        live.writer.barrier().await;
        assert_eq!(read().await.expires_at, Some(t2 + Span::from_secs(60)));
        let overdue_at = t2 + Span::from_secs(61);
        let device = f.store.find_device(line.device.id, NOW, overdue_at).await.unwrap().unwrap();
        assert_eq!(
            device.status.state,
            DeviceState { state: LineState::Registered, detail: Some(StateDetail::Overdue) }
        );
    })
    .await;
}
