//! The steps of the export contract. Runs are few (those running and those queued), so that every question is a walk over
//! all of them.

use std::collections::BTreeMap;

use super::memory::{Cached, Files, Seen, Served, Windows};
use super::{
    Action, Event, FlightId, FlightKey, Load, Outcome, Parameters, Refusal, RequestId, SessionId, Source,
    Standing,
};
use crate::id::PartyKey;
use crate::time::{Span, Timestamp};

/// When to ask again where no end of the crowd can be foreseen.
const COME_BACK: Span = Span::from_secs(5);

/// The state of the contract in one installation. Time must not go back between steps.
#[derive(Debug)]
pub struct Gate {
    parameters: Parameters,
    requests: BTreeMap<RequestId, Request>,
    flights: BTreeMap<FlightId, Flight>,
    session_windows: Windows<SessionId>,
    customer_windows: Windows<PartyKey>,
    files: Files,
    served: Served,
    next_flight: u64,
}

#[derive(Debug)]
struct Request {
    session: SessionId,
    key: FlightKey,
    waits: Waits,
}

#[derive(Debug, Clone, Copy)]
enum Waits {
    Delayed { until: Timestamp },
    For(FlightId),
}

#[derive(Debug)]
struct Flight {
    key: FlightKey,
    /// Whose request began it: its window opens, whoever listens later.
    session: SessionId,
    lead: RequestId,
    listeners: Vec<RequestId>,
    seen: Seen,
    phase: Phase,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Queued { until: Timestamp },
    Running { since: Timestamp },
}

/// What falls due, in the order in which it is dealt with at one moment: what frees a place comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    RanTooLong(FlightId),
    MayStart,
    WaitedTooLong(FlightId),
    GoesOn(RequestId),
}

impl Gate {
    /// With these numbers, which [`Parameters::check`] has approved.
    pub fn new(parameters: Parameters) -> Gate {
        Gate {
            parameters,
            requests: BTreeMap::new(),
            flights: BTreeMap::new(),
            session_windows: Windows::default(),
            customer_windows: Windows::default(),
            files: Files::default(),
            served: Served::default(),
            next_flight: 1,
        }
    }

    /// What happened, at this time, and what is to be done about it, in order.
    pub fn step(&mut self, now: Timestamp, event: Event) -> Vec<Action> {
        let mut actions = Vec::new();
        match event {
            Event::Arrive { request, session, key } => {
                self.settle_due(now, now, &mut actions);
                self.arrive(now, request, session, key, &mut actions);
            }
            Event::Finished { flight, ok } => {
                // One that ends at the very moment of a deadline is in time; one that is told late is not.
                self.settle_due(now - Span(1), now, &mut actions);
                self.finish(now, flight, ok, &mut actions);
                self.start_queued(now, &mut actions);
                self.settle_due(now, now, &mut actions);
            }
            Event::Gone(request) => {
                self.settle_due(now, now, &mut actions);
                self.leave(request, &mut actions);
            }
            Event::Tick => self.settle_due(now, now, &mut actions),
        }
        self.start_queued(now, &mut actions);
        self.session_windows.prune(now);
        self.customer_windows.prune(now);
        self.served.prune(now);
        actions.extend(self.files.prune(now).into_iter().map(Action::Forget));
        actions
    }

