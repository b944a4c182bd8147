//! One reboot under way: asks the phone, then watches it. Driven by turns; what happens in between waits in it.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot::{self, error::TryRecvError};
use tonalite_catalog::RebootRecipe;
use tonalite_core::Result;
use tonalite_core::contact_request::{ContactAnswer, ContactRequest, ContactRequestKind};
use tonalite_core::id::LineKey;
use tonalite_core::line_state::{Binding, StateDetail};
use tonalite_core::reboot::{
    Probe, Reboot, RebootReason, RebootState, Step, Verdict, Watch, judge, newest_first,
};
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::timeline::TimelineKind;
use tonalite_store::live::Observed;

use crate::App;
use crate::phones::Phones;
use crate::reboots::LONGEST_ANSWER;

/// Between two tests of one phone that accepted. One phone: it costs nothing.
const PROBE_EVERY: Span = Span::from_secs(5);
/// A test takes four seconds at most; a registrar that forgot to answer must not stop the tests.
const LONGEST_PROBE: Span = Span::from_secs(10);
/// A watch that is taken up again lasts at least so long: several tests, and the end of a phone's own retries.
const AT_LEAST: Span = Span::from_secs(60);
/// Withdrawals that wait for the next turn: more than any device has lines, and the states of its lines tell the rest.
const MOST_HEARD: usize = 128;

/// What was heard of the device since the last turn.
#[derive(Default)]
pub(crate) struct Heard(Mutex<Inbox>);

#[derive(Default)]
struct Inbox {
    changed: bool,
    withdrew: Vec<(LineKey, Timestamp)>,
}

impl Heard {
    /// Takes note. Called after a commit: it must not wait.
    pub(crate) fn note(&self, observed: &Observed) {
        let mut inbox = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inbox.changed = true;
        if observed.kind == TimelineKind::Withdrew && inbox.withdrew.len() < MOST_HEARD {
            inbox.withdrew.push((observed.line, observed.at));
        }
    }

