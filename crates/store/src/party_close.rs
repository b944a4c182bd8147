//! Closing a party and opening it again, and what stands in the way of it; the same of deleting a site.

use tonalite_core::error::FieldError;
use tonalite_core::id::{PartyKey, SiteKey};
use tonalite_core::party::Party;
use tonalite_core::time::Timestamp;
use tonalite_core::{Error, Result};

use crate::AuditRecord;
use crate::audit::add_audit;
use crate::db::{Store, read, transaction};
use crate::error::Fault;
use crate::sql::Twin;

/// What lives below a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PartyRemainder {
    /// Open parties directly below.
    pub parties: i64,
    /// Devices of a customer.
    pub devices: i64,
    /// Users of a customer who have a line.
    pub users: i64,
    /// Imports of a customer that are under way.
    pub imports: i64,
}

impl PartyRemainder {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        *self == PartyRemainder::default()
    }
}

/// What is at a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SiteRemainder {
    /// Devices.
    pub devices: i64,
    /// Users.
    pub users: i64,
}

impl SiteRemainder {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        *self == SiteRemainder::default()
    }
}

/// Devices belong to customers alone: for a party further up there are none of its own, and those below it are closed first.
const REMAINDER: &str = "SELECT (SELECT count(*) FROM party WHERE parent_id = $1 AND closed_at IS NULL), \
     (SELECT count(*) FROM device WHERE customer_id = $1), \
     (SELECT count(DISTINCT l.user_id) FROM device d JOIN line l ON l.device_id = d.id WHERE d.customer_id = $1), \
     (SELECT count(*) FROM import_job WHERE customer_id = $1 AND state IN ('reading', 'applying'))";

/// Devices and users of a site.
pub(crate) const SITE_REMAINDER: &str = "SELECT (SELECT count(*) FROM device WHERE site_id = $1), \
     (SELECT count(*) FROM \"user\" WHERE site_id = $1)";

/// Held, so that nobody makes a party below meanwhile. SQLite has one writer.
const HOLD: Twin = Twin {
    sqlite: "SELECT id FROM party WHERE id = $1",
    postgres: "SELECT id FROM party WHERE id = $1 FOR UPDATE",
};

type Counted = (i64, i64, i64, i64);

const fn remainder(row: Counted) -> PartyRemainder {
    PartyRemainder { parties: row.0, devices: row.1, users: row.2, imports: row.3 }
}

impl Store {
    /// What stands in the way of closing a party.
    pub async fn find_party_remainder(&self, party: PartyKey) -> Result<PartyRemainder> {
        let row: Counted = read!(self.db, |db| sqlx::query_as(REMAINDER).bind(party.0).fetch_one(db))?;
        Ok(remainder(row))
    }

    /// What stands in the way of deleting a site.
    pub async fn find_site_remainder(&self, site: SiteKey) -> Result<SiteRemainder> {
        let (devices, users): (i64, i64) =
            read!(self.db, |db| { sqlx::query_as(SITE_REMAINDER).bind(site.0).fetch_one(db) })?;
        Ok(SiteRemainder { devices, users })
    }

    /// Closes a party below which nothing lives. Its people are signed out; who works in its portal works there no more.
    ///
    /// # Errors
    /// [`Error::Stale`], [`Error::Conflict`] `party_not_empty` with what there is.
    pub async fn close_party(&self, party: &Party, now: Timestamp, audit: &AuditRecord) -> Result<()> {
        transaction!(self.db, writer, |tx| {
            sqlx::query(HOLD.text(self.engine())).bind(party.key.0).execute(&mut *tx).await?;
            let row: Counted = sqlx::query_as(REMAINDER).bind(party.key.0).fetch_one(&mut *tx).await?;
            let left = remainder(row);
            if !left.is_empty() {
                let error = FieldError::new("closed", "party_not_empty")
                    .with("parties", left.parties)
                    .with("devices", left.devices)
                    .with("users", left.users)
                    .with("imports", left.imports);
                return Err(Fault::Said(Error::Conflict(error)));
            }
            let done = sqlx::query(
                "UPDATE party SET closed_at = $1, version = version + 1 \
                 WHERE id = $2 AND version = $3 AND closed_at IS NULL",
            )
            .bind(now.0)
            .bind(party.key.0)
            .bind(party.version)
            .execute(&mut *tx)
            .await?;
            if done.rows_affected() == 0 {
                return Err(Fault::Said(Error::Stale));
            }
            for text in [
                "DELETE FROM session WHERE portal_user_id IN (SELECT id FROM portal_user WHERE party_id = $1)",
                "UPDATE session SET acting_for = NULL, acting_until = NULL WHERE acting_for = $1",
            ] {
                sqlx::query(text).bind(party.key.0).execute(&mut *tx).await?;
            }
            add_audit!(tx, audit)
        })
    }

    /// Opens a closed party again.
    ///
    /// # Errors
    /// [`Error::Stale`], [`Error::Conflict`] `party_closed` when the party above is closed.
    pub async fn reopen_party(&self, party: &Party, audit: &AuditRecord) -> Result<()> {
        transaction!(self.db, writer, |tx| {
            let above = party.parent_key.map(|key| key.0);
            sqlx::query(HOLD.text(self.engine())).bind(above).execute(&mut *tx).await?;
            let (closed,): (i64,) =
                sqlx::query_as("SELECT count(*) FROM party WHERE id = $1 AND closed_at IS NOT NULL")
                    .bind(above)
                    .fetch_one(&mut *tx)
                    .await?;
            if closed > 0 {
                return Err(Fault::Said(Error::Conflict(FieldError::new("parent_id", "party_closed_above"))));
            }
            let done = sqlx::query(
                "UPDATE party SET closed_at = NULL, version = version + 1 \
                 WHERE id = $1 AND version = $2 AND closed_at IS NOT NULL",
            )
            .bind(party.key.0)
            .bind(party.version)
            .execute(&mut *tx)
            .await?;
            if done.rows_affected() == 0 {
                return Err(Fault::Said(Error::Stale));
            }
            add_audit!(tx, audit)
        })
    }

    /// Whether a line exists below a party: then its SIP domain stays.
    pub async fn has_lines_below(&self, party: &Party) -> Result<bool> {
        let (n,): (i64,) = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT count(*) FROM (SELECT 1 FROM device WHERE (provider_id = $1 OR customer_id = $1) \
                 AND lines_assigned > 0 LIMIT 1) d",
            )
            .bind(party.key.0)
            .fetch_one(db)
        })?;
        Ok(n > 0)
    }
}
