//! Each sentence that the contract was made from, by itself; and what a page is shown.

use tonalite_core::export_gate::{Event, Outcome, Parameters, RequestId, Source, Standing};
use tonalite_core::time::{Span, Timestamp};

use crate::simulator::{Simulator, key, play, request, session_of, told};

fn run(script: &str) -> Vec<String> {
    told(&play(Parameters::default(), script))
}

/// S1: "two parallel exports in a session are delayed by 5 s".
#[test]
fn s1_two_parallel_exports_in_a_session_are_delayed_by_five_seconds() {
    assert_eq!(run("a 0 s1 c1/x 1; b 0.5 s1 c2/x 1"), ["a 200 1", "b 200 6.5", "runs 2"]);
}

/// S2: "during the rate-limit period only one request is allowed per session …".
#[test]
fn s2_one_request_in_the_period_for_a_session() {
    assert_eq!(run("a 0 s1 c1/x; b 4.999 s1 c2/x"), ["a 200 2", "b 429 4.999 retry 1", "runs 1"]);
    assert_eq!(run("a 0 s1 c1/x; b 5 s1 c2/x"), ["a 200 2", "b 200 7", "runs 2"]);
}

/// S2: "… or for the customer".
#[test]
fn s2_one_request_in_the_period_for_a_customer() {
    assert_eq!(run("a 0 s1 c1/x; b 4.999 s2 c1/y"), ["a 200 2", "b 429 4.999 retry 1", "runs 1"]);
    assert_eq!(run("a 0 s1 c1/x; b 4.999 s2 c2/y"), ["a 200 2", "b 200 6.999", "runs 2"]);
}

/// S3: "two different users asking for the same customer and site in the same period: the first runs, the second gets
/// cached data".
#[test]
fn s3_the_second_user_gets_cached_data() {
    let simulator = play(Parameters::default(), "a 0 s1 c1/x; b 3 s2 c1/x");
    let [(_, _, first), (_, _, second)] = simulator.answers[..] else { panic!("two answers") };
    let Outcome::Ready { flight, source: Source::Own, .. } = first else { panic!("{first:?}") };
    let same = Outcome::Ready { flight, age: Span::from_secs(3), source: Source::Cached };
    assert_eq!(second, same);
    assert_eq!(simulator.forgotten, [flight], "the file goes when its time is over");
}

/// S4: "at most two or three in parallel globally, at most ten that arrive together are queued, the rest are rejected".
#[test]
fn s4_so_many_run_so_many_wait_the_rest_is_rejected() {
    for running in [2, 3] {
        let mut simulator = Simulator::new(Parameters { running, ..Parameters::default() });
        for n in 0..16_u32 {
            let arrive = Event::Arrive {
                request: RequestId(n.into()),
                session: session_of(&format!("s{n}")),
                key: key(&format!("c{n}/x")),
            };
            simulator.happens(arrive);
        }
        let load = simulator.gate.load();
        assert_eq!((load.running, load.queued), (running, 10));
        assert_eq!(simulator.answers.len(), 16 - 10 - running);
        assert!(simulator.answers.iter().all(|(_, _, outcome)| matches!(outcome, Outcome::Rejected { .. })));
    }
}

/// E1: "408 or 429: too many requests, or the request stayed in the queue".
#[test]
fn e1_refused_on_arrival_is_429_and_waited_too_long_is_408() {
    let told = run("a 0 s1 c1/x 40; b 0 s2 c2/x 40; c 0 s3 c3/x 40; d 0 s4 c4/x; e 1 s5 c1/y");
    assert_eq!(told[..2], ["e 429 1 retry 4", "d 408 30"]);
}

/// E2: "500: the export failed on the server".
#[test]
fn e2_a_failure_is_500_and_is_not_cached() {
    let told = run("a 0 s1 c1/x fails; b 3 s2 c1/x");
    assert_eq!(told, ["a 500 2", "b 429 3 retry 2", "runs 1"]);
}

#[test]
fn a_session_that_left_its_run_joins_it_again_only_after_its_window() {
    let script = "a 0 s1 c1/x 20; b 1 s2 c1/x 20; a leaves 2; c 3 s1 c1/x 20; d 6 s1 c1/x 20";
    assert_eq!(run(script), ["c 429 3 retry 2", "b 200 20 shared", "d 200 20 shared", "runs 1"]);
}

#[test]
fn a_session_is_given_cached_data_once() {
    let script = "a 0 s1 c1/x; b 3 s2 c1/x; c 4 s2 c1/x";
    assert_eq!(run(script)[1..], ["b 200 3 cached, age 3000", "c 429 4 retry 1", "runs 1"]);
}

#[test]
fn a_newer_file_takes_the_place_of_an_older_one() {
    let simulator = play(Parameters::default(), "a 0 s1 c1/x; b 5 s1 c1/x; c 7.5 s2 c1/x");
    assert_eq!(told(&simulator)[2], "c 200 7.5 cached, age 2500");
    assert_eq!(simulator.forgotten.len(), 2);
}

#[test]
fn an_end_that_is_told_too_late_is_too_late() {
    let mut simulator = Simulator::new(Parameters::default());
    let (request, session) = (request("a"), session_of("s1"));
    simulator.happens(Event::Arrive { request, session, key: key("c1/x") });
    let flight = *simulator.ends.keys().next().unwrap();
    simulator.now = Timestamp(120_001);
    simulator.happens(Event::Finished { flight, ok: true });
    assert_eq!(simulator.answers, [(Timestamp(120_001), request, Outcome::Failed { flight })]);
    assert_eq!(simulator.cancelled, [flight]);
}

#[test]
fn a_page_is_told_where_a_request_stands() {
    let mut simulator = Simulator::new(Parameters::default());
    let mut asks = |name: &str, session: &str, what: &str| {
        let arrive = Event::Arrive { request: request(name), session: session_of(session), key: key(what) };
        simulator.happens(arrive);
        simulator.gate.standing(request(name))
    };
    let running = asks("a", "s1", "c1/x");
    let delayed = asks("b", "s1", "c9/x");
    let joined = asks("c", "s2", "c1/x");
    let _ = (asks("d", "s3", "c2/x"), asks("e", "s4", "c3/x"));
    let next = asks("f", "s5", "c4/x");
    let second = asks("g", "s6", "c5/x");
    let second_shared = asks("h", "s7", "c5/x");
    let Some(Standing::Running { flight, since: Timestamp(0), shared: false }) = running else {
        panic!("{running:?}")
    };
    assert_eq!(delayed, Some(Standing::Delayed { until: Timestamp(5_000) }));
    assert_eq!(joined, Some(Standing::Running { flight, since: Timestamp(0), shared: true }));
    assert!(matches!(next, Some(Standing::Queued { place: 1, shared: false, until: Timestamp(30_000), .. })));
    assert!(matches!(second, Some(Standing::Queued { place: 2, shared: false, .. })));
    assert!(matches!(second_shared, Some(Standing::Queued { place: 2, shared: true, .. })));
    simulator.pass_until(Timestamp(100_000));
    assert_eq!(simulator.gate.standing(request("a")), None);
}
