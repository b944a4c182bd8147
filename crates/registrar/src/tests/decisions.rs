//! What each kind of request is answered, without and with credentials.

use tonalite_core::time::Span;
use tonalite_sip::Name;

use super::{Bench, DOMAIN, Phone, code, values};

const CONTACT: &str = "Contact: <sip:alice@192.0.2.10:5060>\r\n";

fn request(method: &str, uri: &str, extra: &str) -> String {
    format!(
        "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bKa\r\nFrom: <sip:alice@{DOMAIN}>;tag=1\r\n\
         To: <sip:alice@{DOMAIN}>\r\nCall-ID: c\r\nCSeq: 1 {method}\r\n{extra}Content-Length: 0\r\n\r\n"
    )
}

/// Code of the answer; 0: none.
fn answer(bench: &mut Bench, datagram: &str) -> u16 {
    bench.send(datagram, "192.0.2.10:5060").map_or(0, |answer| code(&answer))
}

#[test]
fn requests_by_method_and_shape() {
    let us = &format!("sip:{DOMAIN}")[..];
    let big_require = "Require: path, 100rel\r\nRequire: outbound\r\n";
    for (name, method, uri, extra, expected) in [
        ("no credentials", "REGISTER", us, CONTACT, 401),
        ("by our public name", "REGISTER", "sip:sip.example.net", CONTACT, 401),
        ("by address", "REGISTER", "sip:192.0.2.1:5060", CONTACT, 401),
        ("by IPv6 address", "REGISTER", "sip:[2001:db8::1]", CONTACT, 401),
        ("in upper case", "REGISTER", "sip:PBX.Example.Com.", CONTACT, 401),
        ("a user in the Request-URI", "REGISTER", "sip:alice@pbx.example.com", CONTACT, 401),
        ("another's domain", "REGISTER", "sip:other.example.org", CONTACT, 404),
        ("no hops left", "REGISTER", us, "Max-Forwards: 0\r\n", 483),
        ("demands", "REGISTER", us, big_require, 420),
        ("demands what we have", "REGISTER", us, "Require: path\r\n", 401),
        ("a scanner", "REGISTER", us, "User-Agent: Friendly-Scanner 1.0\r\n", 0),
        ("are you there", "OPTIONS", us, "", 200),
        ("a call", "INVITE", us, "", 403),
        ("the end of a call", "BYE", us, "", 481),
        ("the end of nothing", "CANCEL", us, "", 481),
        ("stray", "ACK", us, "", 0),
        ("a subscription", "SUBSCRIBE", us, "Event: message-summary\r\n", 405),
        ("a publication", "PUBLISH", us, "Event: presence\r\n", 405),
        ("a notification", "NOTIFY", us, "Event: reg\r\n", 405),
        ("a text", "MESSAGE", us, "", 405),
        ("a refer", "REFER", us, "", 501),
        ("a novelty", "JUMP", us, "", 501),
    ] {
        let mut bench = Bench::new();
        assert_eq!(answer(&mut bench, &request(method, uri, extra)), expected, "{name}");
        assert!(bench.store.take_changes().is_empty(), "{name}");
    }
}

#[test]
fn what_is_no_request_of_sip() {
    let mut bench = Bench::new();
    for (name, datagram, expected) in [
        ("keep-alive", "\r\n\r\n".to_owned(), 0),
        ("HTTP", "GET / HTTP/1.1\r\n\r\n".to_owned(), 0),
        (
            "an answer to nothing",
            request("X", "sip:a", "").replacen("X sip:a SIP/2.0", "SIP/2.0 200 OK", 1),
            0,
        ),
        (
            "another version",
            request("REGISTER", "sip:pbx.example.com", "").replacen("SIP/2.0\r\n", "SIP/3.0\r\n", 1),
            505,
        ),
        ("a scheme", request("REGISTER", "mailto:a@b.example", ""), 416),
        ("no Call-ID", request("REGISTER", "sip:pbx.example.com", "").replace("Call-ID: c\r\n", ""), 400),
        ("a faulty ACK", request("ACK", "sip:pbx.example.com", "").replace("Call-ID: c\r\n", ""), 0),
        ("no Via", request("REGISTER", "sip:pbx.example.com", "").replace("Via:", "X-Via:"), 0),
        (
            "a To of another domain",
            request("REGISTER", "sip:pbx.example.com", "")
                .replace("To: <sip:alice@pbx", "To: <sip:alice@pbx2"),
            404,
        ),
        (
            "a To without user",
            request("REGISTER", "sip:pbx.example.com", "").replace("To: <sip:alice@", "To: <sip:"),
            404,
        ),
        (
            "a To that is no URI",
            request("REGISTER", "sip:pbx.example.com", "").replace("To: <sip:alice@", "To: <alice at "),
            400,
        ),
    ] {
        assert_eq!(answer(&mut bench, &datagram), expected, "{name}");
    }
}

