//! The rules for contacts: which one a message means, what takes the place of what, in which order messages count.

use tonalite_core::line_state::{Effect, Refusal, Register, Requested, RequestedContact};
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::timeline::TimelineKind;

use crate::bench::{Bench, at, contact, contacts, from, register};

const A: &str = "sip:a@192.0.2.1:5060";
const B: &str = "sip:b@192.0.2.1:5060";
const PHONE: &str = "urn:uuid:00000000-0000-1000-8000-001565000001";
const OTHER: &str = "urn:uuid:00000000-0000-1000-8000-001565000002";

fn of_instance(call_id: &str, cseq: u32, uri: &str, instance: &str, reg_id: Option<u32>) -> Register {
    let contact = RequestedContact { instance: Some(instance.into()), reg_id, ..contact(uri, 300) };
    register(call_id, cseq, Requested::Contacts(vec![contact]))
}

fn registered(request: &Register) -> Bench {
    let mut bench = Bench::new();
    bench.register(at(0), request).expect("registered");
    bench
}

/// RFC 3261 §10.3 step 7: with the same Call-ID the CSeq must grow; with another it says nothing.
#[test]
fn messages_of_one_call_count_in_order() {
    for (call, cseq, expires, outcome) in [
        ("c", 6, 300, Ok(())),
        ("c", 5, 300, Err(Refusal::OutOfOrder)),
        ("c", 4, 300, Err(Refusal::OutOfOrder)),
        ("c", 5, 0, Err(Refusal::OutOfOrder)),
        // Too brief and out of order: the order is looked at first.
        ("c", 5, 1, Err(Refusal::OutOfOrder)),
        ("d", 1, 300, Ok(())),
        ("d", 1, 0, Ok(())),
    ] {
        let mut bench = registered(&contacts("c", 5, &[(A, 300)]));
        let before = bench.line.clone();
        let answer = bench.register(at(9), &contacts(call, cseq, &[(A, expires)]));
        assert_eq!(answer.map(drop), outcome, "{call} {cseq} {expires}");
        assert_eq!(bench.line == before, outcome.is_err(), "{call} {cseq} {expires}");
    }
}

/// One contact of several out of order: RFC 3261 §10.3 step 7, all or nothing.
#[test]
fn one_old_contact_refuses_the_whole_message() {
    let mut bench = registered(&contacts("c", 5, &[(A, 300)]));
    bench.register(at(1), &contacts("c", 9, &[(B, 300)])).expect("a further contact");
    let before = bench.line.clone();
    let answer = bench.register(at(9), &contacts("c", 7, &[(A, 300), (B, 300)]));
    assert_eq!(answer, Err(Refusal::OutOfOrder));
    assert_eq!(bench.line, before);
}

/// RFC 3261 §10.3 step 6: the asterisk removes everything, or is refused as a whole.
#[test]
fn the_asterisk_removes_all_or_nothing() {
    let two = || {
        let mut bench = registered(&contacts("c", 5, &[(A, 300)]));
        let elsewhere = Register { source: from("192.0.2.9:5060"), ..contacts("d", 8, &[(B, 300)]) };
        bench.register(at(1), &elsewhere).expect("another phone");
        bench
    };
    for (call, cseq, accepted) in
        [("c", 6, true), ("c", 5, false), ("d", 8, false), ("d", 9, true), ("e", 1, true)]
    {
        let mut bench = two();
        let before = bench.line.clone();
        let answer = bench.register(at(9), &register(call, cseq, Requested::WithdrawAll));
        if accepted {
            let effect = answer.expect("accepted");
            assert_eq!(
                (effect.removed.as_slice(), effect.changed),
                ([1, 2].as_slice(), true),
                "{call} {cseq}"
            );
            assert!(bench.line.bindings.is_empty());
        } else {
            assert_eq!(answer, Err(Refusal::OutOfOrder), "{call} {cseq}");
            assert_eq!(bench.line, before, "{call} {cseq}");
        }
    }
}

