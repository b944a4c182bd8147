//! What is kept about a person, and forgetting it: a user of a site, or somebody who signs in. The log keeps its rows;
//! what they say of the person lies beside them and goes.

use tonalite_core::error::FieldError;
use tonalite_core::id::{PortalUserId, PortalUserKey};
use tonalite_core::portal_user::PortalUser;
use tonalite_core::time::Timestamp;
use tonalite_core::user::User;
use tonalite_core::{Error, Result};
use uuid::Uuid;

use crate::AuditRecord;
use crate::audit::add_audit;
use crate::db::{Store, read, transaction};
use crate::error::Fault;
use crate::row::row;

/// What the log says of a person, and what was answered to a repeated request for a day.
macro_rules! forget_subject {
    ($tx:expr, $subject:expr) => {{
        let subject: Uuid = $subject;
        let gone = sqlx::query("DELETE FROM audit_personal WHERE subject = $1")
            .bind(subject)
            .execute(&mut *$tx)
            .await;
        match gone {
            Ok(_) => sqlx::query("DELETE FROM idempotency WHERE body LIKE $1")
                .bind(format!("%{subject}%"))
                .execute(&mut *$tx)
                .await
                .map(|_| ())
                .map_err(Fault::from),
            Err(error) => Err(Fault::from(error)),
        }
    }};
}

/// Mentions and things of one person that are read: nobody has as many.
const MOST: i64 = 1000;

row! {
    /// A line of a user.
    LineOfUser {
        device_uid: Uuid,
        device_name: Option<String>,
        port: i64,
        line_use: String,
        sip_username: String,
        sip_domain: String,
        created_at: i64,
    }
}

row! {
    /// A session that is open.
    OpenSession {
        created_at: i64,
        seen_at: i64,
        address: Option<String>,
        user_agent: Option<String>,
    }
}

row! {
    /// A token.
    TokenOfUser {
        name: String,
        created_at: i64,
        expires_at: Option<i64>,
        used_at: Option<i64>,
    }
}

/// What a row of the log says of the person.
#[derive(Debug, Clone, PartialEq)]
pub struct Mention {
    /// When.
    pub at: Timestamp,
    /// Of which act.
    pub action: String,
    /// What is said.
    pub detail: serde_json::Value,
}

/// A line that a user has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedLine {
    /// Public id of its device.
    pub device_id: Uuid,
    /// Name of its device.
    pub device_name: Option<String>,
    /// Port.
    pub port: i64,
    /// Primary or shared.
    pub line_use: String,
    /// `sip:` address.
    pub aor: String,
    /// Since when.
    pub since: Timestamp,
}

/// What is kept about a user of a site beside its own entry.
#[derive(Debug, Clone, PartialEq)]
pub struct UserTraces {
    /// When it was added.
    pub created_at: Timestamp,
    /// Its lines.
    pub lines: Vec<UsedLine>,
    /// What the log says of it.
    pub mentions: Vec<Mention>,
}

/// A session of somebody who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionTrace {
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used.
    pub seen_at: Timestamp,
    /// From where.
    pub address: Option<String>,
    /// With what.
    pub user_agent: Option<String>,
}

/// An API token of somebody who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenTrace {
    /// What it is called.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
}

/// What is kept about somebody who signs in beside the entry itself.
#[derive(Debug, Clone, PartialEq)]
pub struct PortalUserTraces {
    /// When it was added.
    pub created_at: Timestamp,
    /// Names of the sites that it is narrowed to.
    pub sites: Vec<String>,
    /// Its sessions.
    pub sessions: Vec<SessionTrace>,
    /// Its tokens.
    pub tokens: Vec<TokenTrace>,
    /// What the log says of it.
    pub mentions: Vec<Mention>,
    /// Rows of the log that tell what it did.
    pub acts: u64,
}

