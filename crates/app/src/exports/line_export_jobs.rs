//! Exports of line states that are followed: asked for at once, looked at later, fetched when ready. They pass the same
//! gate as those that are waited for, live for some minutes, and are seen by nobody but who asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tonalite_core::access::{Actor, Identity};
use tonalite_core::audit::Action;
use tonalite_core::error::FieldError;
use tonalite_core::event::{Event, EventKind};
use tonalite_core::export_gate::{ExportState, Source, Standing};
use tonalite_core::id::{ExportId, PortalUserKey, SiteKey};
use tonalite_core::party::{Feature, Party};
use tonalite_core::portal_user::Role;
use tonalite_core::site::Site;
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::world::Clock;
use tonalite_core::{Error, Result};
use tonalite_store::AuditRecord;

use super::followed::{BegunExport, FollowedExport};
use super::gate::{Answer, Asker, Place, Waiting};
use super::line_export::{Account, Closing, LineExportOrder, as_a_fault, refused_code};
use super::line_states::{LineSheet, NeutralFile};
use super::spool::SpoolFile;
use crate::events::Events;
use crate::{App, Session};

/// A file can be fetched for this long after it is made, and its end be read.
const KEPT: Span = Span::from_mins(5);
/// In the installation. Each may hold a file, which the quota of the spool bounds as well.
const MOST: usize = 256;
/// Of one person; an older one that has ended makes room.
const MOST_EACH: usize = 8;
/// When to ask again where all are under way.
const COME_BACK: Span = Span::from_secs(5);

struct Job {
    id: ExportId,
    owner: PortalUserKey,
    customer: Party,
    site: Option<Site>,
    /// What the owner was narrowed to when it was made: who sees less now does not get more.
    sees: Option<Vec<SiteKey>>,
    sheet: Arc<LineSheet>,
    asked_at: Timestamp,
    progress: Mutex<Progress>,
}

enum Progress {
    UnderWay(Option<Place>),
    Ended { at: Timestamp, answer: Answer<NeutralFile> },
}

/// The followed exports.
#[derive(Default)]
pub(crate) struct Jobs(Mutex<HashMap<ExportId, Arc<Job>>>);

impl Jobs {
    fn lock(&self) -> MutexGuard<'_, HashMap<ExportId, Arc<Job>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets those whose time is over, and their files with them.
    pub(crate) fn prune(&self, now: Timestamp) {
        let mut over = Vec::new();
        self.lock().retain(|_, job| {
            let stays = job.ended_at().is_none_or(|at| now < at + KEPT);
            if !stays {
                over.push(Arc::clone(job));
            }
            stays
        });
        drop(over);
    }

    fn add(&self, job: Arc<Job>) -> Result<()> {
        let mut jobs = self.lock();
        let ended = |job: &Arc<Job>| job.ended_at().map(|at| (at, job.id));
        let mine = jobs.values().filter(|other| other.owner == job.owner);
        let makes_room = match (mine.clone().count() >= MOST_EACH, jobs.len() >= MOST) {
            (true, _) => mine.filter_map(ended).min(),
            (false, true) => jobs.values().filter_map(ended).min(),
            (false, false) => {
                jobs.insert(job.id, job);
                return Ok(());
            }
        };
        let (_, oldest) = makes_room.ok_or(Error::TooMany(COME_BACK))?;
        let forgotten = jobs.remove(&oldest);
        jobs.insert(job.id, job);
        drop(jobs);
        drop(forgotten);
        Ok(())
    }

    /// One that the actor asked for, and still sees as then.
    fn find(&self, actor: &Actor, id: ExportId, now: Timestamp) -> Result<Arc<Job>> {
        self.prune(now);
        let job = self.lock().get(&id).cloned().ok_or(Error::NotFound)?;
        let may = owner_of(actor) == Some(job.owner)
            && actor.role.includes(Role::Support)
            && actor.sees(job.customer.tenancy, job.site.as_ref().map(|site| site.key))
            && actor.narrowed_to(job.site.as_ref().map(|site| site.key)) == job.sees;
        if may { Ok(job) } else { Err(Error::NotFound) }
    }
}

const fn owner_of(actor: &Actor) -> Option<PortalUserKey> {
    match actor.identity {
        Identity::PortalUser(key, _) | Identity::Token(key, _, _) => Some(key),
        Identity::CommandLine | Identity::System => None,
    }
}

impl Job {
    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ended_at(&self) -> Option<Timestamp> {
        match &*self.lock() {
            Progress::UnderWay(_) => None,
            Progress::Ended { at, .. } => Some(*at),
        }
    }

