//! Silence: grace, ageing, and the rule that our own absence ages nobody.

use tonalite_core::line_state::{LineState, Policy, StateDetail};
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::timeline::TimelineKind;

use super::{Bench, Mood, Phone, START, binding, code, line, registered};

const CONTACT: &str = "Contact: <sip:alice@192.0.2.10:5060>\r\n";

fn seconds(seconds: i64) -> Span {
    Span::from_secs(seconds)
}

/// Grants exactly a minute.
fn a_minute() -> Policy {
    Policy { max_expires: seconds(60), ..Policy::default() }
}

#[test]
fn silence_ages_after_expiry_and_grace() {
    let mut bench = Bench::with_policy(a_minute());
    bench.register(&mut Phone::new("alice"), CONTACT);
    bench.store.take_changes();
    bench.pass(seconds(91));
    assert!(bench.store.take_changes().is_empty(), "in its grace it is registered");
    bench.pass(seconds(1));
    let changes = bench.store.take_changes();
    assert_eq!(changes.len(), 1);
    assert_eq!((changes[0].state, changes[0].since), (LineState::Aged, START + seconds(92)));
    assert_eq!((changes[0].removed.len(), &changes[0].observed[..]), (1, &[TimelineKind::Aged][..]));
    assert_eq!(changes[0].ip, None);
    assert_eq!(bench.engine.table.bindings(), 0);
    bench.store.decide(true);
    bench.pass(seconds(3600));
    assert!(bench.store.take_changes().is_empty(), "once");
}

#[test]
fn renewals_within_grace_keep_it() {
    let mut bench = Bench::with_policy(a_minute());
    let mut phone = Phone::new("alice");
    bench.register(&mut phone, CONTACT);
    bench.store.take_changes();
    for _ in 0..20 {
        bench.pass(seconds(91));
        assert_eq!(code(&bench.renew(&mut phone, CONTACT)), 200);
    }
    assert!(bench.store.take_changes().is_empty());
    assert_eq!(bench.known(1).state, LineState::Registered);
}

#[test]
fn after_ageing_a_register_or_a_late_goodbye() {
    let mut bench = Bench::with_policy(a_minute());
    let mut phone = Phone::new("alice");
    bench.register(&mut phone, CONTACT);
    bench.pass(seconds(100));
    bench.store.decide(true);
    bench.store.take_changes();
    let answer = bench.renew(&mut phone, "Contact: <sip:alice@192.0.2.10:5060>;expires=0\r\n");
    assert_eq!(code(&answer), 200);
    let change = &bench.store.take_changes()[0];
    assert_eq!((change.state, change.detail), (LineState::Unregistered, Some(StateDetail::Withdrawn)));
    bench.renew(&mut phone, CONTACT);
    assert_eq!(bench.store.take_changes()[0].state, LineState::Registered);
}

#[test]
fn a_line_with_two_contacts_ages_with_the_last() {
    let mut bench = Bench::with_policy(a_minute());
    bench.register(&mut Phone::new("alice"), CONTACT);
    bench.pass(seconds(50));
    let mut second = Phone::new("alice");
    (second.call_id, second.source) = ("second".into(), "192.0.2.11:5060");
    bench.register(&mut second, "Contact: <sip:alice@192.0.2.11:5060>\r\n");
    bench.store.take_changes();
    bench.pass(seconds(42));
    let change = &bench.store.take_changes()[0];
    assert_eq!((change.state, change.removed.len(), change.observed.len()), (LineState::Registered, 1, 0));
    bench.store.decide(true);
    bench.pass(seconds(50));
    assert_eq!(bench.store.take_changes()[0].state, LineState::Aged);
}

#[test]
fn after_a_restart_everybody_has_the_time_that_was_granted() {
    let bench = Bench::new();
    let mut read_back = line(5, "erin");
    // It expired while we were away; ready + granted is still to come.
    let expired = Timestamp(START.0 - 3_600_000);
    read_back.registrations =
        registered(vec![binding(41, "sip:erin@192.0.2.10", expired, START + seconds(600))]);
    bench.engine.add_line(read_back);
    assert_eq!(bench.engine.table.bindings(), 1);
    bench.pass(seconds(631));
    assert!(bench.store.take_changes().is_empty());
    bench.pass(seconds(1));
    let change = &bench.store.take_changes()[0];
    assert_eq!((change.state, &change.removed[..]), (LineState::Aged, &[41][..]));
}

#[test]
fn ageing_waits_for_a_full_store_and_is_not_lost() {
    let mut bench = Bench::with_policy(a_minute());
    bench.register(&mut Phone::new("alice"), CONTACT);
    bench.store.take_changes();
    *bench.store.mood.lock().unwrap() = Mood::Full;
    bench.pass(seconds(100));
    *bench.store.mood.lock().unwrap() = Mood::Hold;
    bench.pass(seconds(3));
    let change = &bench.store.take_changes()[0];
    assert_eq!((change.state, change.removed.len()), (LineState::Aged, 1));
    assert_eq!(change.observed, [TimelineKind::Aged]);
}
