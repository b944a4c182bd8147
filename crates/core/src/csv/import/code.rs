//! The codes of what can be said about a file or a row of it. They never change once shipped; their texts are the keys
//! `import-<code>` of the catalogue.

/// What a finding means for the import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Severity {
    /// Nothing of the file can be used.
    File,
    /// The row cannot be used.
    Row,
    /// A doubt that does not stop the row.
    Warning,
    /// Something that people should know about the file.
    Notice,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident),* $(,)?) => {
        /// A code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $($(#[$doc])* $code),* }

        impl Code {
            /// All of them.
            pub const ALL: &'static [Code] = &[$(Code::$code),*];

            /// As in the API, in storage and in result files.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$code => stringify!($code)),* }
            }

            /// Reads a code.
            pub fn parse(text: &str) -> Option<Code> {
                match text { $(stringify!($code) => Some(Code::$code),)* _ => None }
            }
        }
    };
}

codes! {
    /// The file is empty.
    F01,
    /// The file is too large.
    F02,
    /// The encoding is not recognised.
    F03,
    /// The file is of another kind.
    F04,
    /// A column is missing.
    F05,
    /// A column appears twice.
    F06,
    /// A quote is never closed.
    F07,
    /// Too many rows.
    F08,
    /// Too many columns.
    F09,
    /// The workbook unpacks to too much.
    F10,
    /// The MAC address is missing.
    R01,
    /// It is none.
    R02,
    /// It cannot belong to a device.
    R03,
    /// A spreadsheet made a number of it.
    R04,
    /// A spreadsheet dropped its leading zeros.
    R05,
    /// It is in the file twice.
    R06,
    /// It is declared elsewhere.
    R07,
    /// It exists with other values.
    R08,
    /// The type is missing.
    R09,
    /// The type is unknown.
    R10,
    /// The type is not approved for the site.
    R11,
    /// The site is missing.
    R12,
    /// The site is absent or out of sight.
    R13,
    /// A name stands for several types or sites.
    R14,
    /// The type of a device with assigned lines cannot change.
    R15,
    /// The site of a device with assigned lines cannot change.
    R16,
    /// A text is too long.
    R17,
    /// A text has a forbidden character.
    R18,
    /// The serial number is another device's.
    R19,
    /// A quota is reached.
    R20,
    /// More cells than the header has.
    R21,
    /// Changed since the check.
    R22,
    /// The type takes no MAC address.
    R23,
    /// A device without a MAC address needs a name of its own.
    R24,
    /// No chain id, or no DECT base.
    R25,
    /// Its DECT system would have too many bases.
    R26,
    /// The prefix belongs to another maker.
    W01,
    /// Locally administered address.
    W02,
    /// Columns ignored.
    N01,
    /// Read-only columns ignored.
    N02,
    /// Read as Windows-1252.
    N03,
}

impl Code {
    /// What it means for the import.
    pub fn severity(self) -> Severity {
        match self.as_str().as_bytes().first() {
            Some(b'F') => Severity::File,
            Some(b'R') => Severity::Row,
            Some(b'W') => Severity::Warning,
            _ => Severity::Notice,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_is_written() {
        assert_eq!(Code::ALL.len(), 41);
        for code in Code::ALL {
            assert_eq!(Code::parse(code.as_str()), Some(*code));
        }
        assert_eq!(Code::parse("R27"), None);
        assert_eq!(Code::parse("r01"), None);
        assert_eq!(
            [Code::F07, Code::R21, Code::W02, Code::N03].map(Code::severity),
            [Severity::File, Severity::Row, Severity::Warning, Severity::Notice]
        );
    }
}
