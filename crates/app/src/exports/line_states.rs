//! Line states as files. First a neutral one, of one moment, with everything in it; from that each listener's own CSV, in
//! their language and zone and with the columns that they may see. Whether, when and with whom is not decided here.

use futures_util::StreamExt;
use tonalite_catalog::{Kind, catalog};
use tonalite_core::Result;
use tonalite_core::access::Actor;
use tonalite_core::csv::line_state::{Endpoint, LineColumn, answer_word, endpoint_word};
use tonalite_core::csv::write::CsvWriter;
use tonalite_core::filter::LineFilter;
use tonalite_core::time::Timestamp;
use tonalite_store::{LineContact, PortRecord};

use super::PIECE;
use super::form::{SheetForm, Words, word};
use super::line_record::{Damaged, NeutralLine, Records, take};
use super::spool::{SharedFile, SpoolFile, Work};
use crate::App;
use crate::device_search::lines_with_types;

/// What a listener's file looks like.
pub struct LineSheet {
    /// Its columns. The chain id is among them only for who may see it.
    pub columns: Vec<LineColumn>,
    /// Its form.
    pub form: SheetForm,
    /// One row for each contact of a port, rather than one with their number.
    pub expand: bool,
}

/// Line states of one moment, complete, for any number of listeners. Dropping it deletes the file.
pub struct NeutralFile {
    file: SharedFile,
    rows: u64,
    taken_at: Timestamp,
}

impl NeutralFile {
    /// Rows in it: ports, and devices without any.
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// Bytes on the disk.
    pub const fn length(&self) -> u64 {
        self.file.length()
    }

    /// The moment of the states.
    pub const fn taken_at(&self) -> Timestamp {
        self.taken_at
    }
}

impl App {
    /// Reads every row that the actor sees and the filter lets through into a private file: complete, or an error.
    /// Dropping the future ends the work and leaves nothing.
    ///
    /// # Errors
    /// [`tonalite_core::Error::TooMany`] when the spool is full.
    pub async fn make_line_states(
        &self,
        actor: &Actor,
        filter: &LineFilter,
        now: Timestamp,
    ) -> Result<NeutralFile> {
        let mut spool = self.exports.spool.begin(Work::ReadGated, self.entropy.as_ref()).await?;
        let mut records = Records::default();
        let mut lines = self.store.stream_lines(actor, &lines_with_types(filter)).await?;
        while let Some(line) = lines.next().await {
            records.add(&line?.read(self.ready_at, now)?);
            if records.bytes.len() >= PIECE {
                spool.write(&records.bytes).await?;
                records.bytes.clear();
            }
        }
        records.flush();
        spool.write(&records.bytes).await?;
        Ok(NeutralFile { file: spool.finish_shared().await?, rows: records.written, taken_at: now })
    }

    /// A listener's own file from the neutral one, finished, with its length. Two are made at once; others wait their turn.
    ///
    /// # Errors
    /// [`tonalite_core::Error::TooMany`] when the spool is full.
    pub async fn send_line_states(&self, neutral: &NeutralFile, sheet: &LineSheet) -> Result<SpoolFile> {
        let mut spool = self.exports.spool.begin(Work::Form, self.entropy.as_ref()).await?;
        let mut writer = CsvWriter::new(sheet.form.dialect);
        for column in &sheet.columns {
            writer.plain(&column.heading(sheet.form.naming, &sheet.form.zone));
        }
        writer.end_row();
        let rows = Rows::new(sheet, neutral.taken_at);
        let (mut at, mut buffer, mut rows_left) = (0, Vec::new(), neutral.rows);
        while at < neutral.length() {
            let kept = buffer.len();
            buffer = neutral.file.read_at(at, PIECE, buffer).await?;
            at += (buffer.len() - kept) as u64;
            let mut unread = buffer.as_slice();
            while let Some(line) = take(&mut unread)? {
                rows.write(&mut writer, &line);
                rows_left = rows_left.saturating_sub(1);
            }
            let read = buffer.len() - unread.len();
            buffer.drain(..read);
            spool.write(&writer.take()).await?;
        }
        if rows_left > 0 || !buffer.is_empty() {
            return Err(Damaged.into());
        }
        spool.write(&writer.take()).await?;
        spool.finish().await
    }
}

/// Writes rows, with what many of them repeat looked up once.
struct Rows<'a> {
    sheet: &'a LineSheet,
    words: Words,
    endpoints: [String; Endpoint::ALL.len()],
    answers: [String; 2],
}

