//! REGISTER: challenges, expiry, refusals, silence.

use std::time::Duration;

use tonalite_phones::{Behaviour, Command, Outbox, Phone, PhoneState, Place};
use tonalite_sip::digest::{Algorithm, Credentials, Ha1, Qop};
use tonalite_sip::header::Contacts;
use tonalite_sip::{Message, Name};

use super::bench::{Bench, PHONE, Seen, challenge, config, md5, respond, seconds};

#[test]
fn a_register_says_what_a_desk_phone_says() {
    let bench = Bench::new(config());
    let bytes = bench.sent.last().unwrap();
    let message = Message::parse(bytes).unwrap();
    let request = message.request().unwrap();
    assert_eq!(request.uri_text, b"sip:one.example");
    assert_eq!(request.to.uri_text, b"sip:k7q2@one.example");
    assert_eq!(request.from.uri_text, b"sip:k7q2@one.example");
    assert_eq!((request.via.host, request.via.port), (&b"198.51.100.7"[..], Some(40000)));
    assert!(request.via.params.get("rport").is_some());
    assert_eq!(Phone::index_of_answer(request.via.branch()), Some(10));
    assert_eq!(message.header(Name::UserAgent), Some(&b"Yealink SIP-T54W 96.86.0.70"[..]));
    let Ok(Contacts::Some(list)) = Contacts::of(&message) else { panic!("no contact") };
    let contact = list.iter().next().unwrap();
    assert_eq!(contact.address.uri_text, b"sip:k7q2@198.51.100.7:40000");
    assert_eq!(contact.instance().as_deref(), Some(&b"<urn:uuid:00000000-0000-1000-8000-001565abcdef>"[..]));
    assert_eq!(bench.last().expires, 3600);
    assert_eq!(bench.last().authorization, None);
}

#[test]
fn branches_of_others_name_no_phone() {
    for branch in [
        &b"z9hG4bK"[..],
        b"z9hG4bKa",
        b"z9hG4bK.1",
        b"z9hG4bKzz.1",
        b"a.1",
        b"",
        b"z9hG4bK-1.1",
        b"z9hG4bK\xff.1",
    ] {
        assert_eq!(Phone::index_of_answer(branch), None, "{branch:?}");
    }
}

#[test]
fn challenges_of_both_algorithms_are_answered() {
    for algorithm in [Algorithm::Md5, Algorithm::Sha256] {
        for qop in [true, false] {
            let mut bench = Bench::new(config());
            let first = bench.last();
            assert_eq!(bench.answer(401, &[challenge(algorithm, "n1", qop, false)]), 1);
            let second = bench.last();
            assert_eq!(second.call_id, first.call_id);
            assert_eq!(second.cseq, first.cseq + 1);
            assert_ne!(second.branch, first.branch);
            assert_eq!(second.check(algorithm, "s3cret"), (qop.then_some(1), true), "{algorithm} {qop}");
            assert_eq!(bench.answer(200, &[("Expires", "600".to_owned())]), 0);
            assert_eq!(bench.phone.state(), PhoneState::Registered);
            assert_eq!(bench.out.tally.registrations, 1);
            assert_eq!(bench.out.tally.challenged, 1);
        }
    }
}

/// RFC 8760 §2.4: the first that the client understands.
#[test]
fn of_several_challenges_the_first_understood_is_answered() {
    let mut bench = Bench::new(config());
    let unknown =
        ("WWW-Authenticate", "Digest realm=\"one.example\", nonce=\"n0\", algorithm=SHA-512-256".to_owned());
    let headers = [unknown.clone(), challenge(Algorithm::Sha256, "n1", true, false), md5("n2")];
    bench.answer(401, &headers);
    assert_eq!(bench.last().check(Algorithm::Sha256, "s3cret"), (Some(1), true));
    let mut bench = Bench::new(config());
    assert_eq!(bench.answer(401, &[unknown]), 0);
    assert_eq!(bench.phone.state(), PhoneState::Refused(401));
}