    fn take(&self) -> Inbox {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// One reboot under way.
pub(crate) struct Driver {
    reboot: Reboot,
    phase: Phase,
    heard: Arc<Heard>,
}

enum Phase {
    Asking(Asking),
    Watching(Watching),
}

struct Asking {
    event: String,
    /// Whom the request is addressed to at the contact, where it is not the contact's own user.
    user: Option<String>,
    window: Span,
    /// What it means when there is no contact to ask.
    no_way: RebootReason,
    /// Contacts to ask, the first one next.
    contacts: std::vec::IntoIter<(LineKey, i64)>,
    underway: Option<Underway>,
    /// A contact before this one gave no answer.
    was_silent: bool,
}

struct Watching {
    watch: Watch,
    next_probe: Timestamp,
    probe: Option<Underway>,
}

/// A request to the phone.
struct Underway {
    sent_at: Timestamp,
    told: oneshot::Receiver<ContactAnswer>,
}

impl Underway {
    fn send(phones: &Arc<Phones>, request: ContactRequest, now: Timestamp) -> Underway {
        let (tell, told) = oneshot::channel();
        let phones = Arc::clone(phones);
        tokio::spawn(async move {
            // Nobody waits any more when a later reboot took the place of this one.
            let _ = tell.send(phones.request(request).await);
        });
        Underway { sent_at: now, told }
    }

    /// The answer, once it is there; `late` when the registrar itself takes longer than a request of this kind may.
    fn answer(&mut self, longest: Span, late: ContactAnswer, now: Timestamp) -> Option<ContactAnswer> {
        match self.told.try_recv() {
            Ok(answer) => Some(answer),
            Err(TryRecvError::Empty) if now.since(self.sent_at) <= longest => None,
            Err(TryRecvError::Empty) => Some(late),
            Err(TryRecvError::Closed) => Some(ContactAnswer::NoPath),
        }
    }
}

impl Driver {
    /// A reboot that was written down, and the live contacts of its device, the one to ask first in front.
    pub(crate) fn ask(
        reboot: Reboot,
        recipe: Option<RebootRecipe>,
        user: Option<String>,
        contacts: &[(LineKey, Binding)],
    ) -> Driver {
        // The next newest is tried once; a phone that answers at neither is not there.
        let asked = if recipe.is_some() { 2 } else { 0 };
        let contacts: Vec<_> =
            contacts.iter().take(asked).map(|(line, binding)| (*line, binding.id)).collect();
        let no_way = if recipe.is_some() { RebootReason::NoContact } else { RebootReason::UnknownType };
        let (event, window) =
            recipe.map(|recipe| (recipe.reboot_event, recipe.window_seconds)).unwrap_or_default();
        let asking = Asking {
            event,
            user,
            window: Span::from_secs(i64::from(window)),
            no_way,
            contacts: contacts.into_iter(),
            underway: None,
            was_silent: false,
        };
        Driver { reboot, phase: Phase::Asking(asking), heard: Arc::default() }
    }

    /// A reboot that a phone accepted in an earlier life of the program.
    pub(crate) fn resume(mut reboot: Reboot, now: Timestamp) -> Driver {
        let deadline = reboot.deadline.unwrap_or(now).max(now + AT_LEAST);
        reboot.deadline = Some(deadline);
        let watch = Watch::new(reboot.snapshot.clone(), reboot.requested_at, deadline, reboot.down_at);
        Driver {
            reboot,
            phase: Phase::Watching(Watching { watch, next_probe: now, probe: None }),
            heard: Arc::default(),
        }
    }

    pub(crate) const fn reboot(&self) -> &Reboot {
        &self.reboot
    }

    pub(crate) const fn is_over(&self) -> bool {
        self.reboot.state.is_over()
    }

    pub(crate) fn heard(&self) -> Arc<Heard> {
        Arc::clone(&self.heard)
    }

    /// Goes as far as it can now.
    ///
    /// # Errors
    /// The store cannot answer; the next turn finds the same state.
    pub(crate) async fn turn(&mut self, app: &App, now: Timestamp) -> Result<()> {
        match &mut self.phase {
            Phase::Asking(asking) => {
                if let Some(watching) = asking.turn(&mut self.reboot, app, now).await? {
                    self.phase = Phase::Watching(watching);
                }
                Ok(())
            }
            Phase::Watching(watching) => watching.turn(&mut self.reboot, &self.heard, app, now).await,
        }
    }
}

impl Asking {
    /// Gives the watch when the phone accepted.
    async fn turn(&mut self, reboot: &mut Reboot, app: &App, now: Timestamp) -> Result<Option<Watching>> {
        let Some(underway) = &mut self.underway else {
            let mut next = reboot.clone();
            let Some((line, binding)) = self.contacts.as_slice().first().copied() else {
                (next.state, next.reason) = (RebootState::NotPossible, Some(self.no_way));
                return app.write_reboot(reboot, next, now).await.map(|()| None);
            };
            // Written first: what is sent and not written would be asked for twice.
            next.state = RebootState::Sent;
            app.write_reboot(reboot, next, now).await?;
            if reboot.state == RebootState::Sent {
                self.contacts.next();
                self.underway = Some(self.send(app, line, binding, now));
            }
            return Ok(None);
        };
        let sent_at = underway.sent_at;
        let Some(answer) = underway.answer(LONGEST_ANSWER, ContactAnswer::NoAnswer, now) else {
            return Ok(None);
        };
        let verdict = judge(&answer);
        let unreached = matches!(verdict, Verdict::NoAnswer | Verdict::NotPossible(RebootReason::NoPath));
        if unreached && let Some((line, binding)) = self.contacts.next() {
            self.was_silent |= verdict == Verdict::NoAnswer;
            self.underway = Some(self.send(app, line, binding, now));
            return Ok(None);
        }

        let mut next = reboot.clone();
        match verdict {
            Verdict::Accepted { code } => {
                next.state = RebootState::Accepted;
                (next.code, next.answered_at) = (Some(code), Some(now));
                next.deadline = Some(now + self.window);
            }
            Verdict::Refused { code, reason, phrase } => {
                next.state = RebootState::Refused;
                (next.code, next.answered_at) = (Some(code), Some(now));
                (next.reason, next.phrase) = (Some(reason), phrase);
            }
            Verdict::NotPossible(reason) if !self.was_silent => {
                (next.state, next.reason) = (RebootState::NotPossible, Some(reason));
            }
            Verdict::NoAnswer | Verdict::NotPossible(_) => next.state = RebootState::NoAnswer,
        }
        if let Err(error) = app.write_reboot(reboot, next, now).await {
            // The answer was taken: it waits for the next turn.
            let (tell, told) = oneshot::channel();
            let _ = tell.send(answer);
            self.underway = Some(Underway { sent_at, told });
            return Err(error);
        }
        Ok((reboot.state == RebootState::Accepted).then(|| Watching {
            watch: Watch::new(reboot.snapshot.clone(), sent_at, now + self.window, None),
            next_probe: now + PROBE_EVERY,
            probe: None,
        }))
    }

    fn send(&self, app: &App, line: LineKey, binding: i64, now: Timestamp) -> Underway {
        let kind = ContactRequestKind::Notify { event: self.event.clone(), user: self.user.clone() };
        Underway::send(&app.phones, ContactRequest { line, binding, kind }, now)
    }
}

impl Watching {
    async fn turn(&mut self, reboot: &mut Reboot, heard: &Heard, app: &App, now: Timestamp) -> Result<()> {
        let inbox = heard.take();
        for (line, at) in inbox.withdrew {
            self.watch.saw_withdrawal(line, at);
        }
        if let Some(probe) = &mut self.probe
            && let Some(answer) = probe.answer(LONGEST_PROBE, ContactAnswer::Busy, now)
        {
            self.watch.saw_probe(outcome(&answer), probe.sent_at, now);
            self.probe = None;
        }
        let probe_is_due = now >= self.next_probe && self.probe.is_none();
        if inbox.changed || probe_is_due || now >= self.watch.deadline() {
            let mut bindings = app.store.find_bindings_of_device(reboot.device_key).await?;
            let states = app.store.find_line_states_of_device(reboot.device_key, app.ready_at, now).await?;
            // What was heard before this watch began is told by the states.
            for state in states.iter().filter(|state| state.detail == Some(StateDetail::Withdrawn)) {
                self.watch.saw_withdrawal(state.line, state.since);
            }
            self.watch.saw_bindings(&bindings);
            if probe_is_due {
                newest_first(&mut bindings);
                self.probe(app, bindings.first(), now);
            }
        }
        let Some(step) = self.watch.step(now) else { return Ok(()) };
        let mut next = reboot.clone();
        match step {
            Step::Down(at) => (next.state, next.down_at) = (RebootState::Down, Some(at)),
            Step::Back(at) => {
                next.down_at = next.down_at.or(self.watch.went_at());
                (next.state, next.back_at) = (RebootState::Back, Some(at));
            }
            Step::NotRestarted => next.state = RebootState::NotRestarted,
            Step::NotBack => next.state = RebootState::NotBack,
        }
        app.write_reboot(reboot, next, now).await
    }

    /// Tests the newest contact; a device without one is as silent as can be.
    fn probe(&mut self, app: &App, contact: Option<&(LineKey, Binding)>, now: Timestamp) {
        self.next_probe = now + PROBE_EVERY;
        match contact {
            Some((line, binding)) => {
                let request =
                    ContactRequest { line: *line, binding: binding.id, kind: ContactRequestKind::Options };
                self.probe = Some(Underway::send(&app.phones, request, now));
            }
            None => self.watch.saw_probe(Probe::Silent, now, now),
        }
    }
}

fn outcome(answer: &ContactAnswer) -> Probe {
    match answer {
        ContactAnswer::Answered { .. } => Probe::Answered,
        ContactAnswer::NoAnswer | ContactAnswer::NoPath => Probe::Silent,
        ContactAnswer::Busy => Probe::Unknown,
    }
}
