//! Plays a script against the gate, with runs that take as long as the script says, and tells what was answered when.
//!
//! A line of a script is `name time session customer/site [seconds] [fails] [narrowed]` (a request; `ALL` for all sites)
//! or `name leaves time`. What is told is `name status time …`, in order of time, then of arrival.

use std::collections::BTreeMap;

use tonalite_core::export_gate::{
    Action, Event, FlightId, FlightKey, Gate, Outcome, Parameters, RequestId, SessionId, Source,
};
use tonalite_core::id::{PartyKey, SiteKey};
use tonalite_core::time::{Span, Timestamp};

/// Generation takes this long unless the script says otherwise.
const GENERATION: Span = Span::from_secs(2);

/// What a script has asked, and how its runs go.
pub(crate) struct Simulator {
    pub(crate) gate: Gate,
    pub(crate) now: Timestamp,
    /// Runs under way: when they end, and how.
    pub(crate) ends: BTreeMap<FlightId, (Timestamp, bool)>,
    pub(crate) plans: BTreeMap<FlightKey, (Span, bool)>,
    asked: BTreeMap<RequestId, FlightKey>,
    /// Every answer: when, of which request, what.
    pub(crate) answers: Vec<(Timestamp, RequestId, Outcome)>,
    /// Every start.
    pub(crate) starts: Vec<(Timestamp, FlightKey)>,
    pub(crate) forgotten: Vec<FlightId>,
    pub(crate) cancelled: Vec<FlightId>,
}

impl Simulator {
    pub(crate) fn new(parameters: Parameters) -> Simulator {
        parameters.check().unwrap_or_else(|wrong| panic!("{wrong:?}"));
        Simulator {
            gate: Gate::new(parameters),
            now: Timestamp(0),
            ends: BTreeMap::new(),
            plans: BTreeMap::new(),
            asked: BTreeMap::new(),
            answers: Vec::new(),
            starts: Vec::new(),
            forgotten: Vec::new(),
            cancelled: Vec::new(),
        }
    }

    pub(crate) fn happens(&mut self, event: Event) {
        if let Event::Arrive { request, key, .. } = &event {
            self.asked.insert(*request, key.clone());
        }
        for action in self.gate.step(self.now, event) {
            match action {
                Action::Start(flight, request) => {
                    let key = self.asked[&request].clone();
                    let (takes, ok) = self.plans.get(&key).copied().unwrap_or((GENERATION, true));
                    self.ends.insert(flight, (self.now + takes, ok));
                    self.starts.push((self.now, key));
                }
                Action::Cancel(flight) => {
                    assert!(self.ends.remove(&flight).is_some(), "{flight:?} does not run");
                    self.cancelled.push(flight);
                }
                Action::Forget(flight) => self.forgotten.push(flight),
                Action::Answer(request, outcome) => self.answers.push((self.now, request, outcome)),
            }
        }
    }

    /// Lets the time pass: what ends, ends; what falls due is told to the gate.
    pub(crate) fn pass_until(&mut self, until: Timestamp) {
        loop {
            let end = self.ends.iter().map(|(flight, (at, ok))| (*at, *flight, *ok)).min();
            let deadline = self.gate.next_deadline().filter(|at| *at <= until);
            match (end.filter(|(at, ..)| *at <= until), deadline) {
                (Some((at, flight, ok)), deadline) if deadline.is_none_or(|deadline| at <= deadline) => {
                    self.now = at;
                    self.ends.remove(&flight);
                    self.happens(Event::Finished { flight, ok });
                }
                (_, Some(at)) => {
                    assert!(at >= self.now, "a deadline that was never met: {at:?} at {:?}", self.now);
                    self.now = at;
                    self.happens(Event::Tick);
                }
                _ => break,
            }
        }
        self.now = until;
    }
}

/// Plays a script to its end.
pub(crate) fn play(parameters: Parameters, script: &str) -> Simulator {
    let mut simulator = Simulator::new(parameters);
    for line in lines(script) {
        match line.as_slice() {
            [name, "leaves", at] => {
                simulator.pass_until(time(at));
                simulator.happens(Event::Gone(request(name)));
            }
            [name, at, session, what, rest @ ..] => {
                let fails = rest.contains(&"fails");
                let takes = rest.iter().find_map(|word| word.parse::<f64>().ok().map(|_| time(word)));
                let takes = takes.map_or(GENERATION, |at| at.since(Timestamp(0)));
                let mut key = key(what);
                if rest.contains(&"narrowed") {
                    key.sees = Some([SiteKey(1), SiteKey(2)].into());
                }
                simulator.pass_until(time(at));
                simulator.plans.insert(key.clone(), (takes, !fails));
                let session = session_of(session);
                simulator.happens(Event::Arrive { request: request(name), session, key });
            }
            other => panic!("not a line of a script: {other:?}"),
        }
    }
    simulator.pass_until(Timestamp(1_000_000));
    simulator
}

/// What was answered, one line each, and how many runs there were.
pub(crate) fn told(simulator: &Simulator) -> Vec<String> {
    let mut told: Vec<String> = simulator
        .answers
        .iter()
        .map(|(at, RequestId(name), outcome)| {
            let name = char::from_u32(u32::try_from(*name).unwrap()).unwrap();
            let what = match outcome {
                Outcome::Ready { source: Source::Own, .. } => "200 AT".to_owned(),
                Outcome::Ready { source: Source::Shared, .. } => "200 AT shared".to_owned(),
                Outcome::Ready { source: Source::Cached, age, .. } => format!("200 AT cached, age {}", age.0),
                Outcome::Rejected { retry_after, .. } => {
                    format!("429 AT retry {}", retry_after.seconds_up())
                }
                Outcome::TimedOut => "408 AT".to_owned(),
                Outcome::Failed { .. } => "500 AT".to_owned(),
            };
            let seconds = format!("{}.{:03}", at.0 / 1000, at.0 % 1000);
            let seconds = seconds.trim_end_matches('0').trim_end_matches('.');
            format!("{name} {}", what.replace("AT", seconds))
        })
        .collect();
    told.push(format!("runs {}", simulator.starts.len()));
    told
}

/// The non-empty lines of a text, as words; `;` ends a line too.
pub(crate) fn lines(script: &str) -> impl Iterator<Item = Vec<&str>> {
    script
        .split(['\n', ';'])
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|l| !l.is_empty())
}

fn time(text: &str) -> Timestamp {
    let seconds: f64 = text.parse().unwrap_or_else(|_| panic!("{text} is no time"));
    #[expect(clippy::cast_possible_truncation, reason = "scripts are some minutes long")]
    Timestamp((seconds * 1000.0).round() as i64)
}

/// Requests are named by one letter.
pub(crate) fn request(name: &str) -> RequestId {
    RequestId(u64::from(u32::from(name.chars().next().unwrap())))
}

pub(crate) fn session_of(name: &str) -> SessionId {
    let mut id = [0; 32];
    id[..name.len()].copy_from_slice(name.as_bytes());
    SessionId(id)
}

/// `customer/site`.
pub(crate) fn key(what: &str) -> FlightKey {
    let (customer, site) = what.split_once('/').unwrap();
    let number = |text: &str| text.bytes().fold(0, |sum, byte| sum * 256 + i64::from(byte));
    FlightKey {
        customer: PartyKey(number(customer)),
        site: (site != "ALL").then(|| SiteKey(number(site))),
        filter: "".into(),
        sees: None,
    }
}
