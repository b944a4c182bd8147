//! Cells to bytes: RFC 4180 with CRLF. Text is guarded and always quoted; numbers, times, ids and addresses stand bare.

use super::{Dialect, guard};
use crate::mac::Mac;

const HEX: &[u8; 16] = b"0123456789abcdef";
const BOM: &[u8] = "\u{feff}".as_bytes();

/// Writes rows into memory. Whoever uses it takes the bytes away from time to time.
#[derive(Debug)]
pub struct CsvWriter {
    bytes: Vec<u8>,
    separator: u8,
    at_start: bool,
}

impl CsvWriter {
    /// Begins a file.
    pub fn new(dialect: Dialect) -> CsvWriter {
        let bytes = if dialect.bom { BOM.to_vec() } else { Vec::new() };
        CsvWriter { bytes, separator: dialect.separator.byte(), at_start: true }
    }

    /// What people or phones wrote: guarded, and in quotes.
    pub fn text(&mut self, text: &str) {
        self.begin_cell();
        self.bytes.push(b'"');
        if guard::needs_guard(text) {
            self.bytes.push(b'\'');
        }
        self.push_quoted(text);
        self.bytes.push(b'"');
    }

    /// The same; an absent one leaves the cell empty.
    pub fn optional_text(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.empty(),
        }
    }

    /// What we wrote ourselves: headings, times, ids. In quotes only where it has to be.
    pub fn plain(&mut self, text: &str) {
        self.begin_cell();
        let separator = self.separator;
        if text.bytes().any(|byte| byte == separator || matches!(byte, b'"' | b'\r' | b'\n')) {
            self.bytes.push(b'"');
            self.push_quoted(text);
            self.bytes.push(b'"');
        } else {
            self.bytes.extend_from_slice(text.as_bytes());
        }
    }

    /// A count.
    pub fn number(&mut self, number: u16) {
        self.begin_cell();
        let mut digits = [0; 5];
        let mut at = digits.len();
        let mut rest = number;
        loop {
            at -= 1;
            digits[at] = HEX[usize::from(rest % 10)];
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.bytes.extend_from_slice(&digits[at..]);
    }

    /// With colons: a spreadsheet takes one device in fourteen for a number without them.
    pub fn mac(&mut self, mac: Option<Mac>) {
        self.begin_cell();
        let Some(mac) = mac else { return };
        let [_, _, octets @ ..] = mac.as_u64().to_be_bytes();
        for (n, octet) in octets.into_iter().enumerate() {
            if n > 0 {
                self.bytes.push(b':');
            }
            self.bytes.push(HEX[usize::from(octet >> 4)]);
            self.bytes.push(HEX[usize::from(octet & 15)]);
        }
    }

    /// An empty cell.
    pub fn empty(&mut self) {
        self.begin_cell();
    }

    /// Ends the row.
    pub fn end_row(&mut self) {
        self.bytes.extend_from_slice(b"\r\n");
        self.at_start = true;
    }

    /// Bytes that wait to be taken.
    pub fn pending(&self) -> usize {
        self.bytes.len()
    }

    /// Takes the bytes written so far, and goes on with an empty buffer of the same size.
    pub fn take(&mut self) -> Vec<u8> {
        let capacity = self.bytes.capacity();
        std::mem::replace(&mut self.bytes, Vec::with_capacity(capacity))
    }

    fn begin_cell(&mut self) {
        if !std::mem::replace(&mut self.at_start, false) {
            self.bytes.push(self.separator);
        }
    }

    fn push_quoted(&mut self, text: &str) {
        let mut pieces = text.split('"');
        self.bytes.extend_from_slice(pieces.next().unwrap_or_default().as_bytes());
        for piece in pieces {
            self.bytes.extend_from_slice(b"\"\"");
            self.bytes.extend_from_slice(piece.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::csv::Separator;

    fn written(dialect: Dialect, write: impl FnOnce(&mut CsvWriter)) -> String {
        let mut writer = CsvWriter::new(dialect);
        write(&mut writer);
        String::from_utf8(writer.take()).unwrap()
    }

    #[test]
    fn cells_of_every_sort() {
        let dialect = Dialect { separator: Separator::Semicolon, bom: true };
        let text = written(dialect, |writer| {
            writer.plain("MAC");
            writer.plain("a;b");
            writer.end_row();
            writer.mac(Mac::from_u64(0x0015_65ab_cdef));
            writer.mac(None);
            writer.number(0);
            writer.number(65_535);
            writer.text("Lyon \"3\"; a,b\r\nc");
            writer.text("=1+1");
            writer.optional_text(None);
            writer.empty();
            writer.end_row();
        });
        assert_eq!(
            text,
            "\u{feff}MAC;\"a;b\"\r\n00:15:65:ab:cd:ef;;0;65535;\"Lyon \"\"3\"\"; a,b\r\nc\";\"'=1+1\";;\r\n"
        );
    }

    #[test]
    fn an_empty_first_cell_is_a_cell() {
        let text = written(Dialect::default(), |writer| {
            writer.empty();
            writer.number(7);
            writer.end_row();
        });
        assert_eq!(text, ",7\r\n");
    }

    /// The rules of RFC 4180, read the simple way.
    fn read(text: &str, separator: char) -> Vec<Vec<String>> {
        let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '"' if quoted && chars.next_if_eq(&'"').is_some() => cell.push('"'),
                '"' => quoted = !quoted,
                c if c == separator && !quoted => row.push(std::mem::take(&mut cell)),
                '\r' if !quoted && chars.next_if_eq(&'\n').is_some() => {
                    row.push(std::mem::take(&mut cell));
                    rows.push(std::mem::take(&mut row));
                }
                c => cell.push(c),
            }
        }
        rows
    }

    proptest! {
        #[test]
        fn every_text_is_read_back(cells in proptest::collection::vec(any::<String>(), 1..6), n in 0..3_usize) {
            let separator = [Separator::Comma, Separator::Semicolon, Separator::Tab][n];
            let text = written(Dialect { separator, bom: false }, |writer| {
                cells.iter().for_each(|cell| writer.text(cell));
                writer.end_row();
            });
            let rows = read(&text, char::from(separator.byte()));
            prop_assert_eq!(rows.len(), 1);
            let decoded: Vec<&str> = rows[0].iter().map(|cell| guard::decode(cell)).collect();
            prop_assert_eq!(decoded, cells);
        }
    }
}