/// RFC 3261 §10.3 step 7 with §19.1.4: the same contact is the same URI, however it is written.
#[test]
fn the_same_contact_is_renewed_and_each_difference_is_a_change() {
    let first = contacts("c", 1, &[(A, 300)]);
    let again = Register { cseq: 2, ..first.clone() };
    let kept = |effect: &Effect| effect.stored == [1] && effect.removed.is_empty();
    for (what, request, changed) in [
        ("nothing", again.clone(), false),
        ("Call-ID", Register { call_id: "d".into(), ..again.clone() }, false),
        ("spelling", contacts("c", 2, &[("SIP:A@192.0.2.1:5060", 300)]), true),
        ("address: RFC 3581", Register { source: from("192.0.2.2:5060"), ..again.clone() }, true),
        (
            "port: a new mapping of the NAT",
            Register { source: from("192.0.2.1:5061"), ..again.clone() },
            true,
        ),
        ("Path: RFC 3327 §5.3", Register { path: vec!["<sip:edge;lr>".into()], ..again.clone() }, true),
        (
            "User-Agent: new firmware",
            Register { user_agent: Some("Phone 2.0".into()), ..again.clone() },
            true,
        ),
        ("instance: another phone at the address", of_instance("c", 2, A, PHONE, None), true),
    ] {
        let mut bench = registered(&first);
        let effect = bench.register(at(100), &request).expect("accepted");
        assert!(kept(&effect), "{what}: {effect:?}");
        assert_eq!(effect.changed, changed, "{what}");
        let binding = &bench.line.bindings[0];
        let Requested::Contacts(asked) = &request.requested else { unreachable!() };
        assert_eq!((&binding.contact, &binding.instance), (&asked[0].uri, &asked[0].instance), "{what}");
        assert_eq!((&binding.call_id, binding.cseq), (&request.call_id, request.cseq), "{what}");
        assert_eq!((binding.source, &binding.path), (request.source, &request.path), "{what}");
        assert_eq!(binding.user_agent, request.user_agent, "{what}");
        assert_eq!((binding.registered_at, binding.refreshed_at), (at(0), at(100)), "{what}");
        assert_eq!(binding.expires_at, at(400), "{what}");
    }
}

/// RFC 5626 §6: with instance and reg-id these two alone say which contact is meant.
#[test]
fn flows_of_an_instance_stand_side_by_side() {
    let mut bench = registered(&of_instance("c", 1, A, PHONE, Some(1)));
    bench.register(at(1), &of_instance("d", 1, A, PHONE, Some(2))).expect("a second flow");
    bench.register(at(2), &of_instance("e", 1, A, OTHER, Some(1))).expect("another phone's flow");
    assert_eq!(bench.line.bindings.len(), 3);
    let effect =
        bench.register(at(3), &of_instance("f", 1, B, PHONE, Some(1))).expect("the first flow, elsewhere");
    assert_eq!((effect.stored.as_slice(), effect.changed), ([1].as_slice(), true));
    assert_eq!(bench.uris(), [B, A, A]);
}

/// baresip after `kill -9`: new Call-ID, new CSeq, new contact user, the same instance.
#[test]
fn a_restarted_phone_takes_the_place_of_its_past() {
    let mut bench = registered(&of_instance("c", 40, A, PHONE, None));
    let request = Register { source: from("192.0.2.1:49152"), ..of_instance("d", 3, B, PHONE, None) };
    let effect = bench.register(at(9), &request).expect("accepted");
    assert_eq!((effect.removed.as_slice(), effect.stored.as_slice()), ([1].as_slice(), [2].as_slice()));
    assert_eq!((effect.changed, effect.observed.as_slice()), (true, [TimelineKind::ReRegistered].as_slice()));
    assert_eq!(bench.uris(), [B]);
    assert_eq!(bench.line.since, at(0), "it never was away");
}

