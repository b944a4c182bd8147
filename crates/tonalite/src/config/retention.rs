//! How long things are kept.

use anyhow::bail;
use serde::{Deserialize, Serialize};
use tonalite_core::audit::Retention as Kept;

/// Whole days and months.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Retention {
    /// Days of the timelines of devices.
    timeline_days: u16,
    /// Days of addresses and User-Agents, and of what people typed in passing.
    address_days: u16,
    /// Months of the audit log.
    audit_months: u16,
}

impl Default for Retention {
    fn default() -> Self {
        let Kept { timeline_days, address_days, audit_months } = Kept::default();
        Retention { timeline_days, address_days, audit_months }
    }
}

impl Retention {
    /// As the application wants it.
    pub(crate) const fn kept(self) -> Kept {
        let Retention { timeline_days, address_days, audit_months } = self;
        Kept { timeline_days, address_days, audit_months }
    }

    /// Refuses what nobody can mean.
    pub(crate) fn check(self) -> anyhow::Result<()> {
        for (name, value, allowed) in [
            ("timeline_days", self.timeline_days, Kept::DAYS),
            ("address_days", self.address_days, Kept::DAYS),
            ("audit_months", self.audit_months, Kept::MONTHS),
        ] {
            if !allowed.contains(&value) {
                bail!("retention.{name}: {} to {}", allowed.start(), allowed.end());
            }
        }
        Ok(())
    }
}
