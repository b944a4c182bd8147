//! Which separator a file has: the one for which the header row yields all columns that are needed.

use std::ops::ControlFlow;

use super::parser::Parser;
use super::{Code, Finding, Head, HeadRules, Record, head};
use crate::csv::Separator;

const SEPARATORS: [Separator; 3] = [Separator::Semicolon, Separator::Comma, Separator::Tab];

/// A header, and the parser that stands behind it.
pub(super) struct Headed {
    pub(super) head: Head,
    pub(super) parser: Parser,
    /// Where the parser stands in the text.
    pub(super) rest: usize,
}

/// What one separator makes of the first rows.
enum Try {
    /// The header has not ended.
    Open,
    /// There is none.
    Blank,
    /// A quote is never closed.
    Unclosed(u64),
    /// The first row that is not blank.
    Row(Box<Row>),
}

struct Row {
    headed: Result<Headed, Finding>,
    known: usize,
    cells: usize,
}

impl Row {
    /// The higher, the better the separator fits.
    const fn rank(&self) -> (bool, usize, usize) {
        (self.headed.is_ok(), self.known, self.cells)
    }
}

/// The header: the first row that is not blank. `None`: it has not ended yet, or (`whole`) there is none.
pub(super) fn find_head(text: &str, rules: HeadRules, whole: bool) -> Result<Option<Headed>, Finding> {
    let named = named_separator(text);
    let separators = named.as_ref().map_or(SEPARATORS.as_slice(), std::slice::from_ref);
    let (mut is_open, mut is_blank, mut unclosed) = (false, false, None);
    let mut best: Option<Box<Row>> = None;
    for separator in separators {
        match try_separator(text, *separator, named.is_some(), rules, whole) {
            Try::Open => is_open = true,
            Try::Blank => is_blank = true,
            Try::Unclosed(line) => unclosed = unclosed.or(Some(line)),
            Try::Row(row) if best.as_ref().is_none_or(|best| row.rank() > best.rank()) => best = Some(row),
            Try::Row(_) => {}
        }
    }
    match best.map(|row| (row.headed, row.known)) {
        Some((Ok(headed), _)) => Ok(Some(headed)),
        _ if is_open => Ok(None),
        Some((Err(finding), known)) if known > 0 => Err(finding),
        // Nothing but separators: to those that are none of this file they are text.
        Some(_) if is_blank => Ok(None),
        best => match (unclosed, best) {
            (Some(line), _) => Err(Finding::new(Code::F07).with("n", line)),
            (None, Some((Err(finding), _))) => Err(finding),
            (None, _) => Ok(None),
        },
    }
}

fn try_separator(text: &str, separator: Separator, skip_first: bool, rules: HeadRules, whole: bool) -> Try {
    let mut parser = Parser::new(separator.byte());
    let mut skip = skip_first;
    let mut row = None;
    let read = |record: Record<'_>| {
        (Head::read(record, separator, rules), head::known_headings(record), record.len())
    };
    let flow = parser.feed(text, |record| {
        if std::mem::take(&mut skip) || record.is_empty() {
            return ControlFlow::Continue(());
        }
        row = Some(read(record));
        ControlFlow::Break(())
    });
    let rest = match flow {
        ControlFlow::Break(rest) => rest,
        ControlFlow::Continue(()) if !whole => return Try::Open,
        ControlFlow::Continue(()) => {
            let last = parser.finish(|record| {
                if !(skip || record.is_empty()) {
                    row = Some(read(record));
                }
            });
            if let Err(line) = last {
                return Try::Unclosed(line);
            }
            text.len()
        }
    };
    match row {
        None => Try::Blank,
        Some((result, known, cells)) => {
            let headed = result.map(|head| Headed { head, parser, rest });
            Try::Row(Box::new(Row { headed, known, cells }))
        }
    }
}

/// The separator that the first line names (`sep=;`), as spreadsheets understand and some programs write it.
fn named_separator(text: &str) -> Option<Separator> {
    let line = text.split(['\r', '\n']).next()?.trim_start_matches(crate::name::is_invisible);
    let line = line.strip_prefix('"').and_then(|line| line.strip_suffix('"')).unwrap_or(line);
    let (word, character) = line.split_at_checked(4)?;
    let separator = SEPARATORS.into_iter().find(|separator| character.as_bytes() == [separator.byte()]);
    separator.filter(|_| word.eq_ignore_ascii_case("sep="))
}
