//! The first pass over a file: in which encoding it is, and whether it is text at all.
//! A byte order mark decides; else it is UTF-8 if all of it is valid UTF-8, and Windows-1252 if not.

use encoding_rs::{Decoder, DecoderResult, UTF_16BE, UTF_16LE};

use super::{Code, Finding};

/// An encoding that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// UTF-8, with a mark or without.
    Utf8,
    /// What a spreadsheet calls Unicode text.
    Utf16Le,
    /// The same, other byte first.
    Utf16Be,
    /// What older spreadsheets write in the west of Europe.
    Windows1252,
}

impl Encoding {
    /// All of them.
    pub const ALL: [Encoding; 4] =
        [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be, Encoding::Windows1252];

    /// As in the API and in storage.
    pub const fn as_str(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf16Le => "utf-16le",
            Encoding::Utf16Be => "utf-16be",
            Encoding::Windows1252 => "windows-1252",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Encoding> {
        Self::ALL.into_iter().find(|encoding| encoding.as_str() == text)
    }

    /// The bytes of a text, for a file that goes back as it came. Windows-1252 has but one no-break space; what else it
    /// does not have becomes `?`. Both can only be in what we add ourselves.
    pub fn encode(self, text: &str) -> Vec<u8> {
        match self {
            Encoding::Utf8 => text.as_bytes().to_vec(),
            Encoding::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Encoding::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Encoding::Windows1252 => {
                let mut scratch = [0; 4];
                let mut bytes = Vec::with_capacity(text.len());
                for character in text.chars() {
                    let character = if character == '\u{202f}' { '\u{a0}' } else { character };
                    match encoding_rs::WINDOWS_1252.encode(character.encode_utf8(&mut scratch)) {
                        (encoded, _, false) => bytes.extend_from_slice(&encoded),
                        _ => bytes.push(b'?'),
                    }
                }
                bytes
            }
        }
    }
}

/// What the first pass found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sniffed {
    /// How the bytes become text.
    pub encoding: Encoding,
    /// Bytes of the mark at the beginning.
    pub bom: usize,
    /// Bytes in all.
    pub bytes: u64,
}

impl Sniffed {
    /// For a text that we have already, such as one typed into a form.
    pub const fn text(text: &str) -> Sniffed {
        Sniffed { encoding: Encoding::Utf8, bom: 0, bytes: text.len() as u64 }
    }

    /// What people should know about it.
    pub fn notices(&self) -> Vec<Finding> {
        match self.encoding {
            Encoding::Windows1252 => vec![Finding::new(Code::N03)],
            _ => Vec::new(),
        }
    }
}

/// Bytes that have to be seen before anything is decided: the longest of the signs by which other files are known.
const SIGN: usize = 8;
const OLE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
const XLSX: &[u8] = b"xl/workbook";
const ODS: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";

/// Looks at all bytes of a file, in constant memory.
pub struct Sniffer {
    bytes: u64,
    start: Vec<u8>,
    look: Look,
}

enum Look {
    /// Too little was seen.
    Begin,
    Bytes {
        bom: usize,
        check: ByteCheck,
    },
    Utf16 {
        encoding: Encoding,
        decoder: Decoder,
        is_text: bool,
    },
    Zip(ZipKind),
    Other(&'static str),
}

impl Default for Sniffer {
    fn default() -> Self {
        Self { bytes: 0, start: Vec::with_capacity(SIGN), look: Look::Begin }
    }
}

impl Sniffer {
    /// Begins.
    pub fn new() -> Sniffer {
        Sniffer::default()
    }

    /// Looks at the next bytes.
    pub fn push(&mut self, mut bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        if matches!(self.look, Look::Begin) {
            let (start, rest) = bytes.split_at(bytes.len().min(SIGN - self.start.len()));
            self.start.extend_from_slice(start);
            bytes = rest;
            if self.start.len() < SIGN {
                return;
            }
            self.begin();
        }
        self.look.push(bytes, false);
    }

    /// Says what it is.
    ///
    /// # Errors
    /// F01, F03, or F04 with the argument `kind`.
    pub fn finish(mut self) -> Result<Sniffed, Finding> {
        if matches!(self.look, Look::Begin) {
            self.begin();
        }
        self.look.push(&[], true);
        let bytes = self.bytes;
        let sniffed = |encoding, bom| {
            if bytes == bom as u64 {
                Err(Finding::new(Code::F01))
            } else {
                Ok(Sniffed { encoding, bom, bytes })
            }
        };
        let other = |kind| Err(Finding::new(Code::F04).with("kind", kind));
        match self.look {
            Look::Begin => Err(Finding::new(Code::F01)),
            Look::Bytes { bom, check } if check.is_utf8() => sniffed(Encoding::Utf8, bom),
            Look::Bytes { bom: 0, check } if check.is_windows_1252() => sniffed(Encoding::Windows1252, 0),
            Look::Utf16 { encoding, is_text: true, .. } => sniffed(encoding, 2),
            Look::Bytes { .. } | Look::Utf16 { .. } => Err(Finding::new(Code::F03)),
            Look::Zip(zip) => other(zip.kind()),
            Look::Other(kind) => other(kind),
        }
    }

