//! Reading the audit log, on a page or as a file, and checking its seals.

use futures_util::StreamExt;
use tonalite_core::access::{Actor, View};
use tonalite_core::audit::{Action, AuditFilter, ByWhom};
use tonalite_core::csv::Naming;
use tonalite_core::csv::audit::AuditColumn;
use tonalite_core::csv::write::CsvWriter;
use tonalite_core::id::{DectSystemId, DeviceId, ImportId, PartyId, PortalUserId, SiteId, UserId};
use tonalite_core::page::{Cursor, Limit};
use tonalite_core::party::{Party, PartyKind};
use tonalite_core::portal_user::{Role, Username};
use tonalite_core::text::Locale;
use tonalite_core::time::Timestamp;
use tonalite_core::{Error, Result};
use tonalite_store::{AuditCheck, AuditPage, AuditRecord};
use uuid::Uuid;

use crate::exports::{PIECE, SheetForm, SpoolFile};
use crate::{App, AuditEntry};

/// What a row of the log was about, where it still exists and the reader may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditTarget {
    /// What it is called.
    pub name: String,
}

impl App {
    /// Newest first, of the actor's subtree.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for all but admins of a whole subtree.
    pub async fn page_audit(
        &self,
        actor: &Actor,
        filter: Option<&AuditFilter>,
        limit: Limit,
        after: Option<Cursor>,
    ) -> Result<AuditPage> {
        may_read(actor)?;
        self.store.page_audit(actor, filter, limit, after.as_ref()).await
    }

    /// Who is meant: `cli`, `system`, the id of a person, or a user name. A person whom nobody knows has done nothing; what
    /// a known one did is shown as far as the reader's subtree goes.
    pub async fn find_audit_actor(&self, text: &str) -> Result<ByWhom> {
        match text {
            "cli" => return Ok(ByWhom::CommandLine),
            "system" => return Ok(ByWhom::System),
            _ => {}
        }
        if let Ok(id) = text.parse::<PortalUserId>() {
            return Ok(ByWhom::Person(self.store.find_portal_user_key(id).await?.map(|(key, _)| key)));
        }
        let user = match Username::parse(text) {
            Ok(name) => self.store.find_portal_user_by_name(&name).await?,
            Err(_) => None,
        };
        Ok(ByWhom::Person(user.map(|user| user.key)))
    }

