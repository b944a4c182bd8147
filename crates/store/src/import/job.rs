//! Import jobs: one row each, from the upload to what became of it.

use tonalite_core::Result;
use tonalite_core::access::Identity;
use tonalite_core::id::{ImportId, ImportKey, PartyId, PartyKey, PortalUserKey, SiteKey, TokenId};
use tonalite_core::import::{ImportApply, ImportMode, ImportState, RowCounts};
use tonalite_core::page::{Cursor, Limit, Page};
use tonalite_core::party::{Party, Tenancy};
use tonalite_core::time::Timestamp;
use tonalite_core::{Error, error::FieldError};
use uuid::Uuid;

use crate::AuditRecord;
use crate::audit::{actor_columns, add_audit, cut};
use crate::db::{Store, read, transaction};
use crate::error::{BadRow, Fault};
use crate::row::row;

/// Imports of one customer that go on by themselves, waiting ones included.
const UNDER_WAY_OF_CUSTOMER: i64 = 10;
/// The same of the whole installation.
const UNDER_WAY: i64 = 200;

/// A job to be written down: its file is in the spool.
pub struct ImportInsert<'a> {
    /// Its public id, which is also the name of its file.
    pub id: ImportId,
    /// For whom.
    pub customer: &'a Party,
    /// For all rows that name no site.
    pub site: Option<SiteKey>,
    /// Who.
    pub identity: &'a Identity,
    /// From where.
    pub address: Option<&'a str>,
    /// What becomes of devices that are there already.
    pub mode: ImportMode,
    /// What happens by itself.
    pub apply: ImportApply,
    /// What the person called the file.
    pub file_name: Option<&'a str>,
    /// Of the file, in hexadecimal digits.
    pub sha256: &'a str,
    /// Length of the file.
    pub bytes: u64,
    /// When.
    pub now: Timestamp,
    /// When it is thrown away.
    pub expires_at: Timestamp,
}

/// How far the reading of a file has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImportProgress {
    /// Bytes.
    pub bytes_read: u64,
    /// Rows by outcome.
    pub counts: RowCounts,
    /// Lines that are comments.
    pub comments: u64,
    /// Rows whose address is somebody else's.
    pub elsewhere: u64,
}

/// A job as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRecord {
    /// Storage key.
    pub key: ImportKey,
    /// Public id.
    pub id: ImportId,
    /// The customer.
    pub customer: PartyKey,
    /// Its public id.
    pub customer_id: PartyId,
    /// Its place in the tree.
    pub tenancy: Tenancy,
    /// For all rows that name no site.
    pub site: Option<SiteKey>,
    /// `cli`, `system`, `portal_user`, `token`.
    pub actor: String,
    /// Who began it.
    pub portal_user: Option<PortalUserKey>,
    /// Name of who began it, as long as it is known.
    pub username: Option<String>,
    /// With which token.
    pub token: Option<TokenId>,
    /// From where.
    pub address: Option<String>,
    /// What becomes of devices that are there already.
    pub mode: ImportMode,
    /// What happens by itself.
    pub apply: ImportApply,
    /// Where it stands.
    pub state: ImportState,
    /// Whether search and live rows know of all that was committed.
    pub settled: bool,
    /// How often its reading was begun.
    pub attempts: u32,
    /// Its rows and its file are gone.
    pub purged: bool,
    /// What the person called the file.
    pub file_name: Option<String>,
    /// Of the file, in hexadecimal digits.
    pub sha256: String,
    /// Length of the file.
    pub bytes: u64,
    /// How far it was read.
    pub progress: ImportProgress,
    /// What was found in the file as a whole; the application's JSON.
    pub report: String,
    /// What undoing it did; the application's JSON.
    pub undo: Option<String>,
    /// When it was uploaded.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it is thrown away.
    pub expires_at: Timestamp,
    /// When it was written.
    pub applied_at: Option<Timestamp>,
}

row! {
    JobRow {
        id: i64, uid: Uuid, customer_id: i64, customer_uid: Uuid, operator_id: Option<i64>, provider_id: i64,
        site_id: Option<i64>, actor: String, portal_user_id: Option<i64>, username: Option<String>,
        token_uid: Option<Uuid>, address: Option<String>, mode: String, apply: String, state: String, settled: i64,
        attempts: i64, purged: i64, file_name: Option<String>, sha256: String, bytes: i64, bytes_read: i64,
        rows_create: i64, rows_update: i64, rows_unchanged: i64, rows_rejected: i64, comments: i64, elsewhere: i64,
        report: String, undo: Option<String>, created_at: i64, updated_at: i64, expires_at: i64,
        applied_at: Option<i64>,
    }
}

