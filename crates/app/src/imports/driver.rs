//! What drives imports: takes the oldest job of each customer, two at a time, carries it on until it waits for a person or
//! is over, and throws away what is past its time.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tonalite_core::access::Actor;
use tonalite_core::audit::Action;
use tonalite_core::id::{ImportId, ImportKey, PartyKey};
use tonalite_core::import::ImportState;
use tonalite_core::portal_user::Role;
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::world::Clock;
use tonalite_core::{Error, Result};
use tonalite_store::ImportRecord;

use super::job::import_audit;
use super::read::is_lasting;
use crate::App;

/// After a fault, and to find what nobody woke us for.
const TURN: Duration = Duration::from_secs(5);
/// Between two looks for what is past its time.
const SWEEP: Span = Span::from_mins(1);

/// A place among those that work at once.
pub(super) struct Place<'a> {
    places: &'a Semaphore,
    permit: Option<SemaphorePermit<'a>>,
}

impl<'a> Place<'a> {
    async fn wait(places: &'a Semaphore) -> Result<Place<'a>> {
        let permit = places.acquire().await.map_err(|_| Error::Unavailable(Span::from_secs(5)))?;
        Ok(Place { places, permit: Some(permit) })
    }

    /// Leaves the place to others for a while.
    pub(super) async fn pause(&mut self, pause: Duration) -> Result<()> {
        self.permit = None;
        tokio::time::sleep(pause).await;
        self.permit = Place::wait(self.places).await?.permit;
        Ok(())
    }
}

/// A job that is worked on; no other of its customer is meanwhile.
struct AtWork<'a> {
    app: &'a App,
    key: ImportKey,
}

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        self.app.imports.at_work().remove(&self.key);
        self.app.imports.wake.notify_one();
        self.app.imports.moved.notify_waiters();
    }
}

impl App {
    /// Drives all imports until the end.
    pub async fn run_imports(self: Arc<Self>, clock: Arc<dyn Clock>, shutdown: CancellationToken) {
        self.imports.driven.store(true, Ordering::Relaxed);
        let tasks = TaskTracker::new();
        let mut swept = Timestamp(0);
        loop {
            match self.store.find_imports_under_way().await {
                Ok(records) => {
                    for record in records {
                        self.begin_work(&record, &clock, &tasks, &shutdown);
                    }
                }
                Err(error) => tracing::error!(error = ?error, "the imports under way cannot be read"),
            }
            let now = clock.now();
            if now >= swept + SWEEP {
                swept = now;
                if let Err(error) = self.sweep_imports(now).await {
                    tracing::error!(error = ?error, "imports that are over cannot be thrown away");
                }
            }
            tokio::select! {
                () = shutdown.cancelled() => break,
                () = self.imports.wake.notified() => {}
                () = tokio::time::sleep(TURN) => {}
            }
        }
        // What is in the middle of its work is dropped: each of its transactions is whole, and the next start goes on.
        tasks.close();
        tasks.wait().await;
        self.imports.driven.store(false, Ordering::Relaxed);
    }

    fn begin_work(
        self: &Arc<Self>,
        record: &ImportRecord,
        clock: &Arc<dyn Clock>,
        tasks: &TaskTracker,
        shutdown: &CancellationToken,
    ) {
        if !self.take_up(record.key, record.customer) {
            return;
        }
        let (app, clock, shutdown) = (Arc::clone(self), Arc::clone(clock), shutdown.clone());
        let (id, key) = (record.id, record.key);
        tasks.spawn(async move {
            let _at_work = AtWork { app: &app, key };
            shutdown.run_until_cancelled(app.carry_on_logged(id, clock.as_ref())).await;
        });
    }

    /// Whether this job may begin now: it is not worked on, nor is another of its customer.
    fn take_up(&self, key: ImportKey, customer: PartyKey) -> bool {
        let mut at_work = self.imports.at_work();
        if at_work.values().any(|busy| *busy == customer) {
            return false;
        }
        at_work.insert(key, customer);
        true
    }

