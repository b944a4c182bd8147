//! Text to records: RFC 4180 with any of the three line ends, fed in pieces of any size.
//! What RFC 4180 leaves open is read as spreadsheets read it: a quote opens a cell only as its first character, and one
//! further on is a character like others; what follows a closing quote belongs to the cell.

use std::ops::ControlFlow;

use super::{Record, RecordBuffer};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the beginning of a cell.
    Start,
    /// In a cell without quotes, or behind the closing one.
    Bare,
    /// Between quotes.
    Quoted,
    /// Behind a quote that closes the cell or is the first half of `""`.
    Quote,
}

/// Cuts a text into records.
#[derive(Debug, Clone)]
pub(super) struct Parser {
    separator: u8,
    state: State,
    /// Of the next character, from 1.
    line: u64,
    /// The last character was a CR: a LF belongs to it.
    after_cr: bool,
    /// Where the last quoted cell began.
    quote_line: u64,
    buffer: RecordBuffer,
}

impl Parser {
    pub(super) fn new(separator: u8) -> Parser {
        let mut buffer = RecordBuffer::default();
        buffer.begin(1);
        Parser { separator, state: State::Start, line: 1, after_cr: false, quote_line: 1, buffer }
    }

    /// Reads on. `each` is given every record that ends in this piece, blank ones included; when it breaks, the answer is
    /// the number of bytes read up to there.
    pub(super) fn feed(
        &mut self,
        text: &str,
        mut each: impl FnMut(Record<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<usize> {
        let bytes = text.as_bytes();
        let separator = self.separator;
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            match self.state {
                State::Start => {
                    if std::mem::take(&mut self.after_cr) && byte == b'\n' {
                        at += 1;
                    } else if byte == b'"' {
                        self.state = State::Quoted;
                        self.quote_line = self.line;
                        at += 1;
                    } else {
                        self.state = State::Bare;
                    }
                }
                State::Bare => {
                    let rest = &bytes[at..];
                    let ends = |byte: &u8| *byte == separator || *byte == b'\n' || *byte == b'\r';
                    let length = rest.iter().position(ends).unwrap_or(rest.len());
                    self.buffer.push_piece(&text[at..at + length]);
                    at += length;
                    let Some(&end) = bytes.get(at) else { break };
                    at += 1;
                    self.buffer.end_cell();
                    self.state = State::Start;
                    if end != separator {
                        self.after_cr = end == b'\r';
                        self.line += 1;
                        let flow = each(self.buffer.record());
                        self.buffer.begin(self.line);
                        if flow.is_break() {
                            return ControlFlow::Break(at);
                        }
                    }
                }
                State::Quoted => {
                    let length = self.quoted_length(&bytes[at..]);
                    self.buffer.push_piece(&text[at..at + length]);
                    at += length;
                    if at < bytes.len() {
                        self.state = State::Quote;
                        self.after_cr = false;
                        at += 1;
                    }
                }
                State::Quote if byte == b'"' => {
                    self.buffer.push_piece("\"");
                    self.state = State::Quoted;
                    at += 1;
                }
                State::Quote => self.state = State::Bare,
            }
        }
        ControlFlow::Continue(())
    }

    /// Ends the text: gives the last record if no line end closed it.
    ///
    /// # Errors
    /// The line on which a quote opened that is never closed.
    pub(super) fn finish(&mut self, each: impl FnOnce(Record<'_>)) -> Result<(), u64> {
        match self.state {
            State::Quoted => return Err(self.quote_line),
            State::Start if self.buffer.is_fresh() => return Ok(()),
            _ => {}
        }
        self.buffer.end_cell();
        each(self.buffer.record());
        self.state = State::Start;
        self.buffer.begin(self.line);
        Ok(())
    }

    /// Bytes up to the next quote, counting the lines on the way.
    fn quoted_length(&mut self, bytes: &[u8]) -> usize {
        for (index, byte) in bytes.iter().enumerate() {
            match byte {
                b'"' => return index,
                b'\n' if self.after_cr => self.after_cr = false,
                b'\n' => self.line += 1,
                b'\r' => {
                    self.line += 1;
                    self.after_cr = true;
                }
                _ => self.after_cr = false,
            }
        }
        bytes.len()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Rows = Vec<(u64, Vec<String>)>;

    fn parse(pieces: &[&str], separator: u8) -> Result<Rows, u64> {
        let mut parser = Parser::new(separator);
        let mut rows = Rows::new();
        let mut keep =
            |record: Record<'_>| rows.push((record.line(), record.raw_cells().map(str::to_owned).collect()));
        for piece in pieces {
            let flow = parser.feed(piece, |record| {
                keep(record);
                ControlFlow::Continue(())
            });
            assert_eq!(flow, ControlFlow::Continue(()));
        }
        parser.finish(keep)?;
        Ok(rows)
    }

    #[test]
    fn records_of_every_sort() {
        type Lines<'a> = &'a [(u64, &'a [&'a str])];
        let table: [(&str, Lines<'_>); 17] = [
            ("", &[]),
            ("a", &[(1, &["a"])]),
            ("a;b\r\nc;d\r\n", &[(1, &["a", "b"]), (2, &["c", "d"])]),
            ("a\nb\n", &[(1, &["a"]), (2, &["b"])]),
            ("a\rb\r", &[(1, &["a"]), (2, &["b"])]),
            ("a\r\rb", &[(1, &["a"]), (2, &[""]), (3, &["b"])]),
            ("a;", &[(1, &["a", ""])]),
            (";\n;", &[(1, &["", ""]), (2, &["", ""])]),
            ("\n\na", &[(1, &[""]), (2, &[""]), (3, &["a"])]),
            ("\"a;b\";c", &[(1, &["a;b", "c"])]),
            ("\"a \"\"b\"\"\";\"\"\n", &[(1, &["a \"b\"", ""])]),
            ("\"a\r\nb\rc\nd\";e\r\nf", &[(1, &["a\r\nb\rc\nd", "e"]), (5, &["f"])]),
            ("écran 24\" large;\"x\"", &[(1, &["écran 24\" large", "x"])]),
            ("\"a\"b\"c;d", &[(1, &["ab\"c", "d"])]),
            ("\"a\" ;b", &[(1, &["a ", "b"])]),
            (" \"a\";b", &[(1, &[" \"a\"", "b"])]),
            ("\"a\r\"\nb", &[(1, &["a\r"]), (3, &["b"])]),
        ];
        for (text, rows) in table {
            let rows: Rows = rows
                .iter()
                .map(|(line, cells)| (*line, cells.iter().map(|&cell| cell.to_owned()).collect()))
                .collect();
            assert_eq!(parse(&[text], b';').as_ref(), Ok(&rows), "{text:?}");
            // Byte by byte, as far as characters allow it.
            let pieces: Vec<&str> = text.split("").collect();
            assert_eq!(parse(&pieces, b';'), Ok(rows), "{text:?} in pieces");
        }
    }

    #[test]
    fn a_quote_that_is_never_closed_says_where_it_opened() {
        for (text, line) in [("\"", 1), ("a\r\nb;\"c\r\nd\r\n", 2), ("\"a\nb\";\"c", 2), ("\"\"\"", 1)] {
            assert_eq!(parse(&[text], b';'), Err(line), "{text:?}");
        }
    }

    #[test]
    fn a_break_says_how_far_it_was_read() {
        let mut parser = Parser::new(b',');
        assert_eq!(parser.feed("a,b\nc", |_| ControlFlow::Break(())), ControlFlow::Break(4));
        let mut rows = 0;
        assert_eq!(parser.finish(|record| rows += usize::from(record.raw(0).is_empty())), Ok(()));
        assert_eq!(rows, 0);
    }

    proptest! {
        /// Cut anywhere, a text gives the same records.
        #[test]
        fn pieces_do_not_matter(text in "[\"\",;a\r\né]{0,40}", cuts in proptest::collection::vec(0..60_usize, 0..4)) {
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| text.floor_char_boundary(*cut)).collect();
            cuts.extend([0, text.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&str> = cuts.windows(2).map(|ends| &text[ends[0]..ends[1]]).collect();
            prop_assert_eq!(parse(&pieces, b';'), parse(&[&text], b';'));
        }
    }
}
