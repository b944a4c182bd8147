//! The result file: the person's own rows, in their order, separator and encoding, each with what became of it.

use std::ops::ControlFlow;

use futures_util::StreamExt;
use tokio::io::AsyncReadExt;
use tonalite_core::access::Actor;
use tonalite_core::csv::guard;
use tonalite_core::csv::import::{Encoding, Finding, Head, HeadRules, ImportColumn, Reader, Record, Role};
use tonalite_core::error::FieldError;
use tonalite_core::id::ImportId;
use tonalite_core::import::{ImportState, RowOutcome};
use tonalite_core::text::Locale;
use tonalite_core::{Error, Result};
use tonalite_store::{ImportRecord, StagedFinding};

use super::finding_json::read_findings;
use super::job::person;
use crate::App;
use crate::exports::SpoolFile;

/// Bytes that are read at a time.
const PIECE: usize = 32 << 10;
/// The columns that are added. Their names are the same in every language: programs read them.
const ADDED: [&str; 4] = ["result", "error_code", "error_message", "suggestion"];
/// Between several things said of one row.
const BETWEEN: &str = " | ";

impl App {
    /// The person's own rows with what became of them; only those with one outcome where one is named. Messages in a
    /// language. Dropping the future leaves nothing.
    ///
    /// # Errors
    /// [`Error::Conflict`] `import_not_read` before the file was read, `import_file_gone` after it was thrown away.
    pub async fn import_result_file(
        &self,
        actor: &Actor,
        id: ImportId,
        outcome: Option<RowOutcome>,
        locale: Locale,
    ) -> Result<SpoolFile> {
        let record = self.import_record(actor, id).await?;
        if matches!(record.state, ImportState::Reading | ImportState::Failed) {
            return Err(Error::Conflict(FieldError::new("id", "import_not_read")));
        }
        if record.purged {
            return Err(Error::Conflict(FieldError::new("id", "import_file_gone")));
        }
        // Who uploaded the file has it.
        let own = person(actor).is_some_and(|person| record.portal_user == Some(person));
        let shows_chain_ids = own || Self::may_see_chain_id(actor, record.tenancy);
        self.make_result_file(&record, outcome, locale, shows_chain_ids).await
    }

    async fn make_result_file(
        &self,
        record: &ImportRecord,
        outcome: Option<RowOutcome>,
        locale: Locale,
        shows_chain_ids: bool,
    ) -> Result<SpoolFile> {
        let gone = || Error::Conflict(FieldError::new("id", "import_file_gone"));
        let sniffed = self.sniff(record.id).await?.map_err(|_| gone())?;
        let rules =
            HeadRules { site_given: record.site.is_some(), may_set_chain_id: true, ..HeadRules::default() };
        let mut reader = Reader::new(&sniffed, rules);
        let mut file = self.imports.spool.open_file(record.id).await?;
        let mut spool = self.begin_spool_file().await?;
        let mut findings = self.store.stream_import_findings(record.key);
        let mut said: Option<StagedFinding> = None;
        let mut sheet = Sheet {
            encoding: sniffed.encoding,
            text: String::new(),
            separator: None,
            kept: Vec::new(),
            shows_chain_ids,
        };
        if sniffed.bom > 0 {
            sheet.text.push('\u{feff}');
        }
        let (mut buffer, mut rows) = (vec![0; PIECE], Vec::new());
        loop {
            let read = file.read(&mut buffer).await?;
            if read > 0 {
                let pushed = reader.push(&buffer[..read], &mut |row, head| collect(&mut rows, row, head));
                let _ = pushed.map_err(|_| gone())?;
            } else {
                let ended = std::mem::replace(&mut reader, Reader::new(&sniffed, rules));
                let (head, _) =
                    ended.finish(&mut |row, head| collect(&mut rows, row, head)).map_err(|_| gone())?;
                sheet.write_head(&head);
            }
            if let Some(head) = reader.head() {
                sheet.write_head(head);
            }
            for (line, cells) in rows.drain(..) {
                while said.as_ref().is_none_or(|said| said.line < line) {
                    said = findings.next().await.transpose()?;
                    if said.is_none() {
                        break;
                    }
                }
                let Some(said) = said.as_ref().filter(|said| said.line == line) else { continue };
                if outcome.is_none_or(|outcome| outcome == said.outcome) {
                    sheet.write_row(&cells, said, &locale)?;
                }
            }
            spool.write(&sheet.take()).await?;
            if read == 0 {
                drop(findings);
                return spool.finish().await;
            }
        }
    }
}