macro_rules! select_job {
    ($tail:literal) => {
        concat!(
            "SELECT j.id, j.uid, j.customer_id, p.uid AS customer_uid, j.operator_id, j.provider_id, j.site_id, j.actor, \
             j.portal_user_id, u.username, j.token_uid, j.address, j.mode, j.apply, j.state, j.settled, j.attempts, j.purged, \
             j.file_name, j.sha256, j.bytes, j.bytes_read, j.rows_create, j.rows_update, j.rows_unchanged, j.rows_rejected, \
             j.comments, j.elsewhere, j.report, j.undo, j.created_at, j.updated_at, j.expires_at, j.applied_at \
             FROM import_job j JOIN party p ON p.id = j.customer_id LEFT JOIN portal_user u ON u.id = j.portal_user_id ",
            $tail
        )
    };
}

/// Name, portal user, token and address of who applied an import.
type Applier = (Option<String>, Option<i64>, Option<Uuid>, Option<String>);

impl Store {
    /// Writes a job down.
    ///
    /// # Errors
    /// [`Error::Conflict`] `too_many_imports`.
    pub async fn insert_import(&self, new: &ImportInsert<'_>, audit: &AuditRecord) -> Result<ImportKey> {
        let (actor, user, token) = actor_columns(new.identity);
        transaction!(self.db, writer, |tx| {
            let (all, own): (i64, i64) = sqlx::query_as(
                "SELECT count(*), COALESCE(sum(CASE WHEN customer_id = $1 THEN 1 ELSE 0 END), 0) FROM import_job \
                 WHERE state IN ('reading', 'applying')",
            )
            .bind(new.customer.key.0)
            .fetch_one(&mut *tx)
            .await?;
            if all >= UNDER_WAY || own >= UNDER_WAY_OF_CUSTOMER {
                let error = FieldError::new("party_id", "too_many_imports");
                return Err(Fault::Said(Error::Conflict(error)));
            }
            let (key,): (i64,) = sqlx::query_as(
                "INSERT INTO import_job (uid, customer_id, operator_id, provider_id, site_id, actor, portal_user_id, token_uid, \
                 address, mode, apply, state, settled, attempts, purged, file_name, sha256, bytes, bytes_read, rows_create, \
                 rows_update, rows_unchanged, rows_rejected, comments, elsewhere, report, created_at, updated_at, expires_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'reading', 1, 0, 0, $12, $13, $14, 0, 0, 0, 0, 0, 0, 0, \
                 '{}', $15, $15, $16) RETURNING id",
            )
            .bind(new.id.uuid())
            .bind(new.customer.key.0)
            .bind(new.customer.tenancy.operator.map(|key| key.0))
            .bind(new.customer.tenancy.provider.map_or(PartyKey::PLATFORM.0, |key| key.0))
            .bind(new.site.map(|key| key.0))
            .bind(actor)
            .bind(user)
            .bind(token)
            .bind(new.address)
            .bind(new.mode.as_str())
            .bind(new.apply.as_str())
            .bind(new.file_name)
            .bind(new.sha256)
            .bind(count_column(new.bytes))
            .bind(new.now.0)
            .bind(new.expires_at.0)
            .fetch_one(&mut *tx)
            .await?;
            add_audit!(tx, audit)?;
            Ok::<_, Fault>(ImportKey(key))
        })
    }

    /// A job by its public id.
    pub async fn find_import(&self, id: ImportId) -> Result<Option<ImportRecord>> {
        let row: Option<JobRow> = read!(self.db, |db| {
            sqlx::query_as(select_job!("WHERE j.uid = $1")).bind(id.uuid()).fetch_optional(db)
        })?;
        row.map(read_job).transpose().map_err(Error::from)
    }

    /// The jobs of a customer, newest first; only those that this person began where one is named.
    pub async fn page_imports(
        &self,
        customer: PartyKey,
        begun_by: Option<PortalUserKey>,
        limit: Limit,
        after: Option<&Cursor>,
    ) -> Result<Page<ImportRecord>> {
        let mut rows: Vec<JobRow> = read!(self.db, |db| {
            sqlx::query_as(select_job!(
                "WHERE j.customer_id = $1 AND j.id < $2 AND (CAST($3 AS BIGINT) IS NULL OR j.portal_user_id = $3) \
                 ORDER BY j.id DESC LIMIT $4"
            ))
            .bind(customer.0)
            .bind(after.map_or(i64::MAX, |cursor| cursor.key))
            .bind(begun_by.map(|key| key.0))
            .bind(i64::from(limit.get()) + 1)
            .fetch_all(db)
        })?;
        let next = cut(&mut rows, limit).map(|row| Cursor { value: String::new(), key: row.id });
        Ok(Page { items: read_all(rows)?, next })
    }

