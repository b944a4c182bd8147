//! Phones come, renew, move, restart and leave.

use tonalite_core::id::LineKey;
use tonalite_core::line::Algorithms;
use tonalite_core::line_state::{LineState, StateDetail};
use tonalite_core::registration::SealedSecret;
use tonalite_core::time::Span;
use tonalite_core::timeline::TimelineKind;
use tonalite_sip::Name;

use super::{Bench, Phone, START, code, credential, line, values};

const CONTACT: &str = "Contact: <sip:alice@192.0.2.10:5060>\r\n";

#[test]
fn the_first_contact_is_committed_before_its_200() {
    let mut bench = Bench::new();
    let mut phone = Phone::new("alice");
    phone.extra = "User-Agent: Yealink SIP-T54W 96.86.0.70\r\n".into();
    let challenge = bench.send(&phone.request(CONTACT), phone.source).unwrap();
    assert_eq!(values(&challenge, Name::WwwAuthenticate).len(), 1);
    phone.challenged(&challenge);
    let request = phone.request(CONTACT);
    assert_eq!(bench.send(&request, phone.source), None, "not before the commit");
    assert_eq!(bench.send(&request, phone.source), None, "a retransmission is absorbed");
    assert_eq!(bench.late(), [""; 0]);

    let changes = bench.store.take_changes();
    assert_eq!(changes.len(), 1);
    let change = &changes[0];
    assert_eq!((change.state, change.detail, change.since), (LineState::Registered, None, START));
    assert_eq!(change.observed, [TimelineKind::Registered]);
    assert_eq!(change.ip.as_deref(), Some("192.0.2.10"));
    assert_eq!(change.user_agent.as_deref(), Some("Yealink SIP-T54W 96.86.0.70"));
    assert_eq!(change.stored.len(), 1);
    assert_eq!(change.stored[0].contact, "sip:alice@192.0.2.10:5060");

    bench.store.decide(true);
    let late = bench.late();
    assert_eq!(late.len(), 1);
    assert_eq!(code(&late[0]), 200);
    let contact = values(&late[0], Name::Contact);
    assert!(contact[0].starts_with("<sip:alice@192.0.2.10:5060>;expires="), "{contact:?}");
    let expires: i64 = contact[0].rsplit('=').next().unwrap().parse().unwrap();
    assert!((300..=600).contains(&expires), "{expires}");
    assert_eq!(values(&late[0], Name::Date).len(), 1);
    assert_eq!(
        bench.send(&request, phone.source).as_deref(),
        Some(&late[0][..]),
        "later retransmissions get the same 200"
    );
    assert!(bench.store.take_changes().is_empty());
    assert_eq!(bench.engine.table.bindings(), 1);
}

#[test]
fn a_refresh_is_answered_at_once_and_written_behind() {
    let mut bench = Bench::new();
    let mut phone = Phone::new("alice");
    bench.register(&mut phone, CONTACT);
    bench.store.take_changes();
    bench.pass(Span::from_secs(250));
    let answer = bench.send(&phone.request(CONTACT), phone.source).expect("at once, with the nonce it has");
    assert_eq!(code(&answer), 200);
    assert!(bench.store.take_changes().is_empty());
    assert!(bench.store.take_renewals().is_empty());
    bench.pass(Span(100));
    let renewals = bench.store.take_renewals();
    assert_eq!(renewals.len(), 1);
    assert_eq!((renewals[0].cseq, &renewals[0].observed[..]), (phone.cseq, &[][..]));
    assert_eq!(renewals[0].refreshed_at, START + Span::from_secs(250));
    assert_eq!(renewals[0].expires_at, bench.known(1).bindings[0].expires_at);
    bench.pass(Span(100));
    assert!(bench.store.take_renewals().is_empty(), "once");
}

#[test]
fn a_new_call_id_alone_is_a_renewal_and_a_restart() {
    let mut bench = Bench::new();
    let mut phone = Phone::new("alice");
    bench.register(&mut phone, CONTACT);
    bench.store.take_changes();
    phone.call_id = "rebooted".into();
    phone.cseq = 0;
    assert_eq!(code(&bench.send(&phone.request(CONTACT), phone.source).unwrap()), 200);
    bench.pass(Span(100));
    assert!(bench.store.take_changes().is_empty());
    assert_eq!(bench.store.take_renewals()[0].observed, [TimelineKind::Restarted]);
}

