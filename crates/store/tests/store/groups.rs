//! How the live writer keeps going: groups, trouble, hostile text, a full queue, its end.

use tonalite_core::line_state::{Binding, LineState, StateDetail};
use tonalite_core::registration::{LineChange, LineRef};
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::timeline::TimelineKind;
use tonalite_store::live::{Committed, Full};
use tonalite_testkit::{each_engine, eventually};

use crate::fixture::{Fixture, NOW};
use crate::raw;
use crate::writer::{
    Live, binding, counts, device_status, device_with_lines, kinds, line_state, renewal, status,
};

#[tokio::test]
async fn what_comes_in_one_group_ends_as_if_it_had_come_alone() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let live = Live::start(&f.store);
        let lines = device_with_lines(&f, &live, 2).await;
        let (one, two) = (&lines[0], &lines[1]);
        let at = |seconds| NOW + Span::from_secs(seconds);
        let bound = |line: &LineRef, id, seconds| {
            let mut change = live.registered(line, at(seconds));
            change.stored = vec![binding(id, at(seconds))];
            change
        };
        // A contact that is new, renewed, and renewed once more.
        live.submit(bound(one, 1, 1));
        live.writer.renew(vec![renewal(one, 1, at(2), Span::from_secs(60))]).unwrap();
        live.writer.renew(vec![renewal(one, 1, at(3), Span::from_secs(60))]).unwrap();
        // A renewal, then a newer contact of the same line.
        live.submit(bound(two, 2, 4));
        live.writer.barrier().await;
        live.writer.renew(vec![renewal(two, 2, at(5), Span::from_secs(60))]).unwrap();
        live.submit(bound(two, 3, 6));
        // A renewal of a contact that is withdrawn right after.
        live.writer.renew(vec![renewal(one, 1, at(7), Span::from_secs(600))]).unwrap();
        let mut withdrawn = live.registered(one, at(8));
        (withdrawn.state, withdrawn.detail) = (LineState::Unregistered, Some(StateDetail::Withdrawn));
        (withdrawn.expires_at, withdrawn.removed) = (None, vec![1]);
        live.submit(withdrawn);
        live.writer.renew(vec![renewal(one, 1, at(9), Span::from_secs(600))]).unwrap();
        live.writer.barrier().await;

        let bindings = f.store.find_bindings_of_device(one.device.key).await.unwrap();
        let kept: Vec<_> = bindings.iter().map(|(line, b)| (*line, b.id, b.refreshed_at)).collect();
        assert_eq!(kept, [(two.key, 2, at(5)), (two.key, 3, at(6) + Span(1))]);
        let never = Timestamp::default();
        let mut states = f.store.find_line_states_of_device(one.device.key, never, never).await.unwrap();
        states.sort_by_key(|state| state.line);
        assert_eq!((states[0].state, states[0].expires_at), (LineState::Unregistered, None));
        assert_eq!(states[1].registered_at, Some(at(6)), "an older renewal turns nothing back");
        assert_eq!(states[1].expires_at, Some(at(306)));
    })
    .await;
}

#[tokio::test]
async fn a_renewal_of_a_contact_that_is_not_yet_written_counts() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let live = Live::start(&f.store);
        let line = device_with_lines(&f, &live, 1).await.remove(0);
        let mut change = live.registered(&line, NOW);
        change.stored = vec![binding(1, NOW)];
        live.submit(change);
        let t1 = NOW + Span::from_secs(5);
        live.writer.renew(vec![renewal(&line, 1, t1, Span::from_secs(60))]).unwrap();
        live.writer.barrier().await;
        let never = Timestamp::default();
        let state =
            f.store.find_line_states_of_device(line.device.key, never, never).await.unwrap().remove(0);
        assert_eq!((state.registered_at, state.expires_at), (Some(t1), Some(t1 + Span::from_secs(60))));
        assert_eq!(status(&f, &line).await.last_seen, Some(t1));
        let (_, written) = f.store.find_bindings_of_device(line.device.key).await.unwrap().remove(0);
        assert_eq!((written.cseq, written.refreshed_at, written.granted), (2, t1, Span::from_secs(60)));
    })
    .await;
}

