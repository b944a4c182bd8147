//! The second pass over a file: bytes to the header and the records below it, in constant memory.

use std::ops::ControlFlow;

use encoding_rs::{Decoder, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::parser::Parser;
use super::separate::{Headed, find_head};
use super::{Code, Encoding, Finding, Head, HeadRules, MAX_ROWS, Record, Sniffed};

/// Text that is decoded at a time.
const PIECE: usize = 16 << 10;

/// Text in which the header must be found: all its columns with the longest headings that may be.
const HEAD_TEXT: usize = 256 << 10;

/// What a file came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReadSummary {
    /// Rows of devices.
    pub rows: u64,
    /// Remarks of the template.
    pub comments: u64,
}

/// Reads a file whose encoding is known.
pub struct Reader {
    decoder: Decoder,
    /// Bytes of the mark that are still to come.
    bom: usize,
    decoded: String,
    stage: Stage,
    count: ReadSummary,
    max_rows: u64,
    stopped: bool,
}

enum Stage {
    /// The header has not ended yet: what was read so far.
    Head(String, HeadRules),
    Rows(Box<(Head, Parser)>),
}

impl Reader {
    /// Begins a file with a header.
    pub fn new(sniffed: &Sniffed, rules: HeadRules) -> Reader {
        Reader::start(sniffed, Stage::Head(String::new(), rules))
    }

    /// Begins a text with one address per line and no header, as a barcode scanner types it.
    pub fn of_macs(sniffed: &Sniffed) -> Reader {
        let head = Head::of_macs();
        let parser = Parser::new(head.separator().byte());
        Reader::start(sniffed, Stage::Rows(Box::new((head, parser))))
    }

    /// The same with another limit of rows: a test need not write a million of them.
    #[must_use]
    pub const fn with_max_rows(mut self, max_rows: u64) -> Reader {
        self.max_rows = max_rows;
        self
    }

    fn start(sniffed: &Sniffed, stage: Stage) -> Reader {
        let encoding = match sniffed.encoding {
            Encoding::Utf8 => UTF_8,
            Encoding::Utf16Le => UTF_16LE,
            Encoding::Utf16Be => UTF_16BE,
            Encoding::Windows1252 => WINDOWS_1252,
        };
        Reader {
            decoder: encoding.new_decoder_without_bom_handling(),
            bom: sniffed.bom,
            decoded: String::with_capacity(PIECE),
            stage,
            count: ReadSummary::default(),
            max_rows: MAX_ROWS,
            stopped: false,
        }
    }

    /// The header, once it was read.
    pub fn head(&self) -> Option<&Head> {
        match &self.stage {
            Stage::Head(..) => None,
            Stage::Rows(rows) => Some(&rows.0),
        }
    }

    /// Rows read so far.
    pub const fn count(&self) -> ReadSummary {
        self.count
    }

