//! Reboots: asked for, carried out and watched until what happened is known. [`App::turn_reboots`] drives them; nothing
//! here reads the clock, so that a test moves it.

use std::sync::Arc;
use std::time::Duration;

use tonalite_catalog::{ToUser, catalog};
use tonalite_core::access::{Actor, Operate, View};
use tonalite_core::audit::Action;
use tonalite_core::device::Device;
use tonalite_core::event::{Event, EventKind};
use tonalite_core::feature::FeatureOff;
use tonalite_core::id::{RebootId, RebootKey};
use tonalite_core::page::Limit;
use tonalite_core::party::Feature;
use tonalite_core::reboot::{Reboot, RebootReason, RebootState, Snapshot, newest_first};
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::timeline::TimelineKind;
use tonalite_core::world::Clock;
use tonalite_core::{Error, Result};
use tonalite_store::{AuditRecord, RebootInsert};

use crate::App;
use crate::devices::customer_key;
use crate::reboot_driver::Driver;

/// Between two turns: what a phone did is on the page well within two seconds.
const TURN: Duration = Duration::from_millis(250);
/// Reboots of an earlier life that are read at one time.
const BATCH: &str = "200";

/// What a reboot of a device would do, and whether it may be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RebootOutlook {
    /// Why it is not possible here at all, and who can switch it on.
    pub off: Option<FeatureOff>,
    /// The model may accept and, rightly, not restart.
    pub conditional: bool,
    /// The model is a gateway.
    pub gateway: bool,
    /// Contacts that are live now.
    pub contacts: usize,
}

impl App {
    /// Asks a device to restart. Gives the reboot as it stands at once: *sent*, or *not possible* without a live contact.
    ///
    /// # Errors
    /// [`Error::FeatureDisabled`]; [`Error::Unavailable`] when too many are under way.
    pub async fn reboot_device(
        &self,
        actor: &Actor,
        device: Operate<Device>,
        now: Timestamp,
    ) -> Result<Reboot> {
        let customer = self.store.find_party_by_key(customer_key(&device)).await?.ok_or(Error::NotFound)?;
        self.require_feature(&customer, Feature::DeviceReboot).await?;
        // A type that the catalogue no longer has cannot be asked: nobody knows how.
        let recipe = catalog().get(&device.device_type).map(|kind| kind.reboot.clone());
        let user = match recipe.as_ref().map(|recipe| recipe.to_user) {
            // Without an ID that somebody entered it goes to the contact, as to any phone: we guess none.
            Some(ToUser::ChainId) => {
                self.known_chain(&device).await?.map(|(chain_id, _)| chain_id.to_string())
            }
            _ => None,
        };
        let place = self.reboots.reserve(device.key)?;

        let mut bindings = self.store.find_bindings_of_device(device.key).await?;
        newest_first(&mut bindings);
        let id = RebootId::from_uuid(self.new_id(now));
        let audit = AuditRecord::new(actor, customer.key, device.tenancy, Action::DeviceReboot, now)
            .on("device", device.id.uuid())
            .detail(serde_json::json!({
                "mac": device.mac.map(|mac| mac.to_string()), "reboot_id": id.to_string(),
            }));
        let snapshot = Snapshot::of(&bindings);
        let insert =
            RebootInsert { id, device: &device, identity: &actor.identity, snapshot: &snapshot, now };
        let (_, superseded) = self.store.insert_reboot(&insert, &audit).await?;
        self.live.note(device.key, actor.stamp(now), TimelineKind::RebootRequested, None).await;
        for earlier in superseded {
            if let Some(earlier) = self.store.find_reboot(earlier).await? {
                self.tell_reboot(&earlier).await;
            }
        }
        let reboot = self.store.find_reboot(id).await?.ok_or(Error::NotFound)?;
        self.tell_reboot(&reboot).await;
        let mut driver = Driver::ask(reboot, recipe, user, &bindings);
        if let Err(error) = driver.turn(self, now).await {
            // It is written down; the next turn tries again.
            tracing::warn!(error.code = error.code(), "a reboot could not begin");
        }
        let reboot = driver.reboot().clone();
        place.fill(driver);
        Ok(reboot)
    }

    /// A reboot of a device that the actor sees.
    ///
    /// # Errors
    /// [`Error::NotFound`] for what is absent or outside the subtree.
    pub async fn find_reboot(&self, actor: &Actor, id: RebootId) -> Result<Reboot> {
        let reboot = self.store.find_reboot(id).await?.ok_or(Error::NotFound)?;
        if actor.sees(reboot.tenancy, Some(reboot.site)) { Ok(reboot) } else { Err(Error::NotFound) }
    }

    /// The newest reboots of a device, newest first.
    pub async fn reboots_of_device(&self, device: &View<Device>, limit: Limit) -> Result<Vec<Reboot>> {
        self.store.find_reboots_of_device(device.key, limit).await
    }

    /// What is to be said before a device is rebooted.
    pub async fn reboot_outlook(&self, device: &View<Device>) -> Result<RebootOutlook> {
        let device_type = catalog().get(&device.device_type);
        Ok(RebootOutlook {
            off: self.features_of(customer_key(device)).await?.off(Feature::DeviceReboot),
            conditional: device_type.is_some_and(|kind| kind.reboot.reboot_is_conditional),
            gateway: device_type.is_some_and(|kind| kind.kind == tonalite_catalog::Kind::Ata),
            contacts: self.store.find_bindings_of_device(device.key).await?.len(),
        })
    }

