//! Digest by the RFCs' own examples, by what phones make of them, and nonces.

use tonalite_sip::digest::{Algorithm, Answer, Challenge, Credentials, Ha1, Qop};
use tonalite_sip::nonce::{Nonces, Verdict};

fn credentials(value: &str) -> Credentials<'_> {
    Credentials::parse(value.as_bytes()).expect("no fault").expect("scheme Digest")
}

const RFC_2617: &str = r#"Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093",
 uri="/dir/index.html", qop=auth, nc=00000001, cnonce="0a4f113b", response="6629fae49393a05397450978507c4ef1", opaque="5ccc069c403ebaf9f0171e9517f40e41""#;

#[test]
fn rfc_2617_example() {
    let ha1 = Ha1::new(Algorithm::Md5, b"Mufasa", b"testrealm@host.com", b"Circle Of Life");
    let given = credentials(RFC_2617);
    assert_eq!(given.username(), &b"Mufasa"[..]);
    assert_eq!((given.qop, given.nonce_count), (Qop::Auth, Some(1)));
    assert!(given.verify(&ha1, b"GET"));
    assert!(!given.verify(&ha1, b"PUT"), "the method is part of it");
    let wrong = Ha1::new(Algorithm::Md5, b"Mufasa", b"testrealm@host.com", b"Circle of Life");
    assert!(!given.verify(&wrong, b"GET"));
}

/// RFC 2069 §2.4 with its erratum 749.
#[test]
fn rfc_2069_example() {
    let value = r#"Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html", response="1949323746fe6a43ef61f9606e7febea""#;
    let ha1 = Ha1::new(Algorithm::Md5, b"Mufasa", b"testrealm@host.com", b"CircleOfLife");
    let given = credentials(value);
    assert_eq!((given.qop, given.nonce_count), (Qop::Absent, None));
    assert!(given.verify(&ha1, b"GET"));
}