#[test]
fn a_proxy_challenge_is_answered_in_its_own_header() {
    let mut bench = Bench::new(config());
    let (_, value) = md5("n1");
    assert_eq!(bench.answer(407, &[("Proxy-Authenticate", value)]), 1);
    let message = bench.sent.last().unwrap();
    let message = Message::parse(message).unwrap();
    assert!(message.header(Name::Authorization).is_none());
    assert!(message.header(Name::ProxyAuthorization).is_some());
}

#[test]
fn a_separate_auth_user_is_used() {
    let mut other = config();
    other.auth_user = Some("auth77".to_owned());
    let mut bench = Bench::new(other);
    bench.answer(401, &[md5("n1")]);
    let value = bench.last().authorization.unwrap();
    let credentials = Credentials::parse(value.as_bytes()).unwrap().unwrap();
    assert_eq!(&*credentials.username(), b"auth77");
    assert_eq!(credentials.qop, Qop::Auth);
    assert!(credentials.verify(&Ha1::new(Algorithm::Md5, b"auth77", b"one.example", b"s3cret"), b"REGISTER"));
}

#[test]
fn a_nonce_is_used_again_with_the_next_count() {
    let mut bench = Bench::new(config());
    bench.answer(401, &[md5("n1")]);
    bench.answer(200, &[("Expires", "600".to_owned())]);
    for count in 2..=4 {
        let waited = seconds(bench.wait());
        assert!((300..=540).contains(&waited), "renews after {waited} s of 600");
        assert_eq!(bench.last().check(Algorithm::Md5, "s3cret"), (Some(count), true));
        bench.answer(200, &[("Expires", "600".to_owned())]);
    }
    assert_eq!(bench.out.tally.refreshes, 3);
    assert_eq!(bench.out.tally.registrations, 1);
    // The registrar has had enough of this nonce: no word to anybody, only a new count.
    bench.wait();
    assert_eq!(bench.answer(401, &[challenge(Algorithm::Md5, "n2", true, true)]), 1);
    assert_eq!(bench.last().check(Algorithm::Md5, "s3cret"), (Some(1), true));
    assert_eq!(bench.phone.state(), PhoneState::Registered);
}

#[test]
fn a_phone_that_does_not_reuse_nonces_asks_first() {
    let mut plain = config();
    plain.reuses_nonce = false;
    let mut bench = Bench::new(plain);
    bench.answer(401, &[md5("n1")]);
    bench.answer(200, &[]);
    bench.wait();
    assert_eq!(bench.last().authorization, None);
    // Nor can a nonce without qop be counted (RFC 2069).
    let mut bench = Bench::new(config());
    bench.answer(401, &[challenge(Algorithm::Md5, "n1", false, false)]);
    bench.answer(200, &[]);
    bench.wait();
    assert_eq!(bench.last().authorization, None);
}

#[test]
fn stale_is_not_wrong_but_does_not_go_on_for_ever() {
    let mut bench = Bench::new(config());
    assert_eq!(bench.answer(401, &[md5("n1")]), 1);
    assert_eq!(bench.answer(401, &[challenge(Algorithm::Md5, "n2", true, true)]), 1);
    assert_eq!(bench.answer(401, &[challenge(Algorithm::Md5, "n3", true, true)]), 1);
    assert_eq!(bench.answer(401, &[challenge(Algorithm::Md5, "n4", true, true)]), 0);
    assert_eq!(bench.phone.state(), PhoneState::Refused(401));
}

#[test]
fn a_wrong_password_is_refused_and_tried_again_later() {
    let mut wrong = config();
    wrong.behaviour = Behaviour::WrongPassword;
    let mut bench = Bench::new(wrong);
    for _ in 0..3 {
        assert_eq!(bench.answer(401, &[md5("n1")]), 1);
        assert!(!bench.last().check(Algorithm::Md5, "s3cret").1);
        assert_eq!(bench.answer(401, &[md5("n2")]), 0);
        assert_eq!(bench.phone.state(), PhoneState::Refused(401));
        let waited = seconds(bench.wait());
        assert!((30..=60).contains(&waited), "tries again after {waited} s");
        assert_eq!(bench.last().authorization, None);
    }
    assert_eq!(bench.out.tally.refused, 3);
    assert_eq!(bench.order(Command::Register), 1);
    bench.answer(401, &[md5("n3")]);
    assert!(bench.last().check(Algorithm::Md5, "s3cret").1);
    bench.answer(200, &[]);
    assert_eq!(bench.phone.state(), PhoneState::Registered);
    // And back: the nonce at hand is not answered with the new secret, as a phone whose password was changed restarts its account.
    assert_eq!(bench.order(Command::WrongPassword), 1);
    bench.answer(401, &[md5("n4")]);
    assert!(!bench.last().check(Algorithm::Md5, "s3cret").1);
    bench.answer(401, &[md5("n5")]);
    assert_eq!(bench.phone.state(), PhoneState::Refused(401));
}