/// One datagram must not stop the writer for everybody: PostgreSQL's text holds no NUL.
#[tokio::test]
async fn hostile_text_is_written_like_any_other() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let live = Live::start(&f.store);
        let line = device_with_lines(&f, &live, 1).await.remove(0);
        let hostile = "a\0b\u{1}\u{fffe}\"'\\\u{202e}%s\r\n";
        let mut change = live.registered(&line, NOW);
        (change.ip, change.user_agent) = (Some(hostile.into()), Some(hostile.into()));
        let bad = Binding {
            contact: hostile.into(),
            instance: Some(hostile.into()),
            call_id: hostile.into(),
            user_agent: Some(hostile.into()),
            path: vec!["a\0b".into()],
            ..binding(1, NOW)
        };
        change.stored = vec![bad];
        assert_eq!(live.change(change).await, Committed::Yes);
        let mut again = renewal(&line, 1, NOW, Span::from_secs(60));
        again.call_id = hostile.into();
        live.writer.renew(vec![again]).unwrap();
        assert_eq!(live.writer.barrier().await, Committed::Yes);
        let expected = hostile.replace('\0', "\u{fffd}");
        let (_, written) = f.store.find_bindings_of_device(line.device.key).await.unwrap().remove(0);
        assert_eq!((&written.contact, &written.call_id), (&expected, &expected));
        assert_eq!(written.path, ["a\u{fffd}b"]);
        let status = status(&f, &line).await;
        assert_eq!((status.user_agent, status.last_ip), (Some(expected.clone()), Some(expected)));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_written_is_kept_and_written_later_in_order() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let live = Live::start(&f.store);
        let line = device_with_lines(&f, &live, 1).await.remove(0);
        live.told();
        raw::execute(&f.location, "ALTER TABLE live.timeline RENAME TO timeline_away").await;
        let mut change = live.registered(&line, NOW);
        change.stored = vec![binding(1, NOW)];
        assert_eq!(live.change(change).await, Committed::No);
        assert_eq!(live.told(), [], "nothing is told that is not committed");
        assert_eq!(status(&f, &line).await.state.state, LineState::Unregistered);
        let t1 = NOW + Span::from_secs(1);
        let aged =
            LineChange { state: LineState::Aged, since: t1, removed: vec![1], ..live.registered(&line, t1) };
        assert_eq!(live.change(aged).await, Committed::No);

        raw::execute(&f.location, "ALTER TABLE live.timeline_away RENAME TO timeline").await;
        // By itself, without anything new.
        eventually("what was kept is written", async || {
            (status(&f, &line).await.state.state == LineState::Aged).then_some(())
        })
        .await;
        assert!(f.store.find_bindings_of_device(line.device.key).await.unwrap().is_empty());
        assert_eq!(counts(&f).await, [0, 0, 1, 0, 0]);
        assert_eq!(kinds(&f, &line).await[2..], [TimelineKind::Registered; 2], "history keeps both");
        assert_eq!(
            live.told(),
            [
                line_state(&line, LineState::Registered, None, NOW),
                line_state(&line, LineState::Aged, None, t1),
                device_status(&line, LineState::Aged, None, (0, 1), t1),
            ]
        );
        assert_eq!(live.writer.barrier().await, Committed::Yes);
    })
    .await;
}

#[tokio::test]
async fn the_queue_has_an_end_and_says_so() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let live = Live::start(&f.store);
        let line = device_with_lines(&f, &live, 1).await.remove(0);
        let mut taken = 0_u32;
        // The writer shares this thread: nothing is taken out before we wait.
        while live.writer.renew(vec![renewal(&line, 1, NOW, Span::from_secs(60))]) != Err(Full) {
            taken += 1;
            assert!(taken <= 100_000, "no end");
        }
        let refused = live
            .writer
            .change(live.registered(&line, NOW), Box::new(|_| panic!("told of what was not taken")));
        assert_eq!(refused, Err(Full));
        assert_eq!(live.writer.barrier().await, Committed::Yes, "who waits gets a place");
        assert_eq!(live.change(live.registered(&line, NOW)).await, Committed::Yes);
        live.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_waits_is_written_before_the_writer_ends() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let live = Live::start(&f.store);
        let line = device_with_lines(&f, &live, 1).await.remove(0);
        live.submit(live.registered(&line, NOW));
        live.stop().await;
        assert_eq!(status(&f, &line).await.state.state, LineState::Registered);
    })
    .await;
}