impl<'a> Rows<'a> {
    fn new(sheet: &'a LineSheet, checked_at: Timestamp) -> Rows<'a> {
        let naming = sheet.form.naming;
        Rows {
            sheet,
            words: Words::new(&sheet.form, checked_at),
            endpoints: Endpoint::ALL.map(|endpoint| endpoint_word(naming, endpoint)),
            answers: [false, true].map(|yes| answer_word(naming, yes)),
        }
    }

    fn write(&self, writer: &mut CsvWriter, line: &NeutralLine<'_>) {
        if self.sheet.expand && line.contacts.len() > 1 {
            for contact in &line.contacts {
                self.write_row(writer, line, Some(contact), Some(contact.expires_at));
            }
        } else {
            self.write_row(writer, line, line.contacts.first(), line.expires_at);
        }
    }

    fn write_row(
        &self,
        writer: &mut CsvWriter,
        line: &NeutralLine<'_>,
        contact: Option<&LineContact<'_>>,
        expires_at: Option<Timestamp>,
    ) {
        let time = |writer: &mut CsvWriter, at: Option<Timestamp>| match at {
            Some(at) => writer.plain(&(self.sheet.form.write_time)(at)),
            None => writer.empty(),
        };
        // One that the catalogue no longer has keeps its id.
        let device_type = catalog().get(line.device_type);
        let port = line.port.as_ref();
        for column in &self.sheet.columns {
            match column {
                LineColumn::Customer => writer.text(line.customer),
                LineColumn::Site => writer.text(line.site),
                LineColumn::Mac => writer.mac(line.mac),
                LineColumn::DeviceName => writer.optional_text(line.device_name),
                LineColumn::DeviceType => writer.text(device_type.map_or(line.device_type, |t| &t.name)),
                LineColumn::Port => match port {
                    Some(port) => writer.number(port.port),
                    None => writer.empty(),
                },
                LineColumn::LinePort => match port {
                    Some(port) => writer.text(&format!("{}@{}", port.sip_username, port.sip_domain)),
                    None => writer.empty(),
                },
                LineColumn::Primary => match port {
                    Some(port) => {
                        let is_primary = Endpoint::of_phone(port.line_use) == Endpoint::Primary;
                        writer.text(word(&[false, true], &self.answers, is_primary));
                    }
                    None => writer.empty(),
                },
                LineColumn::Endpoint => writer.optional_text(port.map(|port| {
                    word(&Endpoint::ALL, &self.endpoints, endpoint_of(port, device_type.map(|t| t.kind)))
                })),
                LineColumn::Label => writer.optional_text(port.map(|port| &*port.user)),
                LineColumn::Extension => writer.optional_text(port.map(|port| &*port.extension)),
                LineColumn::PhoneNumber => writer.optional_text(port.and_then(|port| port.number.as_deref())),
                LineColumn::State => writer.text(self.words.state(line.state)),
                LineColumn::StateDetail => {
                    writer.optional_text(line.detail.map(|detail| self.words.detail(detail)));
                }
                LineColumn::StateSince => time(writer, Some(line.since)),
                LineColumn::RegisteredAt => time(writer, line.registered_at),
                LineColumn::ExpiresAt => time(writer, expires_at),
                LineColumn::Bindings => match port {
                    Some(_) => writer.number(u16::try_from(line.contacts.len()).unwrap_or(u16::MAX)),
                    None => writer.empty(),
                },
                LineColumn::ContactIp => match contact {
                    Some(contact) => writer.text(&contact.address.ip().to_string()),
                    None => writer.empty(),
                },
                LineColumn::ContactPort => match contact {
                    Some(contact) => writer.number(contact.address.port()),
                    None => writer.empty(),
                },
                LineColumn::Transport => {
                    writer.optional_text(contact.map(|contact| contact.transport.as_str()));
                }
                LineColumn::UserAgent => {
                    writer.optional_text(contact.and_then(|contact| contact.user_agent.as_deref()));
                }
                LineColumn::DectChainId => writer.optional_text(line.dect_chain_id),
                LineColumn::CheckedAt => writer.plain(&self.words.checked_at),
            }
        }
        writer.end_row();
    }
}

fn endpoint_of(port: &PortRecord<'_>, kind: Option<Kind>) -> Endpoint {
    match kind {
        Some(Kind::Ata) => Endpoint::Ata,
        Some(Kind::DectBase) => Endpoint::Dect,
        Some(Kind::Desk | Kind::Conference | Kind::Generic) | None => Endpoint::of_phone(port.line_use),
    }
}