    /// The oldest jobs that go on by themselves, at most [`Limit::MAX`]: read, written, or settled.
    pub async fn find_imports_under_way(&self) -> Result<Vec<ImportRecord>> {
        let rows: Vec<JobRow> = read!(self.db, |db| {
            sqlx::query_as(select_job!(
                "WHERE j.state IN ('reading', 'applying') OR (j.state IN ('applied', 'undone') AND j.settled = 0) \
                 ORDER BY j.id LIMIT $1"
            ))
            .bind(i64::from(Limit::MAX))
            .fetch_all(db)
        })?;
        read_all(rows)
    }

    /// The oldest job of a customer that goes on by itself and was begun before this one: what this one waits for.
    pub async fn find_import_before(&self, job: &ImportRecord) -> Result<Option<ImportId>> {
        let row: Option<(Uuid,)> = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT uid FROM import_job WHERE customer_id = $1 AND id < $2 AND (state IN ('reading', 'applying') \
                 OR (state IN ('applied', 'undone') AND settled = 0)) ORDER BY id LIMIT 1",
            )
            .bind(job.customer.0)
            .bind(job.key.0)
            .fetch_optional(db)
        })?;
        Ok(row.map(|(uid,)| ImportId::from_uuid(uid)))
    }

    /// The newest job of the customer that wrote the same file since a moment.
    pub async fn find_same_import(
        &self,
        job: &ImportRecord,
        since: Timestamp,
    ) -> Result<Option<ImportRecord>> {
        let row: Option<JobRow> = read!(self.db, |db| {
            sqlx::query_as(select_job!(
                "WHERE j.customer_id = $1 AND j.id < $2 AND j.sha256 = $3 AND j.state = 'applied' AND j.applied_at >= $4 \
                 ORDER BY j.id DESC LIMIT 1"
            ))
            .bind(job.customer.0)
            .bind(job.key.0)
            .bind(&job.sha256)
            .bind(since.0)
            .fetch_optional(db)
        })?;
        row.map(read_job).transpose().map_err(Error::from)
    }

    /// Imports whose time is over and of which something is left, at most [`Limit::MAX`].
    pub async fn find_imports_over(&self, now: Timestamp) -> Result<Vec<ImportRecord>> {
        let rows: Vec<JobRow> = read!(self.db, |db| {
            sqlx::query_as(select_job!(
                "WHERE j.purged = 0 AND j.settled = 1 AND j.expires_at <= $1 AND j.state NOT IN ('reading', 'applying') \
                 ORDER BY j.id LIMIT $2"
            ))
            .bind(now.0)
            .bind(i64::from(Limit::MAX))
            .fetch_all(db)
        })?;
        read_all(rows)
    }

    /// The public ids of all jobs whose files are still wanted.
    pub async fn find_import_files(&self) -> Result<Vec<ImportId>> {
        let rows: Vec<(Uuid,)> = read!(self.db, |db| {
            sqlx::query_as("SELECT uid FROM import_job WHERE purged = 0 ORDER BY id").fetch_all(db)
        })?;
        Ok(rows.into_iter().map(|(uid,)| ImportId::from_uuid(uid)).collect())
    }

    /// Begins a reading anew: what an earlier one had found is forgotten. Gives how often it was begun.
    pub async fn begin_import_reading(&self, job: ImportKey, now: Timestamp) -> Result<Option<u32>> {
        self.delete_import_rows(job).await?;
        let row: Option<(i64,)> = transaction!(self.db, writer, |tx| {
            sqlx::query_as(
                "UPDATE import_job SET attempts = attempts + 1, bytes_read = 0, rows_create = 0, rows_update = 0, \
                 rows_unchanged = 0, rows_rejected = 0, comments = 0, elsewhere = 0, updated_at = $2 \
                 WHERE id = $1 AND state = 'reading' RETURNING attempts",
            )
            .bind(job.0)
            .bind(now.0)
            .fetch_optional(&mut *tx)
            .await
            .map_err(Fault::from)
        })?;
        Ok(row.map(|(attempts,)| u32::try_from(attempts).unwrap_or(u32::MAX)))
    }

    /// Has a plan written, with the rights of who asks for it. `false`: it is no plan any more.
    pub async fn begin_import_apply(
        &self,
        job: &ImportRecord,
        identity: &Identity,
        address: Option<&str>,
        now: Timestamp,
    ) -> Result<bool> {
        let (actor, user, token) = actor_columns(identity);
        transaction!(self.db, writer, |tx| {
            sqlx::query(
                "UPDATE import_job SET state = 'applying', applier = $2, applier_id = $3, applier_token = $4, \
                 applier_address = $5, updated_at = $6 WHERE id = $1 AND state = 'planned'",
            )
            .bind(job.key.0)
            .bind(actor)
            .bind(user)
            .bind(token)
            .bind(address)
            .bind(now.0)
            .execute(&mut *tx)
            .await
            .map(|done| done.rows_affected() > 0)
            .map_err(Fault::from)
        })
    }

    /// The job as if who applied it had begun it; as it is where nobody applied it.
    pub async fn import_of_applier(&self, job: &ImportRecord) -> Result<ImportRecord> {
        let row: Option<Applier> = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT applier, applier_id, applier_token, applier_address FROM import_job WHERE id = $1",
            )
            .bind(job.key.0)
            .fetch_optional(db)
        })?;
        Ok(match row {
            Some((Some(actor), user, token, address)) => ImportRecord {
                actor,
                portal_user: user.map(PortalUserKey),
                token: token.map(TokenId::from_uuid),
                address,
                ..job.clone()
            },
            _ => job.clone(),
        })
    }

    /// Moves a job from one state to another, with what was found in the file. `false`: it was not in that state any more.
    pub async fn move_import(
        &self,
        job: ImportKey,
        (from, to): (ImportState, ImportState),
        report: Option<&str>,
        expires_at: Option<Timestamp>,
        now: Timestamp,
        audit: Option<&AuditRecord>,
    ) -> Result<bool> {
        transaction!(self.db, writer, |tx| {
            let done = sqlx::query(
                "UPDATE import_job SET state = $3, report = COALESCE($4, report), expires_at = COALESCE($5, expires_at), \
                 updated_at = $6 WHERE id = $1 AND state = $2",
            )
            .bind(job.0)
            .bind(from.as_str())
            .bind(to.as_str())
            .bind(report)
            .bind(expires_at.map(|at| at.0))
            .bind(now.0)
            .execute(&mut *tx)
            .await?;
            let moved = done.rows_affected() > 0;
            if let (true, Some(audit)) = (moved, audit) {
                add_audit!(tx, audit)?;
            }
            Ok::<_, Fault>(moved)
        })
    }
}