    fn file(&self) -> Option<Arc<NeutralFile>> {
        match &*self.lock() {
            Progress::Ended { answer: Answer::Ready { file, .. }, .. } => Some(Arc::clone(file)),
            _ => None,
        }
    }

    /// Follows it to its end.
    async fn follow(
        self: Arc<Self>,
        mut waiting: Waiting<NeutralFile>,
        account: Account,
        events: Arc<Events>,
        clock: Arc<dyn Clock>,
    ) {
        let mut steps = waiting.steps();
        let mut told = None;
        let answer = loop {
            let place = waiting.place();
            let told_now = place.as_ref().map(|place| state_of(&place.standing));
            if told_now.is_some() && told_now != told {
                *self.lock() = Progress::UnderWay(place);
                told = told_now;
                self.tell(&events, told);
            }
            tokio::select! {
                biased;
                answer = waiting.answer() => break answer,
                changed = steps.changed() => if changed.is_err() { return },
            }
        };
        // Without an answer the program is ending.
        if let Ok(answer) = answer {
            self.end(answer, account, &events, &clock).await;
        }
    }

    async fn end(
        &self,
        answer: Answer<NeutralFile>,
        account: Account,
        events: &Events,
        clock: &Arc<dyn Clock>,
    ) {
        let (state, closing) = match &answer {
            Answer::Ready { file, age, source, .. } => {
                (ExportState::Ready, Closing::ready(file, *age, *source))
            }
            Answer::Rejected { refusal, .. } => {
                (ExportState::Rejected, Closing::refused(refused_code(*refusal)))
            }
            Answer::TimedOut => (ExportState::TimedOut, Closing::refused("export_timed_out")),
            Answer::Failed(id) => (ExportState::Failed, Closing::failed(*id)),
        };
        let (state, answer) = match account.close(&closing).await {
            Ok(()) => (state, answer),
            // What is not written down is not given away.
            Err(error) => {
                tracing::error!(export.id = %self.id, error.code = error.code(), "an export could not be written down");
                (ExportState::Failed, Answer::Failed(self.id.uuid()))
            }
        };
        *self.lock() = Progress::Ended { at: clock.now(), answer };
        self.tell(events, Some((state, None)));
    }

    fn tell(&self, events: &Events, told: Option<(ExportState, Option<usize>)>) {
        let Some((state, place)) = told else { return };
        events.publish(Event {
            tenancy: self.customer.tenancy,
            site: None,
            to: Some(self.owner),
            kind: EventKind::Export { id: self.id, state, place },
        });
    }

    fn seen_by(&self, actor: &Actor, now: Timestamp) -> FollowedExport {
        let mut seen = FollowedExport {
            id: self.id,
            customer: self.customer.clone(),
            site: self.site.clone(),
            sheet: Arc::clone(&self.sheet),
            asked_at: self.asked_at,
            state: ExportState::Delayed,
            place: None,
            left: None,
            age: None,
            shared: false,
            shared_with: None,
            refused: None,
            failure: None,
            rows: None,
            expires_at: None,
        };
        let mut asked_by = None;
        match &*self.lock() {
            Progress::UnderWay(None) => {}
            Progress::UnderWay(Some(place)) => {
                (seen.state, seen.place) = state_of(&place.standing);
                asked_by = place.asked_by.clone();
                match place.standing {
                    Standing::Delayed { until } => seen.left = Some(until.since(now).max(Span::ZERO)),
                    Standing::Queued { until, shared, .. } => {
                        (seen.left, seen.shared) = (Some(until.since(now).max(Span::ZERO)), shared);
                    }
                    Standing::Running { since, shared, .. } => {
                        (seen.age, seen.shared) = (Some(now.since(since).max(Span::ZERO)), shared);
                    }
                }
            }
            Progress::Ended { at, answer } => {
                seen.expires_at = Some(*at + KEPT);
                match answer {
                    Answer::Ready { file, asked_by: by, age, source } => {
                        seen.state = ExportState::Ready;
                        seen.rows = Some(file.rows());
                        seen.age = Some(*age);
                        seen.shared = *source != Source::Own;
                        asked_by = Some(Arc::clone(by));
                    }
                    Answer::Rejected { retry_after, refusal } => {
                        seen.state = ExportState::Rejected;
                        let rest = Span(retry_after.0 - now.since(*at).0).max(Span::ZERO);
                        seen.refused = Some((rest, *refusal));
                    }
                    Answer::TimedOut => seen.state = ExportState::TimedOut,
                    Answer::Failed(id) => {
                        (seen.state, seen.failure) = (ExportState::Failed, Some(*id));
                    }
                }
            }
        }
        seen.shared_with =
            asked_by.filter(|_| seen.shared).filter(|by| is_above(actor, by)).map(|by| by.name.clone());
        seen
    }
}

