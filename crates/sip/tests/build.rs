//! What we write: snapshots of answers, and that whatever is written reads back the same.

use std::net::SocketAddr;

use expect_test::{Expect, expect};
use proptest::prelude::*;
use tonalite_sip::header::{Contacts, Event, Rport, expires_seconds};
use tonalite_sip::transaction::TransactionKey;
use tonalite_sip::{Message, Method, Name, build, scan};

const REGISTER: &str = "REGISTER sip:example.com SIP/2.0\r\n\
Via: SIP/2.0/UDP 10.0.0.5:5062 ; branch=z9hG4bK1;rport , SIP/2.0/UDP 10.0.0.4;branch=z9hG4bK0\r\n\
v: SIP/2.0/TCP\r\n core.example.com;branch=z9hG4bKx\r\n\
f: \"Caf\u{e9}, 2\" <sip:u1@example.com>;tag=a\r\nTo:  <sip:u1@example.com>\r\ni: abc@10.0.0.5\r\nCSeq:  7   REGISTER\r\n\
Contact: <sip:u1@10.0.0.5:5062>;expires=60\r\nContent-Length: 0\r\n\r\n";

fn check(request: &str, source: &str, expected: Expect) {
    let message = Message::parse(request.as_bytes()).expect("a message");
    let source: SocketAddr = source.parse().expect("an address");
    let mut out = b"left over".to_vec();
    build::response(&mut out, &message, source, 200, build::reason_phrase(200), Some(b"tt"))
        .expect("a Via")
        .header_fmt("Contact", format_args!("<sip:u1@10.0.0.5:5062>;expires={}", 60))
        .finish();
    expected.assert_eq(&String::from_utf8(out).expect("text").replace('\r', ""));
}

