//! What is done in the background for the log and for what is kept too long: refusals are written, rows are sealed each
//! minute, the rooms are swept each hour.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tonalite_core::Result;
use tonalite_core::access::Actor;
use tonalite_core::audit::{Action, Retention};
use tonalite_core::id::PartyKey;
use tonalite_core::party::Tenancy;
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::world::Clock;
use tonalite_store::AuditRecord;

use crate::App;
use crate::sessions::{IDLE, LONGEST};

/// Between two seals.
const MINUTE: Duration = Duration::from_secs(60);
/// Between two sweeps.
const HOUR: Span = Span::from_hours(1);
/// Batches of one minute: sixty thousand rows. What is left waits for the next.
const MOST_BATCHES: usize = 60;
/// Steps of one sweep, for each thing that goes: half a million rows. What is left waits for the next hour.
const MOST_STEPS: usize = 1000;

/// What a sweep removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sweep {
    /// Rows of timelines.
    pub timeline: u64,
    /// Rows that lost an address or a User-Agent, and things typed in passing.
    pub addresses: u64,
    /// Rows of the audit log.
    pub audit: u64,
}

impl App {
    /// How long things are kept.
    pub const fn retention(&self) -> Retention {
        self.retention
    }

    /// Writes, seals and sweeps until it is told to end.
    pub async fn run_upkeep(self: Arc<Self>, clock: Arc<dyn Clock>, shutdown: CancellationToken) {
        let mut ticks = tokio::time::interval(MINUTE);
        let mut swept_at = Timestamp(0);
        loop {
            tokio::select! {
                () = shutdown.cancelled() => break,
                _ = ticks.tick() => {}
            }
            let now = clock.now();
            if let Err(error) = self.write_refusals(now, false).await {
                tracing::warn!(
                    error.code = error.code(),
                    "refusals could not be written down; they are kept"
                );
            }
            if let Err(error) = self.seal_audit(now).await {
                tracing::warn!(
                    error.code = error.code(),
                    "the audit log could not be sealed; tried again in a minute"
                );
            }
            if now.since(swept_at) >= HOUR {
                swept_at = now;
                tokio::select! {
                    () = shutdown.cancelled() => break,
                    swept = self.sweep(now) => match swept {
                        Ok(swept) if swept != Sweep::default() => {
                            tracing::info!(swept.timeline, swept.addresses, swept.audit, "removed what was kept long enough");
                        }
                        Ok(_) => {}
                        Err(error) => {
                            tracing::warn!(error.code = error.code(), "what was kept too long could not be removed");
                        }
                    }
                }
            }
        }
        if let Err(error) = self.write_refusals(clock.now(), true).await {
            tracing::warn!(error.code = error.code(), "the last refusals could not be written down");
        }
    }

    /// Seals what is complete. Gives the number of batches.
    ///
    /// # Errors
    /// What the store says.
    pub async fn seal_audit(&self, now: Timestamp) -> Result<usize> {
        for batch in 0..MOST_BATCHES {
            let Some(seal) = self.store.seal_audit(now).await? else { return Ok(batch) };
            // Whoever keeps the log of the server elsewhere can tell by this line whether the whole chain was replaced.
            tracing::info!(
                audit.batch = seal.number,
                audit.rows = seal.rows,
                audit.hash = hex(&seal.hash),
                "sealed the audit log"
            );
        }
        Ok(MOST_BATCHES)
    }

    /// Removes what was kept long enough.
    ///
    /// # Errors
    /// What the store says. What was removed before is removed.
    pub async fn sweep(&self, now: Timestamp) -> Result<Sweep> {
        let (kept, store) = (self.retention, &self.store);
        let mut swept = Sweep::default();
        store.delete_old_sessions(now - LONGEST, now - IDLE).await?;
        for _ in 0..MOST_STEPS {
            let rows = store.forget_timeline(kept.timeline_before(now)).await?;
            swept.timeline += rows;
            if rows == 0 {
                break;
            }
        }
        let before = kept.address_before(now);
        let mut from = kept.timeline_before(now);
        for _ in 0..MOST_STEPS {
            let step = store.forget_timeline_addresses(from, before).await?;
            swept.addresses += step.rows;
            let Some(next) = step.next else { break };
            from = Timestamp(next);
        }
        let mut after = 0;
        for _ in 0..MOST_STEPS {
            let step = store.forget_device_addresses(after, before).await?;
            swept.addresses += step.rows;
            let Some(next) = step.next else { break };
            after = next;
        }
        for _ in 0..MOST_STEPS {
            let rows = store.forget_audit_addresses(before).await? + store.forget_typed(before).await?;
            swept.addresses += rows;
            if rows == 0 {
                break;
            }
        }
        let mut batches = 0;
        for _ in 0..MOST_STEPS {
            let Some(rows) = store.remove_audit_batch(kept.audit_before(now), now).await? else { break };
            swept.audit += rows;
            batches += 1;
        }
        if batches > 0 {
            let detail = serde_json::json!({ "batches": batches, "rows": swept.audit });
            let audit = AuditRecord::new(
                &Actor::system(),
                PartyKey::PLATFORM,
                Tenancy::default(),
                Action::AuditExpire,
                now,
            );
            store.add_audit(&audit.detail(detail)).await?;
        }
        Ok(swept)
    }
}

/// A hash as people compare it.
pub fn hex(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