#[test]
fn the_headers_of_refusals() {
    let mut bench = Bench::new();
    let us = format!("sip:{DOMAIN}");
    let unsupported = bench
        .send(&request("REGISTER", &us, "Require: gruu, path\r\nRequire: x\r\n"), "192.0.2.10:5060")
        .unwrap();
    assert_eq!(values(&unsupported, Name::Unsupported), ["gruu, x"]);
    let not_allowed = bench.send(&request("SUBSCRIBE", &us, ""), "192.0.2.10:5060").unwrap();
    assert_eq!(values(&not_allowed, Name::Allow), ["REGISTER, OPTIONS"]);
    let options = bench.send(&request("OPTIONS", &us, ""), "192.0.2.10:5060").unwrap();
    assert_eq!(values(&options, Name::Supported), ["path"]);
    assert!(values(&options, Name::To)[0].contains(";tag="), "{options}");
}

/// With the right password, what is asked for is looked at.
#[test]
fn authenticated_requests() {
    let long = format!("Contact: <sip:alice@192.0.2.10;x={}>\r\n", "y".repeat(600));
    let six: String = (0..6).map(|n| format!("Contact: <sip:alice@192.0.2.1{n}>\r\n")).collect();
    for (name, headers, expected) in [
        ("a contact", CONTACT, 200),
        ("a query", "", 200),
        ("one second", "Contact: <sip:alice@192.0.2.10>;expires=1\r\n", 423),
        ("one second by header", "Contact: <sip:alice@192.0.2.10>\r\nExpires: 1\r\n", 423),
        (
            "one of two too brief",
            "Contact: <sip:alice@192.0.2.10>, <sip:alice@192.0.2.11>;expires=5\r\n",
            423,
        ),
        ("unreadable expiry means an hour", "Contact: <sip:alice@192.0.2.10>;expires=soon\r\n", 200),
        ("for ever", "Contact: <sip:alice@192.0.2.10>;expires=99999999999\r\n", 200),
        ("a star", "Contact: *\r\nExpires: 0\r\n", 200),
        ("a star that stays", "Contact: *\r\nExpires: 60\r\n", 400),
        ("a star without a word", "Contact: *\r\n", 400),
        ("a star among others", "Contact: *, <sip:a@192.0.2.1>\r\nExpires: 0\r\n", 400),
        ("no URI", "Contact: <alice>\r\n", 400),
        ("a number", "Contact: <tel:+33142278186>\r\n", 400),
        ("a long one", &long, 400),
        ("a crowd", &six, 403),
        ("a path", "Contact: <sip:alice@192.0.2.10>\r\nPath: <sip:edge.example.com;lr>\r\n", 200),
        ("a broken path", "Contact: <sip:alice@192.0.2.10>\r\nPath: <sip:edge.example.com\r\n", 400),
    ] {
        let mut bench = Bench::new();
        let answer = bench.register(&mut Phone::new("alice"), headers);
        assert_eq!(code(&answer), expected, "{name}: {answer}");
    }
}

#[test]
fn another_ones_line_is_not_mine() {
    let mut bench = Bench::new();
    let mut phone = Phone::new("alice");
    bench.register(&mut phone, CONTACT);
    phone.cseq += 1;
    phone.call_id = "theft".into();
    let answer = bench.send(&phone.write("bob", "Contact: <sip:bob@192.0.2.10>\r\n"), phone.source).unwrap();
    assert_eq!(code(&answer), 403);
    assert!(bench.known(2).bindings.is_empty());

    phone.call_id = "third party".into();
    let mixed = phone
        .write("alice", CONTACT)
        .replace(&format!("From: <sip:alice@{DOMAIN}"), &format!("From: <sip:bob@{DOMAIN}"));
    let answer = bench.send(&mixed, phone.source).unwrap();
    assert_eq!(code(&answer), 403);
}

/// Byte for byte, but for what is random in every answer.
#[test]
fn unknown_user_and_wrong_password_look_alike() {
    let mut bench = Bench::new();
    let mut seen = Vec::new();
    for user in ["alice", "alicf"] {
        let mut phone = Phone::new(user);
        phone.call_id = "same".into();
        phone.password = "guess".into();
        let first = bench.send(&phone.request(CONTACT), phone.source).unwrap();
        phone.challenged(&first);
        let second = bench.send(&phone.request(CONTACT), phone.source).unwrap();
        for answer in [first, second] {
            assert_eq!(code(&answer), 401);
            let anonymous = answer.replace("alicf", "alice");
            let nonce = anonymous.split("nonce=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
            let tag = anonymous
                .split("To:")
                .nth(1)
                .unwrap()
                .split("tag=")
                .nth(1)
                .unwrap()
                .split('\r')
                .next()
                .unwrap()
                .to_owned();
            assert_eq!((nonce.len(), tag.len()), (39, 16));
            seen.push(anonymous.replace(&nonce, "N").replace(&tag, "T"));
        }
    }
    assert_eq!(seen[0], seen[2]);
    assert_eq!(seen[1], seen[3]);
    assert!(!seen[1].contains("stale"));
    assert_eq!(
        bench.engine.refusals(tonalite_core::id::LineKey(1)).unwrap().count,
        1,
        "evidence of the line"
    );
    bench.pass(Span::from_secs(1));
}