    /// Reads the next bytes. `each` is given every record below the header that is not blank, remarks included
    /// ([`Head::is_comment`]); when it breaks, nothing more is read. Beyond the limit of rows they are only counted.
    ///
    /// # Errors
    /// F03 if the bytes are not those that were sniffed; F05, F06, F07 or F09 of the header.
    pub fn push(
        &mut self,
        bytes: &[u8],
        each: &mut impl FnMut(Record<'_>, &Head) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, Finding> {
        let mark = self.bom.min(bytes.len());
        self.bom -= mark;
        self.decode(&bytes[mark..], false, each)
    }

    /// Ends the file.
    ///
    /// # Errors
    /// F01 if there is no header, F07, F08, and those of [`Self::push`].
    pub fn finish(
        mut self,
        each: &mut impl FnMut(Record<'_>, &Head) -> ControlFlow<()>,
    ) -> Result<(Head, ReadSummary), Finding> {
        let _ = self.decode(&[], true, each)?;
        if let Stage::Head(text, rules) = &mut self.stage {
            let text = std::mem::take(text);
            let headed = find_head(&text, *rules, true)?.ok_or(Finding::new(Code::F01))?;
            let Headed { head, parser, rest } = headed;
            self.stage = Stage::Rows(Box::new((head, parser)));
            let _ = self.feed(&text[rest..], each)?;
        }
        let Stage::Rows(rows) = &mut self.stage else { return Err(Finding::new(Code::F01)) };
        let (head, parser) = &mut **rows;
        let (count, max_rows) = (&mut self.count, self.max_rows);
        if !self.stopped {
            let last = parser.finish(|record| {
                let _ = give(record, head, count, max_rows, each);
            });
            last.map_err(|line| Finding::new(Code::F07).with("n", line))?;
        }
        if count.rows > max_rows {
            return Err(Finding::too_many_rows(count.rows, max_rows));
        }
        Ok((rows.0.clone(), self.count))
    }

    fn decode(
        &mut self,
        mut bytes: &[u8],
        last: bool,
        each: &mut impl FnMut(Record<'_>, &Head) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, Finding> {
        let mut text = std::mem::take(&mut self.decoded);
        let mut more = true;
        while more && !self.stopped {
            text.clear();
            let (result, read, wrong) = self.decoder.decode_to_string(bytes, &mut text, last);
            if wrong {
                return Err(Finding::new(Code::F03));
            }
            bytes = &bytes[read..];
            more = result == encoding_rs::CoderResult::OutputFull;
            self.stopped = self.feed(&text, each)?.is_break();
        }
        self.decoded = text;
        Ok(if self.stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }

    fn feed(
        &mut self,
        text: &str,
        each: &mut impl FnMut(Record<'_>, &Head) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, Finding> {
        let (count, max_rows) = (&mut self.count, self.max_rows);
        let mut rows = |rows: &mut (Head, Parser), text: &str| {
            let (head, parser) = rows;
            match parser.feed(text, |record| give(record, head, count, max_rows, each)) {
                ControlFlow::Break(_) => ControlFlow::Break(()),
                ControlFlow::Continue(()) => ControlFlow::Continue(()),
            }
        };
        match &mut self.stage {
            Stage::Rows(stage) => Ok(rows(stage, text)),
            Stage::Head(before, rules) => {
                before.push_str(text);
                let is_full = before.len() >= HEAD_TEXT;
                // Nothing can have changed unless a line has ended.
                if !is_full && !text.contains(['\n', '\r']) {
                    return Ok(ControlFlow::Continue(()));
                }
                let Some(Headed { head, parser, rest }) = find_head(before, *rules, is_full)? else {
                    return if is_full {
                        Err(Finding::new(Code::F01))
                    } else {
                        Ok(ControlFlow::Continue(()))
                    };
                };
                let text = std::mem::take(before);
                let mut stage = Box::new((head, parser));
                let flow = rows(&mut stage, &text[rest..]);
                self.stage = Stage::Rows(stage);
                Ok(flow)
            }
        }
    }
}

/// Counts a record, and hands it on if it is one of those that are read.
fn give(
    record: Record<'_>,
    head: &Head,
    count: &mut ReadSummary,
    max_rows: u64,
    each: &mut impl FnMut(Record<'_>, &Head) -> ControlFlow<()>,
) -> ControlFlow<()> {
    if record.is_empty() {
        return ControlFlow::Continue(());
    }
    if head.is_comment(record) {
        count.comments += 1;
    } else {
        count.rows += 1;
    }
    if count.rows > max_rows { ControlFlow::Continue(()) } else { each(record, head) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csv::import::Sniffer;

    /// Header, then `line: cells` of each row, then what became of it.
    fn read_in(bytes: &[u8], piece: usize, rules: HeadRules) -> Vec<String> {
        let mut sniffer = Sniffer::new();
        sniffer.push(bytes);
        let sniffed = match sniffer.finish() {
            Ok(sniffed) => sniffed,
            Err(finding) => return vec![finding.code.as_str().to_owned()],
        };
        let mut reader = Reader::new(&sniffed, rules).with_max_rows(3);
        let mut said = Vec::new();
        let mut each = |record: Record<'_>, head: &Head| {
            let cells: Vec<&str> = (0..head.columns().len()).map(|index| record.cell(index)).collect();
            said.push(format!("{}: {}", record.line(), cells.join("|")));
            ControlFlow::Continue(())
        };
        let mut pushed = Ok(ControlFlow::Continue(()));
        for bytes in bytes.chunks(piece) {
            pushed = reader.push(bytes, &mut each);
            if pushed.is_err() {
                break;
            }
        }
        let finished = pushed.and_then(|_| reader.finish(&mut each));
        said.push(match finished {
            Ok((head, count)) => format!("{:?} {}+{}", head.separator(), count.rows, count.comments),
            Err(finding) => {
                let args: Vec<String> =
                    finding.args.iter().map(|(name, value)| format!("{name}={value}")).collect();
                format!("{} {}", finding.code.as_str(), args.join(" "))
            }
        });
        said
    }

    #[test]
    fn files_of_every_sort() {
        let all = HeadRules { site_given: true, type_given: true, may_set_chain_id: false };
        let none = HeadRules::default();
        for (text, rules, expected) in [
            ("MAC;Type;Site\r\na;b;c\r\n", none, &["2: a|b|c", "Semicolon 1+0"][..]),
            ("MAC,Type,Site\na,\"b, c\",d", none, &["2: a|b, c|d", "Comma 1+0"]),
            ("MAC\tType\tSite\ra\tb;c\td\r", none, &["2: a|b;c|d", "Tab 1+0"]),
            ("\u{feff}\"MAC\";\"Type\";\"Site\"\r\n\"a\";\"b\";\"c\"", none, &["2: a|b|c", "Semicolon 1+0"]),
            ("sep=,\r\nMAC,Type,Site\r\na,b,c\r\n", none, &["3: a|b|c", "Comma 1+0"]),
            ("\"SEP=;\"\nMAC;Type;Site\na;b;c\n", none, &["3: a|b|c", "Semicolon 1+0"]),
            ("sep=\t\nMAC\tType\tSite\na\tb\tc\n", none, &["3: a|b|c", "Tab 1+0"]),
            ("sep=|\nMAC|Type|Site\n", none, &["F05 header=mac list=sep=|"]),
            ("sep=,\nMAC;Type;Site\n", none, &["F05 header=mac list=MAC;Type;Site"]),
            ("sep=;", none, &["F01 "]),
            ("\n;;;\n\nMAC;Type;Site\n\n;;\n ;\u{a0}\na;b;c\n\n", none, &["8: a|b|c", "Semicolon 1+0"]),
            ("MAC;Type;\"Site\nou code\";Site\na;b;c;d", none, &["3: a|b|c|d", "Semicolon 1+0"]),
            ("MAC;Type;Site", none, &["Semicolon 0+0"]),
            (
                "MAC;Type;Site\n# 00;x;y\n#;;\na;b;c",
                none,
                &["2: # 00|x|y", "3: #||", "4: a|b|c", "Semicolon 1+2"],
            ),
            ("Type;Site;MAC\nb;c;# a\n", none, &["2: b|c|# a", "Semicolon 0+1"]),
            ("\n\r\n \n;;\n", none, &["F01 "]),
            ("MAC", none, &["F05 header=device_type list=MAC"]),
            ("MAC\na\nb\n", all, &["2: a", "3: b", "Semicolon 2+0"]),
            ("MAC;Type,Site\n", none, &["F05 header=device_type list=MAC, Type,Site"]),
            ("MAC;Type;Site\na;\"b;c\nd;e;f\n", none, &["F07 n=2"]),
            ("MAC;\"Type;Site\na;b;c\n", none, &["F07 n=1"]),
            ("\"MAC;Type;Site\na;b;c\n", none, &["F07 n=1"]),
            (
                "MAC;Type;Site\n1\n2\n3\n#\n4\n5",
                none,
                &["2: 1||", "3: 2||", "4: 3||", "5: #||", "F08 n=5 max=3"],
            ),
            ("MAC;Type;Site;;;\na;b;c;;;\n", none, &["2: a|b|c", "Semicolon 1+0"]),
        ] {
            for piece in [1, 2, 3, 7, 4096] {
                assert_eq!(read_in(text.as_bytes(), piece, rules), expected, "{text:?} by {piece}");
            }
        }
    }

    #[test]
    fn encodings_of_every_sort() {
        let text = "MAC\tType\tSite\r\na\tb\tSiège 🏢\r\n";
        let expected = ["2: a|b|Siège 🏢", "Tab 1+0"];
        for (encoding, bom) in [
            (Encoding::Utf8, [].as_slice()),
            (Encoding::Utf8, b"\xef\xbb\xbf"),
            (Encoding::Utf16Le, b"\xff\xfe"),
            (Encoding::Utf16Be, b"\xfe\xff"),
        ] {
            let bytes = [bom, &encoding.encode(text)].concat();
            for piece in [1, 5, 4096] {
                assert_eq!(read_in(&bytes, piece, HeadRules::default()), expected, "{encoding:?}");
            }
        }
        let bytes = b"MAC;Mod\xe8le;Site\r\na;b;Si\xe8ge \x80\r\n";
        assert_eq!(read_in(bytes, 1, HeadRules::default()), ["2: a|b|Siège €", "Semicolon 1+0"]);
    }

    #[test]
    fn whoever_has_enough_stops() {
        let text = "MAC;Type;Site\na\nb\nc";
        let mut reader = Reader::new(&Sniffed::text(text), HeadRules::default());
        let mut rows = 0;
        let mut each = |_: Record<'_>, _: &Head| {
            rows += 1;
            ControlFlow::Break(())
        };
        assert_eq!(reader.push(text.as_bytes(), &mut each), Ok(ControlFlow::Break(())));
        assert_eq!(reader.push(text.as_bytes(), &mut each), Ok(ControlFlow::Break(())));
        assert!(reader.finish(&mut each).is_ok());
        assert_eq!(rows, 1);
    }

    #[test]
    fn bare_addresses_need_no_header() {
        let text = "00:15:65:12:34:56\r\n\r\n001565123457\t\n# later\n\"a\tb\"";
        let mut reader = Reader::of_macs(&Sniffed::text(text));
        let mut said = Vec::new();
        let mut each = |record: Record<'_>, head: &Head| {
            said.push((record.line(), record.cell(0).to_owned(), record.len(), head.is_comment(record)));
            ControlFlow::Continue(())
        };
        assert_eq!(reader.push(text.as_bytes(), &mut each), Ok(ControlFlow::Continue(())));
        let (_, count) = reader.finish(&mut each).unwrap();
        assert_eq!((count.rows, count.comments), (3, 1));
        assert_eq!(
            said,
            [
                (1, "00:15:65:12:34:56".to_owned(), 1, false),
                (3, "001565123457".to_owned(), 1, false),
                (4, "# later".to_owned(), 1, true),
                (5, "a\tb".to_owned(), 1, false),
            ]
        );
    }

    /// The memory of a reader does not grow with what it reads: what it holds is bounded by its own constants.
    #[test]
    fn a_header_that_never_ends_is_given_up() {
        for (text, expected) in [
            ("MAC;Type;Site", "F05 header=site"),
            ("\"MAC;Type;Site", "F07 n=1"),
            ("\n\n\n\n\n\n\n\n", "F01 "),
        ] {
            let filler = if text.starts_with('\n') { "\n" } else { "x" };
            let bytes = [text, &filler.repeat(HEAD_TEXT * 2)].concat();
            let said = read_in(bytes.as_bytes(), 4096, HeadRules::default());
            assert!(said.len() == 1 && said[0].starts_with(expected), "{said:?}");
        }
    }
}