fn collect(rows: &mut Vec<(u64, Vec<String>)>, row: Record<'_>, head: &Head) -> ControlFlow<()> {
    if !head.is_comment(row) {
        rows.push((row.line(), row.raw_cells().map(str::to_owned).collect()));
    }
    ControlFlow::Continue(())
}

/// Rows on their way to the file.
struct Sheet {
    encoding: Encoding,
    text: String,
    /// Between cells, once the header is written.
    separator: Option<char>,
    /// The places of the person's own columns: an earlier result makes room for the new one.
    kept: Vec<usize>,
    /// Whether the column of chain ids is for who reads it.
    shows_chain_ids: bool,
}

impl Sheet {
    fn write_head(&mut self, head: &Head) {
        if self.separator.is_some() {
            return;
        }
        let separator = char::from(head.separator().byte());
        self.separator = Some(separator);
        let hidden = |role| !self.shows_chain_ids && role == Role::Import(ImportColumn::DectChainId);
        let all = head.columns().iter().enumerate();
        let own = all.filter(|(_, column)| column.role != Role::Result && !hidden(column.role));
        let titles: Vec<(usize, &str)> = own.map(|(place, column)| (place, column.title.as_str())).collect();
        self.kept = titles.iter().map(|(place, _)| *place).collect();
        self.end_row(separator, titles.into_iter().map(|(_, title)| title).chain(ADDED).map(str::to_owned));
    }

    fn write_row(&mut self, cells: &[String], said: &StagedFinding, locale: &Locale) -> Result<()> {
        let Some(separator) = self.separator else { return Ok(()) };
        let mut findings = read_findings(said.findings.as_deref())?;
        if !self.shows_chain_ids {
            findings.retain(|finding| finding.column != Some(ImportColumn::DectChainId));
        }
        let joined = |part: &dyn Fn(&Finding) -> Option<String>| {
            findings.iter().filter_map(part).collect::<Vec<_>>().join(BETWEEN)
        };
        let added = [
            said.outcome.as_str().to_owned(),
            joined(&|finding| Some(finding.code.as_str().to_owned())),
            joined(&|finding| Some(finding.message(locale))),
            joined(&|finding| finding.suggestion.clone()),
        ];
        let kept = std::mem::take(&mut self.kept);
        let own = kept.iter().map(|place| cells.get(*place).cloned().unwrap_or_default());
        self.end_row(separator, own.chain(added));
        self.kept = kept;
        Ok(())
    }

    /// Writes cells: without the guard that they may have had, and with the one that they need.
    fn end_row(&mut self, separator: char, cells: impl Iterator<Item = String>) {
        for (n, cell) in cells.enumerate() {
            if n > 0 {
                self.text.push(separator);
            }
            let cell = guard::encode(guard::decode(&cell));
            if cell.contains([separator, '"', '\r', '\n']) {
                self.text.push('"');
                self.text.push_str(&cell.replace('"', "\"\""));
                self.text.push('"');
            } else {
                self.text.push_str(&cell);
            }
        }
        self.text.push_str("\r\n");
    }

    fn take(&mut self) -> Vec<u8> {
        let text = std::mem::take(&mut self.text);
        match self.encoding {
            // It has no narrow no-break space, which French puts before its signs.
            Encoding::Windows1252 => self.encoding.encode(&text.replace('\u{202f}', "\u{a0}")),
            encoding => encoding.encode(&text),
        }
    }
}
