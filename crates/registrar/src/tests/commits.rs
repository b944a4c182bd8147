//! A store that is slow, full or broken, and what phones and operators see of it.

use tonalite_core::line_state::LineState;
use tonalite_core::time::Span;
use tonalite_core::timeline::TimelineKind;
use tonalite_sip::Name;

use super::{Bench, Mood, Phone, code, values};

const CONTACT: &str = "Contact: <sip:alice@192.0.2.10:5060>\r\n";

/// A phone whose REGISTER waits for its commit; with that REGISTER.
fn waiting(bench: &mut Bench) -> (Phone, String) {
    let mut phone = Phone::new("alice");
    let challenge = bench.send(&phone.request(CONTACT), phone.source).unwrap();
    phone.challenged(&challenge);
    let request = phone.request(CONTACT);
    assert_eq!(bench.send(&request, phone.source), None);
    (phone, request)
}

#[test]
fn a_slow_commit_is_answered_from_memory_after_two_seconds() {
    let mut bench = Bench::new();
    let (phone, request) = waiting(&mut bench);
    bench.pass(Span(2_000));
    assert_eq!(bench.late(), [""; 0]);
    assert!(!*bench.store.degraded.lock().unwrap());
    bench.pass(Span(1));
    let late = bench.late();
    assert_eq!(late.iter().map(|answer| code(answer)).collect::<Vec<_>>(), [200]);
    assert!(*bench.store.degraded.lock().unwrap());
    assert_eq!(bench.send(&request, phone.source).as_deref(), Some(&late[0][..]));

    bench.store.decide(true);
    assert_eq!(bench.late(), [""; 0], "one answer only");
    assert_eq!(bench.engine.pending.len(), 0);
}

#[test]
fn health_returns_with_the_first_commit_in_time() {
    let mut bench = Bench::new();
    waiting(&mut bench);
    bench.pass(Span(2_001));
    assert_eq!(bench.late().len(), 1);
    bench.store.decide(true);
    assert!(*bench.store.degraded.lock().unwrap(), "that one was late");
    let mut phone = Phone::new("bob");
    bench.register(&mut phone, CONTACT);
    assert!(!*bench.store.degraded.lock().unwrap());
}

#[test]
fn a_failed_commit_is_answered_from_memory() {
    let mut bench = Bench::new();
    let (mut phone, _) = waiting(&mut bench);
    assert_eq!(bench.store.take_changes().len(), 1);
    bench.store.decide(false);
    assert_eq!(code(&bench.late()[0]), 200);
    assert!(*bench.store.degraded.lock().unwrap());
    bench.pass(Span(10_000));
    assert!(bench.store.take_changes().is_empty(), "the store keeps it and tries again by itself");
    assert_eq!(code(&bench.send(&phone.request(CONTACT), phone.source).unwrap()), 200);
}

#[test]
fn a_refresh_does_not_overtake_the_change_before_it() {
    let mut bench = Bench::new();
    let (mut phone, _) = waiting(&mut bench);
    assert_eq!(bench.send(&phone.request(CONTACT), phone.source), None);
    assert_eq!(bench.store.decide(true), 2);
    assert_eq!(bench.late().len(), 2);
}

#[test]
fn a_full_queue_says_503_and_when_to_come_back() {
    let mut bench = Bench::new();
    *bench.store.mood.lock().unwrap() = Mood::Full;
    let mut phone = Phone::new("alice");
    let answer = bench.register(&mut phone, CONTACT);
    assert_eq!(code(&answer), 503);
    let seconds: u32 = values(&answer, Name::RetryAfter)[0].parse().unwrap();
    assert!((5..=30).contains(&seconds), "{seconds}");
    assert!(*bench.store.degraded.lock().unwrap());
    assert_eq!(bench.engine.pending.len(), 0);

    *bench.store.mood.lock().unwrap() = Mood::Hold;
    assert_eq!(code(&bench.renew(&mut phone, CONTACT)), 200);
    let changes = bench.store.take_changes();
    assert_eq!(
        (changes.len(), changes[0].stored.len()),
        (1, 1),
        "what memory knew is committed before that 200"
    );
    assert_eq!(changes[0].observed, [TimelineKind::Registered]);
}

#[test]
fn what_a_full_queue_refused_is_written_without_the_phone() {
    let mut bench = Bench::new();
    let mut phone = Phone::new("alice");
    bench.register(&mut phone, CONTACT);
    bench.store.take_changes();
    *bench.store.mood.lock().unwrap() = Mood::Full;
    let answer = bench.renew(&mut phone, "Contact: <sip:alice@192.0.2.10:5060>;expires=0\r\n");
    assert_eq!(code(&answer), 503);
    for _ in 0..200 {
        bench.pass(Span(2_500));
    }
    *bench.store.mood.lock().unwrap() = Mood::Hold;
    bench.pass(Span(2_500));
    let changes = bench.store.take_changes();
    assert_eq!(changes.len(), 1);
    assert_eq!((changes[0].state, changes[0].removed.len()), (LineState::Unregistered, 1));
    assert_eq!(changes[0].observed, [TimelineKind::Withdrew]);
}

#[test]
fn renewals_that_find_no_room_are_let_go() {
    let mut bench = Bench::new();
    let mut phone = Phone::new("alice");
    bench.register(&mut phone, CONTACT);
    assert_eq!(code(&bench.send(&phone.request(CONTACT), phone.source).unwrap()), 200);
    *bench.store.mood.lock().unwrap() = Mood::Full;
    bench.pass(Span(100));
    *bench.store.mood.lock().unwrap() = Mood::Hold;
    bench.pass(Span(100));
    assert!(bench.store.take_renewals().is_empty());
}
