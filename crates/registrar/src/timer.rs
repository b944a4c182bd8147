//! What happens without a message: expiries, renewals written behind, answers that waited too long, questions
//! that phones leave unanswered.

use std::sync::Arc;

use tonalite_core::registration::Renewal;

use crate::backend::RENEWALS;
use crate::commit::Heard;
use crate::engine::Engine;

impl Engine {
    /// One turn: to be called several times a second. Tests call it after they moved their clock.
    pub(crate) fn turn(self: &Arc<Self>) {
        let now = self.clock.now();
        self.release_overdue(now);
        self.turn_exchanges(now);
        let mut renewals = Vec::new();
        for mut shard in self.table.shards() {
            for line in shard.due(now) {
                let Some(slot) = shard.slot_mut(line) else { continue };
                let before = slot.registrations.bindings.len();
                let effect = slot.registrations.expire(now, &self.policy);
                self.table.count(before, slot.registrations.bindings.len());
                let unsaved = slot.unsaved.is_some();
                if let Some(effect) = effect {
                    self.meters.aged.increment(effect.removed.len() as u64);
                    // A full queue leaves it unsaved, and tries again.
                    let _ = self.submit(&mut shard, line, effect, Heard::default(), None, now);
                } else if unsaved {
                    let _ = self.submit(&mut shard, line, Default::default(), Heard::default(), None, now);
                }
                shard.schedule(line, &self.policy);
            }
            renewals.extend(shard.renewals.drain().map(|(_, renewal)| renewal));
        }
        self.meters.bindings.set(self.table.bindings() as f64);
        self.write_renewals(renewals);
        self.replies.turn(now);
    }

    fn write_renewals(&self, mut renewals: Vec<Renewal>) {
        while !renewals.is_empty() {
            let rest = renewals.split_off(renewals.len().min(RENEWALS));
            let count = renewals.len() as u64;
            if self.backend.renew(renewals).is_err() {
                // Soft: the phone tells us again, and after a restart nobody is aged by what was not written.
                self.meters.renewals_lost.increment(count + rest.len() as u64);
                return;
            }
            renewals = rest;
        }
    }
}