#[test]
fn a_moved_contact_is_a_change() {
    let mut bench = Bench::new();
    let mut phone = Phone::new("alice");
    bench.register(&mut phone, CONTACT);
    bench.send(&phone.request(CONTACT), phone.source).unwrap();
    bench.store.take_changes();
    phone.source = "192.0.2.10:40001";
    let answer = bench.renew(&mut phone, CONTACT);
    assert_eq!(code(&answer), 200);
    assert!(values(&answer, Name::Via)[0].contains("rport=40001"));
    let changes = bench.store.take_changes();
    assert_eq!(changes[0].observed, [TimelineKind::ReRegistered]);
    assert_eq!(changes[0].stored.len(), 1);
    bench.pass(Span(100));
    assert!(bench.store.take_renewals().is_empty(), "the older renewal must not overwrite the change");
}

#[test]
fn a_goodbye() {
    let mut bench = Bench::new();
    let mut phone = Phone::new("alice");
    bench.register(&mut phone, CONTACT);
    bench.store.take_changes();
    let answer = bench.renew(&mut phone, "Contact: <sip:alice@192.0.2.10:5060>;expires=0\r\n");
    assert_eq!(code(&answer), 200);
    assert!(values(&answer, Name::Contact).is_empty());
    let change = &bench.store.take_changes()[0];
    assert_eq!((change.state, change.detail), (LineState::Unregistered, Some(StateDetail::Withdrawn)));
    assert_eq!((change.removed.len(), change.stored.len()), (1, 0));
    assert_eq!(bench.engine.table.bindings(), 0);
    // Once more: nothing changes, so nothing is written.
    assert_eq!(code(&bench.send(&phone.request("Contact: *\r\nExpires: 0\r\n"), phone.source).unwrap()), 200);
    assert!(bench.store.take_changes().is_empty());
}

#[test]
fn a_phone_that_lost_its_memory_leaves_no_phantom() {
    let mut bench = Bench::new();
    let mut phone = Phone::new("alice");
    let contact =
        |user: &str| format!("Contact: <sip:{user}@192.0.2.10:5060>;+sip.instance=\"<urn:uuid:1>\"\r\n");
    bench.register(&mut phone, &contact("alice-0x1"));
    let mut again = Phone::new("alice");
    again.call_id = "after the power cut".into();
    let answer = bench.register(&mut again, &contact("alice-0x2"));
    let contacts = values(&answer, Name::Contact);
    assert_eq!(contacts.len(), 1);
    assert!(
        contacts[0].contains("alice-0x2") && contacts[0].contains("+sip.instance=\"<urn:uuid:1>\""),
        "{contacts:?}"
    );
    assert_eq!(bench.engine.table.bindings(), 1);
}

#[test]
fn a_200_too_long_for_a_datagram_names_its_own_contact_only() {
    let mut bench = Bench::new();
    for (n, source) in
        ["192.0.2.20:5060", "192.0.2.21:5060", "192.0.2.22:5060", "192.0.2.23:5060"].into_iter().enumerate()
    {
        let mut phone = Phone::new("alice");
        phone.source = source;
        phone.call_id = format!("phone-{n}");
        let contacts = format!("Contact: <sip:alice@192.0.2.2{n};x={}>\r\n", "y".repeat(400));
        let answer = bench.register(&mut phone, &contacts);
        assert!(answer.len() <= 1_300, "{}", answer.len());
        let listed = values(&answer, Name::Contact);
        assert!(listed.iter().any(|contact| contact.contains(&format!("192.0.2.2{n}"))));
        assert_eq!(listed.len(), if n < 2 { n + 1 } else { 1 });
    }
    assert_eq!(bench.known(1).bindings.len(), 4);
}

#[test]
fn order_within_a_call_id() {
    let mut bench = Bench::new();
    let mut phone = Phone::new("alice");
    bench.register(&mut phone, CONTACT);
    phone.cseq -= 1;
    assert_eq!(
        code(&bench.send(&phone.request(CONTACT), phone.source).unwrap()),
        500,
        "the same CSeq, another transaction"
    );
    assert_eq!(code(&bench.send(&phone.request(CONTACT), phone.source).unwrap()), 200);
}

