//! What a command says. It says it to whoever shows it: this terminal, or one at the other end of the control socket.
//! A change prints after it was made: that nobody reads any more stops lists, never a change.

use std::num::NonZeroU32;

use comfy_table::{ContentArrangement, Table, presets};
use serde_json::Value;
use tokio::sync::mpsc;
use tonalite_core::page::Limit;

use crate::cli::Rows;
use crate::control::{PIECE, Reply};

/// Rows of a table when nothing is said: it is aligned as a whole, hence held in memory.
const TABLE_ROWS: u64 = 1_000;
/// The most that is held for one table.
const LONGEST_TABLE: u64 = 100_000;

/// Where a command's output goes.
pub(crate) struct Out {
    json: bool,
    replies: mpsc::Sender<Reply>,
}

/// Who reads the output has gone.
#[derive(Debug, thiserror::Error)]
#[error("nobody reads the output any more")]
pub(crate) struct NobodyReads;

impl Out {
    pub(crate) const fn new(json: bool, replies: mpsc::Sender<Reply>) -> Out {
        Out { json, replies }
    }

    /// Prints one answer: words for people, or a document for programs.
    pub(crate) async fn answer(&self, words: impl AsRef<str>, document: &Value) -> Result<(), NobodyReads> {
        if self.json {
            self.print(&format!("{document}\n")).await
        } else {
            self.print(&format!("{}\n", words.as_ref())).await
        }
    }

    /// Says how far a long work has come. Never waits: a late figure is worth nothing.
    pub(crate) fn progress(&self, done: u64, total: u64) {
        let _ = self.replies.try_send(Reply::Progress { done, total });
    }

    /// Says something beside the output.
    pub(super) async fn note(&self, words: String) -> Result<(), NobodyReads> {
        self.replies.send(Reply::Note(words)).await.map_err(|_| NobodyReads)
    }

    async fn print(&self, text: &str) -> Result<(), NobodyReads> {
        let mut rest = text;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE));
            self.replies.send(Reply::Print(piece.to_owned())).await.map_err(|_| NobodyReads)?;
            rest = after;
        }
        Ok(())
    }
}

/// A list under way: an aligned table for people, an object a line for programs. Programs get it as it is read.
pub(crate) struct Listing<'a> {
    out: &'a Out,
    table: Table,
    lines: String,
    shown: u64,
    limit: u64,
}

impl<'a> Listing<'a> {
    pub(crate) fn new(out: &'a Out, rows: Rows, head: &[&str]) -> Listing<'a> {
        let limit = match rows.limit.map(NonZeroU32::get).map(u64::from) {
            Some(limit) if out.json => limit,
            Some(limit) => limit.min(LONGEST_TABLE),
            None if out.json => u64::MAX,
            None => TABLE_ROWS,
        };
        Listing { out, table: plain_table(head), lines: String::new(), shown: 0, limit }
    }

    /// How many rows to read next.
    pub(crate) fn wanted(&self) -> Limit {
        Limit::at_most(self.limit - self.shown)
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: Vec<String>, document: &Value) {
        self.shown += 1;
        if self.out.json {
            self.lines.push_str(&document.to_string());
            self.lines.push('\n');
        } else {
            self.table.add_row(cells.iter().map(|cell| visible(cell)));
        }
    }

    /// After each page, with whether there is another one: whether to read it. Ends the list when not.
    pub(crate) async fn goes_on(&mut self, more: bool) -> Result<bool, NobodyReads> {
        self.out.print(&std::mem::take(&mut self.lines)).await?;
        if more && self.shown < self.limit {
            return Ok(true);
        }
        if !self.out.json && self.shown > 0 {
            self.out.print(&format!("{}\n", self.table.trim_fmt())).await?;
        }
        if more {
            let words = format!("The first {}; for more: --limit N, or --json for all.", self.shown);
            self.out.note(words).await?;
        }
        Ok(false)
    }

    pub(crate) const fn shown(&self) -> u64 {
        self.shown
    }
}

/// A table without lines, its columns two spaces apart: to be read by people, and cut by `awk`.
pub(crate) fn plain_table(head: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled).set_header(head);
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table
}

/// Names and what phones call themselves are hostile text: a terminal obeys control characters, people obey order.
pub(crate) fn visible(text: &str) -> String {
    let hides = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if hides(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn listed(json: bool, limit: Option<u32>, rows: u64) -> (String, Vec<String>) {
        let (replies, mut received) = mpsc::channel(64);
        let out = Out::new(json, replies);
        let mut listing =
            Listing::new(&out, Rows { limit: limit.and_then(NonZeroU32::new) }, &["ID", "NAME"]);
        let mut left = rows;
        loop {
            let page = left.min(u64::from(listing.wanted().get()));
            for _ in 0..page {
                listing
                    .row(vec![left.to_string(), "é\u{1b}[2J".to_owned()], &serde_json::json!({ "id": left }));
                left -= 1;
            }
            if !listing.goes_on(left > 0).await.unwrap() {
                break;
            }
        }
        drop(out);
        let (mut printed, mut notes) = (String::new(), Vec::new());
        while let Some(reply) = received.recv().await {
            match reply {
                Reply::Print(text) => printed.push_str(&text),
                Reply::Note(text) => notes.push(text),
                _ => unreachable!("a list prints and notes"),
            }
        }
        (printed, notes)
    }

    #[tokio::test]
    async fn tables_are_aligned_bounded_and_harmless() {
        let (printed, notes) = listed(false, None, 10).await;
        assert_eq!(printed.lines().next(), Some("ID  NAME"));
        assert_eq!(printed.lines().nth(1), Some("10  é\u{fffd}[2J"));
        assert_eq!(printed.lines().nth(2), Some("9   é\u{fffd}[2J"));
        assert!(notes.is_empty());
        let (printed, notes) = listed(false, None, 1_001).await;
        assert_eq!((printed.lines().count(), notes.len()), (1_001, 1), "a head and a thousand rows");
        assert_eq!(listed(false, Some(3), 3).await.1.len(), 0);
        assert_eq!(listed(false, None, 0).await.0, "");
    }

    #[tokio::test]
    async fn programs_get_all_or_as_many_as_they_ask_for() {
        let (printed, notes) = listed(true, None, 1_234).await;
        assert_eq!((printed.lines().count(), notes.len()), (1_234, 0));
        assert_eq!(printed.lines().next(), Some("{\"id\":1234}"));
        assert_eq!(listed(true, Some(201), 1_234).await.0.lines().count(), 201);
    }

    #[tokio::test]
    async fn what_nobody_reads_ends() {
        let (replies, received) = mpsc::channel(1);
        drop(received);
        let out = Out::new(true, replies);
        out.progress(1, 2);
        assert!(out.answer("", &Value::Null).await.is_err());
    }
}
