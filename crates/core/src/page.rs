//! Keyset paging: how many rows, and where to go on. Every list is bounded.

use crate::error::FieldError;

/// Rows of one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(u16);

impl Limit {
    /// What a page shows when nothing is asked.
    pub const DEFAULT: Limit = Limit(50);
    /// The most that one page may hold.
    pub const MAX: u16 = 200;

    /// Reads a limit from 1 to 200.
    ///
    /// # Errors
    /// `limit_out_of_range`.
    pub fn parse(text: &str) -> Result<Limit, FieldError> {
        match text.parse() {
            Ok(limit @ 1..=Self::MAX) => Ok(Limit(limit)),
            _ => Err(FieldError::new("limit", "limit_out_of_range").with("max", Self::MAX)),
        }
    }

    /// As many of `rows` as a page may hold, and at least one.
    pub fn at_most(rows: u64) -> Limit {
        Limit(u16::try_from(rows).unwrap_or(Self::MAX).clamp(1, Self::MAX))
    }

    /// The number of rows.
    pub const fn get(self) -> u16 {
        self.0
    }
}

/// Where the next page starts: the sort value and key of the last row shown. Opaque to clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The sort value of that row, as text.
    pub value: String,
    /// The storage key of that row.
    pub key: i64,
}

impl Cursor {
    /// Opaque text for URLs: `<key in hex>~<value in hex>`.
    pub fn encode(&self) -> String {
        let mut text = format!("{:x}~", self.key);
        for byte in self.value.bytes() {
            text.push_str(&format!("{byte:02x}"));
        }
        text
    }

    /// Reads what [`Cursor::encode`] wrote.
    ///
    /// # Errors
    /// `cursor_malformed` at the field `after`.
    pub fn decode(text: &str) -> Result<Cursor, FieldError> {
        let parse = || {
            let (key, value) = text.split_once('~')?;
            if !text.is_ascii() || value.len() % 2 != 0 || value.len() > 2048 {
                return None;
            }
            let bytes: Option<Vec<u8>> =
                (0..value.len()).step_by(2).map(|i| u8::from_str_radix(&value[i..i + 2], 16).ok()).collect();
            let value = String::from_utf8(bytes?).ok()?;
            // No stored text has one, and PostgreSQL would fail on it.
            if value.contains('\0') {
                return None;
            }
            Some(Cursor { key: i64::from_str_radix(key, 16).ok()?, value })
        };
        parse().ok_or_else(|| FieldError::new("after", "cursor_malformed"))
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<Cursor>,
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn cursors_survive_the_url(value in "[^\\x00]{0,80}", key in proptest::num::i64::ANY) {
            let key = key.saturating_abs();
            let cursor = Cursor { value, key };
            proptest::prop_assert_eq!(Cursor::decode(&cursor.encode()), Ok(cursor));
        }

        #[test]
        fn no_cursor_holds_what_no_text_holds(before in "[a-z]{0,3}", after in "[a-z]{0,3}") {
            let cursor = Cursor { value: format!("{before}\0{after}"), key: 1 };
            proptest::prop_assert!(Cursor::decode(&cursor.encode()).is_err());
        }

        #[test]
        fn hostile_cursors_are_refused_not_fatal(text in ".{0,60}") { let _ = Cursor::decode(&text); }
    }
}
