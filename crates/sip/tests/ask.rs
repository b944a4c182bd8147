//! Requests to a contact, byte for byte; what must not be written; their answers and challenges.

use std::time::Duration;

use expect_test::{Expect, expect};
use tonalite_sip::ask::{Ask, AskContact, request_uri};
use tonalite_sip::client::{Challenged, Names, TIMER_F, TimerE, is_answer_to};
use tonalite_sip::digest::Answer;
use tonalite_sip::header::Name;
use tonalite_sip::uri::escape_user;
use tonalite_sip::{Fault, Message, Method};

fn asked(ask: Ask<'static>) -> AskContact<'static> {
    AskContact {
        ask,
        contact: "sip:1001-0x55@10.0.0.5:5062;transport=udp",
        path: &[],
        from: "sip:ping@example.com",
        from_tag: "f1",
        to: "sip:1001@example.com",
        call_id: "c1",
        cseq: 1,
        transport: "UDP",
        sent_by: "192.0.2.1:5060",
        branch: "z9hG4bK01",
        authorization: None,
        user_agent: "Tonalite",
    }
}

fn check(asked: &AskContact<'_>, expected: Expect) {
    let mut out = b"left over".to_vec();
    asked.write(&mut out).expect("a request");
    let request = Message::parse(&out).expect("a message");
    request.request().expect("a request in order");
    let text = String::from_utf8(out.clone()).expect("text");
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    expected.assert_eq(&text.replace('\r', ""));
}

#[test]
fn options() {
    check(
        &asked(Ask::Options),
        expect![[r#"
            OPTIONS sip:1001-0x55@10.0.0.5:5062;transport=udp SIP/2.0
            Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK01;rport
            Max-Forwards: 70
            From: <sip:ping@example.com>;tag=f1
            To: <sip:1001@example.com>
            Call-ID: c1
            CSeq: 1 OPTIONS
            Contact: <sip:192.0.2.1:5060>
            Accept: application/sdp
            User-Agent: Tonalite
            Content-Length: 0

        "#]],
    );
}

#[test]
fn notify_over_a_path_with_credentials() {
    let path = ["<sip:edge1.example.net;lr>;x=y".to_owned(), "\"A, B\" <sip:[2001:db8::1];lr;ob>".to_owned()];
    let notify = AskContact {
        path: &path,
        cseq: 2,
        transport: "TLS",
        authorization: Some(("Authorization", b"Digest x")),
        ..asked(Ask::Notify { event: "check-sync;reboot=true" })
    };
    check(
        &notify,
        expect![[r#"
            NOTIFY sip:1001-0x55@10.0.0.5:5062;transport=udp SIP/2.0
            Via: SIP/2.0/TLS 192.0.2.1:5060;branch=z9hG4bK01;rport
            Max-Forwards: 70
            From: <sip:ping@example.com>;tag=f1
            To: <sip:1001@example.com>
            Call-ID: c1
            CSeq: 2 NOTIFY
            Contact: <sip:192.0.2.1:5060;transport=tls>
            Route: <sip:edge1.example.net;lr>;x=y
            Route: <sip:[2001:db8::1];lr;ob>
            Event: check-sync;reboot=true
            Subscription-State: terminated
            Authorization: Digest x
            User-Agent: Tonalite
            Content-Length: 0

        "#]],
    );
}

#[test]
fn what_must_not_be_written() {
    let mut out = Vec::new();
    for contact in [
        "",
        "sip:",
        "sip:a@b\r\nEvil: 1",
        "sip:a@b c",
        "sip:a@b\u{7f}",
        "<sip:a@b>",
        "sip:a@\"b\"",
        "tel:+33140000000",
        "mailto:a@b",
        "*",
    ] {
        let asked = AskContact { contact, ..asked(Ask::Options) };
        assert_eq!(asked.write(&mut out), Err(Fault::RequestUri), "{contact:?}");
    }
    for element in
        ["", "<sip:p", "<sip:p;lr>, <sip:q>\r\nEvil: 1", "<tel:1>", "<sip:a b>", "\"\r\nEvil: 1\" <sip:p>"]
    {
        let path = [element.to_owned()];
        let asked = AskContact { path: &path, ..asked(Ask::Options) };
        assert_eq!(asked.write(&mut out), Err(Fault::Malformed(Name::Path)), "{element:?}");
    }
    for event in ["", ";reboot=true", "check sync", "check-sync;\"", "check-sync\r\nEvil: 1"] {
        let asked = asked(Ask::Notify { event });
        assert_eq!(asked.write(&mut out), Err(Fault::Malformed(Name::Event)), "{event:?}");
    }
}

#[test]
fn a_request_uri_has_no_headers() {
    for (contact, expected) in [
        ("sip:a@b:5060;x=y", Some("sip:a@b:5060;x=y")),
        ("sips:a?b@c?Route=%3Csip:evil%3E&body=x", Some("sips:a?b@c")),
        ("sip:a@b;x?", Some("sip:a@b;x")),
        ("sip:caf\u{e9}@b?x=\u{e9}", Some("sip:caf\u{e9}@b")),
        ("tel:1", None),
    ] {
        assert_eq!(request_uri(contact), expected, "{contact}");
    }
}

#[test]
fn a_user_is_escaped() {
    for (user, expected) in [("1001", "1001"), ("a@b <c>", "a%40b%20%3Cc%3E"), ("50%;é", "50%25;%C3%A9")] {
        assert_eq!(escape_user(user), expected);
    }
}

#[test]
fn copies_go_out_as_timer_e_says() {
    let mut timer = TimerE::new();
    let mut at = Duration::ZERO;
    let mut sent = Vec::new();
    let mut wait = timer.wait();
    while at + wait < TIMER_F {
        at += wait;
        sent.push(at.as_millis());
        wait = timer.fired();
    }
    assert_eq!(sent, [500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
    assert_eq!(TimerE::new().proceeding(), Duration::from_secs(4));
}

#[test]
fn names_differ_and_need_the_key() {
    let names = Names::new(&[7; 32]);
    assert_eq!(names.name(1, "tag"), Names::new(&[7; 32]).name(1, "tag"));
    let all = [
        names.name(1, "tag"),
        names.name(2, "tag"),
        names.name(1, "branch"),
        Names::new(&[8; 32]).name(1, "tag"),
    ];
    for (at, name) in all.iter().enumerate() {
        assert_eq!(name.len(), 32);
        assert!(!all[..at].contains(name), "{all:?}");
    }
    assert_eq!(names.branch(1), format!("z9hG4bK{}", all[2]));
}

const ANSWER: &str = "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK01;received=192.0.2.1;rport=5060\r\n\
f: <sip:ping@example.com>;tag=f1\r\nt: <sip:1001@example.com>;tag=t\r\ni: c1\r\nCSeq: 1 OPTIONS\r\nl: 0\r\n\r\n";

#[test]
fn only_the_answer_is_the_answer() {
    let second_via = "branch=z9hG4bK01\r\nv: SIP/2.0/UDP x;branch=z9hG4bK02\r\nX: ";
    for (change, is_answer) in [
        (("", ""), true),
        (("OPTIONS", "NOTIFY"), false),
        (("CSeq: 1", "CSeq: 2"), false),
        (("bK01", "bK02"), false),
        (("bK01;", "bk01;"), false),
        (("branch=z9hG4bK01", "x=y"), false),
        (("branch=z9hG4bK01", second_via), false),
        (("rport=5060", "rport=5060, SIP/2.0/UDP x;branch=z9hG4bK02"), false),
    ] {
        let text = ANSWER.replace(change.0, change.1);
        let message = Message::parse(text.as_bytes()).expect("a message");
        let response = message.response().expect("a response");
        let found = is_answer_to(&message, &response, b"z9hG4bK01", 1, Method::Options);
        assert_eq!(found, is_answer, "{change:?}");
    }
}

fn challenged(code: u16, headers: &str) -> String {
    ANSWER.replace("200 OK", &format!("{code} No")).replace("l: 0", &format!("{headers}l: 0"))
}

#[test]
fn the_first_challenge_that_is_understood() {
    let sha512 = "WWW-Authenticate: Digest realm=\"phone\", nonce=\"n\", algorithm=SHA-512-256\r\n";
    let sha256 = "WWW-Authenticate: Digest realm=\"phone\", nonce=\"n\", algorithm=SHA-256, qop=\"auth\"\r\n";
    let md5 = "WWW-Authenticate: Digest realm=\"phone\", nonce=\"n\"\r\n";
    let proxy = "Proxy-Authenticate: Digest realm=\"edge\", nonce=\"p\"\r\n";
    let find = |code, headers: &str| {
        let text = challenged(code, headers);
        let message = Message::parse(text.as_bytes()).expect("a message");
        Challenged::find(&message, code).map(|found| {
            let realm = String::from_utf8_lossy(found.challenge.realm).into_owned();
            (found.answer_in, realm, found.challenge.algorithm.as_str())
        })
    };
    let phone = |algorithm| Some(("Authorization", "phone".to_owned(), algorithm));
    assert_eq!(find(401, &[sha512, sha256, md5].concat()), phone("SHA-256"));
    assert_eq!(find(401, &[md5, sha256].concat()), phone("MD5"));
    assert_eq!(find(407, &[md5, proxy].concat()), Some(("Proxy-Authorization", "edge".to_owned(), "MD5")));
    assert_eq!(find(401, &[proxy, sha512].concat()), None);
    assert_eq!(find(403, md5), None);
    assert_eq!(find(401, ""), None);
}

/// The examples of RFC 7616 §3.9.1, RFC 2617 §3.5 and RFC 2069 §2.4 (erratum 749), from the client's side.
#[test]
fn challenges_are_answered_as_the_rfcs_do() {
    let rfc_7616 = "realm=\"http-auth@example.org\", qop=\"auth, auth-int\", nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";
    let cnonce_7616 = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
    let old = "realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\"";
    let rows = [
        (
            format!("{rfc_7616}, algorithm=MD5"),
            "Circle of Life",
            cnonce_7616,
            "8ca523f5e9506fed4657c9700eebdbec",
        ),
        (
            format!("{rfc_7616}, algorithm=SHA-256"),
            "Circle of Life",
            cnonce_7616,
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
        ),
        (
            format!("{old}, qop=\"auth,auth-int\""),
            "Circle Of Life",
            "0a4f113b",
            "6629fae49393a05397450978507c4ef1",
        ),
        (old.to_owned(), "CircleOfLife", "0a4f113b", "1949323746fe6a43ef61f9606e7febea"),
    ];
    for (challenge, password, cnonce, response) in rows {
        let text = challenged(401, &format!("WWW-Authenticate: Digest {challenge}\r\n"));
        let message = Message::parse(text.as_bytes()).expect("a message");
        let found = Challenged::find(&message, 401).expect("a challenge");
        let mut value = Vec::new();
        found.challenge.answer(
            &mut value,
            &Answer {
                username: b"Mufasa",
                password: password.as_bytes(),
                method: b"GET",
                uri: b"/dir/index.html",
                cnonce: cnonce.as_bytes(),
                nonce_count: 1,
            },
        );
        let value = String::from_utf8(value).expect("text");
        assert!(value.contains(&format!("response=\"{response}\"")), "{value}");
        let has_count = value.contains(&format!("cnonce=\"{cnonce}\", qop=auth, nc=00000001"));
        assert_eq!(has_count, challenge.contains("qop"), "{value}");
        assert_eq!(value.contains("opaque=\"FQhe/"), challenge.contains("opaque"), "{value}");
    }
}
