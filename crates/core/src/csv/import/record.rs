//! One record: the cells of a row as they stand in the file, with a bound on what of them is kept.

use super::{MAX_CELL, MAX_COLUMNS};
use crate::csv::guard;
use crate::name::is_invisible;

/// Bytes that are kept of a cell. The longest cell that may be, all of it in characters of four bytes.
const KEPT: usize = MAX_CELL * 4;

/// Holds a record while it is put together: one text for all cells, so that a row costs no allocation. However large the
/// cells of a file are, it stays below `MAX_COLUMNS * KEPT` bytes: what is beyond is counted, and dropped.
#[derive(Debug, Clone, Default)]
pub struct RecordBuffer {
    line: u64,
    text: String,
    /// Where each kept cell ends in `text`.
    ends: Vec<usize>,
    /// Cells with their characters, where these are too many.
    long: Vec<(usize, u64)>,
    /// Cells ended so far, kept or not.
    cells: usize,
    /// Cells up to the last one that is not blank.
    filled: usize,
    /// Characters of the present cell that were dropped.
    dropped: u64,
    /// Whether something not blank was dropped of the present cell.
    dropped_visible: bool,
}

impl RecordBuffer {
    /// Begins a record at a line of the file.
    pub fn begin(&mut self, line: u64) {
        self.line = line;
        self.text.clear();
        self.ends.clear();
        self.long.clear();
        self.cells = 0;
        self.filled = 0;
    }

    /// Adds a whole cell.
    pub fn push(&mut self, cell: &str) {
        self.push_piece(cell);
        self.end_cell();
    }

    /// The record, once all of its cells have ended.
    pub const fn record(&self) -> Record<'_> {
        Record { buffer: self }
    }

    pub(super) fn push_piece(&mut self, piece: &str) {
        let kept = self.text.len() - self.start();
        let room = if self.cells < MAX_COLUMNS { KEPT - kept } else { 0 };
        if piece.len() <= room {
            self.text.push_str(piece);
            return;
        }
        let (head, tail) = piece.split_at(piece.floor_char_boundary(room));
        self.text.push_str(head);
        self.dropped += tail.chars().count() as u64;
        self.dropped_visible = self.dropped_visible || !trim(tail).is_empty();
    }

    pub(super) fn end_cell(&mut self) {
        let cell = &self.text[self.start()..];
        if self.dropped_visible || !trim(cell).is_empty() {
            self.filled = self.cells + 1;
        }
        if self.cells < MAX_COLUMNS {
            if cell.len() > MAX_CELL {
                let characters = trim(cell).chars().count() as u64 + self.dropped;
                if characters > MAX_CELL as u64 {
                    self.long.push((self.cells, characters));
                }
            }
            self.ends.push(self.text.len());
        }
        self.cells += 1;
        self.dropped = 0;
        self.dropped_visible = false;
    }

    /// Whether nothing of a record is there yet.
    pub(super) const fn is_fresh(&self) -> bool {
        self.cells == 0 && self.text.is_empty()
    }

    fn start(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }
}

/// A record of a file.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    buffer: &'a RecordBuffer,
}

impl<'a> Record<'a> {
    /// The line of the file on which it begins, from 1. Line breaks inside quotes count.
    pub const fn line(self) -> u64 {
        self.buffer.line
    }

    /// Cells up to the last one that is not blank: more of them than the header has are an error.
    pub const fn len(self) -> usize {
        self.buffer.filled
    }

    /// Whether every cell is blank.
    pub const fn is_empty(self) -> bool {
        self.buffer.filled == 0
    }

    /// A cell as it stands in the file, without its quotes. Empty where the record has no such cell; of a cell that is
    /// longer than [`MAX_CELL`], its beginning.
    pub fn raw(self, index: usize) -> &'a str {
        let Some(end) = self.buffer.ends.get(index) else { return "" };
        let start = index.checked_sub(1).map_or(0, |before| self.buffer.ends[before]);
        &self.buffer.text[start..*end]
    }

    /// A cell as it is meant: without the spaces and invisible characters around it, and without the guard against
    /// formulas.
    pub fn cell(self, index: usize) -> &'a str {
        trim(guard::decode(trim(self.raw(index))))
    }

    /// The cells as they stand in the file, [`MAX_COLUMNS`] at most.
    pub fn raw_cells(self) -> impl Iterator<Item = &'a str> {
        (0..self.buffer.ends.len()).map(move |index| self.raw(index))
    }

    /// The cells with more than [`MAX_CELL`] characters, and how many they have.
    pub fn long_cells(self) -> &'a [(usize, u64)] {
        &self.buffer.long
    }

    /// The characters of a cell with more than [`MAX_CELL`].
    pub(super) fn is_long(self, index: usize) -> bool {
        self.buffer.long.iter().any(|(long, _)| *long == index)
    }
}

/// Without white space (no-break spaces are some), and without characters that nobody sees.
fn trim(text: &str) -> &str {
    let bytes = text.as_bytes();
    // Most cells begin and end with something that is plainly visible.
    if let [first, .., last] | [first @ last] = bytes
        && first.is_ascii_graphic()
        && last.is_ascii_graphic()
    {
        return text;
    }
    text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_cleaned_but_kept_as_they_are() {
        let mut buffer = RecordBuffer::default();
        buffer.begin(7);
        for cell in ["\u{feff} \u{a0}Lyon\u{202f}\u{200b}", "'=1+1", "'tis", "' = 1", "", "' \t", "'\t=1 "] {
            buffer.push(cell);
        }
        let record = buffer.record();
        assert_eq!((record.line(), record.len()), (7, 7));
        let cells: Vec<&str> = (0..8).map(|index| record.cell(index)).collect();
        assert_eq!(cells, ["Lyon", "=1+1", "'tis", "' = 1", "", "'", "=1", ""]);
        assert_eq!(record.raw(0), "\u{feff} \u{a0}Lyon\u{202f}\u{200b}");
        assert_eq!(record.raw_cells().count(), 7);
    }

    #[test]
    fn blank_cells_at_the_end_do_not_count() {
        let mut buffer = RecordBuffer::default();
        for (cells, length) in [(["", "a", " "], 2), (["a", "", "b"], 3), (["", "\u{a0}", "\u{feff}"], 0)] {
            buffer.begin(1);
            cells.iter().for_each(|cell| buffer.push(cell));
            assert_eq!(buffer.record().len(), length, "{cells:?}");
            assert_eq!(buffer.record().is_empty(), length == 0);
        }
    }

    #[test]
    fn what_is_too_much_is_counted_and_dropped() {
        let mut buffer = RecordBuffer::default();
        buffer.begin(1);
        buffer.push(&"é".repeat(MAX_CELL));
        buffer.push(&"é".repeat(MAX_CELL + 1));
        for _ in 0..1000 {
            buffer.push_piece(&"é".repeat(1000));
        }
        buffer.end_cell();
        for _ in 0..MAX_COLUMNS {
            buffer.push("");
        }
        buffer.push(" x");
        buffer.push("");
        let record = buffer.record();
        assert_eq!(record.long_cells(), [(1, 2001), (2, 1_000_000)]);
        assert_eq!(record.len(), MAX_COLUMNS + 4);
        assert_eq!(record.raw_cells().count(), MAX_COLUMNS);
        assert!(buffer.text.len() < 4 * KEPT, "{}", buffer.text.len());
    }
}
