//! What an answer means, and what proves a restart: as tables of what came, and of `now`.

use tonalite_core::contact_request::ContactAnswer;
use tonalite_core::id::LineKey;
use tonalite_core::line_state::{Binding, Source, Transport};
use tonalite_core::reboot::{
    Probe, RebootReason, RebootState, Snapshot, Step, Verdict, Watch, judge, newest_first,
};
use tonalite_core::time::{Span, Timestamp};

/// Seconds after the request.
fn at(seconds: i64) -> Timestamp {
    Timestamp(1_000_000_000) + Span::from_secs(seconds)
}

const WINDOW: i64 = 180;
const LINE: LineKey = LineKey(7);

#[test]
fn words_are_read_back() {
    for state in RebootState::ALL {
        assert_eq!(RebootState::parse(state.as_str()), Some(state));
    }
    for reason in RebootReason::ALL {
        assert_eq!(RebootReason::parse(reason.as_str()), Some(reason));
    }
    let underway: Vec<&str> =
        RebootState::ALL.iter().filter(|state| !state.is_over()).map(|state| state.as_str()).collect();
    assert_eq!(underway, ["requested", "sent", "accepted", "down"]);
}

#[test]
fn what_an_answer_means() {
    use RebootReason::{BadCredentials, Busy, NotSupported, Other, Stale};
    let answered = |code, authenticated| ContactAnswer::Answered {
        code,
        reason: " Said So ".into(),
        after: Span(12),
        authenticated,
    };
    for code in [200, 202] {
        assert_eq!(judge(&answered(code, true)), Verdict::Accepted { code });
    }
    for (code, reason) in [
        (481, NotSupported),
        (489, NotSupported),
        (405, NotSupported),
        (403, NotSupported),
        (501, NotSupported),
        (420, NotSupported),
        (480, Busy),
        (486, Busy),
        (503, Busy),
        (401, BadCredentials),
        (407, BadCredentials),
        (404, Stale),
        (400, Other),
        (302, Other),
        (699, Other),
    ] {
        let refused = Verdict::Refused { code, reason, phrase: Some("Said So".into()) };
        assert_eq!(judge(&answered(code, code == 401)), refused, "{code}");
    }
    assert_eq!(judge(&answered(408, false)), Verdict::NoAnswer);
    assert_eq!(judge(&ContactAnswer::NoAnswer), Verdict::NoAnswer);
    assert_eq!(judge(&ContactAnswer::NoPath), Verdict::NotPossible(RebootReason::NoPath));
    assert_eq!(judge(&ContactAnswer::Busy), Verdict::NotPossible(RebootReason::TooMany));
    let silent =
        ContactAnswer::Answered { code: 486, reason: " ".into(), after: Span(1), authenticated: false };
    assert!(matches!(judge(&silent), Verdict::Refused { phrase: None, .. }));
}

/// A binding whose REGISTER came `refreshed` seconds after the request.
fn binding(id: i64, call_id: &str, cseq: u32, refreshed: i64) -> Binding {
    Binding {
        id,
        contact: "sip:k7@192.0.2.9:5060".into(),
        instance: None,
        reg_id: None,
        call_id: call_id.into(),
        cseq,
        source: Source { transport: Transport::Udp, address: ([192, 0, 2, 9], 5060).into() },
        path: Vec::new(),
        user_agent: Some("Yealink SIP-T54W 96.86".into()),
        registered_at: at(refreshed),
        refreshed_at: at(refreshed),
        expires_at: at(refreshed + 300),
        granted: Span::from_secs(300),
        not_before: Timestamp::default(),
    }
}

fn watch(before: &[Binding]) -> Watch {
    let before: Vec<_> = before.iter().map(|binding| (LINE, binding.clone())).collect();
    Watch::new(Snapshot::of(&before), at(0), at(WINDOW), None)
}

fn before() -> Binding {
    binding(1, "old", 40, -60)
}

/// What registers after the reboot, and whether that proves a restart.
#[test]
fn what_registers_afterwards_proves_or_does_not() {
    let elsewhere = |mut binding: Binding| {
        binding.contact = "sip:other@198.51.100.7:5060".into();
        binding.source.address = ([198, 51, 100, 7], 5060).into();
        binding
    };
    let moved = |mut binding: Binding, contact: &str| {
        binding.contact = contact.into();
        binding
    };
    let with_instance = |mut binding: Binding, instance: &str| {
        binding.instance = Some(instance.into());
        binding
    };
    for (what, after, proves) in [
        ("E2: a new Call-ID for the same contact", binding(1, "new", 1, 42), true),
        ("E3: the CSeq began anew", binding(1, "old", 2, 42), true),
        ("a renewal", binding(1, "old", 41, 42), false),
        ("a new Call-ID from before the request", binding(1, "new", 1, -1), false),
        (
            "E2: a new contact from the same place",
            moved(binding(2, "new", 1, 42), "sip:k8@192.0.2.9:5062"),
            true,
        ),
        (
            "a contact that moved in the same life",
            moved(binding(2, "old", 41, 42), "sip:k8@192.0.2.9:5062"),
            false,
        ),
        ("another phone on the same line", elsewhere(binding(2, "new", 1, 42)), false),
        (
            "another instance at the same place",
            with_instance(moved(binding(2, "new", 1, 42), "sip:x@y"), "b"),
            false,
        ),
    ] {
        let mut watch = watch(&[before()]);
        watch.saw_bindings(&[(LINE, after)]);
        let expected = proves.then(|| Step::Back(at(42)));
        assert_eq!(watch.step(at(50)), expected, "{what}");
    }

    let mut watch = watch(&[with_instance(before(), "urn:uuid:1")]);
    let anew = elsewhere(with_instance(binding(2, "new", 1, 42), "urn:uuid:1"));
    watch.saw_bindings(&[(LINE, anew)]);
    assert_eq!(watch.step(at(50)), Some(Step::Back(at(42))), "E2: the same instance at another place");
}