    /// What a row was about; `None` when it is gone, out of sight, or nothing that has a name.
    pub async fn find_audit_target(
        &self,
        actor: &Actor,
        kind: &str,
        id: Uuid,
        now: Timestamp,
    ) -> Result<Option<AuditTarget>> {
        let name = match kind {
            "device" => self.find_device(actor, DeviceId::from_uuid(id), now).await.map(|device| {
                device
                    .mac
                    .map_or_else(|| device.labels.name.clone().unwrap_or_default(), |mac| mac.with_colons())
            }),
            "site" => self.find_site(actor, SiteId::from_uuid(id)).await.map(|site| site.name.clone()),
            "party" => self.find_party(actor, PartyId::from_uuid(id)).await.map(|party| party.name.clone()),
            "user" => {
                self.find_user(actor, UserId::from_uuid(id)).await.map(|user| user.details.name.clone())
            }
            "dect_system" => self
                .find_dect_system(actor, DectSystemId::from_uuid(id), now)
                .await
                .map(|view| view.system.name.clone()),
            "import" => {
                self.import(actor, ImportId::from_uuid(id)).await.map(|job| job.file_name.unwrap_or_default())
            }
            "portal_user" => self
                .find_administered(actor, PortalUserId::from_uuid(id))
                .await
                .map(|(user, _)| user.username),
            _ => return Ok(None),
        };
        match name {
            Ok(name) => Ok(Some(AuditTarget { name })),
            Err(Error::NotFound | Error::Forbidden) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Everything that the filter lets through, in a private file that is finished. `asked` is the request, for the log.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for all but admins of a whole subtree; [`Error::TooMany`] when there is no room.
    pub async fn export_audit(
        &self,
        actor: &Actor,
        party: View<Party>,
        filter: &AuditFilter,
        form: &SheetForm,
        asked: serde_json::Value,
        now: Timestamp,
    ) -> Result<SpoolFile> {
        may_read(actor)?;
        let outcome = self.make_audit_file(actor, filter, form, now).await;
        let rows = outcome.as_ref().ok().map(|(_, rows)| *rows);
        let audit = AuditRecord::new(actor, party.key, party.tenancy, Action::AuditExport, now)
            .on("party", party.id.uuid())
            .detail(serde_json::json!({ "asked": asked, "rows": rows }));
        match outcome {
            Ok((file, _)) => {
                self.store.add_audit(&audit).await?;
                Ok(file)
            }
            Err(error) => {
                self.store.add_audit(&audit.refused(error.code())).await?;
                Err(error)
            }
        }
    }

    async fn make_audit_file(
        &self,
        actor: &Actor,
        filter: &AuditFilter,
        form: &SheetForm,
        now: Timestamp,
    ) -> Result<(SpoolFile, u64)> {
        self.exports.admit(actor, now)?;
        let mut spool = self.begin_spool_file().await?;
        let mut writer = CsvWriter::new(form.dialect);
        for column in AuditColumn::ALL {
            writer.plain(&column.heading(form.naming, &form.zone));
        }
        writer.end_row();
        let mut rows = 0;
        let mut entries = self.store.stream_audit(actor, filter);
        while let Some(entry) = entries.next().await {
            write_row(&mut writer, form, &entry?);
            rows += 1;
            if writer.pending() >= PIECE {
                spool.write(&writer.take()).await?;
            }
        }
        spool.write(&writer.take()).await?;
        Ok((spool.finish().await?, rows))
    }

    /// Compares the log with its seals. For the command line: it says of every party's rows whether they are whole.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for all but admins of the whole installation.
    pub async fn verify_audit(&self, actor: &Actor) -> Result<AuditCheck> {
        may_read(actor)?;
        if actor.scope.kind != PartyKind::Platform {
            return Err(Error::Forbidden);
        }
        self.store.verify_audit().await
    }
}

/// The log tells of everybody: it is for admins of a whole subtree.
fn may_read(actor: &Actor) -> Result<()> {
    if actor.role == Role::Admin && actor.sites.is_none() { Ok(()) } else { Err(Error::Forbidden) }
}

fn write_row(writer: &mut CsvWriter, form: &SheetForm, entry: &AuditEntry) {
    let words = match form.naming {
        Naming::Keys => None,
        Naming::Words(locale) => Some(locale),
    };
    for column in AuditColumn::ALL {
        match column {
            AuditColumn::At => writer.plain(&(form.write_time)(entry.at)),
            AuditColumn::Actor => writer.text(&actor_words(words, entry)),
            AuditColumn::ActorId => writer.plain(&entry.actor),
            AuditColumn::ActorParty => writer.optional_text(entry.actor_party.as_deref()),
            AuditColumn::ActingFor => {
                writer.optional_text(entry.acting_for.as_ref().map(|(_, name)| name.as_str()));
            }
            AuditColumn::Party => writer.text(&entry.party_name),
            AuditColumn::PartyId => writer.plain(&entry.party_id.to_string()),
            AuditColumn::Action => writer.text(&action_words(words, &entry.action)),
            AuditColumn::ActionCode => writer.plain(&entry.action),
            AuditColumn::TargetKind => writer.plain(entry.target_kind.as_deref().unwrap_or_default()),
            AuditColumn::TargetId => writer.plain(entry.target_id.as_deref().unwrap_or_default()),
            AuditColumn::Result => match (words, entry.result.as_str()) {
                (None, "ok") => writer.plain("ok"),
                (None, _) => writer.plain("refused"),
                (Some(t), "ok") => writer.text(&t.text("audit-outcome-ok")),
                (Some(t), _) => writer.text(&t.text("audit-outcome-refused")),
            },
            AuditColumn::Code if entry.result == "ok" => writer.empty(),
            AuditColumn::Code => writer.plain(&entry.result),
            AuditColumn::Address => writer.optional_text(entry.address.as_deref()),
            AuditColumn::Detail => writer.text(&entry.detail.to_string()),
        }
    }
    writer.end_row();
}

/// An act in words; one that a newer version wrote stays as it is.
fn action_words(words: Option<Locale>, action: &str) -> String {
    match (words, Action::parse(action)) {
        (Some(t), Some(known)) => t.text(&known.text_key()),
        _ => action.to_owned(),
    }
}

/// Who, in words.
fn actor_words(words: Option<Locale>, entry: &AuditEntry) -> String {
    let said = |key: &str| words.map_or_else(|| entry.actor.clone(), |t| t.text(key));
    match (&entry.actor_name, entry.actor.as_str()) {
        (Some(name), _) => name.clone(),
        (None, "cli") => said("audit-actor-cli"),
        (None, "system") => said("audit-actor-system"),
        (None, _) => said("audit-actor-erased"),
    }
}