/// Whether the actor's party stands above the asker's.
fn is_above(actor: &Actor, asker: &Asker) -> bool {
    actor.scope.party != asker.party && actor.scope.contains(asker.tenancy)
}

const fn state_of(standing: &Standing) -> (ExportState, Option<usize>) {
    match standing {
        Standing::Delayed { .. } => (ExportState::Delayed, None),
        Standing::Queued { place, .. } => (ExportState::Queued, Some(*place)),
        Standing::Running { .. } => (ExportState::Running, None),
    }
}

impl App {
    /// Begins an export that is followed: it goes on by itself, whether anybody looks or not.
    ///
    /// # Errors
    /// [`Error::TooMany`] when there is no room to remember it.
    pub async fn begin_line_export(
        self: &Arc<App>,
        session: &Session,
        order: LineExportOrder,
        clock: &Arc<dyn Clock>,
    ) -> Result<BegunExport> {
        let now = clock.now();
        let actor = &session.actor;
        let owner = owner_of(actor).ok_or(Error::Forbidden)?;
        let account = Account::open(&self.store, actor, &order, now);
        let (customer, site) = ((*order.customer).clone(), order.site.as_ref().map(|site| (**site).clone()));
        let sees = actor.narrowed_to(site.as_ref().map(|site| site.key));
        let (mut waiting, sheet) = match self.enter_line_gate(session, order, clock).await {
            Ok(entered) => entered,
            Err(error) => return Err(account.close_with(error).await),
        };
        let answered = waiting.answer_now();
        if let Some(Answer::Rejected { retry_after, refusal }) = answered {
            account.close(&Closing::refused(refused_code(refusal))).await?;
            return Ok(BegunExport::Rejected { retry_after, refusal });
        }
        let job = Arc::new(Job {
            id: ExportId::from_uuid(self.new_id(now)),
            owner,
            customer,
            site,
            sees,
            sheet: Arc::new(sheet),
            asked_at: now,
            progress: Mutex::new(Progress::UnderWay(waiting.place())),
        });
        self.exports.jobs.prune(now);
        if let Err(error) = self.exports.jobs.add(Arc::clone(&job)) {
            return Err(account.close_with(error).await);
        }
        let events = Arc::clone(&self.events);
        match answered {
            Some(answer) => job.end(answer, account, &events, clock).await,
            None => {
                tokio::spawn(Arc::clone(&job).follow(waiting, account, events, Arc::clone(clock)));
            }
        }
        Ok(BegunExport::Followed(Box::new(job.seen_by(actor, clock.now()))))
    }

    /// A followed export of the actor's own.
    ///
    /// # Errors
    /// [`Error::NotFound`] for what is absent, somebody else's, forgotten, or no longer to be seen as it was then.
    pub fn find_line_export(&self, actor: &Actor, id: ExportId, now: Timestamp) -> Result<FollowedExport> {
        Ok(self.exports.jobs.find(actor, id, now)?.seen_by(actor, now))
    }

    /// Its file, in the form that was asked for, as often as it is wanted.
    ///
    /// # Errors
    /// As [`App::find_line_export`]; `export_not_ready`; [`Error::FeatureDisabled`] when it was switched off meanwhile.
    pub async fn open_line_export(
        &self,
        actor: &Actor,
        id: ExportId,
        now: Timestamp,
    ) -> Result<(FollowedExport, SpoolFile)> {
        let job = self.exports.jobs.find(actor, id, now)?;
        self.require_feature(&job.customer, Feature::LineStateExport).await?;
        let not_ready = || Error::Conflict(FieldError::new("id", "export_not_ready"));
        let neutral = job.file().ok_or_else(not_ready)?;
        let file = self.send_line_states(&neutral, &job.sheet).await.map_err(as_a_fault)?;
        let customer = &job.customer;
        let audit = AuditRecord::new(actor, customer.key, customer.tenancy, Action::LineStatesFetch, now)
            .on("export", id.uuid())
            .detail(serde_json::json!({ "rows": neutral.rows() }));
        self.store.add_audit(&audit).await?;
        Ok((job.seen_by(actor, now), file))
    }
}
