//! Reboots of whole DECT systems: one base at a time, the next only when the one before is up. Driven by the turns of
//! `reboots`; what an earlier life of the program left is stopped, and said to be.

use std::collections::VecDeque;

use tonalite_core::access::{Actor, Operate};
use tonalite_core::audit::Action;
use tonalite_core::dect::{AfterBase, DectReboot, DectRebootStop, DectSystem, after_base};
use tonalite_core::device::Device;
use tonalite_core::error::FieldError;
use tonalite_core::id::{DectRebootId, DectRebootKey, DectSystemId, DeviceId, DeviceKey};
use tonalite_core::party::Feature;
use tonalite_core::reboot::Reboot;
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::{Error, Result};
use tonalite_store::AuditRecord;

use crate::App;
use crate::dect_systems::DectSystemView;

/// Systems at one time in the process: each takes one place among the reboots of devices.
const MOST: usize = 64;
/// When to try again: a base takes minutes.
const RETRY: Span = Span::from_secs(60);

/// The runs under way in this process.
#[derive(Default)]
pub(crate) struct DectRuns(tokio::sync::Mutex<Vec<Run>>);

/// One system under way.
struct Run {
    key: DectRebootKey,
    system: DectSystemId,
    actor: Actor,
    /// Bases that wait for their turn.
    waiting: VecDeque<DeviceId>,
    /// The base whose turn it is.
    current: Option<Reboot>,
}

/// What a turn made of a run.
enum Turned {
    GoesOn,
    Over,
    Ended(Option<DectRebootStop>),
}

impl App {
    /// Reboots the bases of a system, one after the other; those marked critical are left out.
    ///
    /// # Errors
    /// [`Error::FeatureDisabled`]; [`Error::Forbidden`] for who may not operate all of its bases; [`Error::Conflict`]
    /// `dect_reboot_underway` or `dect_system_without_bases`; [`Error::Unavailable`] when too many are under way.
    pub async fn reboot_dect_system(
        &self,
        actor: &Actor,
        shown: DectSystemView,
        now: Timestamp,
    ) -> Result<DectReboot> {
        let system: DectSystem = shown.system.into_inner();
        let bases = self.store.find_dect_bases(system.key, self.ready_at, now).await?;
        let operated =
            bases.into_iter().map(|base| actor.operate(base)).collect::<Result<Vec<Operate<Device>>>>();
        // Bases at sites that are not the actor's: the system is seen, hence it is not "not found".
        let operated = operated.map_err(|_| Error::Forbidden)?;
        let customer = self.store.find_party_by_key(system.customer_key).await?.ok_or(Error::NotFound)?;
        self.require_feature(&customer, Feature::DeviceReboot).await?;
        let mut named: Vec<&Operate<Device>> = operated.iter().filter(|base| !base.critical).collect();
        if named.is_empty() {
            return Err(Error::Conflict(FieldError::new("dect_system", "dect_system_without_bases")));
        }
        // Those without lines first: whatever goes wrong with them costs the fewest calls.
        named.sort_by_key(|base| base.lines_assigned);

        let mut runs = self.dect_runs.0.lock().await;
        if runs.len() >= MOST {
            return Err(Error::Unavailable(RETRY));
        }
        let id = DectRebootId::from_uuid(self.new_id(now));
        let keys: Vec<DeviceKey> = named.iter().map(|base| base.key).collect();
        let ids: Vec<String> = named.iter().map(|base| base.id.to_string()).collect();
        let audit = AuditRecord::new(actor, customer.key, system.tenancy, Action::DectSystemReboot, now)
            .on("dect_system", system.id.uuid())
            .detail(serde_json::json!({
                "name": system.name, "dect_reboot_id": id.to_string(), "bases": ids,
            }));
        let key = self.store.insert_dect_reboot(id, &system, &actor.identity, &keys, now, &audit).await?;
        let Some(key) = key else {
            return Err(Error::Conflict(FieldError::new("dect_system", "dect_reboot_underway")));
        };
        let mut run = Run {
            key,
            system: system.id,
            actor: actor.clone(),
            waiting: named.iter().map(|base| base.id).collect(),
            current: None,
        };
        match self.turn_run(&mut run, now).await {
            Ok(Turned::GoesOn) => runs.push(run),
            Ok(Turned::Over) => {}
            Ok(Turned::Ended(stop)) => self.store.end_dect_reboot(key, stop, now).await?,
            Err(error) => {
                // It is written down; the next turn tries again.
                tracing::warn!(error.code = error.code(), "the reboot of a DECT system could not begin");
                runs.push(run);
            }
        }
        drop(runs);
        self.store.find_dect_reboot(id).await?.ok_or(Error::NotFound)
    }

