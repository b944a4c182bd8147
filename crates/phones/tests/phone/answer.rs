//! The phone as the one who is asked.

use tonalite_phones::PhoneState;
use tonalite_sip::Message;

use super::bench::{Bench, config, options, request, respond};

#[test]
fn requests_are_answered_as_by_a_phone() {
    let notify =
        request("NOTIFY", "k7q2", "Event: check-sync;reboot=false\r\nSubscription-State: terminated\r\n");
    let cases: [(Vec<u8>, Option<u16>); 9] = [
        (options("k7q2"), Some(200)),
        (options("stranger"), Some(404)),
        (notify, Some(200)),
        (request("INVITE", "k7q2", ""), Some(486)),
        (request("ACK", "k7q2", ""), None),
        (request("BYE", "k7q2", ""), Some(481)),
        (request("SUBSCRIBE", "k7q2", ""), Some(405)),
        (
            b"OPTIONS sip:k7q2@x SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n\r\n".to_vec(),
            Some(400),
        ),
        (b"\r\n\r\n".to_vec(), None),
    ];
    for (bytes, expected) in cases {
        let mut bench = Bench::registered(config(), 600);
        let before = bench.sent.len();
        let count = bench.receive(&bytes);
        let shown = String::from_utf8_lossy(&bytes);
        assert_eq!(count, usize::from(expected.is_some()), "{shown}");
        let Some(code) = expected else { continue };
        let answer = bench.sent[before].clone();
        assert!(
            answer.starts_with(format!("SIP/2.0 {code} ").as_bytes()),
            "{shown}{}",
            String::from_utf8_lossy(&answer)
        );
        if code != 400 {
            let message = Message::parse(&answer).unwrap();
            let response = message.response().unwrap();
            assert_eq!(response.via.branch(), b"z9hG4bKx1");
            assert!(response.to.tag().is_some());
        }
        // Retransmitted: the same bytes.
        bench.receive(&bytes);
        assert_eq!(bench.sent.last(), Some(&answer), "{shown}");
    }
}

#[test]
fn no_datagram_stops_a_phone() {
    let mut bench = Bench::registered(config(), 600);
    let good =
        respond(&bench.sent[0].clone(), 200, &[("Contact", "*".to_owned()), ("Expires", "x".to_owned())]);
    for bytes in [options("k7q2"), good] {
        for cut in 0..bytes.len() {
            bench.receive(&bytes[..cut]);
            let mut changed = bytes.clone();
            changed[cut] ^= 0x80;
            bench.receive(&changed);
        }
    }
    assert_eq!(bench.phone.state(), PhoneState::Registered);
}