/// RFC 7616 §3.9.1: one request, both algorithms.
#[test]
fn rfc_7616_examples() {
    for (algorithm, response) in [
        (Algorithm::Md5, "8ca523f5e9506fed4657c9700eebdbec"),
        (Algorithm::Sha256, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ] {
        let value = format!(
            r#"Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm={algorithm},
 nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, response="{response}""#
        );
        let ha1 = Ha1::new(algorithm, b"Mufasa", b"http-auth@example.org", b"Circle of Life");
        assert!(credentials(&value).verify(&ha1, b"GET"), "{algorithm}");
        let upper = value.replace(response, &response.to_uppercase());
        assert!(credentials(&upper).verify(&ha1, b"GET"), "digits of either case");
        for spoiled in [&response[1..], &format!("{response}0"), "", &response.replace('3', "4")] {
            let spoiled = value.replace(response, spoiled);
            assert!(!credentials(&spoiled).verify(&ha1, b"GET"), "{spoiled}");
        }
    }
}

#[test]
fn an_answer_of_another_algorithm_is_wrong_even_with_the_right_digits() {
    let ha1 = Ha1::new(Algorithm::Md5, b"Mufasa", b"testrealm@host.com", b"Circle Of Life");
    for claimed in ["SHA-256", "MD5-sess", "whirlpool"] {
        let value = format!("{RFC_2617}, algorithm={claimed}");
        assert!(!credentials(&value).verify(&ha1, b"GET"), "{claimed}");
    }
    let value = RFC_2617.replace("qop=auth", "qop=auth-int");
    assert!(!credentials(&value).verify(&ha1, b"GET"));
}

#[test]
fn an_imported_ha1_is_the_same_as_the_password() {
    let ha1 = Ha1::from_hex(b"939E7578ED9E3C518A452ACEE763BCE9").expect("32 digits");
    assert!(credentials(RFC_2617).verify(&ha1, b"GET"));
    for text in ["939e7578", "939e7578ed9e3c518a452acee763bceg", ""] {
        assert!(Ha1::from_hex(text.as_bytes()).is_none(), "{text}");
    }
}

/// How sipp, old Polycom and old Cisco write it.
#[test]
fn phones_freedoms() {
    let value = r#"digest cnonce="aa",nc="0000000A" , QOP="auth",algorithm="MD5",nonce="bb", username="a\"b",realm="r", uri="sip:example.com:5060;transport=udp",response=00,opaque="""#;
    let given = credentials(value);
    assert_eq!(given.nonce, b"bb", "`cnonce` stands first, and is not the nonce");
    assert_eq!(given.username(), &b"a\"b"[..]);
    assert_eq!((given.qop, given.nonce_count, given.algorithm), (Qop::Auth, Some(10), Some(Algorithm::Md5)));
    assert_eq!(given.uri, b"sip:example.com:5060;transport=udp");
}

#[test]
fn what_is_no_digest() {
    assert!(matches!(Credentials::parse(b"Basic QWxhZGRpbg=="), Ok(None)));
    assert!(matches!(Credentials::parse(b"Digestive a=b"), Ok(None)));
    assert!(matches!(Credentials::parse(b""), Ok(None)));
    for broken in ["Digest username=\"a", "Digest username=\"a\", realm=\"r\"", "Digest ,", "Digest nc=zz"] {
        assert!(Credentials::parse(broken.as_bytes()).is_err(), "{broken}");
    }
}

#[test]
fn our_answer_satisfies_our_check() {
    for algorithm in [Algorithm::Md5, Algorithm::Sha256] {
        for qop_auth in [true, false] {
            let challenge = Challenge {
                realm: b"example.com",
                nonce: b"n0",
                opaque: Some(b"op"),
                algorithm,
                qop_auth,
                stale: true,
            };
            let mut header = Vec::new();
            challenge.write(&mut header);
            let read = Challenge::parse(&header).expect("our own challenge");
            assert_eq!(read, challenge);
            let mut value = Vec::new();
            let uri = b"sip:example.com";
            read.answer(
                &mut value,
                &Answer {
                    username: b"u1",
                    password: b"p",
                    method: b"REGISTER",
                    uri,
                    cnonce: b"c",
                    nonce_count: 26,
                },
            );
            let given = Credentials::parse(&value).unwrap().unwrap();
            assert_eq!(given.nonce_count, qop_auth.then_some(26));
            assert!(given.verify(&Ha1::new(algorithm, b"u1", b"example.com", b"p"), b"REGISTER"));
            assert!(!given.verify(&Ha1::new(algorithm, b"u1", b"example.com", b"q"), b"REGISTER"));
        }
    }
}

#[test]
fn challenges_that_a_client_passes_over() {
    for value in [
        "Basic realm=\"x\"",
        "Digest realm=\"x\", nonce=\"n\", algorithm=SHA-512-256",
        "Digest realm=\"x\"",
        "Digest realm=\"x",
    ] {
        assert_eq!(Challenge::parse(value.as_bytes()), None, "{value}");
    }
    let several = Challenge::parse(b"Digest realm=\"x\", nonce=\"n\", qop=\"auth-int, auth\"").unwrap();
    assert!(several.qop_auth);
}

#[test]
fn a_nonce_lives_its_time_and_cannot_be_made() {
    let nonces = Nonces::new(&[1; 32], None);
    let mut text = Vec::new();
    nonces.issue(b"example.com", 1_000, 77, &mut text);
    assert_eq!(text.len(), 39);
    let check = |nonces: &Nonces, text: &[u8], now| nonces.check(text, b"example.com", now, 300);
    assert_eq!(check(&nonces, &text, 1_000), Verdict::Fresh { issued: 1_000, id: 77 });
    assert_eq!(check(&nonces, &text, 1_300), Verdict::Fresh { issued: 1_000, id: 77 });
    assert_eq!(check(&nonces, &text, 1_301), Verdict::Stale);
    assert_eq!(
        check(&nonces, &text, 900),
        Verdict::Fresh { issued: 1_000, id: 77 },
        "a node whose clock is behind"
    );
    assert_eq!(nonces.check(&text, b"example.org", 1_000, 300), Verdict::Forged, "sealed for its realm");

    let rotated = Nonces::new(&[2; 32], Some(&[1; 32]));
    assert_eq!(check(&rotated, &text, 1_000), Verdict::Fresh { issued: 1_000, id: 77 });
    assert_eq!(check(&Nonces::new(&[2; 32], None), &text, 1_000), Verdict::Forged);

    for at in 0..text.len() {
        let mut other = text.clone();
        other[at] = if other[at] == b'A' { b'B' } else { b'A' };
        assert_eq!(check(&nonces, &other, 1_000), Verdict::Forged, "byte {at}");
    }
    for text in [&b""[..], b"abc", &[b'='; 39], &[0xff; 39], &[b'A'; 4_000]] {
        assert_eq!(check(&nonces, text, 1_000), Verdict::Forged);
    }
}
