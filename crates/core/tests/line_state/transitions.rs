//! Every transition of a line's state, one row each: what happened before, what happens, what holds then.

use tonalite_core::line_state::{DeviceState, Effect, LineState, Requested, StateDetail};
use tonalite_core::time::Timestamp;
use tonalite_core::timeline::TimelineKind;

use crate::bench::{Bench, START, at, contacts, register};

/// Something that happens to a line at a second.
#[derive(Debug, Clone, Copy)]
enum Act {
    /// REGISTER for a contact: second, contact, Call-ID, CSeq, seconds asked for (0 withdraws).
    Register(i64, &'static str, &'static str, u32, i64),
    /// REGISTER for two contacts at once.
    Both(i64, [(&'static str, i64); 2], u32),
    /// `Contact: *`.
    WithdrawAll(i64, u32),
    /// REGISTER without a contact.
    Query(i64),
    /// The timer looks.
    Expire(i64),
    /// An administrator ends the registrations.
    End(i64),
}

fn carry_out(bench: &mut Bench, act: Act) -> Option<Effect> {
    match act {
        Act::Register(s, uri, call, cseq, expires) => {
            bench.register(at(s), &contacts(call, cseq, &[(uri, expires)])).ok()
        }
        Act::Both(s, both, cseq) => bench.register(at(s), &contacts("c", cseq, &both)).ok(),
        Act::WithdrawAll(s, cseq) => bench.register(at(s), &register("c", cseq, Requested::WithdrawAll)).ok(),
        Act::Query(s) => bench.register(at(s), &register("c", 1, Requested::Query)).ok(),
        Act::Expire(s) => bench.expire(at(s)),
        Act::End(s) => bench.line.end(at(s)),
    }
}

struct Row {
    /// Where it is written.
    rule: &'static str,
    before: &'static [Act],
    act: Act,
    state: LineState,
    detail: Option<StateDetail>,
    since: Timestamp,
    /// To be committed before the answer; `None`: nothing happened at all.
    changed: Option<bool>,
    observed: &'static [TimelineKind],
}

use Act::{Both, End, Expire, Query, Register, WithdrawAll};
use LineState::{Aged, Registered, Unregistered};

const A: &str = "sip:a@192.0.2.1";
const B: &str = "sip:b@192.0.2.1";
/// Registered at second 10 for 300 s.
const ONE: Act = Register(10, A, "c", 1, 300);
/// A second contact of the same phone at second 20.
const TWO: Act = Register(20, B, "c", 2, 300);
const NOTHING: &[TimelineKind] = &[];

fn rows() -> Vec<Row> {
    let row = |rule, before, act, state, detail, since, changed, observed| Row {
        rule,
        before,
        act,
        state,
        detail,
        since: at(since),
        changed,
        observed,
    };
    let never = Some(StateDetail::NeverSeen);
    let withdrawn = Some(StateDetail::Withdrawn);
    let ended = Some(StateDetail::Ended);
    vec![
        // any → registered
        row(
            "RFC 3261 §10.3: first 200",
            &[],
            ONE,
            Registered,
            None,
            10,
            Some(true),
            &[TimelineKind::Registered],
        ),
        row(
            "registered again after it had aged",
            &[ONE, Expire(342)],
            Register(400, A, "c", 2, 300),
            Registered,
            None,
            400,
            Some(true),
            &[TimelineKind::Registered],
        ),
        row(
            "registered again after it withdrew",
            &[ONE, Register(20, A, "c", 2, 0)],
            Register(30, A, "c", 3, 300),
            Registered,
            None,
            30,
            Some(true),
            &[TimelineKind::Registered],
        ),
        row(
            "registered again after it was ended",
            &[ONE, End(20)],
            Register(30, A, "c", 2, 300),
            Registered,
            None,
            30,
            Some(true),
            &[TimelineKind::Registered],
        ),
        row(
            "two contacts at once are one registration",
            &[],
            Both(10, [(A, 300), (B, 300)], 1),
            Registered,
            None,
            10,
            Some(true),
            &[TimelineKind::Registered],
        ),
        // registered → registered
        row(
            "refresh in time",
            &[ONE],
            Register(290, A, "c", 2, 300),
            Registered,
            None,
            10,
            Some(false),
            NOTHING,
        ),
        row(
            "refresh within the grace after expiry: 64·T1, RFC 3261 §17.1.2.2",
            &[ONE, Expire(341)],
            Register(341, A, "c", 2, 300),
            Registered,
            None,
            10,
            Some(false),
            NOTHING,
        ),
        row(
            "a new Call-ID alone is a renewal, observed as a restart",
            &[ONE],
            Register(100, A, "d", 1, 300),
            Registered,
            None,
            10,
            Some(false),
            &[TimelineKind::Restarted],
        ),
        row(
            "a further contact",
            &[ONE],
            TWO,
            Registered,
            None,
            10,
            Some(true),
            &[TimelineKind::ReRegistered],
        ),
        row(
            "one of two withdraws",
            &[ONE, TWO],
            Register(30, B, "c", 3, 0),
            Registered,
            None,
            10,
            Some(true),
            NOTHING,
        ),
        row("one of two expires", &[ONE, TWO], Expire(345), Registered, None, 10, Some(true), NOTHING),
        row(
            "one is renewed and the other withdrawn in one message",
            &[ONE, TWO],
            Both(30, [(A, 300), (B, 0)], 3),
            Registered,
            None,
            10,
            Some(true),
            NOTHING,
        ),
        row(
            "moves from one contact to another in one message",
            &[ONE],
            Both(30, [(B, 300), (A, 0)], 3),
            Registered,
            None,
            10,
            Some(true),
            &[TimelineKind::ReRegistered],
        ),
        row(
            "withdraws a contact that we do not have",
            &[ONE],
            Register(30, B, "c", 2, 0),
            Registered,
            None,
            10,
            Some(false),
            NOTHING,
        ),
        row(
            "asks what there is: RFC 3261 §10.3 step 6",
            &[ONE],
            Query(30),
            Registered,
            None,
            10,
            Some(false),
            NOTHING,
        ),
        row("the timer looks too early", &[ONE], Expire(341), Registered, None, 10, None, NOTHING),
        // registered → aged
        row(
            "expiry and grace pass, none is left",
            &[ONE],
            Expire(342),
            Aged,
            None,
            342,
            Some(true),
            &[TimelineKind::Aged],
        ),
        row(
            "the last ends by expiry, another had withdrawn: the last end decides",
            &[ONE, TWO, Register(30, A, "c", 3, 0)],
            Expire(352),
            Aged,
            None,
            352,
            Some(true),
            &[TimelineKind::Aged],
        ),
        row(
            "both expire at once",
            &[ONE, TWO],
            Expire(900),
            Aged,
            None,
            900,
            Some(true),
            &[TimelineKind::Aged],
        ),
        row("aged stays aged", &[ONE, Expire(342)], Expire(900), Aged, None, 342, None, NOTHING),
        row("asking changes nothing", &[ONE, Expire(342)], Query(400), Aged, None, 342, Some(false), NOTHING),
        // → unregistered
        row(
            "RFC 3261 §10.2.2: expires=0 for the last",
            &[ONE],
            Register(30, A, "c", 2, 0),
            Unregistered,
            withdrawn,
            30,
            Some(true),
            &[TimelineKind::Withdrew],
        ),
        row(
            "RFC 3261 §10.2.2: the asterisk",
            &[ONE, TWO],
            WithdrawAll(30, 3),
            Unregistered,
            withdrawn,
            30,
            Some(true),
            &[TimelineKind::Withdrew],
        ),
        row(
            "the last withdraws, another had expired",
            &[ONE, Register(300, B, "c", 2, 300), Expire(350)],
            Register(360, B, "c", 3, 0),
            Unregistered,
            withdrawn,
            360,
            Some(true),
            &[TimelineKind::Withdrew],
        ),
        row(
            "both withdraw in one message",
            &[ONE, TWO],
            Both(30, [(A, 0), (B, 0)], 3),
            Unregistered,
            withdrawn,
            30,
            Some(true),
            &[TimelineKind::Withdrew],
        ),
        row(
            "a late goodbye clears the alarm",
            &[ONE, Expire(342)],
            Register(400, A, "c", 2, 0),
            Unregistered,
            withdrawn,
            400,
            Some(true),
            &[TimelineKind::Withdrew],
        ),
        row(
            "a late asterisk, too",
            &[ONE, Expire(342)],
            WithdrawAll(400, 2),
            Unregistered,
            withdrawn,
            400,
            Some(true),
            &[TimelineKind::Withdrew],
        ),
        row(
            "an administrator ends it",
            &[ONE, TWO],
            End(30),
            Unregistered,
            ended,
            30,
            Some(true),
            &[TimelineKind::Ended],
        ),
        row(
            "an administrator ends what had aged",
            &[ONE, Expire(342)],
            End(400),
            Unregistered,
            ended,
            400,
            Some(true),
            &[TimelineKind::Ended],
        ),
        // unregistered → unregistered
        row(
            "a goodbye of a phone never seen says nothing",
            &[],
            Register(10, A, "c", 1, 0),
            Unregistered,
            never,
            0,
            Some(false),
            NOTHING,
        ),
        row("nor does an asterisk", &[], WithdrawAll(10, 1), Unregistered, never, 0, Some(false), NOTHING),
        row(
            "a second goodbye is no news",
            &[ONE, Register(20, A, "c", 2, 0)],
            Register(30, A, "c", 3, 0),
            Unregistered,
            withdrawn,
            20,
            Some(false),
            NOTHING,
        ),
        row(
            "a goodbye after the end is none",
            &[ONE, End(20)],
            Register(30, A, "c", 2, 0),
            Unregistered,
            ended,
            20,
            Some(false),
            NOTHING,
        ),
        row("there is nothing to end", &[], End(10), Unregistered, never, 0, None, NOTHING),
        row("nor twice", &[ONE, End(20)], End(30), Unregistered, ended, 20, None, NOTHING),
        row("nothing expires where nothing is", &[], Expire(10_000), Unregistered, never, 0, None, NOTHING),
        // refused: as before
        row(
            "RFC 3261 §10.3 step 7: 423 changes nothing",
            &[ONE],
            Register(30, A, "c", 2, 30),
            Registered,
            None,
            10,
            None,
            NOTHING,
        ),
        row(
            "423 after it aged",
            &[ONE, Expire(342)],
            Register(400, A, "c", 2, 59),
            Aged,
            None,
            342,
            None,
            NOTHING,
        ),
        row(
            "RFC 3261 §10.3 step 7: an old message",
            &[ONE, TWO],
            Register(30, B, "c", 2, 0),
            Registered,
            None,
            10,
            None,
            NOTHING,
        ),
        row(
            "both ends of one contact in one message: the last word holds",
            &[],
            Both(10, [(A, 300), (A, 0)], 1),
            Unregistered,
            withdrawn,
            0,
            Some(true),
            &[TimelineKind::Withdrew],
        ),
    ]
}

#[test]
fn every_transition() {
    for row in rows() {
        let mut bench = Bench::new();
        for act in row.before {
            carry_out(&mut bench, *act);
        }
        let effect = carry_out(&mut bench, row.act);
        let name = format!("{}: {:?} after {:?}", row.rule, row.act, row.before);
        assert_eq!((bench.line.state, bench.line.detail), (row.state, row.detail), "{name}");
        assert_eq!(bench.line.since, row.since, "since: {name}");
        assert_eq!(effect.as_ref().map(|effect| effect.changed), row.changed, "changed: {name}");
        assert_eq!(effect.unwrap_or_default().observed, row.observed, "observed: {name}");
        assert_eq!(bench.line.state == Registered, !bench.line.bindings.is_empty(), "{name}");
    }
}

#[test]
fn a_line_begins_as_never_seen() {
    let bench = Bench::new();
    assert_eq!((bench.line.state, bench.line.since), (Unregistered, START));
    assert_eq!(bench.line.next_deadline(&bench.policy), None);
    assert_eq!(bench.line.expires_at(), None);
}

#[test]
fn a_device_is_what_its_best_line_is() {
    let state = |state, detail| DeviceState { state, detail };
    use StateDetail::{Ended, NeverSeen, NoLine, Overdue, Withdrawn};
    let (registered, overdue, aged) = ((Registered, None), (Registered, Some(Overdue)), (Aged, None));
    let (never, withdrawn, ended) =
        ((Unregistered, Some(NeverSeen)), (Unregistered, Some(Withdrawn)), (Unregistered, Some(Ended)));
    for (lines, expected) in [
        (vec![], state(Unregistered, Some(NoLine))),
        (vec![registered], state(Registered, None)),
        (vec![overdue, aged], state(Registered, None)),
        (vec![never, withdrawn, aged, registered], state(Registered, None)),
        (vec![never, aged, ended], state(Aged, None)),
        (vec![never, never], state(Unregistered, Some(NeverSeen))),
        (vec![never, ended], state(Unregistered, Some(Ended))),
        (vec![ended, never, withdrawn], state(Unregistered, Some(Withdrawn))),
    ] {
        let mut reversed = lines.clone();
        reversed.reverse();
        assert_eq!(DeviceState::of_lines(&lines), expected, "{lines:?}");
        assert_eq!(DeviceState::of_lines(&reversed), expected, "{reversed:?}: order does not matter");
    }
}
