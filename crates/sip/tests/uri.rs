//! URI comparison by the table of RFC 3261 §19.1.4, and the canonical address-of-record of §10.3.

use tonalite_sip::Uri;
use tonalite_sip::uri::UriFault;

fn equivalent(a: &str, b: &str) -> bool {
    let [a, b] = [a, b].map(|text| Uri::parse(text.as_bytes()).expect("a URI"));
    assert_eq!(a.is_equivalent(&b), b.is_equivalent(&a), "the comparison is symmetric");
    a.is_equivalent(&b)
}

#[test]
fn equivalent_pairs() {
    for (a, b) in [
        ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com;security=on"),
        ("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on"),
        (
            "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
            "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
        ),
        (
            "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
            "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
        ),
        ("sips:bob@[2001:DB8::1]:5061", "SIPS:bob@[2001:db8::1]:5061"),
    ] {
        assert!(equivalent(a, b), "{a} and {b}");
    }
}

#[test]
fn different_pairs() {
    for (a, b) in [
        ("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"),
        ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
        ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"),
        ("sip:bob@biloxi.com", "sips:bob@biloxi.com"),
        ("sip:bob@biloxi.com", "sip:bob:secret@biloxi.com"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com;maddr=192.0.2.1"),
        ("sip:bob@biloxi.com;ttl=1", "sip:bob@biloxi.com"),
        // An escaped reserved character is not the character (RFC 3261 §19.1.4, RFC 2396 §2.2).
        ("sip:a%3bb@biloxi.com", "sip:a;b@biloxi.com"),
    ] {
        assert!(!equivalent(a, b), "{a} and {b}");
    }
}

#[test]
fn canonical_address_of_record() {
    for (uri, aor) in [
        ("sip:bob@Biloxi.COM", "sip:bob@biloxi.com"),
        ("sips:b%6fb:secret@biloxi.com.:5061;user=phone?subject=x", "sip:bob@biloxi.com"),
        ("sip:Bob@[2001:DB8::1]:5060", "sip:Bob@[2001:db8::1]"),
        ("sip:a;b=c@biloxi.com", "sip:a;b=c@biloxi.com"),
        ("tel:+33142278186;phone-context=x", "tel:+33142278186"),
        ("sip:100%@biloxi.com", "sip:100%@biloxi.com"),
    ] {
        let mut out = Vec::new();
        Uri::parse(uri.as_bytes()).unwrap().write_aor(&mut out);
        assert_eq!(String::from_utf8(out).unwrap(), aor);
    }
}

#[test]
fn parts() {
    let uri = Uri::parse(b"sip:1001;x=1:pw@pbx.example.com:5070;transport=tcp;lr?a=b").unwrap();
    assert_eq!(uri.user, Some(&b"1001;x=1"[..]));
    assert_eq!(uri.password, Some(&b"pw"[..]));
    assert_eq!((uri.host, uri.port), (&b"pbx.example.com"[..], Some(5070)));
    assert_eq!(uri.params.get("TRANSPORT").and_then(|param| param.value), Some(&b"tcp"[..]));
    assert!(uri.params.get("lr").is_some_and(|param| param.value.is_none()));
    assert_eq!(uri.headers, b"a=b");
    assert!(!format!("{uri:?}").contains("pw"), "no password in a log line");
}

#[test]
fn what_is_no_uri_of_ours() {
    for text in [
        "",
        "sip:",
        "sip:@host",
        "sip:a b@host",
        "sip:host:",
        "sip:[::1",
        "sip:[host]",
        "sip:<a@b>",
        "sip:h:70000",
    ] {
        assert_eq!(Uri::parse(text.as_bytes()), Err(UriFault::Malformed), "{text}");
    }
    for text in ["mailto:a@example.com", "urn:service:sos", "h323:a@b"] {
        assert_eq!(Uri::parse(text.as_bytes()), Err(UriFault::Scheme), "{text}");
    }
}

#[test]
fn a_hostile_uri_costs_no_quadratic_time() {
    let long = format!("sip:a@b{}", ";p=1".repeat(4_000));
    assert!(!equivalent(&long, &long), "beyond the cap nothing is equivalent");
    let long = format!("sip:a@b?{}", "h=1&".repeat(4_000));
    assert!(!equivalent(&long, &long), "beyond the cap nothing is equivalent");
}

#[test]
fn another_user_at_the_same_place() {
    for (text, user, expected) in [
        (
            "sip:k7m2@192.0.2.10:5062;transport=tcp;ob",
            "48213",
            Some("sip:48213@192.0.2.10:5062;transport=tcp;ob"),
        ),
        ("sips:a:secret@[2001:db8::5]:5061", "512", Some("sips:512@[2001:db8::5]:5061")),
        ("sip:192.0.2.10", "512", Some("sip:512@192.0.2.10")),
        ("sip:a;b=c?d@host?x=y%40z", "1", Some("sip:1@host?x=y%40z")),
        ("sip:alice@host", "a@b\r\nEvil: 1", Some("sip:a%40b%0D%0AEvil%3A%201@host")),
        ("tel:+33478000001", "512", None),
        ("sip:alice@ho st", "512", None),
        ("", "512", None),
    ] {
        assert_eq!(tonalite_sip::uri::with_user(text, user).as_deref(), expected, "{text}");
    }
}