pub(super) fn count_column(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub(super) fn count(column: i64) -> u64 {
    u64::try_from(column).unwrap_or(0)
}

fn read_all(rows: Vec<JobRow>) -> Result<Vec<ImportRecord>> {
    rows.into_iter().map(read_job).collect::<std::result::Result<_, Fault>>().map_err(Error::from)
}

fn read_job(row: JobRow) -> std::result::Result<ImportRecord, Fault> {
    let bad = |column| BadRow { table: "import_job", column, row: row.id };
    Ok(ImportRecord {
        key: ImportKey(row.id),
        id: ImportId::from_uuid(row.uid),
        customer: PartyKey(row.customer_id),
        customer_id: PartyId::from_uuid(row.customer_uid),
        tenancy: Tenancy {
            provider: Some(PartyKey(row.provider_id)),
            operator: row.operator_id.map(PartyKey),
            customer: Some(PartyKey(row.customer_id)),
        },
        site: row.site_id.map(SiteKey),
        actor: row.actor,
        portal_user: row.portal_user_id.map(PortalUserKey),
        username: row.username,
        token: row.token_uid.map(TokenId::from_uuid),
        address: row.address,
        mode: ImportMode::parse(&row.mode).ok_or_else(|| bad("mode"))?,
        apply: ImportApply::parse(&row.apply).ok_or_else(|| bad("apply"))?,
        state: ImportState::parse(&row.state).ok_or_else(|| bad("state"))?,
        settled: row.settled != 0,
        attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
        purged: row.purged != 0,
        file_name: row.file_name,
        sha256: row.sha256,
        bytes: count(row.bytes),
        progress: ImportProgress {
            bytes_read: count(row.bytes_read),
            counts: RowCounts {
                create: count(row.rows_create),
                update: count(row.rows_update),
                unchanged: count(row.rows_unchanged),
                rejected: count(row.rows_rejected),
            },
            comments: count(row.comments),
            elsewhere: count(row.elsewhere),
        },
        report: row.report,
        undo: row.undo,
        created_at: Timestamp(row.created_at),
        updated_at: Timestamp(row.updated_at),
        expires_at: Timestamp(row.expires_at),
        applied_at: row.applied_at.map(Timestamp),
    })
}
