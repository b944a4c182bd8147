//! The CSV contract: what every CSV of the product looks like. Times and rows come from outside; here are the bytes,
//! the columns and their headings.

pub mod audit;
mod columns;
pub mod device;
pub mod guard;
pub mod import;
pub mod line_state;
pub mod template;
pub mod words;
pub mod write;

use crate::text::Locale;

/// Character between two cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Separator {
    /// `,`: programs, and spreadsheets in English.
    #[default]
    Comma,
    /// `;`: spreadsheets in French, where the comma is in the numbers.
    Semicolon,
    /// A tab.
    Tab,
}

impl Separator {
    /// The byte in the file.
    pub const fn byte(self) -> u8 {
        match self {
            Separator::Comma => b',',
            Separator::Semicolon => b';',
            Separator::Tab => b'\t',
        }
    }

    /// Reads the character, or its name: a `;` gets lost easily in an address.
    pub fn parse(text: &str) -> Option<Separator> {
        match text {
            "," | "comma" => Some(Separator::Comma),
            ";" | "semicolon" => Some(Separator::Semicolon),
            "\t" | "tab" => Some(Separator::Tab),
            _ => None,
        }
    }
}

/// How cells become bytes. Always UTF-8, CRLF, text in quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dialect {
    /// Between cells.
    pub separator: Separator,
    /// Byte order mark: without it a spreadsheet takes UTF-8 for something older.
    pub bom: bool,
}

/// What headings and closed sets of words are written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// The keys of the API.
    Keys,
    /// Words of a language.
    Words(Locale),
}
