//! Drives the export contract: the pure machine behind a lock, its deadlines on the clock, one task a run, and the finished
//! files for as long as they serve. What a run makes, and of what, is not its affair.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{Notify, oneshot, watch};
use tokio::task::AbortHandle;
use tonalite_core::Result;
use tonalite_core::error::{Cause, Error};
use tonalite_core::export_gate::{
    Action, Event, FlightId, FlightKey, Gate, Load, Outcome, Parameters, Refusal, RequestId, SessionId,
    Source, Standing,
};
use tonalite_core::id::PartyKey;
use tonalite_core::party::Tenancy;
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::world::{Clock, Entropy, new_id};
use uuid::Uuid;

use super::steady::Steady;

/// A clock that is set must not leave anybody waiting for the old time.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// Makes the data once, when its turn has come; given the time at which it begins.
pub(crate) type Order<F> =
    Box<dyn FnOnce(Timestamp) -> Pin<Box<dyn Future<Output = Result<F>> + Send>> + Send>;

/// Who asks, for those who share a run and may know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    /// Name of the portal user.
    pub name: String,
    /// Its party.
    pub party: PartyKey,
    /// Where that party stands in the tree.
    pub tenancy: Tenancy,
}

/// The answer to one request.
#[derive(Debug)]
pub(crate) enum Answer<F> {
    /// The data.
    Ready {
        /// Shared with whoever else is served by the same run.
        file: Arc<F>,
        /// Whose request began the run.
        asked_by: Arc<Asker>,
        /// How old it is.
        age: Span,
        /// Whose run it was.
        source: Source,
    },
    /// Come back later.
    Rejected {
        /// When.
        retry_after: Span,
        /// Why.
        refusal: Refusal,
    },
    /// Waited in the queue for too long.
    TimedOut,
    /// The run failed. The log tells why, under this id.
    Failed(Uuid),
}

/// The gate of one installation.
pub(crate) struct GateDriver<F> {
    state: Mutex<State<F>>,
    entropy: Arc<dyn Entropy>,
    /// The next deadline may be another.
    changed: Notify,
    /// Counts steps, for those who show where a request stands.
    steps: watch::Sender<u64>,
}

struct State<F> {
    gate: Gate,
    steady: Steady,
    next_request: u64,
    waiting: HashMap<RequestId, Asked<F>>,
    running: HashMap<FlightId, Run>,
    files: HashMap<FlightId, Served<F>>,
    /// Runs whose failure is being told, with the id that finds it in the log.
    failures: HashMap<FlightId, Uuid>,
}

struct Asked<F> {
    asker: Arc<Asker>,
    order: Option<Order<F>>,
    answer: oneshot::Sender<Answer<F>>,
}

struct Run {
    task: AbortHandle,
    asked_by: Arc<Asker>,
}

struct Served<F> {
    file: Arc<F>,
    asked_by: Arc<Asker>,
}