    fn begin(&mut self) {
        let start = std::mem::take(&mut self.start);
        let utf16 = |encoding, decoder| Look::Utf16 { encoding, decoder, is_text: true };
        let (mut look, skip) = match start.as_slice() {
            [0xff, 0xfe, ..] => (utf16(Encoding::Utf16Le, UTF_16LE.new_decoder_without_bom_handling()), 2),
            [0xfe, 0xff, ..] => (utf16(Encoding::Utf16Be, UTF_16BE.new_decoder_without_bom_handling()), 2),
            [0xef, 0xbb, 0xbf, ..] => (Look::Bytes { bom: 3, check: ByteCheck::default() }, 3),
            [b'P', b'K', 3 | 5 | 7, 4 | 6 | 8, ..] => (Look::Zip(ZipKind::default()), 0),
            [b'%', b'P', b'D', b'F', ..] => (Look::Other("pdf"), 0),
            start if start.starts_with(OLE) => (Look::Other("xls"), 0),
            _ => (Look::Bytes { bom: 0, check: ByteCheck::default() }, 0),
        };
        look.push(&start[skip..], false);
        self.look = look;
    }
}

impl Look {
    fn push(&mut self, bytes: &[u8], last: bool) {
        match self {
            Look::Bytes { check, .. } => check.push(bytes),
            Look::Utf16 { decoder, is_text, .. } => *is_text = *is_text && decodes(decoder, bytes, last),
            Look::Zip(zip) => zip.push(bytes),
            Look::Begin | Look::Other(_) => {}
        }
    }
}

/// Whether the bytes go on as UTF-16 without NUL.
fn decodes(decoder: &mut Decoder, mut bytes: &[u8], last: bool) -> bool {
    let mut text = [0; 4096];
    loop {
        let (result, read, written) = decoder.decode_to_utf8_without_replacement(bytes, &mut text, last);
        if text[..written].contains(&0) {
            return false;
        }
        bytes = &bytes[read..];
        match result {
            DecoderResult::InputEmpty => return true,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => return false,
        }
    }
}

/// Bytes without a mark: what they can be.
#[derive(Default)]
struct ByteCheck {
    /// A character whose end has not come yet.
    open: Vec<u8>,
    not_utf8: bool,
    /// A byte that stands for nothing in Windows-1252.
    undefined: bool,
    nul: bool,
}

impl ByteCheck {
    fn push(&mut self, bytes: &[u8]) {
        self.nul = self.nul || bytes.contains(&0);
        self.undefined =
            self.undefined || bytes.iter().any(|byte| matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d));
        let mut rest = bytes;
        // At most three bytes are open, and each further one either closes them or is wrong.
        while !self.not_utf8 && !self.open.is_empty() && !rest.is_empty() {
            self.open.push(rest[0]);
            rest = &rest[1..];
            let open = std::mem::take(&mut self.open);
            self.check(&open);
        }
        if !self.not_utf8 && !rest.is_empty() {
            self.check(rest);
        }
    }

    fn check(&mut self, bytes: &[u8]) {
        if let Err(error) = std::str::from_utf8(bytes) {
            match error.error_len() {
                Some(_) => self.not_utf8 = true,
                None => self.open = bytes[error.valid_up_to()..].to_vec(),
            }
        }
    }

    fn is_utf8(&self) -> bool {
        !self.not_utf8 && self.open.is_empty() && !self.nul
    }

    const fn is_windows_1252(&self) -> bool {
        !self.undefined && !self.nul
    }
}

/// What is in an archive: the names of its files stand uncompressed at its end, if not before.
#[derive(Default)]
struct ZipKind {
    tail: Vec<u8>,
    xlsx: bool,
    ods: bool,
}