#[test]
fn path_is_kept_and_echoed() {
    let mut bench = Bench::new();
    let mut phone = Phone::new("alice");
    phone.extra = "Path: <sip:a.example.com;lr>, <sip:b.example.com;lr>\r\nSupported: path\r\n".into();
    let answer = bench.register(&mut phone, CONTACT);
    assert_eq!(values(&answer, Name::Path), ["<sip:a.example.com;lr>, <sip:b.example.com;lr>"]);
    assert_eq!(bench.known(1).bindings[0].path, ["<sip:a.example.com;lr>", "<sip:b.example.com;lr>"]);
}

#[test]
fn a_replayed_answer_is_stale_and_does_nothing() {
    let mut bench = Bench::new();
    let mut phone = Phone::new("alice");
    bench.register(&mut phone, CONTACT);
    let refresh = phone.request(CONTACT);
    bench.send(&refresh, phone.source).unwrap();
    // A thief replays it from elsewhere, with another contact: the URI of the contact is not part of the digest.
    let theft = refresh.replace("Contact: <sip:alice@192.0.2.10", "Contact: <sip:thief@198.51.100.6");
    let answer = bench.send(&theft.replace("z9hG4bK", "z9hG4bKx"), "198.51.100.6:5060").unwrap();
    assert_eq!(code(&answer), 401);
    assert!(values(&answer, Name::WwwAuthenticate)[0].contains("stale=true"));
    assert_eq!(bench.known(1).bindings.len(), 1);
}

#[test]
fn a_nonce_of_another_run_is_stale_when_the_password_is_right() {
    let (mut before, mut after) = (Bench::new(), Bench::new());
    after.engine = {
        let clock = after.clock.clone();
        let entropy = super::FakeEntropy::new();
        tonalite_core::world::random_bytes::<7>(&entropy);
        let backend = Box::new(after.store.clone());
        let engine = crate::engine::Engine::new(backend, clock, &entropy, Default::default(), None);
        engine.add_line(line(1, "alice"));
        std::sync::Arc::new(engine)
    };
    let mut phone = Phone::new("alice");
    before.register(&mut phone, CONTACT);
    let answer = after.send(&phone.request(CONTACT), phone.source).unwrap();
    assert!(values(&answer, Name::WwwAuthenticate)[0].contains("stale=true"), "{answer}");
    phone.challenged(&answer);
    assert_eq!(code(&after.renew(&mut phone, CONTACT)), 200);
}

#[test]
fn new_credentials_beside_the_old_until_their_first_success() {
    let mut bench = Bench::new();
    let mut old = Phone::new("alice");
    bench.register(&mut old, CONTACT);
    let until = bench.now() + Span::from_hours(24);
    let mut both = credential("alice", "alice-pw");
    both.next = Some((SealedSecret(b"new-pw".to_vec()), until));
    bench.engine.change_credential(LineKey(1), both);
    assert_eq!(code(&bench.renew(&mut old, CONTACT)), 200, "the old password still holds");
    assert!(bench.store.confirmed.lock().unwrap().is_empty());

    let mut new = Phone::new("alice");
    (new.call_id, new.password) = ("new".into(), "new-pw".into());
    assert_eq!(code(&bench.register(&mut new, CONTACT)), 200);
    let confirmed = bench.store.confirmed.lock().unwrap().clone();
    assert!(
        confirmed == [(LineKey(1), SealedSecret(b"new-pw".to_vec()))],
        "which secret, not only which line"
    );
    let answer = bench.send(&old.request(CONTACT), old.source).unwrap();
    assert_eq!(code(&answer), 401);
    assert!(!answer.contains("stale"), "the old password is wrong now");
}

#[test]
fn the_old_password_ends_with_its_time() {
    let mut bench = Bench::new();
    let mut both = credential("alice", "alice-pw");
    both.next = Some((SealedSecret(b"new-pw".to_vec()), bench.now() + Span::from_secs(10)));
    bench.engine.change_credential(LineKey(1), both);
    bench.pass(Span::from_secs(11));
    let mut old = Phone::new("alice");
    assert_eq!(code(&bench.register(&mut old, CONTACT)), 401);
}

