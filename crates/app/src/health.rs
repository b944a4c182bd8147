//! What works only in part, for `/readyz` and the log: one reason per part.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The parts that are degraded.
#[derive(Default)]
pub struct Health(Mutex<BTreeMap<&'static str, &'static str>>);

impl Health {
    /// Notes that a part is degraded. Logged when it is news.
    pub fn set_degraded(&self, part: &'static str, reason: &'static str) {
        let mut parts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if parts.insert(part, reason) != Some(reason) {
            tracing::warn!(part, reason, "degraded");
        }
    }

    /// Notes that a part is well again.
    pub fn clear(&self, part: &'static str) {
        let mut parts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if parts.remove(part).is_some() {
            tracing::info!(part, "well again");
        }
    }

    /// Parts and reasons; empty when all is well.
    pub fn degraded(&self) -> Vec<(&'static str, &'static str)> {
        let parts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        parts.iter().map(|(part, reason)| (*part, *reason)).collect()
    }
}