/// A phone that sends no instance is known by its socket and program.
#[test]
fn without_instance_the_socket_tells_the_phone() {
    let first = contacts("c", 1, &[(A, 300)]);
    let restarted = contacts("d", 1, &[(B, 300)]);
    for (what, first, second, replaced) in [
        ("same socket, same program", first.clone(), restarted.clone(), true),
        ("one phone with two contacts", first.clone(), contacts("c", 2, &[(B, 300)]), false),
        (
            "another address",
            first.clone(),
            Register { source: from("192.0.2.2:5060"), ..restarted.clone() },
            false,
        ),
        (
            "another port",
            first.clone(),
            Register { source: from("192.0.2.1:5062"), ..restarted.clone() },
            false,
        ),
        ("another program", first.clone(), Register { user_agent: None, ..restarted.clone() }, false),
        (
            "many phones behind one edge",
            Register { path: vec!["<sip:edge;lr>".into()], ..first.clone() },
            Register { path: vec!["<sip:edge;lr>".into()], ..restarted.clone() },
            false,
        ),
        ("with and without instance", first.clone(), of_instance("d", 1, B, PHONE, None), false),
        (
            "two instances at one socket",
            of_instance("c", 1, A, OTHER, None),
            of_instance("d", 1, B, PHONE, None),
            false,
        ),
        (
            "the same instance, now with a flow",
            of_instance("c", 1, A, PHONE, None),
            of_instance("d", 1, B, PHONE, Some(1)),
            true,
        ),
    ] {
        let mut bench = registered(&first);
        let effect = bench.register(at(9), &second).expect("accepted");
        assert_eq!(bench.uris(), if replaced { vec![B] } else { vec![A, B] }, "{what}");
        assert_eq!(effect.removed, if replaced { vec![1] } else { vec![] }, "{what}");
    }
}

#[test]
fn the_oldest_gives_way_when_there_are_too_many() {
    let mut bench = Bench::new();
    let uri = |n: u16| format!("sip:{n}@192.0.2.1");
    let from_port =
        |n: u16, request| Register { source: from(&format!("192.0.2.1:{}", 5000 + n)), ..request };
    for n in 1..=5 {
        let request = from_port(n, contacts(&format!("c{n}"), 1, &[(&uri(n), 300)]));
        bench.register(at(n.into()), &request).expect("room enough");
    }
    let request = from_port(6, contacts("c6", 1, &[(&uri(6), 300)]));
    let effect = bench.register(at(6), &request).expect("the oldest gives way");
    assert_eq!((effect.removed.as_slice(), effect.stored.as_slice()), ([1].as_slice(), [6].as_slice()));
    assert_eq!(bench.line.bindings.len(), bench.policy.max_contacts);
    assert_eq!(bench.line.since, at(1));

    // More in one message than may stand: what is told to be stored is what stands.
    let mut bench = Bench::new();
    let uris: Vec<String> = (1..=7).map(uri).collect();
    let many: Vec<(&str, i64)> = uris.iter().map(|uri| (uri.as_str(), 300)).collect();
    let effect = bench.register(at(0), &contacts("c", 1, &many)).expect("accepted");
    assert_eq!(effect.stored, [3, 4, 5, 6, 7]);
    assert_eq!(bench.line.bindings.iter().map(|binding| binding.id).collect::<Vec<_>>(), effect.stored);
    let effect =
        bench.register(at(1), &contacts("c", 2, &[(&uris[6], 300), (&uris[6], 300)])).expect("accepted");
    assert_eq!(effect.stored, [7], "named twice, stored once");
}

/// After a restart of ours a contact lives at least as long as it was granted, counted from when we were ready again.
#[test]
fn nobody_ages_because_we_were_away() {
    let mut bench = registered(&contacts("c", 1, &[(A, 300)]));
    let grace = bench.policy.grace;
    let ready = at(10_000);
    bench.line.bindings[0].not_before = ready + Span::from_secs(300);
    assert_eq!(bench.line.next_deadline(&bench.policy), Some(ready + Span::from_secs(300) + grace));
    assert_eq!(bench.expire(ready + Span::from_secs(300) + grace - Span(1)), None);
    let mut silent = bench.clone();
    let effect = silent.expire(ready + Span::from_secs(300) + grace).expect("silent since we are back");
    assert_eq!(effect.observed, [TimelineKind::Aged]);

    let effect = bench.register(ready, &contacts("c", 2, &[(A, 60)])).expect("renewed");
    assert!(!effect.changed, "it never was away");
    assert_eq!(bench.line.bindings[0].not_before, Timestamp::default());
    assert_eq!(
        bench.line.next_deadline(&bench.policy),
        Some(ready + Span::from_secs(60) + grace),
        "its word counts again"
    );
}