impl Store {
    /// What is kept about a user.
    pub async fn find_user_traces(&self, user: &User) -> Result<UserTraces> {
        let (created_at,): (i64,) = read!(self.db, |db| {
            sqlx::query_as("SELECT created_at FROM \"user\" WHERE id = $1").bind(user.key.0).fetch_one(db)
        })?;
        let lines: Vec<LineOfUser> = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT d.uid AS device_uid, d.name AS device_name, l.port, l.line_use, l.sip_username, \
                 l.sip_domain, l.created_at FROM line l JOIN device d ON d.id = l.device_id WHERE l.user_id = $1 \
                 ORDER BY l.id LIMIT $2",
            )
            .bind(user.key.0)
            .bind(MOST)
            .fetch_all(db)
        })?;
        let lines = lines.into_iter().map(|line| UsedLine {
            device_id: line.device_uid,
            device_name: line.device_name,
            port: line.port,
            line_use: line.line_use,
            aor: format!("sip:{}@{}", line.sip_username, line.sip_domain),
            since: Timestamp(line.created_at),
        });
        Ok(UserTraces {
            created_at: Timestamp(created_at),
            lines: lines.collect(),
            mentions: self.find_mentions(user.id.uuid()).await?,
        })
    }

    /// What is kept about somebody who signs in.
    pub async fn find_portal_user_traces(&self, user: &PortalUser) -> Result<PortalUserTraces> {
        let key = user.key.0;
        let (created_at, acts): (i64, i64) = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT created_at, (SELECT count(*) FROM audit WHERE portal_user_id = $1) FROM portal_user WHERE id = $1",
            )
            .bind(key)
            .fetch_one(db)
        })?;
        let sites: Vec<(String,)> = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT s.name FROM portal_user_site n JOIN site s ON s.id = n.site_id WHERE n.portal_user_id = $1 \
                 ORDER BY s.id LIMIT $2",
            )
            .bind(key)
            .bind(MOST)
            .fetch_all(db)
        })?;
        let sessions: Vec<OpenSession> = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT created_at, seen_at, address, user_agent FROM session WHERE portal_user_id = $1 \
                 ORDER BY created_at LIMIT $2",
            )
            .bind(key)
            .bind(MOST)
            .fetch_all(db)
        })?;
        let tokens: Vec<TokenOfUser> = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT name, created_at, expires_at, used_at FROM api_token WHERE portal_user_id = $1 ORDER BY id LIMIT $2",
            )
            .bind(key)
            .bind(MOST)
            .fetch_all(db)
        })?;
        Ok(PortalUserTraces {
            created_at: Timestamp(created_at),
            sites: sites.into_iter().map(|(name,)| name).collect(),
            sessions: sessions
                .into_iter()
                .map(|session| SessionTrace {
                    created_at: Timestamp(session.created_at),
                    seen_at: Timestamp(session.seen_at),
                    address: session.address,
                    user_agent: session.user_agent,
                })
                .collect(),
            tokens: tokens
                .into_iter()
                .map(|token| TokenTrace {
                    name: token.name,
                    created_at: Timestamp(token.created_at),
                    expires_at: token.expires_at.map(Timestamp),
                    used_at: token.used_at.map(Timestamp),
                })
                .collect(),
            mentions: self.find_mentions(user.id.uuid()).await?,
            acts: acts.unsigned_abs(),
        })
    }

    async fn find_mentions(&self, subject: Uuid) -> Result<Vec<Mention>> {
        let rows: Vec<(i64, String, String)> = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT x.at, a.action, x.detail FROM audit_personal x JOIN audit a ON a.id = x.audit_id \
                 WHERE x.subject = $1 ORDER BY x.audit_id DESC LIMIT $2",
            )
            .bind(subject)
            .bind(MOST)
            .fetch_all(db)
        })?;
        let mention = |(at, action, detail): (i64, String, String)| {
            Ok(Mention { at: Timestamp(at), action, detail: serde_json::from_str(&detail)? })
        };
        let mentions: std::result::Result<Vec<Mention>, Fault> = rows.into_iter().map(mention).collect();
        Ok(mentions?)
    }

    /// Forgets a user: its entry, and what the log says of it.
    ///
    /// # Errors
    /// [`Error::Conflict`] `user_has_lines`; [`Error::NotFound`] when somebody was faster.
    pub async fn erase_user(&self, user: &User, audit: &AuditRecord) -> Result<()> {
        transaction!(self.db, writer, |tx| {
            let (lines,): (i64,) = sqlx::query_as("SELECT count(*) FROM line WHERE user_id = $1")
                .bind(user.key.0)
                .fetch_one(&mut *tx)
                .await?;
            if lines > 0 {
                let held = FieldError::new("lines", "user_has_lines").with("count", lines);
                return Err(Fault::Said(Error::Conflict(held)));
            }
            let done =
                sqlx::query("DELETE FROM \"user\" WHERE id = $1").bind(user.key.0).execute(&mut *tx).await?;
            if done.rows_affected() == 0 {
                return Err(Fault::Said(Error::NotFound));
            }
            forget_subject!(tx, user.id.uuid())?;
            add_audit!(tx, audit)
        })
    }

    /// Forgets somebody who signs in: sessions and tokens end, the name goes. The key stays, so that what the log tells of
    /// one person is not taken for another's.
    ///
    /// # Errors
    /// [`Error::NotFound`] when somebody was faster.
    pub async fn erase_portal_user(
        &self,
        user: &PortalUser,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<()> {
        let nameless = format!("erased-{}", user.id);
        transaction!(self.db, writer, |tx| {
            for text in [
                "DELETE FROM session WHERE portal_user_id = $1",
                "DELETE FROM api_token WHERE portal_user_id = $1",
                "DELETE FROM portal_user_site WHERE portal_user_id = $1",
                "DELETE FROM idempotency WHERE portal_user_id = $1",
            ] {
                sqlx::query(text).bind(user.key.0).execute(&mut *tx).await?;
            }
            let done = sqlx::query(
                "UPDATE portal_user SET username = $1, password_hash = '', language = NULL, role = 'viewer', \
                 erased_at = $2 WHERE id = $3 AND erased_at IS NULL",
            )
            .bind(&nameless)
            .bind(now.0)
            .bind(user.key.0)
            .execute(&mut *tx)
            .await?;
            if done.rows_affected() == 0 {
                return Err(Fault::Said(Error::NotFound));
            }
            forget_subject!(tx, user.id.uuid())?;
            add_audit!(tx, audit)
        })
    }

    /// Somebody who signs in and was not forgotten, by its public id. Whether the actor may see it, `app` decides.
    pub async fn find_portal_user_by_id(&self, id: PortalUserId) -> Result<Option<PortalUser>> {
        match self.find_portal_user_key(id).await? {
            Some((key, false)) => self.find_portal_user(key).await,
            Some((_, true)) | None => Ok(None),
        }
    }

    /// The key behind a public id, and whether the person was forgotten: the log is read by it.
    pub async fn find_portal_user_key(&self, id: PortalUserId) -> Result<Option<(PortalUserKey, bool)>> {
        let row: Option<(i64, Option<i64>)> = read!(self.db, |db| {
            sqlx::query_as("SELECT id, erased_at FROM portal_user WHERE uid = $1")
                .bind(id.uuid())
                .fetch_optional(db)
        })?;
        Ok(row.map(|(key, erased)| (PortalUserKey(key), erased.is_some())))
    }
}