/// What the 200 grants, and when the phone then renews.
#[test]
fn the_granted_time_counts_not_the_one_asked_for() {
    let mine = "<sip:k7q2@198.51.100.7:40000>";
    let cases: [(Vec<(&str, String)>, u64); 6] = [
        (vec![], 3600),
        (vec![("Expires", "120".to_owned())], 120),
        (vec![("Contact", format!("{mine};expires=90"))], 90),
        (vec![("Contact", format!("{mine};expires=90")), ("Expires", "600".to_owned())], 90),
        (vec![("Contact", format!("<sip:k7q2@203.0.113.9:1>;expires=20, {mine};expires=90"))], 90),
        (
            vec![("Contact", "<sip:k7q2@203.0.113.9:1>;expires=20".to_owned()), ("Expires", "70".to_owned())],
            70,
        ),
    ];
    for (headers, granted) in cases {
        let mut bench = Bench::new(config());
        bench.answer(200, &headers);
        let waited = seconds(bench.wait());
        assert!((granted / 2..=granted * 9 / 10).contains(&waited), "{headers:?}: {waited} s");
    }
}

#[test]
fn too_brief_is_mended_once() {
    let mut short = config();
    short.expires = 20;
    let mut bench = Bench::new(short.clone());
    assert_eq!(bench.answer(401, &[md5("n1")]), 1);
    assert_eq!(bench.answer(423, &[("Min-Expires", "60".to_owned())]), 1);
    assert_eq!(bench.last().expires, 60);
    assert_eq!(bench.last().check(Algorithm::Md5, "s3cret"), (Some(2), true));
    assert_eq!(bench.answer(423, &[("Min-Expires", "90".to_owned())]), 0);
    assert_eq!(bench.phone.state(), PhoneState::Refused(423));
    for nonsense in ["", "20", "x", "-1"] {
        let mut bench = Bench::new(short.clone());
        assert_eq!(bench.answer(423, &[("Min-Expires", nonsense.to_owned())]), 0, "{nonsense:?}");
        assert_eq!(bench.phone.state(), PhoneState::Refused(423));
    }
}

#[test]
fn retry_after_is_honoured_and_refusals_wait() {
    let cases: [(u16, &str, std::ops::RangeInclusive<u64>); 7] = [
        (503, "7", 7..=9),
        (503, "18 (restarting);duration=60", 18..=23),
        (503, "999999", 3600..=4500),
        (503, "soon", 30..=60),
        (500, "", 30..=60),
        (404, "", 30..=60),
        (403, "", 1200..=2400),
    ];
    for (code, retry_after, expected) in cases {
        let mut bench = Bench::new(config());
        let headers = [("Retry-After", retry_after.to_owned())];
        assert_eq!(bench.answer(code, if retry_after.is_empty() { &[] } else { &headers }), 0);
        assert_eq!(bench.phone.state(), PhoneState::Refused(code));
        let waited = seconds(bench.wait());
        assert!(expected.contains(&waited), "{code} {retry_after:?}: {waited} s");
        assert_eq!(bench.answer(200, &[]), 0);
        assert_eq!(bench.phone.state(), PhoneState::Registered);
    }
}