#[test]
fn a_contact_that_the_past_left_behind_proves_nothing() {
    let mut left = binding(2, "older", 3, -100);
    left.contact = "sip:k1@192.0.2.9:5099".into();
    let mut watch = watch(&[before(), left.clone()]);
    left.refreshed_at = at(20);
    left.cseq = 4;
    watch.saw_bindings(&[(LINE, before()), (LINE, left)]);
    assert_eq!(watch.step(at(30)), None);
}

#[test]
fn withdrawn_and_registered_anew_is_a_restart_even_with_the_same_call_id() {
    let mut watch = watch(&[before()]);
    watch.saw_withdrawal(LINE, at(-3));
    assert_eq!(watch.step(at(1)), None, "it withdrew before it was asked");
    watch.saw_withdrawal(LINE, at(3));
    assert_eq!(watch.step(at(4)), Some(Step::Down(at(3))));
    assert_eq!(watch.step(at(5)), None, "told once");
    watch.saw_bindings(&[]);
    assert_eq!(watch.step(at(6)), None);
    watch.saw_bindings(&[(LINE, binding(2, "old", 42, 44))]);
    assert_eq!(watch.step(at(45)), Some(Step::Back(at(44))));
}

/// Tests as (sent, ended, outcome), and the steps that follow, with the moment at which each was told.
#[test]
fn silence_is_evidence_only_after_ten_seconds() {
    use Probe::{Answered, Silent, Unknown};
    type Told = (i64, Step);
    type Case<'a> = (&'a str, &'a [(i64, i64, Probe)], &'a [Told]);
    let cases: [Case<'_>; 6] = [
        ("answers throughout", &[(5, 5, Answered), (100, 100, Answered)], &[(180, Step::NotRestarted)]),
        (
            "one lost test",
            &[(5, 9, Silent), (10, 11, Answered), (175, 175, Answered)],
            &[(180, Step::NotRestarted)],
        ),
        (
            "E6",
            &[(5, 9, Silent), (10, 14, Silent), (15, 19, Silent), (20, 20, Answered)],
            &[(15, Step::Down(at(5))), (20, Step::Back(at(20)))],
        ),
        ("stays away", &[(5, 9, Silent), (10, 14, Silent)], &[(15, Step::Down(at(5))), (180, Step::NotBack)]),
        (
            "answers, then stays away",
            &[(5, 5, Answered), (10, 14, Silent)],
            &[(20, Step::Down(at(10))), (180, Step::NotBack)],
        ),
        ("nothing is known", &[(5, 5, Unknown)], &[(180, Step::NotBack)]),
    ];
    for (what, probes, told) in cases {
        let mut watch = watch(&[before()]);
        let mut steps = Vec::new();
        for second in 0..=WINDOW {
            for (sent, ended, probe) in probes {
                if *ended == second {
                    watch.saw_probe(*probe, at(*sent), at(*ended));
                }
            }
            if let Some(step) = watch.step(at(second)) {
                steps.push((second, step));
                if !matches!(step, Step::Down(_)) {
                    break;
                }
            }
        }
        assert_eq!(steps, told, "{what}");
    }
}

#[test]
fn a_phone_that_ignores_tests_but_renews_did_not_restart() {
    let mut watch = watch(&[before()]);
    watch.saw_probe(Probe::Silent, at(5), at(9));
    assert_eq!(watch.step(at(15)), Some(Step::Down(at(5))));
    watch.saw_bindings(&[(LINE, binding(1, "old", 41, 90))]);
    assert_eq!(watch.step(at(WINDOW)), Some(Step::NotRestarted));
}

#[test]
fn a_watch_that_is_taken_up_again_remembers_the_silence() {
    let before = [(LINE, before())];
    let mut watch = Watch::new(Snapshot::of(&before), at(0), at(WINDOW), Some(at(5)));
    assert_eq!(watch.step(at(60)), None, "that it went down was told before");
    watch.saw_probe(Probe::Answered, at(61), at(61));
    assert_eq!(watch.step(at(61)), Some(Step::Back(at(61))));
}

#[test]
fn the_newest_contact_is_asked_first() {
    let mut bindings =
        vec![(LINE, binding(1, "a", 1, 5)), (LINE, binding(3, "b", 1, 9)), (LINE, binding(2, "c", 1, 9))];
    newest_first(&mut bindings);
    assert_eq!(bindings.iter().map(|(_, binding)| binding.id).collect::<Vec<_>>(), [3, 2, 1]);
}