impl<F: Send + Sync + 'static> GateDriver<F> {
    /// With these numbers, which [`Parameters::check`] has approved.
    pub(crate) fn new(parameters: Parameters, entropy: Arc<dyn Entropy>) -> Arc<GateDriver<F>> {
        Arc::new(GateDriver {
            state: Mutex::new(State {
                gate: Gate::new(parameters),
                steady: Steady::default(),
                next_request: 1,
                waiting: HashMap::new(),
                running: HashMap::new(),
                files: HashMap::new(),
                failures: HashMap::new(),
            }),
            entropy,
            changed: Notify::new(),
            steps: watch::Sender::new(0),
        })
    }

    /// Asks. The request is open until its answer comes or the value is dropped, which is hanging up.
    pub(crate) fn ask(
        self: &Arc<Self>,
        session: SessionId,
        key: FlightKey,
        asker: Asker,
        order: Order<F>,
        clock: &Arc<dyn Clock>,
    ) -> Waiting<F> {
        let (sender, receiver) = oneshot::channel();
        let mut state = self.lock();
        let request = RequestId(state.next_request);
        state.next_request += 1;
        let asked = Asked { asker: Arc::new(asker), order: Some(order), answer: sender };
        state.waiting.insert(request, asked);
        self.step(state, Event::Arrive { request, session, key }, clock);
        Waiting { driver: Arc::clone(self), clock: Arc::clone(clock), request, receiver }
    }

    /// Tells the time to the machine. Tests call it after they moved their clock.
    pub(crate) fn turn(self: &Arc<Self>, clock: &Arc<dyn Clock>) {
        self.step(self.lock(), Event::Tick, clock);
    }

    /// Keeps the deadlines until it is dropped.
    pub(crate) async fn drive(self: &Arc<Self>, clock: Arc<dyn Clock>) {
        loop {
            let deadline = {
                let state = self.lock();
                state.gate.next_deadline().map(|at| state.steady.on_the_clock(at))
            };
            let rest = deadline.map(|at| at.since(clock.now()).0.max(0).unsigned_abs());
            let sleep = rest.map_or(LONGEST_SLEEP, Duration::from_millis).min(LONGEST_SLEEP);
            if tokio::time::timeout(sleep, self.changed.notified()).await.is_err() && deadline.is_some() {
                self.turn(&clock);
            }
        }
    }

    /// How much is under way.
    pub(crate) fn load(&self) -> Load {
        self.lock().gate.load()
    }

    fn lock(&self) -> MutexGuard<'_, State<F>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One step of the machine, and what it asks for. Nothing in here waits.
    fn step(self: &Arc<Self>, mut guard: MutexGuard<'_, State<F>>, event: Event, clock: &Arc<dyn Clock>) {
        let state = &mut *guard;
        let now = state.steady.tell(clock.now());
        // Files are closed once the lock is free.
        let mut dropped = Vec::new();
        for action in state.gate.step(now, event) {
            match action {
                Action::Start(flight, request) => self.begin(state, flight, request, clock),
                Action::Cancel(flight) => {
                    if let Some(run) = state.running.remove(&flight) {
                        run.task.abort();
                    }
                }
                Action::Forget(flight) => dropped.extend(state.files.remove(&flight)),
                Action::Answer(request, outcome) => self.answer(state, request, outcome, clock),
            }
        }
        state.failures.clear();
        drop(guard);
        drop(dropped);
        self.changed.notify_one();
        self.steps.send_modify(|steps| *steps = steps.wrapping_add(1));
    }

    fn begin(
        self: &Arc<Self>,
        state: &mut State<F>,
        flight: FlightId,
        request: RequestId,
        clock: &Arc<dyn Clock>,
    ) {
        let Some(asked) = state.waiting.get_mut(&request) else { return };
        // Without a runtime the program is ending, and nobody waits for an answer any more.
        let (Some(order), Ok(runtime)) = (asked.order.take(), Handle::try_current()) else { return };
        let end = End { driver: Arc::clone(self), flight, clock: Arc::clone(clock), is_told: false };
        let begins_at = clock.now();
        let task = runtime.spawn(async move { end.tell(order(begins_at).await) }).abort_handle();
        state.running.insert(flight, Run { task, asked_by: Arc::clone(&asked.asker) });
    }

    fn finished(self: &Arc<Self>, flight: FlightId, made: Result<F>, clock: &Arc<dyn Clock>) {
        let mut state = self.lock();
        // One that was cancelled meanwhile serves nobody; its file goes.
        let Some(run) = state.running.remove(&flight) else { return };
        let ok = made.is_ok();
        match made {
            Ok(file) => {
                state.files.insert(flight, Served { file: Arc::new(file), asked_by: run.asked_by });
            }
            Err(error) => {
                let cause = match &error {
                    Error::Internal(cause) => cause.for_log(),
                    other => other.code().to_owned(),
                };
                state.failures.insert(flight, self.log_failure(&cause, clock));
            }
        }
        self.step(state, Event::Finished { flight, ok }, clock);
        let mut state = self.lock();
        // Told too late.
        let late = if state.gate.serves(flight) { None } else { state.files.remove(&flight) };
        drop(state);
        drop(late);
    }

    fn answer(&self, state: &mut State<F>, request: RequestId, outcome: Outcome, clock: &Arc<dyn Clock>) {
        let Some(asked) = state.waiting.remove(&request) else { return };
        let answer = match outcome {
            Outcome::Ready { flight, age, source } => match state.files.get(&flight) {
                Some(Served { file, asked_by }) => {
                    Answer::Ready { file: Arc::clone(file), asked_by: Arc::clone(asked_by), age, source }
                }
                None => Answer::Failed(self.log_failure("the file of a finished run is gone", clock)),
            },
            Outcome::Rejected { retry_after, refusal } => Answer::Rejected { retry_after, refusal },
            Outcome::TimedOut => Answer::TimedOut,
            Outcome::Failed { flight } => {
                let too_long = || self.log_failure("it took longer than it may", clock);
                let id = *state.failures.entry(flight).or_insert_with(too_long);
                Answer::Failed(id)
            }
        };
        // Who hung up in this very moment does not hear it.
        let _ = asked.answer.send(answer);
    }

    /// Gives the id that finds the cause: all that those who asked are told.
    fn log_failure(&self, cause: &str, clock: &Arc<dyn Clock>) -> Uuid {
        let id = new_id(clock.now(), self.entropy.as_ref());
        tracing::error!(failure.id = %id, error = cause, "an export of line states failed");
        id
    }
}