#[test]
fn a_server_in_trouble_does_not_end_a_registration_before_its_time() {
    let mut bench = Bench::registered(config(), 600);
    let until = bench.now + Duration::from_secs(600);
    bench.wait();
    bench.answer(503, &[("Retry-After", "3000".to_owned())]);
    assert_eq!(bench.phone.state(), PhoneState::Registered);
    bench.wait();
    assert_eq!(bench.now, until);
    assert_eq!(bench.phone.state(), PhoneState::NoAnswer);
    let mut bench = Bench::registered(config(), 600);
    bench.wait();
    bench.answer(403, &[]);
    assert_eq!(bench.phone.state(), PhoneState::Refused(403));
}

/// RFC 3261 §17.1.2: timers E and F.
#[test]
fn silence_is_met_with_eleven_copies_and_then_patience() {
    let mut bench = Bench::new(config());
    let first = bench.sent[0].clone();
    let began = bench.now;
    let mut gaps = Vec::new();
    while bench.phone.state() == PhoneState::Registering {
        gaps.push(bench.wait().as_millis());
    }
    assert_eq!(gaps, [500, 1000, 2000, 4000, 4000, 4000, 4000, 4000, 4000, 4000, 500]);
    assert_eq!(bench.now - began, Duration::from_secs(32));
    assert_eq!(bench.sent.len(), 11);
    assert!(bench.sent.iter().all(|copy| *copy == first));
    assert_eq!(bench.phone.state(), PhoneState::NoAnswer);
    assert_eq!((bench.out.tally.retransmitted, bench.out.tally.no_answer), (10, 1));
    let waited = seconds(bench.wait());
    assert!((30..=60).contains(&waited));
    assert_ne!(bench.last().branch, Seen::of(&first).branch);
}

#[test]
fn a_provisional_answer_slows_the_copies() {
    let mut bench = Bench::new(config());
    assert_eq!(bench.answer(100, &[]), 0);
    assert_eq!(bench.wait(), Duration::from_secs(4));
    assert_eq!(bench.wait(), Duration::from_secs(4));
    bench.answer(200, &[]);
    assert_eq!(bench.phone.state(), PhoneState::Registered);
}

#[test]
fn answers_that_are_not_to_the_request_at_hand_are_dropped() {
    let mut bench = Bench::new(config());
    let first = bench.sent[0].clone();
    assert_eq!(bench.answer(401, &[md5("n1")]), 1);
    // The same 401 again, as a retransmitted request gets it.
    let late = respond(&first, 401, &[md5("n1")]);
    assert_eq!(bench.receive(&late), 0);
    let late = respond(&first, 200, &[]);
    assert_eq!(bench.receive(&late), 0);
    assert_eq!(bench.phone.state(), PhoneState::Registering);
    bench.answer(200, &[]);
    assert_eq!(bench.phone.state(), PhoneState::Registered);
    let again = respond(&bench.sent.last().unwrap().clone(), 403, &[]);
    assert_eq!(bench.receive(&again), 0);
    assert_eq!(bench.phone.state(), PhoneState::Registered);
}

#[test]
fn equal_seeds_give_equal_phones_and_others_differ() {
    let place = Place { address: PHONE.parse().unwrap(), contact_user: "k7q2".to_owned(), index: 1 };
    let first_request = |seed| {
        let mut phone = Phone::new(config(), place.clone(), seed, Duration::ZERO);
        let mut out = Outbox::default();
        phone.on_timer(Duration::ZERO, &mut out);
        out.take()
    };
    assert_eq!(first_request(3), first_request(3));
    assert_ne!(first_request(3), first_request(4));
}

#[test]
fn a_user_name_cannot_break_out_of_its_uri() {
    let mut hostile = config();
    hostile.username = "a b>\r\nX: y;é@".to_owned();
    hostile.user_agent = "one\r\nContact: <sip:evil@x>".to_owned();
    let bench = Bench::new(hostile);
    let bytes = bench.sent.last().unwrap();
    let message = Message::parse(bytes).unwrap();
    let request = message.request().unwrap();
    assert_eq!(request.to.uri_text, "sip:a%20b%3E%0D%0AX%3A%20y;%C3%A9%40@one.example".as_bytes());
    assert_eq!(message.headers(Name::Contact).count(), 1);
}