    /// Drives the reboots until it is dropped; first takes up what an earlier life of the program left unfinished.
    /// One per installation: the server calls it.
    pub async fn drive_reboots(&self, clock: Arc<dyn Clock>) {
        let mut ticks = tokio::time::interval(TURN);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut resumed = false;
        loop {
            ticks.tick().await;
            if !resumed {
                match self.resume_reboots(clock.now()).await {
                    Ok(()) => resumed = true,
                    Err(error) => {
                        tracing::warn!(error.code = error.code(), "unfinished reboots cannot be read yet");
                    }
                }
            }
            self.turn_reboots(clock.now()).await;
        }
    }

    /// Takes up the reboots that an earlier life of the program left unfinished: those that were accepted are watched to
    /// the end of their time, at least a little longer from now; of the others it is said that nobody knows.
    ///
    /// # Errors
    /// The store cannot answer; then it is to be tried again.
    pub async fn resume_reboots(&self, now: Timestamp) -> Result<()> {
        self.interrupt_dect_reboots(now).await?;
        let limit = Limit::parse(BATCH).unwrap_or(Limit::DEFAULT);
        let mut after = RebootKey(0);
        loop {
            let left = self.store.find_unfinished_reboots(after, limit).await?;
            let Some(last) = left.last() else { return Ok(()) };
            after = last.key;
            for reboot in left {
                self.resume(reboot, now).await?;
            }
        }
    }

    async fn resume(&self, mut reboot: Reboot, now: Timestamp) -> Result<()> {
        if self.reboots.holds(&reboot) {
            return Ok(());
        }
        let was_accepted = matches!(reboot.state, RebootState::Accepted | RebootState::Down);
        let place = if was_accepted { self.reboots.reserve(reboot.device_key).ok() } else { None };
        match place {
            Some(place) => place.fill(Driver::resume(reboot, now)),
            // More were left than may be driven, or what was sent may have arrived or not.
            None => {
                let mut ended = reboot.clone();
                ended.state = if was_accepted { RebootState::NotBack } else { RebootState::NoAnswer };
                ended.reason = Some(RebootReason::Interrupted);
                self.write_reboot(&mut reboot, ended, now).await?;
            }
        }
        Ok(())
    }

    /// One turn: to be called several times a second. Tests call it after they moved their clock.
    pub async fn turn_reboots(&self, now: Timestamp) {
        for slot in self.reboots.underway() {
            let mut driver = slot.lock().await;
            if driver.is_over() {
                continue;
            }
            if let Err(error) = driver.turn(self, now).await {
                // Nothing was lost: the next turn finds the same state, and tries again.
                tracing::warn!(error.code = error.code(), "a reboot could not go on");
            }
        }
        self.reboots.clear_finished();
        self.turn_dect_reboots(now).await;
    }

    /// Writes a step, then tells it. A reboot that is over meanwhile (superseded, its device removed) takes no step:
    /// then it is read again.
    pub(crate) async fn write_reboot(
        &self,
        reboot: &mut Reboot,
        mut next: Reboot,
        now: Timestamp,
    ) -> Result<()> {
        next.updated_at = now;
        if self.store.update_reboot(&next).await? {
            *reboot = next;
            self.tell_reboot(reboot).await;
        } else if let Some(stored) = self.store.find_reboot(reboot.id).await? {
            *reboot = stored;
        } else {
            reboot.state = RebootState::Superseded;
        }
        Ok(())
    }

    async fn tell_reboot(&self, reboot: &Reboot) {
        if let Some((kind, at)) = timeline_row(reboot) {
            self.live.note(reboot.device_key, at, kind, None).await;
        }
        let kind = EventKind::Reboot {
            id: reboot.id,
            device_id: reboot.device_id,
            state: reboot.state,
            code: reboot.code,
            at: reboot.updated_at,
        };
        self.events.publish(Event::at_site(reboot.tenancy, reboot.site, kind));
    }
}

fn timeline_row(reboot: &Reboot) -> Option<(TimelineKind, Timestamp)> {
    let kind = match reboot.state {
        // The request has its row already, and that something was sent is no news by itself.
        RebootState::Requested | RebootState::Sent => return None,
        RebootState::Accepted => TimelineKind::RebootAccepted,
        RebootState::Down => return Some((TimelineKind::WentAway, reboot.down_at?)),
        RebootState::Back => return Some((TimelineKind::CameBack, reboot.back_at?)),
        RebootState::Refused => TimelineKind::RebootRefused,
        RebootState::NoAnswer => TimelineKind::RebootNoAnswer,
        RebootState::NotRestarted => TimelineKind::NotRestarted,
        RebootState::NotBack => TimelineKind::NotBack,
        RebootState::NotPossible => TimelineKind::RebootNotPossible,
        RebootState::Superseded => TimelineKind::RebootSuperseded,
    };
    Some((kind, reboot.updated_at))
}

/// Longest that a NOTIFY may take (64·T1 and the registrar's own patience), and a little more: a registrar that forgot to
/// answer must not hold a reboot for ever.
pub(crate) const LONGEST_ANSWER: Span = Span::from_secs(40);
