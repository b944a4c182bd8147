//! Phones that want to see a password before they do as they are told.

use tonalite_core::contact_request::ContactAnswer;
use tonalite_core::id::LineKey;
use tonalite_core::registration::{LineCredential, SealedSecret};
use tonalite_core::time::Span;
use tonalite_sip::digest::{Algorithm, Credentials, Ha1, Qop};
use tonalite_sip::{Message, Name};

use super::asking::{PHONE, answer, answered, ask, bench, one, options, reboot};
use super::{Bench, Phone, code, credential, values};

const CONTACT: &str = "Contact: <sip:alice@10.0.0.5:5062;ob>\r\n";
const WWW: &str = "WWW-Authenticate: Digest realm=\"SPA942\", nonce=\"n1\", algorithm=MD5, qop=\"auth\"\r\n";

/// Whether a request of ours proves this password to a phone of this realm.
fn proves(request: &str, header: Name, password: &str, realm: &str, algorithm: Algorithm) -> bool {
    let message = Message::parse(request.as_bytes()).unwrap();
    let value = message.header(header).unwrap_or_else(|| panic!("no credentials: {request}"));
    let given = Credentials::parse(value).unwrap().unwrap();
    let (method, _) = request.split_once(' ').unwrap();
    assert_eq!(given.uri, b"sip:alice@10.0.0.5:5062;ob");
    assert_eq!(&*given.username(), b"alice");
    let counts =
        if given.qop == Qop::Auth { given.nonce_count == Some(1) } else { given.nonce_count.is_none() };
    let ha1 = Ha1::new(algorithm, b"alice", realm.as_bytes(), password.as_bytes());
    counts && given.verify(&ha1, method.as_bytes())
}

#[test]
fn a_challenge_is_answered_with_the_password_of_the_line() {
    let sha256 = "Proxy-Authenticate: Digest realm=\"edge\", nonce=\"n2\", algorithm=SHA-256, qop=\"auth,auth-int\", opaque=\"o\"\r\n";
    let old = "WWW-Authenticate: Digest realm=\"old\", nonce=\"n3\"\r\n";
    for (status, challenge, header, realm, algorithm) in [
        ("401 Unauthorized", WWW, Name::Authorization, "SPA942", Algorithm::Md5),
        ("407 Proxy Authentication Required", sha256, Name::ProxyAuthorization, "edge", Algorithm::Sha256),
        ("401 Unauthorized", old, Name::Authorization, "old", Algorithm::Md5),
    ] {
        let (mut bench, binding) = bench();
        let mut told = ask(&bench, binding, reboot());
        let first = one(&bench);
        bench.pass(Span(300));
        bench.send(&answer(&first, status, challenge), PHONE);
        assert!(told.try_recv().is_err(), "a challenge is not the end");
        let second = one(&bench);
        assert!(proves(&second, header, "alice-pw", realm, algorithm), "{second}");
        assert!(!proves(&second, header, "bob-pw", realm, algorithm));
        assert_eq!(values(&second, Name::CSeq), ["2 NOTIFY"]);
        for same in [Name::CallId, Name::From, Name::To, Name::Event] {
            assert_eq!(values(&first, same), values(&second, same));
        }
        assert_ne!(values(&first, Name::Via), values(&second, Name::Via));

        bench.send(&answer(&first, status, challenge), PHONE);
        assert_eq!(bench.left(), [], "a late copy of the challenge is nobody's");
        bench.pass(Span(500));
        assert_eq!(one(&bench), second, "a transaction of its own has copies of its own");
        bench.send(&answer(&second, "200 OK", ""), PHONE);
        assert_eq!(told.try_recv(), Ok(answered(200, "OK", 800, true)));
    }
}

#[test]
fn a_second_challenge_is_the_end() {
    let (mut bench, binding) = bench();
    let mut told = ask(&bench, binding, reboot());
    let first = one(&bench);
    bench.send(&answer(&first, "401 Unauthorized", WWW), PHONE);
    let again = WWW.replace("n1", "n2").replace("algorithm", "stale=true, algorithm");
    bench.send(&answer(&one(&bench), "401 No", &again), PHONE);
    assert_eq!(told.try_recv(), Ok(answered(401, "No", 0, true)));
    assert_eq!(bench.left(), []);
}

#[test]
fn a_challenge_that_cannot_be_answered_is_an_answer() {
    let (mut bench, binding) = bench();
    let basic = "WWW-Authenticate: Basic realm=\"x\"\r\n";
    for challenge in
        ["", basic, "WWW-Authenticate: Digest realm=\"x\", nonce=\"n\", algorithm=SHA-512-256\r\n"]
    {
        let mut told = ask(&bench, binding, reboot());
        bench.send(&answer(&one(&bench), "401 Unauthorized", challenge), PHONE);
        assert_eq!(told.try_recv(), Ok(answered(401, "Unauthorized", 0, false)), "{challenge}");
    }
    let sealed = LineCredential {
        secret: SealedSecret(b"sealed with another key".to_vec()),
        ..credential("alice", "")
    };
    bench.engine.change_credential(LineKey(1), sealed);
    let mut told = ask(&bench, binding, reboot());
    bench.send(&answer(&one(&bench), "401 Unauthorized", WWW), PHONE);
    assert_eq!(told.try_recv(), Ok(answered(401, "Unauthorized", 0, false)));
    assert_eq!((bench.left(), bench.engine.asking.exchanges.len()), (Vec::new(), 0));
}

/// Who challenges is there, whatever follows; who was told to reboot has not said that it will.
#[test]
fn silence_after_a_challenge() {
    for (kind, patience, end) in
        [(options(), 4, answered(401, "Unauthorized", 0, true)), (reboot(), 32, ContactAnswer::NoAnswer)]
    {
        let (mut bench, binding) = bench();
        let mut told = ask(&bench, binding, kind);
        bench.send(&answer(&one(&bench), "401 Unauthorized", WWW), PHONE);
        bench.pass(Span(patience * 1_000 - 1));
        assert!(told.try_recv().is_err());
        bench.pass(Span(1));
        assert_eq!(told.try_recv(), Ok(end));
    }
}

#[test]
fn between_two_secrets_the_one_that_the_phone_used() {
    let (mut bench, binding) = bench();
    let until = bench.now() + Span::from_hours(24);
    let next = Some((SealedSecret(b"new-pw".to_vec()), until));
    bench.engine.change_credential(LineKey(1), LineCredential { next, ..credential("alice", "alice-pw") });
    let proven = |bench: &mut Bench, password| {
        let mut told = ask(bench, binding, options());
        let first = one(bench);
        bench.send(&answer(&first, "401 Unauthorized", WWW), PHONE);
        let second = one(bench);
        bench.send(&answer(&second, "200 OK", ""), PHONE);
        assert_eq!(told.try_recv(), Ok(answered(200, "OK", 0, true)));
        proves(&second, Name::Authorization, password, "SPA942", Algorithm::Md5)
    };
    assert!(proven(&mut bench, "alice-pw"), "the phone may not have the new one yet");
    let mut phone = Phone::new("alice");
    (phone.call_id, phone.password) = ("again".into(), "new-pw".into());
    assert_eq!(code(&bench.register(&mut phone, CONTACT)), 200);
    bench.left();
    assert!(proven(&mut bench, "new-pw"));
}