impl ZipKind {
    fn push(&mut self, bytes: &[u8]) {
        let has = |sign: &[u8], bytes: &[u8]| bytes.windows(sign.len()).any(|window| window == sign);
        // A sign may lie across two pieces.
        let mut joint = std::mem::take(&mut self.tail);
        joint.extend_from_slice(&bytes[..bytes.len().min(ODS.len())]);
        self.xlsx = self.xlsx || has(XLSX, &joint) || has(XLSX, bytes);
        self.ods = self.ods || has(ODS, &joint) || has(ODS, bytes);
        let end = if bytes.len() < ODS.len() { joint.as_slice() } else { bytes };
        self.tail = end[end.len().saturating_sub(ODS.len())..].to_vec();
    }

    const fn kind(&self) -> &'static str {
        match self {
            ZipKind { xlsx: true, .. } => "xlsx",
            ZipKind { ods: true, .. } => "ods",
            _ => "zip",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sniff(pieces: &[&[u8]]) -> Result<(&'static str, usize), String> {
        let mut sniffer = Sniffer::new();
        pieces.iter().for_each(|piece| sniffer.push(piece));
        match sniffer.finish() {
            Ok(sniffed) => Ok((sniffed.encoding.as_str(), sniffed.bom)),
            Err(finding) => {
                Err(format!("{} {}", finding.code.as_str(), finding.arg("kind").unwrap_or_default()))
            }
        }
    }

    #[test]
    fn bytes_of_every_sort() {
        let error = |text: &str| Err(text.to_owned());
        let mut ods = b"PK\x03\x04\x14\0\0\x08\0\0".to_vec();
        ods.extend_from_slice(b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet");
        for (bytes, expected) in [
            (b"".as_slice(), error("F01 ")),
            (b"\xef\xbb\xbf", error("F01 ")),
            (b"\xff\xfe", error("F01 ")),
            (b"a", Ok(("utf-8", 0))),
            (b"MAC;Type;Site\r\n", Ok(("utf-8", 0))),
            ("Modèle;État;Siège — «\u{a0}€\u{a0}»".as_bytes(), Ok(("utf-8", 0))),
            ("\u{feff}Modèle".as_bytes(), Ok(("utf-8", 3))),
            (b"\xef\xbb\xbfMod\xe8le", error("F03 ")),
            (b"Mod\xe8le;\x80", Ok(("windows-1252", 0))),
            (b"\xe8", Ok(("windows-1252", 0))),
            (b"Mod\xe8le\x81", error("F03 ")),
            (b"Mod\xc3", Ok(("windows-1252", 0))),
            (b"MAC;\0;Site more", error("F03 ")),
            (b"\xff\xfeM\0A\0C\0", Ok(("utf-16le", 2))),
            (b"\xfe\xff\0M\0A\0C\0;", Ok(("utf-16be", 2))),
            (b"\xff\xfeM\0A\0C\0;", error("F03 ")),
            (b"\xff\xfeM\0\0\0C\0;\0", error("F03 ")),
            (b"\xff\xfeM\0A\0\x00\xd8C\0", error("F03 ")),
            (b"\xff\xfe\0\0M\0\0\0", error("F03 ")),
            (b"M\0A\0C\0;\0", error("F03 ")),
            (b"%PDF-1.7 ...", error("F04 pdf")),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", error("F04 xls")),
            (b"PK\x03\x04 something", error("F04 zip")),
            (b"PK\x03\x04\x14 [Content_Types].xml ... xl/workbook.xml", error("F04 xlsx")),
            (&ods, error("F04 ods")),
            (b"PKW;Type;Site", Ok(("utf-8", 0))),
        ] {
            assert_eq!(sniff(&[bytes]), expected, "{:?}", String::from_utf8_lossy(bytes));
            let single: Vec<&[u8]> = bytes.chunks(1).collect();
            assert_eq!(sniff(&single), expected, "{:?} byte by byte", String::from_utf8_lossy(bytes));
            for cut in 0..bytes.len() {
                assert_eq!(sniff(&[&bytes[..cut], &bytes[cut..]]), expected, "cut at {cut}");
            }
        }
    }

    #[test]
    fn what_goes_back_is_written_as_it_came() {
        let text = "Siège €";
        assert_eq!(Encoding::Windows1252.encode(text), b"Si\xe8ge \x80");
        assert_eq!(Encoding::Windows1252.encode("→ 🦀"), b"? ?");
        assert_eq!(Encoding::Windows1252.encode("« dire\u{202f}? »"), b"\xab dire\xa0? \xbb");
        assert_eq!(Encoding::Utf16Le.encode("é"), [0xe9, 0]);
        assert_eq!(Encoding::Utf16Be.encode("é"), [0, 0xe9]);
        for encoding in Encoding::ALL {
            assert_eq!(Encoding::parse(encoding.as_str()), Some(encoding));
        }
    }
}