#[test]
fn an_answer_behind_nat() {
    check(
        REGISTER,
        "192.0.2.9:40000",
        expect![[r#"
            SIP/2.0 200 OK
            Via: SIP/2.0/UDP 10.0.0.5:5062;branch=z9hG4bK1;received=192.0.2.9;rport=40000, SIP/2.0/UDP 10.0.0.4;branch=z9hG4bK0
            Via: SIP/2.0/TCP
             core.example.com;branch=z9hG4bKx
            From: "Café, 2" <sip:u1@example.com>;tag=a
            To: <sip:u1@example.com>;tag=tt
            Call-ID: abc@10.0.0.5
            CSeq: 7   REGISTER
            Contact: <sip:u1@10.0.0.5:5062>;expires=60
            Content-Length: 0

        "#]],
    );
}

#[test]
fn received_only_where_it_says_something_new() {
    let plain = REGISTER.replace(";rport", "");
    check(
        &plain,
        "10.0.0.5:5062",
        expect![[r#"
            SIP/2.0 200 OK
            Via: SIP/2.0/UDP 10.0.0.5:5062;branch=z9hG4bK1, SIP/2.0/UDP 10.0.0.4;branch=z9hG4bK0
            Via: SIP/2.0/TCP
             core.example.com;branch=z9hG4bKx
            From: "Café, 2" <sip:u1@example.com>;tag=a
            To: <sip:u1@example.com>;tag=tt
            Call-ID: abc@10.0.0.5
            CSeq: 7   REGISTER
            Contact: <sip:u1@10.0.0.5:5062>;expires=60
            Content-Length: 0

        "#]],
    );
}

#[test]
fn a_client_cannot_choose_where_it_was_seen() {
    let lying = REGISTER
        .replace(";rport ", ";received=198.51.100.1;rport=1 ")
        .replace("<sip:u1@example.com>\r\ni", "<sip:u1@example.com>;tag=zz\r\ni");
    check(
        &lying,
        "[2001:db8::1]:5060",
        expect![[r#"
            SIP/2.0 200 OK
            Via: SIP/2.0/UDP 10.0.0.5:5062;branch=z9hG4bK1;received=2001:db8::1;rport=5060, SIP/2.0/UDP 10.0.0.4;branch=z9hG4bK0
            Via: SIP/2.0/TCP
             core.example.com;branch=z9hG4bKx
            From: "Café, 2" <sip:u1@example.com>;tag=a
            To: <sip:u1@example.com>;tag=zz
            Call-ID: abc@10.0.0.5
            CSeq: 7   REGISTER
            Contact: <sip:u1@10.0.0.5:5062>;expires=60
            Content-Length: 0

        "#]],
    );
}

#[test]
fn a_fault_is_answered_from_what_there_is() {
    let broken =
        "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.5;branch=z9hG4bK1\r\nCSeq: nonsense\r\n\r\n";
    let message = Message::parse(broken.as_bytes()).unwrap();
    let fault = message.request().unwrap_err();
    let mut out = Vec::new();
    let status = fault.status().unwrap();
    build::response(
        &mut out,
        &message,
        "10.0.0.5:5060".parse().unwrap(),
        status,
        &fault.to_string(),
        Some(b"t"),
    )
    .unwrap()
    .finish();
    expect![[r#"
        SIP/2.0 400 Missing From
        Via: SIP/2.0/UDP 10.0.0.5;branch=z9hG4bK1
        CSeq: nonsense
        Content-Length: 0

    "#]]
    .assert_eq(&String::from_utf8(out).unwrap().replace('\r', ""));
}

#[test]
fn nobody_smuggles_a_line() {
    let mut out = Vec::new();
    build::request(&mut out, "OPTIONS", b"sip:a@b\r\nEvil: 1")
        .header("X", "a\r\nEvil: 2")
        .header_fmt("Y", format_args!("a\n{}", "Evil: 3"))
        .header("Z", "folds\r\n stay")
        .finish_with_body("text/plain", b"body");
    expect![[r#"
        OPTIONS sip:a@b  Evil: 1 SIP/2.0
        X: a  Evil: 2
        Y: a Evil: 3
        Z: folds
         stay
        Content-Type: text/plain
        Content-Length: 4

        body"#]]
    .assert_eq(&String::from_utf8(out).unwrap().replace('\r', ""));
}

#[test]
fn typed_headers() {
    let text = REGISTER.replace(
        "Contact: <sip:u1@10.0.0.5:5062>;expires=60\r\n",
        "m: \"a, <b>\" <sip:u1@10.0.0.5:5062;transport=udp>;expires=60;q=0.5, sip:u1@10.0.0.6;expires=x\r\n\
         Contact: <sip:u1@10.0.0.7>;+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-001565ABCDEF>\";reg-id=2\r\n\
         o: check-sync;reboot=true\r\n",
    );
    let message = Message::parse(text.as_bytes()).unwrap();
    let request = message.request().unwrap();
    assert_eq!(
        (request.method, request.cseq.number, request.call_id),
        (Method::Register, 7, &b"abc@10.0.0.5"[..])
    );
    assert_eq!((request.via.host, request.via.port), (&b"10.0.0.5"[..], Some(5062)));
    assert_eq!((request.via.branch(), request.via.rport()), (&b"z9hG4bK1"[..], Rport::Asked));
    assert_eq!(request.from.display(), "Caf\u{e9}, 2".as_bytes());
    let Contacts::Some(contacts) = Contacts::of(&message).unwrap() else { panic!("three contacts") };
    let contacts: Vec<_> = contacts.iter().collect();
    assert_eq!(contacts.len(), 3);
    assert_eq!(contacts[0].address.uri_text, b"sip:u1@10.0.0.5:5062;transport=udp");
    assert_eq!(
        (contacts[0].expires(), contacts[1].expires(), contacts[2].expires()),
        (Some(60), Some(3600), None)
    );
    assert_eq!(
        contacts[1].address.uri_text, b"sip:u1@10.0.0.6",
        "without <> the parameters are the header's"
    );
    assert_eq!(contacts[2].instance().unwrap(), &b"<urn:uuid:00000000-0000-1000-8000-001565ABCDEF>"[..]);
    assert_eq!(contacts[2].reg_id(), Some(2));
    let event = Event::parse(message.header(Name::Event).unwrap()).unwrap();
    assert_eq!(event.package, b"check-sync");
    assert!(event.params.get("reboot").is_some());
    let second = message.headers(Name::Via).nth(1).unwrap();
    assert_eq!(scan::unfold(second), &b"SIP/2.0/TCP core.example.com;branch=z9hG4bKx"[..]);
}

#[test]
fn expires_by_the_letter_and_beyond() {
    for (text, seconds) in [
        ("0", 0),
        (" 60 ", 60),
        ("4294967295", u32::MAX),
        ("4294967296", u32::MAX),
        ("-1", 3600),
        ("", 3600),
        ("1h", 3600),
    ] {
        assert_eq!(expires_seconds(text.as_bytes()), seconds, "{text}");
    }
}

#[test]
fn transactions_are_told_apart() {
    let key = |text: &str, source: &[u8]| {
        TransactionKey::new(&Message::parse(text.as_bytes()).unwrap().request().unwrap(), source)
    };
    let first = key(REGISTER, b"s");
    assert_eq!(first, key(REGISTER, b"s"));
    assert_eq!(
        first,
        key(&REGISTER.replace("10.0.0.5\r\nCSeq:  7", "10.0.0.5\r\nX: retransmitted\r\nCSeq:  7"), b"s")
    );
    assert_ne!(first, key(REGISTER, b"t"));
    assert_ne!(first, key(&REGISTER.replace("z9hG4bK1", "z9hG4bK2"), b"s"));
    assert_ne!(first, key(&REGISTER.replace(":5062 ;", ":5063 ;"), b"s"));
    assert_ne!(first, key(&REGISTER.replace("REGISTER", "OPTIONS"), b"s"));
    // Without the cookie the branch says nothing (RFC 3261 §17.2.3): the CSeq must.
    let old = REGISTER.replace("z9hG4bK1", "1");
    assert_eq!(key(&old, b"s"), key(&old, b"s"));
    assert_ne!(key(&old, b"s"), key(&old.replace("CSeq:  7", "CSeq:  8"), b"s"));
    assert_eq!(first, key(&REGISTER.replace("CSeq:  7", "CSeq:  8"), b"s"));
    let (invite, ack) = (REGISTER.replace("REGISTER", "INVITE"), REGISTER.replace("REGISTER", "ACK"));
    assert_eq!(key(&invite, b"s"), key(&ack, b"s"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        read_everything(&bytes);
    }

    /// Bytes that get past the start line.
    #[test]
    fn no_headers_panic(lines in proptest::collection::vec("(Via|v|From|To|i|CSeq|Contact|m|Event|Authorization|WWW-Authenticate|Content-Length)[ ]?:[ -~\r\n\t]{0,60}", 0..12)) {
        let text = format!("{}{}\r\n\r\n", &REGISTER[..REGISTER.len() - 2], lines.join("\r\n"));
        read_everything(text.as_bytes());
    }

    #[test]
    fn what_is_written_is_read(
        method in "[A-Z]{1,12}", user in "[a-zA-Z0-9_.!~*'()%-]{1,20}", host in "[a-z0-9-]{1,20}(\\.[a-z]{2,5})?", port in 1_u16..,
        number in 0_u32..1 << 31, value in "[ -~]{0,80}", body in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let uri = format!("sip:{user}@{host}:{port}");
        let mut out = Vec::new();
        build::request(&mut out, &method, uri.as_bytes())
            .header_fmt("Via", format_args!("SIP/2.0/UDP {host}:{port};branch=z9hG4bK{number};rport"))
            .header_fmt("From", format_args!("<{uri}>;tag={number}"))
            .header_fmt("To", format_args!("<{uri}>"))
            .header_fmt("Call-ID", format_args!("{number}@{host}"))
            .header_fmt("CSeq", format_args!("{number} {method}"))
            .header("X-Value", &value)
            .finish_with_body("application/octet-stream", &body);
        let message = Message::parse(&out).unwrap();
        let request = message.request().unwrap();
        prop_assert_eq!(request.uri_text, uri.as_bytes());
        prop_assert_eq!(request.method.as_bytes(), method.as_bytes());
        prop_assert_eq!(request.uri.port, Some(port));
        prop_assert_eq!(request.cseq.number, number);
        let tag = number.to_string();
        prop_assert_eq!(request.from.tag(), Some(tag.as_bytes()));
        prop_assert_eq!(message.body(), &body[..]);
        let found = message.all_headers().find(|(_, text, _)| *text == b"X-Value").map(|(_, _, value)| value);
        prop_assert_eq!(found, Some(value.trim_matches(' ').as_bytes()));

        let mut answer = Vec::new();
        build::response(&mut answer, &message, "192.0.2.1:5060".parse().unwrap(), 200, "OK", Some(b"t1")).unwrap().finish();
        let message = Message::parse(&answer).unwrap();
        let response = message.response().unwrap();
        prop_assert_eq!(response.via.branch(), request.via.branch());
        prop_assert_eq!(response.via.rport(), Rport::Given(5060));
        prop_assert_eq!(response.via.received(), Some(&b"192.0.2.1"[..]));
        prop_assert_eq!(response.cseq, request.cseq);
        prop_assert_eq!(response.to.tag(), Some(&b"t1"[..]));
    }
}

fn read_everything(bytes: &[u8]) {
    let Ok(message) = Message::parse(bytes) else { return };
    let _ = message.response();
    let _ = Contacts::of(&message);
    for (_, _, value) in message.all_headers() {
        let _ = tonalite_sip::digest::Credentials::parse(value).map(|given| {
            given.map(|given| (given.username().len(), given.nonce_count));
        });
        let _ = tonalite_sip::digest::Challenge::parse(value);
        let _ = Event::parse(value);
        let _ = tonalite_sip::header::NameAddr::parse(value)
            .map(|address| (address.display().len(), address.uri().is_ok()));
        let _ = (scan::unfold(value), scan::unquote(value), expires_seconds(value));
    }
    if let Ok(request) = message.request() {
        let _ = TransactionKey::new(&request, b"");
        let mut aor = Vec::new();
        request.uri.write_aor(&mut aor);
        assert!(request.uri.params.iter().nth(40).is_some() || request.uri.is_equivalent(&request.uri));
    }
    let mut out = Vec::new();
    if let Ok(writer) =
        build::response(&mut out, &message, ([192, 0, 2, 1], 5060).into(), 400, "Bad Request", Some(b"t"))
    {
        writer.finish();
        assert!(Message::parse(&out).is_ok());
    }
}