    /// The reboot of a system that the actor sees, with those of its bases that the actor sees.
    ///
    /// # Errors
    /// [`Error::NotFound`] for what is absent or outside the subtree.
    pub async fn find_dect_reboot(&self, actor: &Actor, id: DectRebootId) -> Result<DectReboot> {
        let run = self.store.find_dect_reboot(id).await?.ok_or(Error::NotFound)?;
        as_seen(actor, run).ok_or(Error::NotFound)
    }

    /// The newest reboot of a system, as the actor sees it.
    pub async fn newest_dect_reboot(
        &self,
        actor: &Actor,
        system: &DectSystemView,
    ) -> Result<Option<DectReboot>> {
        let run = self.store.find_newest_dect_reboot(system.system.key).await?;
        Ok(run.and_then(|run| as_seen(actor, run)))
    }

    /// Stops what an earlier life of the program left under way: whether its last base came back is told by that base's own
    /// reboot, and nobody knows whether the next should follow.
    pub(crate) async fn interrupt_dect_reboots(&self, now: Timestamp) -> Result<()> {
        let stopped = self.store.interrupt_dect_reboots(self.ready_at, now).await?;
        if stopped > 0 {
            tracing::info!(stopped, "reboots of DECT systems were stopped by our own restart");
        }
        Ok(())
    }

    /// One turn of all systems under way.
    pub(crate) async fn turn_dect_reboots(&self, now: Timestamp) {
        let mut runs = self.dect_runs.0.lock().await;
        let mut at = 0;
        while let Some(run) = runs.get_mut(at) {
            let over = match self.turn_run(run, now).await {
                Ok(Turned::GoesOn) => Ok(false),
                Ok(Turned::Over) => Ok(true),
                Ok(Turned::Ended(stop)) => {
                    self.store.end_dect_reboot(run.key, stop, now).await.map(|()| true)
                }
                Err(error) => Err(error),
            };
            match over {
                Ok(false) => at += 1,
                Ok(true) => drop(runs.swap_remove(at)),
                Err(error) => {
                    // Nothing was lost: the next turn finds the same state, and tries again.
                    tracing::warn!(error.code = error.code(), "the reboot of a DECT system could not go on");
                    at += 1;
                }
            }
        }
    }

    async fn turn_run(&self, run: &mut Run, now: Timestamp) -> Result<Turned> {
        if let Some(current) = &run.current {
            // While it is under way here, its state cannot be one that ends it.
            if self.reboots.holds(current) {
                return Ok(Turned::GoesOn);
            }
            // `None`: the base was removed from the inventory meanwhile.
            if let Some(reboot) = self.store.find_reboot(current.id).await? {
                match after_base(reboot.state) {
                    AfterBase::Wait => return Ok(Turned::GoesOn),
                    AfterBase::Stop(reason) => return Ok(Turned::Ended(Some(reason))),
                    AfterBase::Next => {}
                }
            }
            run.current = None;
        }
        while let Some(next) = run.waiting.front().copied() {
            let device = self.store.find_device(next, self.ready_at, now).await?;
            // Removed, or moved to another system: it is none of ours any more.
            let device = device
                .filter(|device| device.dect.as_ref().is_some_and(|member| member.system == run.system));
            let Some(device) = device else {
                run.waiting.pop_front();
                continue;
            };
            let key = device.key;
            let asked = match run.actor.operate(device) {
                Ok(device) => self.reboot_device(&run.actor, device, now).await,
                Err(error) => Err(error),
            };
            let reboot = match asked {
                Ok(reboot) => reboot,
                // Too many are under way, or the store is busy: its turn comes later.
                Err(error @ Error::Unavailable(_)) => return Err(error),
                Err(error) => {
                    tracing::info!(error.code = error.code(), "a base of a DECT system could not be asked");
                    return Ok(Turned::Ended(Some(DectRebootStop::Refused)));
                }
            };
            run.waiting.pop_front();
            let goes_on = self.store.update_dect_reboot_base(run.key, key, reboot.id, now).await?;
            let after = after_base(reboot.state);
            run.current = Some(reboot);
            match after {
                // The system was deleted meanwhile.
                _ if !goes_on => return Ok(Turned::Over),
                AfterBase::Wait => return Ok(Turned::GoesOn),
                AfterBase::Stop(reason) => return Ok(Turned::Ended(Some(reason))),
                AfterBase::Next => run.current = None,
            }
        }
        Ok(Turned::Ended(None))
    }
}

fn as_seen(actor: &Actor, mut run: DectReboot) -> Option<DectReboot> {
    if !actor.sees(run.tenancy, None) {
        return None;
    }
    run.bases.retain(|base| actor.sees(run.tenancy, Some(base.site)));
    (actor.sites.is_none() || !run.bases.is_empty()).then_some(run)
}
