//! Whatever bytes come: no panic, at most one answer, and without the password nothing changes.

use proptest::prelude::*;
use tonalite_core::contact_request::ContactAnswer;
use tonalite_core::line_state::LineState;

use super::{Bench, DOMAIN, Phone, code};

/// Header lines of the kinds that are read.
fn soup() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        "(Via|v|From|f|To|t|Call-ID|i|CSeq|Contact|m|Expires|Require|Path|Authorization|User-Agent|l)[ ]?: ?[ -~]{0,60}",
        Just("Contact: *".to_owned()),
        Just("Expires: 0".to_owned()),
        Just(format!("To: <sip:alice@{DOMAIN}>")),
        "Contact: <sip:[a-z]{1,5}@192\\.0\\.2\\.[0-9]>(;expires=[0-9]{1,12})?(;\\+sip\\.instance=\"[ -~]{0,9}\")?",
        "Authorization: Digest username=\"(alice|bob|eve)\", realm=\"pbx\\.example\\.com\", nonce=\"[A-Za-z0-9_-]{39}\", uri=\"sip:x\", response=\"[0-9a-f]{32}\"(, qop=auth, nc=0000000[0-9], cnonce=\"x\")?",
    ];
    proptest::collection::vec(line, 0..8)
        .prop_map(|lines| lines.iter().map(|line| format!("{line}\r\n")).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn strangers_change_nothing(
        method in "(REGISTER|OPTIONS|INVITE|NOTIFY|[A-Z]{1,8})", headers in soup(), at in 0_usize..200, garbage in proptest::collection::vec(any::<u8>(), 0..4),
    ) {
        let mut bench = Bench::new();
        let mut request = Phone::new("alice").request(&headers).replace("REGISTER", &method).into_bytes();
        let at = at.min(request.len());
        request.splice(at..at, garbage);
        bench.send_bytes(&request, "192.0.2.10:5060");
        prop_assert!(bench.store.take_changes().is_empty());
        prop_assert_eq!(bench.known(1).state, LineState::Unregistered);
        prop_assert!(bench.late().is_empty());
    }

    /// Whatever comes back to a question: an answer as the contract has it, or none yet.
    #[test]
    fn answers_are_tamed(
        status in "(200 OK|1[0-9]{2} [ -~]{0,9}|40[17] [ -~]{0,9}|[0-9]{1,4} ?\\PC{0,99})", headers in soup(),
        challenge in "((WWW|Proxy)-Authenticate: (Digest )?[ -~]{0,80}\r\n)?", at in 0_usize..400, garbage in proptest::collection::vec(any::<u8>(), 0..4),
    ) {
        let (mut bench, binding) = super::asking::bench();
        let mut told = super::asking::ask(&bench, binding, super::asking::reboot());
        let request = super::asking::one(&bench);
        let mut answer = super::asking::answer(&request, &status, &format!("{challenge}{headers}")).into_bytes();
        let at = at.min(answer.len());
        answer.splice(at..at, garbage);
        prop_assert_eq!(bench.send_bytes(&answer, super::asking::PHONE), None);
        match told.try_recv() {
            Ok(ContactAnswer::Answered { code, reason, .. }) => {
                prop_assert!((200..700).contains(&code));
                prop_assert!(reason.chars().count() <= 80 && !reason.chars().any(char::is_control));
            }
            Ok(other) => prop_assert!(false, "{:?}", other),
            Err(_) => prop_assert!(bench.left().len() <= 1),
        }
    }

    /// With the password: whatever is asked, the books stay right.
    #[test]
    fn phones_leave_the_books_right(requests in proptest::collection::vec((soup(), 0_i64..700), 1..6)) {
        let mut bench = Bench::new();
        let mut phone = Phone::new("alice");
        let challenge = bench.send(&phone.request(""), phone.source).unwrap();
        phone.challenged(&challenge);
        for (headers, seconds) in requests {
            let headers: String = headers.lines().filter(|line| line.starts_with("Contact") || line.starts_with("Expires: 0"))
                .map(|line| format!("{line}\r\n")).collect();
            let answer = bench.send(&phone.request(&headers), phone.source);
            if answer.is_none() {
                prop_assert_eq!(bench.store.decide(true), 1);
                prop_assert_eq!(bench.late().iter().map(|answer| code(answer)).collect::<Vec<_>>(), [200]);
            }
            bench.pass(tonalite_core::time::Span::from_secs(seconds));
            bench.store.decide(true);
            let known = bench.known(1);
            prop_assert_eq!(known.state == LineState::Registered, !known.bindings.is_empty());
            prop_assert!(known.bindings.len() <= 5);
            prop_assert_eq!(i64::try_from(known.bindings.len()).unwrap(), bench.engine.table.bindings());
            if let Some(last) = bench.store.take_changes().last() {
                prop_assert_eq!((last.state, last.since), (known.state, known.since));
            }
        }
    }
}
