//! What is granted: limits, defaults, and the spread that keeps phones from coming all at once.

use proptest::prelude::*;
use tonalite_core::line_state::{Policy, Refusal, Requested, RequestedContact};
use tonalite_core::time::Span;

use crate::bench::{Bench, at, contact, contacts, register};

#[test]
fn what_is_asked_and_what_is_granted() {
    let seconds = Span::from_secs;
    let policy = Policy::default();
    let slow = Policy { min_expires: seconds(7200), max_expires: seconds(10_000), ..policy };
    for (rule, policy, requested, chance, granted) in [
        (
            "RFC 3261 §10.3 step 7: nothing said, one hour; shortened to our maximum",
            policy,
            None,
            u16::MAX,
            Some(600),
        ),
        ("spread down to half", policy, None, 0, Some(300)),
        ("in between", policy, None, 0x8000, Some(450)),
        ("longer is shortened", policy, Some(86_400), u16::MAX, Some(600)),
        ("never lengthened", policy, Some(300), u16::MAX, Some(300)),
        ("half of it", policy, Some(300), 0, Some(150)),
        ("423 below the minimum", policy, Some(59), u16::MAX, None),
        ("423 for what is no time at all", policy, Some(-1), u16::MAX, None),
        ("the minimum itself", policy, Some(60), 0, Some(60)),
        ("no spread below twice the minimum", policy, Some(119), 0, Some(119)),
        ("spread down to the minimum, no further", policy, Some(120), 0, Some(60)),
        ("RFC 3261 §10.3 step 7: one hour is never too brief", slow, Some(3600), 0, Some(3600)),
        ("less than an hour is", slow, Some(3599), 0, None),
    ] {
        let answer = policy.grant(requested.map(seconds), chance);
        assert_eq!(answer, granted.map(seconds), "{rule}: {requested:?} by {chance}");
    }
}

proptest! {
    #[test]
    fn a_grant_keeps_its_limits(
        asked in prop::option::of(0..100_000_i64), chance: u16, min in 1..4000_i64, more in 0..10_000_i64,
    ) {
        let (min, max) = (Span::from_secs(min), Span::from_secs(min + more));
        let policy = Policy { min_expires: min, max_expires: max, ..Policy::default() };
        let wanted = asked.map_or(policy.default_expires, Span::from_secs);
        match policy.grant(asked.map(Span::from_secs), chance) {
            Some(granted) => {
                prop_assert!(granted <= wanted.min(max).max(min), "{granted:?}: no more than asked for");
                // Who asks for an hour where the minimum is longer gets what it asked for.
                prop_assert!(granted >= min.min(wanted), "{granted:?}: never below the minimum");
                prop_assert!(granted.0 * 2 + 2000 > wanted.min(max).0, "{granted:?}: at least half");
                prop_assert_eq!(granted.0 % 1000, 0, "whole seconds");
            }
            None => prop_assert!(wanted < min && wanted < Span::from_secs(3600)),
        }
    }
}

#[test]
fn each_contact_is_granted_its_own_and_the_line_lives_with_the_last() {
    let mut bench = Bench::new();
    let unsaid = RequestedContact { expires: None, ..contact("sip:b@192.0.2.1", 0) };
    let request = register("c", 1, Requested::Contacts(vec![contact("sip:a@192.0.2.1", 60), unsaid]));
    let effect = bench.register(at(0), &request).expect("both are long enough");
    let granted: Vec<Span> = bench.line.bindings.iter().map(|binding| binding.granted).collect();
    assert_eq!(granted, [Span::from_secs(60), Span::from_secs(600)]);
    assert_eq!(effect.stored, [1, 2]);
    assert_eq!(bench.line.expires_at(), Some(at(600)));
    assert_eq!(bench.line.next_deadline(&bench.policy), Some(at(60) + bench.policy.grace));
    assert_eq!(bench.line.registered_at, Some(at(0)));
}

#[test]
fn one_contact_that_is_too_brief_refuses_the_whole_message() {
    let mut bench = Bench::new();
    bench.register(at(0), &contacts("c", 1, &[("sip:a@192.0.2.1", 300)])).expect("registered");
    let before = bench.line.clone();
    for mixed in [
        [("sip:a@192.0.2.1", 600), ("sip:b@192.0.2.1", 30)],
        [("sip:b@192.0.2.1", 30), ("sip:a@192.0.2.1", 0)],
        [("sip:a@192.0.2.1", 0), ("sip:a@192.0.2.1", 1)],
    ] {
        assert_eq!(bench.register(at(9), &contacts("c", 2, &mixed)), Err(Refusal::TooBrief), "{mixed:?}");
        assert_eq!(bench.line, before, "{mixed:?}: all or nothing");
    }
}