#[test]
fn sha_256_where_the_credential_says_so() {
    let mut bench = Bench::new();
    let mut line = line(7, "carol");
    line.credential.sip.algorithms = Algorithms { md5: true, sha256: true };
    bench.engine.add_line(line);
    let mut phone = Phone::new("carol");
    let challenge = bench.send(&phone.request(CONTACT), phone.source).unwrap();
    let offers = values(&challenge, Name::WwwAuthenticate);
    assert!(offers[0].contains("algorithm=SHA-256") && offers[1].contains("algorithm=MD5"), "{offers:?}");
    phone.challenged(&challenge);
    assert_eq!(code(&bench.renew(&mut phone, CONTACT)), 200);
}

#[test]
fn an_answer_by_an_algorithm_that_is_not_offered() {
    let mut bench = Bench::new();
    let mut phone = Phone::new("alice");
    let challenge = bench.send(&phone.request(CONTACT), phone.source).unwrap();
    phone.challenged(&challenge.replace("algorithm=MD5", "algorithm=SHA-256"));
    assert_eq!(code(&bench.send(&phone.request(CONTACT), phone.source).unwrap()), 401);
}

#[test]
fn a_secret_that_cannot_be_opened_is_our_trouble() {
    let mut bench = Bench::new();
    bench.engine.add_line({
        let mut line = line(7, "carol");
        line.credential.secret = SealedSecret(b"sealed with another key".to_vec());
        line
    });
    let answer = bench.register(&mut Phone::new("carol"), CONTACT);
    assert_eq!(code(&answer), 503);
    assert_eq!(values(&answer, Name::RetryAfter).len(), 1);
}

#[test]
fn a_line_that_is_gone_is_unknown_at_once() {
    let mut bench = Bench::new();
    let mut phone = Phone::new("alice");
    bench.register(&mut phone, CONTACT);
    bench.send(&phone.request(CONTACT), phone.source).unwrap();
    bench.store.take_changes();
    bench.engine.remove_line(LineKey(1));
    bench.engine.remove_line(LineKey(1));
    assert_eq!(bench.engine.table.bindings(), 0);
    bench.pass(Span::from_hours(1));
    assert!(bench.store.take_changes().is_empty(), "the inventory writes its rows itself");
    assert!(bench.store.take_renewals().is_empty());
    assert_eq!(code(&bench.send(&phone.request(CONTACT), phone.source).unwrap()), 401);

    bench.engine.remove_line(LineKey(2));
    assert_eq!(
        code(&bench.send(&phone.request(CONTACT), phone.source).unwrap()),
        404,
        "a domain without lines is nobody's"
    );
}

#[test]
fn a_line_that_came_back_under_another_key() {
    let mut bench = Bench::new();
    bench.register(&mut Phone::new("alice"), CONTACT);
    bench.engine.add_line(line(9, "alice"));
    assert_eq!(bench.engine.table.bindings(), 0);
    bench.engine.remove_line(LineKey(1));
    let mut phone = Phone::new("alice");
    phone.call_id = "other".into();
    assert_eq!(
        code(&bench.register(&mut phone, CONTACT)),
        200,
        "removing the old key must not hit the new line"
    );
    assert_eq!(bench.store.take_changes().last().unwrap().line.key, LineKey(9));
}

#[test]
fn a_line_that_was_renamed_keeps_its_phones_and_loses_its_old_name() {
    let mut bench = Bench::new();
    let mut old = Phone::new("alice");
    bench.register(&mut old, CONTACT);
    bench.engine.change_credential(LineKey(1), credential("alice2", "alice2-pw"));
    assert_eq!(bench.known(1).bindings.len(), 1);
    assert_eq!(bench.engine.table.bindings(), 1);
    assert_eq!(code(&bench.send(&old.request(CONTACT), old.source).unwrap()), 401);
    assert_eq!(code(&bench.register(&mut Phone::new("alice2"), CONTACT)), 200);

    bench.engine.change_credential(LineKey(99), credential("nobody", "pw"));
    assert_eq!(code(&bench.register(&mut Phone::new("nobody"), CONTACT)), 401);
}