/// Tells the end of a run, also when it panics.
struct End<F: Send + Sync + 'static> {
    driver: Arc<GateDriver<F>>,
    flight: FlightId,
    clock: Arc<dyn Clock>,
    is_told: bool,
}

impl<F: Send + Sync + 'static> End<F> {
    fn tell(mut self, made: Result<F>) {
        self.is_told = true;
        self.driver.finished(self.flight, made, &self.clock);
    }
}

impl<F: Send + Sync + 'static> Drop for End<F> {
    fn drop(&mut self) {
        if !self.is_told {
            let cause = Error::Internal(Cause::new("the run ended without a result"));
            self.driver.finished(self.flight, Err(cause), &self.clock);
        }
    }
}

/// One open request. Dropping it is hanging up.
pub(crate) struct Waiting<F: Send + Sync + 'static> {
    driver: Arc<GateDriver<F>>,
    clock: Arc<dyn Clock>,
    request: RequestId,
    receiver: oneshot::Receiver<Answer<F>>,
}

/// Where an open request stands, and who began the run that it shares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// Times are those of the clock.
    pub(crate) standing: Standing,
    /// Whose run it is, once it runs.
    pub(crate) asked_by: Option<Arc<Asker>>,
}

impl<F: Send + Sync + 'static> Waiting<F> {
    /// The answer, once.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the program is ending.
    pub(crate) async fn answer(&mut self) -> Result<Answer<F>> {
        (&mut self.receiver).await.map_err(|_| Error::Unavailable(Span::from_secs(5)))
    }

    /// The answer if it is there already: whoever is refused on arrival is.
    pub(crate) fn answer_now(&mut self) -> Option<Answer<F>> {
        self.receiver.try_recv().ok()
    }

    /// Where it stands; `None` once it is answered.
    pub(crate) fn place(&self) -> Option<Place> {
        let state = self.driver.lock();
        let standing = state.gate.standing(self.request)?;
        let on_the_clock = |at| state.steady.on_the_clock(at);
        Some(match standing {
            Standing::Delayed { until } => {
                Place { standing: Standing::Delayed { until: on_the_clock(until) }, asked_by: None }
            }
            Standing::Queued { flight, place, until, shared } => {
                let until = on_the_clock(until);
                Place { standing: Standing::Queued { flight, place, until, shared }, asked_by: None }
            }
            Standing::Running { flight, since, shared } => Place {
                standing: Standing::Running { flight, since: on_the_clock(since), shared },
                asked_by: state.running.get(&flight).map(|run| Arc::clone(&run.asked_by)),
            },
        })
    }

    /// Changes whenever it may stand elsewhere.
    pub(crate) fn steps(&self) -> watch::Receiver<u64> {
        self.driver.steps.subscribe()
    }
}

impl<F: Send + Sync + 'static> Drop for Waiting<F> {
    fn drop(&mut self) {
        let mut state = self.driver.lock();
        let asked = state.waiting.remove(&self.request);
        if asked.is_some() {
            self.driver.step(state, Event::Gone(self.request), &self.clock);
        }
    }
}

#[cfg(test)]
#[path = "gate_tests.rs"]
mod tests;
