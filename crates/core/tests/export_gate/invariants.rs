//! What holds after any script, whatever is asked, however long it takes, whoever hangs up.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use tonalite_core::export_gate::{Event, Outcome, Parameters, RequestId, Standing};
use tonalite_core::id::{PartyKey, SiteKey};
use tonalite_core::time::{Span, Timestamp};

use crate::simulator::{Simulator, key, session_of};

#[derive(Debug, Clone)]
enum Step {
    /// Somebody asks: session, customer, site, narrowed, seconds that the run takes, whether it fails.
    Ask(u8, u8, u8, bool, i64, bool),
    /// One of the earlier requests hangs up.
    Leave(usize),
}

fn steps() -> impl Strategy<Value = Vec<(i64, Step)>> {
    let ask = (0..12_u8, 0..9_u8, 0..3_u8, any::<bool>(), 0..130_000_i64, prop::bool::weighted(0.1))
        .prop_map(|(session, customer, site, narrowed, takes, fails)| {
            Step::Ask(session, customer, site, narrowed, takes, fails)
        });
    let step = prop_oneof![5 => ask, 1 => any::<usize>().prop_map(Step::Leave)];
    // Many at one moment, some a little later, a few after a pause.
    let pause = prop_oneof![4 => Just(0), 4 => 1..3_000_i64, 1 => 3_000..60_000_i64];
    prop::collection::vec((pause, step), 1..120)
}

fn parameters() -> impl Strategy<Value = Parameters> {
    (2..=3_usize, any::<bool>(), any::<bool>(), 1..=2_usize, 1..20_i64, 1..20_i64).prop_map(
        |(running, queue_counts_running, same_session_cached, places_per_customer, window, delay)| {
            Parameters {
                running,
                queue_counts_running,
                same_session_cached,
                places_per_customer,
                window: Span::from_secs(window),
                delay: Span::from_secs(delay),
                ..Parameters::default()
            }
        },
    )
}

fn holds_now(simulator: &Simulator, parameters: &Parameters) {
    let load = simulator.gate.load();
    assert!(load.running <= parameters.running);
    assert!(load.queued <= parameters.queue);
    assert_eq!(load.running, simulator.ends.len(), "what runs is what was started and has not ended");
    if parameters.places_per_customer == 1 && load.running < parameters.running {
        assert_eq!(load.queued, 0, "a place is free while somebody waits");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn holds_after_any_script(script in steps(), parameters in parameters()) {
        let mut simulator = Simulator::new(parameters);
        let mut asked: BTreeMap<RequestId, (Timestamp, u8)> = BTreeMap::new();
        let mut left = BTreeSet::new();
        let mut now = Timestamp(0);
        for (number, (pause, step)) in (0_u64..).zip(script) {
            now = now + Span(pause);
            simulator.pass_until(now);
            holds_now(&simulator, &parameters);
            match step {
                Step::Ask(session, customer, site, narrowed, takes, fails) => {
                    let mut key = key("c/ALL");
                    key.customer = PartyKey(customer.into());
                    key.site = (site > 0).then_some(SiteKey(site.into()));
                    key.sees = narrowed.then(|| [SiteKey(1)].into());
                    simulator.plans.insert(key.clone(), (Span(takes), !fails));
                    let request = RequestId(number);
                    asked.insert(request, (now, session));
                    let session = session_of(&format!("s{session}"));
                    simulator.happens(Event::Arrive { request, session, key });
                }
                Step::Leave(which) if !asked.is_empty() => {
                    let request = *asked.keys().nth(which % asked.len()).unwrap();
                    if !simulator.answers.iter().any(|(_, answered, _)| *answered == request) {
                        left.insert(request);
                    }
                    simulator.happens(Event::Gone(request));
                }
                Step::Leave(_) => {}
            }
            holds_now(&simulator, &parameters);
            one_run_a_key(&simulator, asked.keys());
            two_open_a_session(&simulator, &asked);
        }
        simulator.pass_until(now + Span::from_hours(2));
        simulator.happens(Event::Tick);

        // Every request has exactly one answer, or hung up and has none.
        let mut answers: BTreeMap<RequestId, usize> = BTreeMap::new();
        for (at, request, outcome) in &simulator.answers {
            *answers.entry(*request).or_default() += 1;
            let waited = at.since(asked[request].0);
            prop_assert!(waited.0 <= parameters.delay.0 + parameters.wait.0 + parameters.generation.0, "{waited:?}");
            if let Outcome::Ready { age, .. } = outcome {
                prop_assert!(age.0 <= parameters.generation.0 + parameters.window.0, "{age:?}");
            }
        }
        for request in asked.keys() {
            let expected = usize::from(!left.contains(request));
            prop_assert_eq!(answers.get(request).copied().unwrap_or(0), expected, "{:?}", request);
        }
        // No start for a customer within the window of its previous start.
        let mut last: BTreeMap<PartyKey, Timestamp> = BTreeMap::new();
        for (at, key) in &simulator.starts {
            if let Some(before) = last.insert(key.customer, *at) {
                prop_assert!(at.since(before) >= parameters.window, "{:?}", key.customer);
            }
        }
        // Nothing is left: no request, no run, no window, no file, no memory of who was served.
        prop_assert_eq!(simulator.gate.load(), Default::default());
        prop_assert_eq!(simulator.gate.next_deadline(), None);
    }
}

fn one_run_a_key<'a>(simulator: &Simulator, requests: impl Iterator<Item = &'a RequestId>) {
    let runs: BTreeSet<_> = requests
        .filter_map(|request| match simulator.gate.standing(*request)? {
            Standing::Queued { flight, .. } | Standing::Running { flight, .. } => Some(flight),
            Standing::Delayed { .. } => None,
        })
        .collect();
    let load = simulator.gate.load();
    assert_eq!(runs.len(), load.running + load.queued, "a run that nobody listens to");
    let keys: BTreeSet<_> = simulator.gate.keys_under_way().collect();
    assert_eq!(keys.len(), runs.len(), "two runs of one key");
}

fn two_open_a_session(simulator: &Simulator, asked: &BTreeMap<RequestId, (Timestamp, u8)>) {
    let mut open: BTreeMap<u8, usize> = BTreeMap::new();
    for (request, (_, session)) in asked {
        if simulator.gate.standing(*request).is_some() {
            *open.entry(*session).or_default() += 1;
        }
    }
    assert!(open.values().all(|count| *count <= 2), "{open:?}");
}