    /// Carries one import on until it waits for a person or is over: does it here, or waits for the driver to.
    ///
    /// # Errors
    /// [`Error::NotFound`], and what stood in the way where it was done here.
    pub async fn drive_import(&self, id: ImportId, clock: &dyn Clock) -> Result<()> {
        loop {
            let moved = self.imports.moved.notified();
            let record = self.store.find_import(id).await?.ok_or(Error::NotFound)?;
            if !is_under_way(&record) {
                return Ok(());
            }
            if !self.imports.driven.load(Ordering::Relaxed) && self.take_up(record.key, record.customer) {
                let _at_work = AtWork { app: self, key: record.key };
                return self.carry_on(id, clock).await;
            }
            tokio::select! {
                () = moved => {}
                () = tokio::time::sleep(TURN) => {}
            }
        }
    }

    async fn carry_on_logged(&self, id: ImportId, clock: &dyn Clock) {
        let Err(error) = self.carry_on(id, clock).await else { return };
        tracing::error!(import.id = %id, error.code = error.code(), error = ?error, "an import cannot go on");
        // Not at once again.
        tokio::time::sleep(TURN).await;
    }

    async fn carry_on(&self, id: ImportId, clock: &dyn Clock) -> Result<()> {
        let mut place = Place::wait(&self.imports.places).await?;
        loop {
            let Some(record) = self.store.find_import(id).await? else { return Ok(()) };
            let step = match record.state {
                ImportState::Reading => self.read_import(&record, clock, &mut place).await,
                ImportState::Applying => self.write_import(&record, clock).await,
                ImportState::Applied | ImportState::Undone if !record.settled => {
                    self.settle_import(&record).await
                }
                _ => return Ok(()),
            };
            match step {
                Ok(()) => {}
                Err(error) if is_lasting(&error) && record.settled => {
                    tracing::error!(import.id = %id, error.code = error.code(), error = ?error, "an import has failed");
                    self.fail_import(&record, None, clock.now()).await?;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Throws away what is past its time.
    ///
    /// # Errors
    /// What the store says; the rest is tried again.
    pub async fn sweep_imports(&self, now: Timestamp) -> Result<()> {
        for record in self.store.find_imports_over(now).await? {
            if record.state == ImportState::Planned {
                let audit = import_audit(&Actor::system(), &record, Action::ImportExpire, now);
                let step = (ImportState::Planned, ImportState::Expired);
                if !self.store.move_import(record.key, step, None, None, now, Some(&audit)).await? {
                    continue;
                }
                self.tell_import(&ImportRecord { state: ImportState::Expired, ..record.clone() });
            }
            self.store.forget_import_devices(record.key).await?;
            self.store.delete_import_rows(record.key).await?;
            self.imports.spool.remove(record.id).await?;
            self.store.note_purged_import(record.key).await?;
        }
        Ok(())
    }

    /// Who an import acts for, with the rights of this moment; `None` when they are not enough any more.
    pub(super) async fn actor_of_import(
        &self,
        record: &ImportRecord,
        now: Timestamp,
    ) -> Result<Option<Actor>> {
        let actor = match (record.actor.as_str(), record.portal_user) {
            ("cli", _) => Actor::command_line(),
            ("system", _) => Actor::system(),
            (_, None) => return Ok(None),
            (_, Some(key)) => {
                let Some(user) = self.store.find_portal_user(key).await? else { return Ok(None) };
                let token = match record.token {
                    None => None,
                    Some(id) => match self.store.find_token_role(key, id, now).await? {
                        None => return Ok(None),
                        Some(role) => Some((id, role)),
                    },
                };
                let address = record.address.as_deref().and_then(|text| text.parse().ok());
                match self.session_of(user, address, token).await? {
                    None => return Ok(None),
                    Some(session) => session.actor,
                }
            }
        };
        let Some(party) = self.store.find_party_by_key(record.customer).await? else { return Ok(None) };
        let may = actor.role.includes(Role::Manager) && actor.view(party).is_ok();
        Ok(may.then_some(actor))
    }
}

fn is_under_way(record: &ImportRecord) -> bool {
    record.state.is_under_way()
        || (matches!(record.state, ImportState::Applied | ImportState::Undone) && !record.settled)
}