    /// When to call [`Gate::step`] at the latest, if nothing happens before.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let due = self.next_due().map(|(at, _)| at);
        due.into_iter().chain(self.files.next_end()).min()
    }

    /// Where a request stands; `None` once it is answered.
    pub fn standing(&self, request: RequestId) -> Option<Standing> {
        let flight_id = match self.requests.get(&request)?.waits {
            Waits::Delayed { until } => return Some(Standing::Delayed { until }),
            Waits::For(flight) => flight,
        };
        let flight = self.flights.get(&flight_id)?;
        let shared = flight.lead != request;
        Some(match flight.phase {
            Phase::Running { since } => Standing::Running { flight: flight_id, since, shared },
            Phase::Queued { until } => {
                let mine = self.turn(flight_id, flight);
                let before = self.queued().filter(|(id, other)| self.turn(*id, other) < mine).count();
                Standing::Queued { flight: flight_id, place: before + 1, until, shared }
            }
        })
    }

    /// Whether the file of this run still serves others.
    pub fn serves(&self, flight: FlightId) -> bool {
        self.files.contains(flight)
    }

    /// How much there is to do and to remember.
    pub fn load(&self) -> Load {
        Load {
            running: self.running(),
            queued: self.queued().count(),
            open: self.requests.len(),
            remembered: self.session_windows.len()
                + self.customer_windows.len()
                + self.files.len()
                + self.served.len(),
        }
    }

    /// What is being made, or waits to be: each key once.
    pub fn keys_under_way(&self) -> impl Iterator<Item = &FlightKey> {
        self.flights.values().map(|flight| &flight.key)
    }

    fn arrive(
        &mut self,
        now: Timestamp,
        request: RequestId,
        session: SessionId,
        key: FlightKey,
        actions: &mut Vec<Action>,
    ) {
        let open = self.requests.values().filter(|other| other.session == session).count();
        match open {
            0 => self.proceed(now, request, session, key, false, actions),
            1 => {
                let waits = Waits::Delayed { until: now + self.parameters.delay };
                self.requests.insert(request, Request { session, key, waits });
            }
            _ => actions.push(rejected(request, self.parameters.delay, Refusal::Parallel)),
        }
    }

    /// Steps 2 to 5: join, be given the file, be held off by a window, or take a place.
    fn proceed(
        &mut self,
        now: Timestamp,
        request: RequestId,
        session: SessionId,
        key: FlightKey,
        delayed: bool,
        actions: &mut Vec<Action>,
    ) {
        let always = delayed || self.parameters.same_session_cached;
        let under_way = self.flights.iter().find(|(_, flight)| flight.key == key).map(|(id, _)| *id);
        if let Some(flight) = under_way
            && (always || self.flights.get(&flight).is_some_and(|flight| !flight.seen.contains(session)))
        {
            return self.attach(request, session, key, flight);
        }
        if let Some(cached) = self.files.get(&key, now)
            && (always || !cached.seen.contains(session))
        {
            cached.seen.note(session);
            let (flight, age) = (cached.flight, now.since(cached.started));
            let outcome = Outcome::Ready { flight, age, source: Source::Cached };
            return actions.push(Action::Answer(request, outcome));
        }
        let rest = self.session_windows.rest(session, now).max(self.customer_windows.rest(key.customer, now));
        if rest > Span::ZERO {
            return actions.push(rejected(request, rest, Refusal::Window));
        }
        // Of a session whose own request left while others stayed, and whose window is over: there is one run a key.
        if let Some(flight) = under_way {
            return self.attach(request, session, key, flight);
        }
        let running = self.running();
        let waiting = self.queued().count();
        let phase = if running < self.parameters.running {
            Phase::Running { since: now }
        } else {
            let counted = if self.parameters.queue_counts_running { running } else { 0 };
            let of_customer = self.queued().filter(|(_, flight)| flight.key.customer == key.customer).count();
            if of_customer >= self.parameters.places_per_customer {
                return actions.push(rejected(request, COME_BACK, Refusal::CustomerWaits));
            }
            if waiting + counted >= self.parameters.queue {
                return actions.push(rejected(request, COME_BACK, Refusal::QueueFull));
            }
            Phase::Queued { until: now + self.parameters.wait }
        };
        let id = FlightId(self.next_flight);
        self.next_flight += 1;
        let flight = Flight {
            key: key.clone(),
            session,
            lead: request,
            listeners: Vec::new(),
            seen: Seen::default(),
            phase,
        };
        self.flights.insert(id, flight);
        self.open_windows(now, id, session, key.customer);
        let customer = key.customer;
        self.attach(request, session, key, id);
        if matches!(phase, Phase::Running { .. }) {
            self.served.note(customer, now);
            actions.push(Action::Start(id, request));
        }
    }

    fn attach(&mut self, request: RequestId, session: SessionId, key: FlightKey, flight: FlightId) {
        if let Some(joined) = self.flights.get_mut(&flight) {
            joined.listeners.push(request);
            joined.seen.note(session);
            self.requests.insert(request, Request { session, key, waits: Waits::For(flight) });
        }
    }

    fn open_windows(&mut self, now: Timestamp, flight: FlightId, session: SessionId, customer: PartyKey) {
        let until = now + self.parameters.window;
        self.session_windows.open(session, until, flight);
        self.customer_windows.open(customer, until, flight);
    }

    fn finish(&mut self, now: Timestamp, id: FlightId, ok: bool, actions: &mut Vec<Action>) {
        // One that was cancelled may still tell its end.
        let Some(flight) = self.flights.remove(&id) else { return };
        let Phase::Running { since } = flight.phase else {
            self.flights.insert(id, flight);
            return;
        };
        for request in flight.listeners {
            self.requests.remove(&request);
            let source = if request == flight.lead { Source::Own } else { Source::Shared };
            let ready = Outcome::Ready { flight: id, age: now.since(since), source };
            actions.push(Action::Answer(request, if ok { ready } else { Outcome::Failed { flight: id } }));
        }
        if ok {
            let until = now + self.parameters.window;
            let cached = Cached { flight: id, started: since, until, seen: flight.seen };
            actions.extend(self.files.put(flight.key, cached).map(Action::Forget));
        }
    }

    fn leave(&mut self, request: RequestId, actions: &mut Vec<Action>) {
        let Some(left) = self.requests.remove(&request) else { return };
        let Waits::For(id) = left.waits else { return };
        let Some(flight) = self.flights.get_mut(&id) else { return };
        flight.listeners.retain(|listener| *listener != request);
        if !flight.listeners.is_empty() {
            return;
        }
        match flight.phase {
            Phase::Queued { .. } => self.give_up(id),
            // Its windows stay: to open and to close again must not be a way around them.
            Phase::Running { .. } => {
                self.flights.remove(&id);
                actions.push(Action::Cancel(id));
            }
        }
    }

    /// A queued run that never starts leaves no window.
    fn give_up(&mut self, id: FlightId) {
        if let Some(flight) = self.flights.remove(&id) {
            self.session_windows.free(flight.session, id);
            self.customer_windows.free(flight.key.customer, id);
        }
    }

    /// Deals with everything that fell due up to `limit`, in its order.
    fn settle_due(&mut self, limit: Timestamp, now: Timestamp, actions: &mut Vec<Action>) {
        while let Some((at, due)) = self.next_due()
            && at <= limit
        {
            match due {
                Due::RanTooLong(id) => {
                    actions.push(Action::Cancel(id));
                    self.finish(now, id, false, actions);
                }
                Due::MayStart => {}
                Due::WaitedTooLong(id) => {
                    let listeners =
                        self.flights.get(&id).map(|flight| flight.listeners.clone()).unwrap_or_default();
                    self.give_up(id);
                    for request in listeners {
                        self.requests.remove(&request);
                        actions.push(Action::Answer(request, Outcome::TimedOut));
                    }
                }
                Due::GoesOn(request) => {
                    if let Some(waited) = self.requests.remove(&request) {
                        self.proceed(now, request, waited.session, waited.key, true, actions);
                    }
                }
            }
            self.start_queued(now, actions);
        }
    }

    fn next_due(&self) -> Option<(Timestamp, Due)> {
        let a_place_is_free = self.running() < self.parameters.running;
        let of_flights = self.flights.iter().flat_map(|(id, flight)| match flight.phase {
            Phase::Running { since } => {
                [Some((since + self.parameters.generation, Due::RanTooLong(*id))), None]
            }
            Phase::Queued { until } => [
                Some((until, Due::WaitedTooLong(*id))),
                self.held_until(flight).filter(|_| a_place_is_free).map(|at| (at, Due::MayStart)),
            ],
        });
        let of_requests = self.requests.iter().filter_map(|(id, request)| match request.waits {
            Waits::Delayed { until } => Some((until, Due::GoesOn(*id))),
            Waits::For(_) => None,
        });
        of_flights.flatten().chain(of_requests).min()
    }

    /// Fills free places from the queue: the customer first who was served longest ago, in the order of arrival within.
    fn start_queued(&mut self, now: Timestamp, actions: &mut Vec<Action>) {
        while self.running() < self.parameters.running {
            let ready =
                self.queued().filter(|(_, flight)| self.held_until(flight).is_none_or(|at| at <= now));
            let Some((_, id)) = ready.map(|(id, flight)| (self.turn(id, flight), id)).min() else { return };
            let Some(flight) = self.flights.get_mut(&id) else { return };
            flight.phase = Phase::Running { since: now };
            let (session, customer) = (flight.session, flight.key.customer);
            // The lead, unless it left.
            let asks = flight.listeners.first().copied().unwrap_or(flight.lead);
            self.open_windows(now, id, session, customer);
            self.served.note(customer, now);
            actions.push(Action::Start(id, asks));
        }
    }

    /// Only a customer with several places in the queue can have one that is not yet allowed to start when its turn comes.
    fn held_until(&self, flight: &Flight) -> Option<Timestamp> {
        self.served.last(flight.key.customer).map(|at| at + self.parameters.window)
    }

    fn turn(&self, id: FlightId, flight: &Flight) -> (Option<Timestamp>, FlightId) {
        (self.served.last(flight.key.customer), id)
    }

    fn queued(&self) -> impl Iterator<Item = (FlightId, &Flight)> {
        self.flights
            .iter()
            .filter(|(_, flight)| matches!(flight.phase, Phase::Queued { .. }))
            .map(|(id, flight)| (*id, flight))
    }

    fn running(&self) -> usize {
        self.flights.values().filter(|flight| matches!(flight.phase, Phase::Running { .. })).count()
    }
}

fn rejected(request: RequestId, retry_after: Span, refusal: Refusal) -> Action {
    Action::Answer(request, Outcome::Rejected { retry_after, refusal })
}
