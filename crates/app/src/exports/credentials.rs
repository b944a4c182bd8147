//! New SIP credentials for every line of a site, in one file, once: made, sealed and written in batches. The file is deleted
//! when it is sent, and nothing brings the passwords back.

use futures_util::future::join_all;
use tonalite_catalog::catalog;
use tonalite_core::access::{Actor, Manage};
use tonalite_core::audit::Action;
use tonalite_core::csv::Naming;
use tonalite_core::csv::write::CsvWriter;
use tonalite_core::id::LineKey;
use tonalite_core::line::Algorithms;
use tonalite_core::registration::SealedSecret;
use tonalite_core::secret::Secret;
use tonalite_core::site::Site;
use tonalite_core::time::Timestamp;
use tonalite_core::timeline::TimelineKind;
use tonalite_core::world::random_name;
use tonalite_core::{Error, Result};
use tonalite_store::{AuditRecord, SecretMaker, SheetLine};

use super::form::SheetForm;
use super::spool::{SpoolFile, SpoolWriter, Work};
use crate::lines::{OVERLAP, PASSWORD};
use crate::{App, PhoneCommand};

/// Lines whose timeline is written at once.
const TOGETHER: usize = 100;

/// The columns, as programs read them.
const COLUMNS: [&str; 10] = [
    "mac",
    "device_type",
    "port",
    "user",
    "extension",
    "number",
    "username",
    "password",
    "domain",
    "registrar",
];

impl App {
    /// Makes new credentials for every assigned line of a site, or for those of one device type. The old ones stay valid
    /// beside them until the first success with the new, at most 24 hours. Gives the file, and how many lines are in it.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a type that does not exist, [`Error::TooMany`] for who has begun many files.
    pub async fn new_credentials_of_site(
        &self,
        actor: &Actor,
        site: Manage<Site>,
        device_type: Option<&str>,
        form: &SheetForm,
        now: Timestamp,
    ) -> Result<(SpoolFile, u64)> {
        if device_type.is_some_and(|id| catalog().get(id).is_none()) {
            return Err(Error::NotFound);
        }
        self.exports.admit(actor, now)?;
        let mut sheet =
            Sheet { app: self, form, registrar: self.registrar_address(), spool: None, lines: Vec::new() };
        sheet.begin().await?;
        let audit = |count: u64| {
            AuditRecord::new(actor, site.customer_key, site.tenancy, Action::SiteNewCredentials, now)
                .on("site", site.id.uuid())
                .detail(serde_json::json!({ "lines": count, "device_type": device_type }))
        };
        let (until, algorithms) = (now + OVERLAP, Algorithms::default());
        let count =
            self.store.set_next_secrets(site.key, device_type, until, algorithms, &mut sheet, audit).await?;
        let Sheet { spool, lines, .. } = sheet;
        let file = spool.ok_or(Error::NotFound)?.finish().await?;
        self.tell_credentials_of_site(&site).await?;
        for together in lines.chunks(TOGETHER) {
            let notes = together.iter().map(|(device, port)| {
                self.live.note(*device, actor.stamp(now), TimelineKind::NewCredentials, Some(*port))
            });
            join_all(notes).await;
        }
        Ok((file, count))
    }

    async fn tell_credentials_of_site(&self, site: &Site) -> Result<()> {
        let mut after = LineKey(0);
        loop {
            let lines = self.store.find_registrar_lines(site.key, after).await?;
            let Some(last) = lines.last() else { return Ok(()) };
            after = last.line.key;
            for line in lines {
                let (key, credential) = (line.line.key, Box::new(line.credential));
                self.phones.command(|done| PhoneCommand::CredentialChanged(key, credential, done)).await?;
            }
        }
    }
}

/// The file while it is made.
struct Sheet<'a> {
    app: &'a App,
    form: &'a SheetForm,
    registrar: String,
    spool: Option<SpoolWriter>,
    /// For the timelines: two numbers a line.
    lines: Vec<(tonalite_core::id::DeviceKey, u16)>,
}

impl Sheet<'_> {
    /// A new file with its heading, in the place of one that was begun.
    async fn begin(&mut self) -> Result<()> {
        self.lines.clear();
        self.spool = None;
        let mut spool = self.app.exports.spool.begin(Work::Read, self.app.entropy.as_ref()).await?;
        let mut writer = CsvWriter::new(self.form.dialect);
        for column in COLUMNS {
            match self.form.naming {
                Naming::Keys => writer.plain(column),
                Naming::Words(locale) => writer.plain(&locale.text(&format!("csv-credentials-{column}"))),
            }
        }
        writer.end_row();
        spool.write(&writer.take()).await?;
        self.spool = Some(spool);
        Ok(())
    }
}

impl SecretMaker for Sheet<'_> {
    async fn make(&mut self, first: bool, lines: &[SheetLine]) -> Result<Vec<(LineKey, SealedSecret)>> {
        // Begun already, unless the engine has broken the transaction off and begins it again.
        if first && !self.lines.is_empty() {
            self.begin().await?;
        }
        let entropy = self.app.entropy.as_ref();
        let mut dialect = self.form.dialect;
        dialect.bom = false;
        let mut writer = CsvWriter::new(dialect);
        let mut secrets = Vec::with_capacity(lines.len());
        for line in lines {
            let password = Secret::new(random_name(PASSWORD, entropy));
            secrets.push((line.key, self.app.sealer.seal(line.id, &password, entropy)?));
            writer.mac(line.mac);
            // One that the catalogue no longer has keeps its id.
            writer.text(catalog().get(&line.device_type).map_or(&*line.device_type, |kind| &kind.name));
            writer.number(line.port);
            writer.text(&line.user_name);
            writer.text(&line.extension);
            writer.optional_text(line.number.as_deref());
            writer.text(&line.sip_username);
            // Letters and digits of our own: the one place, beside the line's own page, where a SIP password leaves.
            writer.plain(password.expose());
            writer.plain(&line.sip_domain);
            writer.plain(&self.registrar);
            writer.end_row();
            self.lines.push((line.device, line.port));
        }
        match &mut self.spool {
            Some(spool) => spool.write(&writer.take()).await?,
            None => return Err(Error::NotFound),
        }
        Ok(secrets)
    }
}
